/** The schemas for what TypeScript people have, on what the real packages give. */
import assert from "node:assert/strict";
import { ignoredFor } from "../support/parts.ts";
import { lacksRealPackages, real } from "../support/real/real.ts";

const ignore = ignoredFor("schemas on tfjs, the AI SDK and Vitest", lacksRealPackages());

Deno.test({
  name: "schema: tfjs's history and model are logged, and the model is read back by tfjs",
  ignore,
  async fn() {
    const { history, model, same, curve, losses } = await real("schemas.ts", "tfjs") as Tfjs;
    assert.deepEqual(curve, losses.map((loss, step) => ["loss", step, loss]), "by the callback");
    assert.deepEqual(history.parameters, { epochs: 3, batch_size: 32, samples: 3 });
    assert.equal((history.metrics.loss as number[]).length, 3);
    assert.deepEqual(model.parameters, {
      ...{ model: "Sequential", weights: 2, optimizer: "SGD", learningRate: 0.01 },
    });
    assert.deepEqual(model.artifacts, ["weights.bin", "model.json"]);
    assert.ok(same, "it predicts the same");
  },
});

Deno.test({
  name: "schema: what the AI SDK's generateText gives is logged with its usage",
  ignore,
  async fn() {
    const { result, usage } = await real("schemas.ts", "ai") as Record<string, Told>;
    const metrics = {
      ...{ input_tokens: 10, output_tokens: 5, total_tokens: 15, cached_input_tokens: 6 },
      ...{ reasoning_tokens: 2 },
    };
    assert.deepEqual(result, {
      parameters: { model: "mock-model-id", finish_reason: "stop" },
      metrics,
      artifacts: ["text"],
      frames: [],
    });
    assert.deepEqual(usage, { parameters: {}, metrics, artifacts: [], frames: [] });
  },
});

Deno.test({
  name: "schema: a report of the real Vitest is logged, each test a row",
  ignore,
  async fn() {
    const { metrics, frames } = await real("schemas.ts", "vitest") as Told;
    assert.deepEqual(metrics, { tests: 3, passed: 1, failed: 1, pending: 1, success: false });
    assert.deepEqual(
      frames[0]!.map(({ file, test, status, failure }) => [file, test, status, failure]),
      [
        ["sum.test.js", "sums adds", "passed", null],
        [
          ...["sum.test.js", "sums fails", "failed"],
          "AssertionError: expected 2 to be 3 // Object.is equality",
        ],
        ["sum.test.js", "sums later", "skipped", null],
      ],
    );
  },
});

interface Told {
  parameters: Record<string, unknown>;
  metrics: Record<string, unknown>;
  artifacts: string[];
  frames: Record<string, unknown>[][];
}

interface Tfjs {
  history: Told;
  model: Told;
  same: boolean;
  curve: [name: string, step: number, value: number][];
  losses: number[];
}

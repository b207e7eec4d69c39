/**
 * Logs what real packages give, by the schemas for them, and prints what came of it. A process of its own, without a lock file, so
 * that only who runs it downloads them; names that Deno cannot see are not downloaded ahead.
 */
import {
  createProject,
  listArtifacts,
  listDataframes,
  listMetrics,
  listParameters,
  logWithSchema,
  openComposite,
  readArtifact,
  readDataframe,
  readHistory,
  startRun,
  tfjsCallback,
} from "../../../mod.ts";
import { NO_NEWER } from "./real.ts";

const from = (name: string) => import(name);
await using rubicon = await openComposite({ persistence: "memory", rootDir: "real" });
const project = await createProject(rubicon, { name: "real" });

async function logged(object: unknown, options = {}) {
  const experiment = await logWithSchema(rubicon, project, object, options);
  const byName = (list: readonly { name: string; value: unknown }[]) =>
    Object.fromEntries(list.map(({ name, value }) => [name, value]));
  const frames = await listDataframes(rubicon, experiment);
  const artifacts = await listArtifacts(rubicon, experiment);
  return {
    artifacts,
    told: {
      parameters: byName(await listParameters(rubicon, experiment)),
      metrics: byName(await listMetrics(rubicon, experiment)),
      artifacts: artifacts.map(({ name }) => name),
      frames: await Promise.all(
        frames.map(async (one) => (await readDataframe(rubicon, one)).rows),
      ),
    },
  };
}

async function tfjs() {
  const tf = await from("npm:@tensorflow/tfjs-core@4.22.0");
  await from("npm:@tensorflow/tfjs-backend-cpu@4.22.0");
  const { layers, loadLayersModel, sequential } = await from("npm:@tensorflow/tfjs-layers@4.22.0");
  const model = sequential();
  model.add(layers.dense({ units: 1, inputShape: [1] }));
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const [x, y] = [tf.tensor2d([[1], [2], [3]]), tf.tensor2d([[2], [4], [6]])];
  const run = await startRun(rubicon, project, { name: "by the callback" });
  const history = await model.fit(x, y, { epochs: 3, verbose: 0, callbacks: [tfjsCallback(run)] });
  await run.finish();
  const curve = (await readHistory(rubicon, run.experiment)).map(({ name, step, value }) => [
    ...[name, step, value],
  ]);
  const saved = await logged(model);
  // The two files are read back by tfjs itself, and predict the same.
  const [weights, json] = await Promise.all(
    saved.artifacts.map((artifact) => readArtifact(rubicon, artifact)),
  );
  const { modelTopology, weightsManifest } = JSON.parse(new TextDecoder().decode(json));
  const again = await loadLayersModel(tf.io.fromMemory({
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: weights!.buffer,
  }));
  const predicts = (one: typeof model) => Array.from(one.predict(x).dataSync());
  return {
    curve,
    losses: history.history.loss,
    history: (await logged(history)).told,
    model: saved.told,
    same: JSON.stringify(predicts(again)) === JSON.stringify(predicts(model)),
  };
}

async function ai() {
  const { generateText } = await from("npm:ai@7.0.173");
  const { MockLanguageModelV4 } = await from("npm:ai@7.0.173/test");
  const model = new MockLanguageModelV4({
    doGenerate: () =>
      Promise.resolve({
        content: [{ type: "text", text: "Hello" }],
        finishReason: { unified: "stop", raw: "stop" },
        usage: {
          inputTokens: { total: 10, noCache: 4, cacheRead: 6, cacheWrite: 0 },
          outputTokens: { total: 5, text: 3, reasoning: 2 },
        },
        warnings: [],
      }),
  });
  const result = await generateText({ model, prompt: "Say hello" });
  return {
    result: (await logged(result)).told,
    usage: (await logged(result.usage, { schema: "ai__LanguageModelUsage" })).told,
  };
}

async function vitest() {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/sum.test.js`,
      `import { describe, expect, test } from "vitest";
describe("sums", () => {
  test("adds", () => expect(1 + 1).toBe(2));
  test("fails", () => expect(1 + 1).toBe(3));
  test.skip("later", () => {});
});`,
    );
    // It fails, since a test does: the report is what counts.
    await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", NO_NEWER, "npm:vitest@5.1.2", "run", "--root", folder]
        .concat(
          ["--reporter=json", `--outputFile=${folder}/report.json`],
        ),
      cwd: folder,
      stdout: "null",
      stderr: "null",
    }).output();
    const report = JSON.parse(await Deno.readTextFile(`${folder}/report.json`));
    return (await logged(report, { schema: "vitest__JsonReport" })).told;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const [what] = Deno.args;
const run = { tfjs, ai, vitest }[what as "ai"];
// deno-lint-ignore no-console -- it is what this process is for.
console.log(`RESULT ${JSON.stringify(await run())}`);

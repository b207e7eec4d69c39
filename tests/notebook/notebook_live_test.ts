/**
 * The cell that is drawn anew while runs log: what it shows, when, and until when.
 */
import assert from "node:assert/strict";
import { createProject, logExperiment, openComposite, startRun } from "../../mod.ts";
import { liveHistory } from "../../notebook.ts";
import { pause } from "../../domain/pause.ts";
import { type Bundle, followHistory } from "../../notebook/live_history.ts";
import { refused } from "../support/faulty.ts";
import { lacksJupyter, runCells } from "../support/jupyter.ts";
import { ignoredFor } from "../support/parts.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

Deno.test("liveHistory() waits, draws what is new, and ends with the last run", async () => {
  await using rubicon = await openComposite({ persistence: "memory", rootDir: "live" });
  const project = await createProject(rubicon, { name: "Iris" });
  const [a, b] = [await startRun(rubicon, project), await startRun(rubicon, project)];
  const shown: [text: string, update: boolean][] = [];
  const steps = [
    async () => {
      a.log({ loss: 1 });
      await a.flush();
    },
    async () => {}, // nothing is new, so nothing is drawn
    async () => {
      a.log({ loss: 0.5 });
      await a.finish();
    },
    async () => {
      b.log({ loss: 0.7 });
      await b.finish();
    },
  ];
  await followHistory(rubicon, [a.experiment, b.experiment], { metric: "loss" }, {
    show: (bundle: Bundle, update) => {
      shown.push([bundle["text/plain"]!.split("\n")[1] ?? bundle["text/plain"]!, update]);
      return Promise.resolve();
    },
    wait: async () => await steps.shift()!(),
  });
  assert.equal(steps.length, 0);
  assert.deepEqual(shown, [
    ["Waiting for the first points of loss …", false],
    ["1 run, 1 point", true],
    ["1 run, 2 points", true],
    ["2 runs, 3 points", true],
  ]);
});

Deno.test("liveHistory() of runs that never had points says so, and ends", async () => {
  await using rubicon = await openComposite({ persistence: "memory", rootDir: "live-old" });
  const project = await createProject(rubicon, { name: "Iris" });
  const shown: Bundle[] = [];
  await followHistory(rubicon, [await logExperiment(rubicon, project)], {}, {
    show: (bundle) => Promise.resolve(void shown.push(bundle)),
    wait: () => Promise.reject(new Error("there is nothing to wait for")),
  });
  assert.match(shown[0]!["text/plain"]!, /ended without points of anything/);
});

Deno.test("liveHistory() ends its wait, and throws the reason, once it is aborted", async () => {
  await using rubicon = await openComposite({ persistence: "memory", rootDir: "live-stop" });
  const run = await startRun(rubicon, await createProject(rubicon, { name: "Iris" }));
  const stop = new AbortController();
  const { signal } = stop;
  const hour = 3_600_000;
  const reason = new Error("enough");
  await assert.rejects(
    followHistory(rubicon, [run.experiment], { signal }, {
      show: () => Promise.resolve(),
      wait: async () => {
        const waiting = pause(hour, signal);
        stop.abort(reason);
        await waiting;
        await pause(hour, signal);
      },
    }),
    reason,
  );
  await run.finish();
});

Deno.test("liveHistory() outside a notebook says what to use there", async () => {
  await using rubicon = await openComposite({ persistence: "memory", rootDir: "live-out" });
  const experiment = await logExperiment(
    rubicon,
    await createProject(rubicon, { name: "Iris" }),
  );
  const error = await refused(() => liveHistory(rubicon, experiment));
  assert.equal(error.code, "unsupported");
  assert.match(error.message, /Elsewhere use plotHistory/);
  const often = await refused(() => liveHistory(rubicon, experiment, { everyMs: 10 }));
  assert.match(often.message, /everyMs must be a number of milliseconds, 100 or more, not 10/);
});

Deno.test({
  name: "liveHistory() draws into one place of a cell of the real kernel",
  ignore: ignoredFor("the live cell in the Deno kernel", await lacksJupyter()),
  async fn() {
    const cell = `
import { createProject, openComposite, startRun } from "${ROOT}mod.ts";
import { liveHistory } from "${ROOT}notebook.ts";
const rubicon = await openComposite({ persistence: "memory", rootDir: "live" });
const run = await startRun(rubicon, await createProject(rubicon, { name: "Iris" }));
run.log({ loss: 1 });
await run.flush();
const { display } = Deno.jupyter;
Deno.jupyter.display = async (...shown) => {
  await display(...shown);
  if (run.ended) return;
  run.log({ loss: 0.5 }); // once the first point is drawn
  await run.finish();
};
await liveHistory(rubicon, run.experiment, { metric: "loss", everyMs: 100 });`;
    const [outputs] = await runCells([cell], ROOT);
    const pictures = outputs!.map((one) =>
      "data" in one
        ? [one.output_type, /1 run, \d points?/.exec(one.data["image/svg+xml"]!)?.[0]]
        : [one]
    );
    assert.deepEqual(pictures, [
      ["display_data", "1 run, 1 point"],
      ["update_display_data", "1 run, 2 points"],
    ]);
  },
});

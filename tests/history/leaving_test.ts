/** Programs that end: by Ctrl-C, by themselves, in a worker, or as an instance that is stopped after its answer. */
import assert from "node:assert/strict";
import {
  createProject,
  type Experiment,
  experimentStatus,
  getExperiment,
  getProject,
  openComposite,
  readHistory,
  startRun,
} from "../../mod.ts";
import { startWriter } from "../support/history_child.ts";
import { temporary } from "../support/folders.ts";

/** The run of a process, as the folder has it. */
async function found(rootDir: string, id: string) {
  await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
  const project = await getProject(rubicon, { name: "p" });
  const experiment = await getExperiment(rubicon, project, { id });
  const status = await experimentStatus(rubicon, experiment);
  const points = await readHistory(rubicon, experiment);
  return { state: status?.state, reason: status?.reason, points: points.length };
}

for (
  const [signal, code, reason] of [
    ["SIGINT", 130, "interrupted (Ctrl-C)"],
    ["SIGTERM", 143, "told to end (SIGTERM)"],
  ] as const
) {
  Deno.test(`leaving: ${signal} cancels the run, with all that it logged`, () =>
    temporary(async (rootDir) => {
      const child = startWriter([{ persistence: "filesystem", rootDir }], "wait", "run");
      await child.said(2);
      child.kill(signal);
      const { status, lines } = await child.end();
      assert.equal(status.code, code);
      assert.deepEqual(await found(rootDir, lines[0]!), { state: "cancelled", reason, points: 5 });
    }));
}

Deno.test("leaving: a backend that hangs does not keep the process from ending", async () => {
  const child = startWriter([], "hang", "run");
  await child.said(2);
  child.kill("SIGINT");
  // By itself, after its limit; a second signal would end it at once.
  const { status } = await child.end();
  assert.equal(status.code, 130);
});

Deno.test("leaving: a second Ctrl-C ends the process at once", async () => {
  const child = startWriter([], "hang", "run");
  await child.said(2);
  child.kill("SIGINT");
  child.kill("SIGTERM");
  const { status } = await child.end();
  assert.ok(status.code === 143 || status.code === 130);
});

Deno.test("leaving: a program that forgets finish() has failed, with all that it logged", () =>
  temporary(async (rootDir) => {
    const child = startWriter([{ persistence: "filesystem", rootDir }], "forget", "run");
    const { status, lines } = await child.end();
    assert.equal(status.code, 0);
    assert.deepEqual(await found(rootDir, lines[0]!), {
      state: "failed",
      reason: "its program ended before finish()",
      points: 5,
    });
  }));

/** Lets a worker log points to a run, and ends it as soon as it has answered. */
async function inWorker(rootDir: string, experiment: Experiment, steps: number[]): Promise<void> {
  const url = new URL("../support/history_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const answer = Promise.withResolvers<unknown>();
  worker.onmessage = ({ data }) => answer.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    answer.reject(new Error(event.message));
  };
  worker.postMessage({ backends: [{ persistence: "filesystem", rootDir }], experiment, steps });
  assert.equal(await answer.promise, "acknowledged");
  // As an instance is stopped once its response is sent: nothing more of it runs.
  worker.terminate();
}

Deno.test("leaving: workers log to one run, and end as soon as they have answered", () =>
  temporary(async (rootDir) => {
    await using rubicon = await openComposite({ persistence: "filesystem", rootDir });
    const project = await createProject(rubicon, { name: "p" });
    const run = await startRun(rubicon, project);
    for (const steps of [[0, 2, 4], [1, 3, 5]]) await inWorker(rootDir, run.experiment, steps);
    run.log({ loss: 6 }, { step: 6 });
    await run.finish();
    const points = await readHistory(rubicon, run.experiment);
    assert.deepEqual(points.map(({ step }) => step), [0, 1, 2, 3, 4, 5, 6]);
  }));

/** What a process takes of its machine, as metrics of its run. */
import assert from "node:assert/strict";
import {
  createProject,
  listMetrics,
  openComposite,
  readHistoryColumns,
  resumeRun,
  type Run,
  startRun,
} from "../../mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { faulty, refused } from "../support/faulty.ts";

const NAMES = ["system_rss_bytes", "system_heap_bytes", "system_cpu_percent", "system_load"];

async function world() {
  const rubicon = await openComposite(faulty());
  return { rubicon, project: await createProject(rubicon, { name: "p" }) };
}

const finish = async (time: FakeTime, run: Run) => {
  const ended = run.finish();
  await time.tick(0);
  await ended;
};

Deno.test("history: a run logs what its process takes, at its start, by the clock and at its end", async () => {
  const { rubicon, project } = await world();
  using time = new FakeTime();
  const run = await startRun(rubicon, project, {
    systemMetricsMs: 10_000,
    summary: { loss: "min" },
  });
  run.log({ loss: 1 });
  await time.tick(25_000);
  assert.ok(time.unreferenced.size > 0);
  run.log({ loss: 2 });
  await finish(time, run);
  assert.equal(time.timers, 0);
  const columns = await readHistoryColumns(rubicon, run.experiment);
  const stepsOf = (name: string) => [...columns.get(name)!.steps];
  assert.deepEqual(stepsOf("loss"), [0, 1]);
  for (const name of NAMES) {
    // Of no time there is no share of a core.
    const steps = name === "system_cpu_percent" ? [1, 2, 3] : [0, 1, 2, 3];
    assert.deepEqual(stepsOf(name), steps, name);
  }
  const rss = columns.get("system_rss_bytes")!;
  assert.ok(rss.values.every((value) => value > 2 ** 20));
  const metrics = await listMetrics(rubicon, run.experiment);
  const summary = metrics.find(({ name }) => name === "system_rss_bytes")!;
  assert.equal(summary.value, Math.max(...rss.values));
  assert.equal(summary.directionality, "loss");
  assert.equal(metrics.find(({ name }) => name === "loss")!.value, 1);

  const again = await resumeRun(rubicon, run.experiment, { systemMetricsMs: 10_000 });
  again.log({ loss: 3 });
  await finish(time, again);
  const more = await readHistoryColumns(rubicon, run.experiment);
  const after = (name: string) => more.get(name)!.steps.at(-1);
  assert.deepEqual([after("loss"), after("system_rss_bytes")], [2, 5]);
  await rubicon.close();
});

Deno.test("history: a run whose composite is closed takes no samples of its process any more", async () => {
  const { rubicon, project } = await world();
  using time = new FakeTime();
  const run = await startRun(rubicon, project, { systemMetricsMs: 10_000 });
  await rubicon.close();
  const { points } = run.pending();
  await time.tick(60_000);
  assert.equal(run.pending().points, points);
  assert.equal(time.timers, 0);
});

Deno.test("history: without systemMetricsMs a run logs nothing of its process", async () => {
  const { rubicon, project } = await world();
  const run = await startRun(rubicon, project);
  run.log({ system_load: 3 });
  await run.finish();
  const columns = await readHistoryColumns(rubicon, run.experiment);
  assert.deepEqual([...columns.keys()], ["system_load"]);
  await rubicon.close();
});

Deno.test("history: names that systemMetricsMs takes are refused before anything is written", async () => {
  const { rubicon, project } = await world();
  const start = (metrics: Record<string, number>, systemMetricsMs: unknown = 60_000) =>
    refused(() =>
      startRun(rubicon, project, { metrics, systemMetricsMs: systemMetricsMs as number })
    );
  assert.match((await start({ "System_Load!": 1 })).message, /the run logs system_load itself/);
  assert.match((await start({}, 0)).message, /systemMetricsMs must be a number of milliseconds/);
  const run = await startRun(rubicon, project, { systemMetricsMs: 60_000 });
  for (const name of ["system_load", "System_Load!"]) {
    const { code } = await refused(async () => await run.log({ [name]: 1 }));
    assert.equal(code, "invalid-argument");
  }
  const worker = { worker: true, systemMetricsMs: 60_000 };
  assert.match((await refused(() => resumeRun(rubicon, run.experiment, worker))).message, /worker/);
  await run.finish();
  await rubicon.close();
});

/** Backends that are away while a run logs, and clocks that jump: nothing is lost that there is room for. */
import assert from "node:assert/strict";
import {
  createProject,
  experimentStatus,
  openComposite,
  readHistory,
  repair,
  startRun,
  status,
  verify,
} from "../../mod.ts";
import { movedClock } from "../support/clock.ts";
import { FakeTime } from "../support/fake_time.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";

async function world(drivers: Faulty[], options = {}) {
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const rubicon = await openComposite(drivers, { onWarning, ...options });
  return { rubicon, project: await createProject(rubicon, { name: "p" }), warnings };
}

const HOUR = 3_600_000;

Deno.test("away: an hour without one of two backends loses nothing and keeps no bytes", async () => {
  using time = new FakeTime();
  const [a, b] = [faulty(), faulty()];
  const { rubicon, project, warnings } = await world([a, b]);
  const run = await startRun(rubicon, project);
  b.faults = { all: "before" };
  for (let quarter = 0; quarter < 240; quarter++) {
    run.log({ loss: quarter });
    await time.tick(15_000);
  }
  const { points, spilled, dropped, lastError } = run.pending();
  assert.deepEqual([points, spilled, dropped], [240, 240, 0], "all are in the other backend");
  assert.match(lastError!, /faulty.*(?:out of order|left alone)/s);
  assert.equal(warnings.length, 1, "it is said once, not each time");
  assert.match(warnings[0]!, /points wait to be written/);
  assert.notEqual(status(rubicon)[1]!.circuit, "closed");
  // Another process that is killed now has them in the backend that is there.
  const other = await openComposite([a], { onWarning() {} });
  assert.equal((await readHistory(other, run.experiment)).length, 240);
  b.faults = {};
  await time.tick(60_000);
  await run.flush();
  assert.deepEqual(run.pending(), { points: 0, spilled: 0, dropped: 0 });
  assert.deepEqual(await contents(a), await contents(b));
  await run.finish();
  assert.ok((await verify(rubicon)).clean);
  assert.equal((await readHistory(rubicon, run.experiment)).length, 240);
});

Deno.test("away: an hour without any backend keeps all points in memory, as few parts", async () => {
  using time = new FakeTime();
  const driver = faulty();
  const { rubicon, project, warnings } = await world([driver]);
  const run = await startRun(rubicon, project);
  driver.faults = { all: "before" };
  for (let quarter = 0; quarter < 240; quarter++) {
    run.log({ loss: quarter });
    await time.tick(15_000);
  }
  assert.equal(run.pending().points, 240);
  assert.equal(warnings.length, 1);
  driver.faults = {};
  await time.tick(60_000);
  assert.equal(run.pending().points, 0, "written by the next flush that can be");
  const parts = Object.keys(await contents(driver)).filter((key) => key.includes("/history/"));
  assert.equal(parts.length, 2, "the one that failed, and one for all that came since");
  assert.equal((await readHistory(rubicon, run.experiment)).length, 240);
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "running");
  await run.finish();
});

Deno.test("away: memory is bounded, and what did not fit is counted and told of", async () => {
  const driver = faulty();
  const { rubicon, project } = await world([driver]);
  const run = await startRun(rubicon, project, { maxBuffered: 100 });
  driver.faults = { all: "before" };
  for (let step = 0; step < 250; step++) run.log({ loss: step });
  assert.deepEqual([run.pending().points, run.pending().dropped], [100, 150]);
  const first = await refused(() => run.flush());
  assert.equal(first.code, "unavailable");
  driver.faults = {};
  const lost = await refused(() => run.flush());
  assert.equal(lost.code, "write-failed");
  assert.match(lost.message, /^150 points of experiment .* are lost/);
  await run.finish();
  const points = await readHistory(rubicon, run.experiment);
  assert.deepEqual(points.map(({ step }) => step), [...Array(100).keys()]);
});

Deno.test("away: flush() and finish() say so, and finish() can be tried again", async () => {
  const driver = faulty();
  const { rubicon, project } = await world([driver]);
  const run = await startRun(rubicon, project);
  run.log({ loss: 1 });
  driver.faults = { put: "before" };
  assert.equal((await refused(() => run.flush())).code, "unavailable");
  assert.equal((await refused(() => run.finish())).code, "unavailable");
  assert.equal(run.ended, false);
  run.log({ loss: 2 });
  driver.faults = {};
  await run.finish();
  await run.finish();
  assert.equal((await readHistory(rubicon, run.experiment)).length, 2);
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "finished");
});

Deno.test("away: a put whose answer is lost is no second part", async () => {
  const driver = faulty();
  const { rubicon, project } = await world([driver]);
  const run = await startRun(rubicon, project);
  driver.faults = { put: "after" };
  for (let step = 0; step < 3; step++) {
    run.log({ loss: step });
    await refused(() => run.flush());
  }
  driver.faults = {};
  await run.flush();
  const points = await readHistory(rubicon, run.experiment);
  assert.deepEqual(points.map(({ step }) => step), [0, 1, 2]);
  await run.finish();
});

Deno.test("away: under the failure mode log the program goes on, and pending() says what waits", async () => {
  const driver = faulty();
  const { rubicon, project, warnings } = await world([driver], { failureMode: "log" });
  const run = await startRun(rubicon, project);
  driver.faults = { all: "before" };
  run.log({ loss: 1 });
  await run.flush();
  assert.equal(run.pending().points, 1);
  driver.faults = {};
  await run.finish();
  assert.equal(run.pending().points, 0);
  assert.deepEqual(warnings, []);
  assert.equal((await readHistory(rubicon, run.experiment)).length, 1);
});

Deno.test("away: under the policy any one backend is enough, and repair brings the other", async () => {
  const [a, b] = [faulty(), faulty()];
  const { rubicon, project } = await world([a, b], { write: "any" });
  const run = await startRun(rubicon, project);
  b.faults = { all: "before" };
  run.log({ loss: 1 });
  await run.flush();
  assert.equal(run.pending().points, 0);
  await run.finish();
  assert.ok(status(rubicon)[1]!.missed > 0);
  b.faults = {};
  const both = await openComposite([b, a], { onWarning() {} });
  await repair(both);
  assert.ok((await verify(both)).clean);
  assert.deepEqual(await contents(a), await contents(b));
});

Deno.test("clock: a jump back or ahead changes neither the order nor which point counts", async () => {
  const { rubicon, project } = await world([faulty()]);
  const run = await startRun(rubicon, project);
  using clock = movedClock();
  let step = 0;
  for (const jump of [0, -HOUR, -HOUR, 5 * HOUR, -4 * HOUR]) {
    clock.move(jump);
    // A step that is logged again counts as it was logged last, whatever the clock says.
    run.log({ loss: step, again: step }, { step });
    run.log({ again: step }, { step: -1 });
    await run.flush();
    step++;
  }
  const points = await readHistory(rubicon, run.experiment);
  const loss = points.filter(({ name }) => name === "loss");
  assert.deepEqual(loss.map(({ value }) => value), [0, 1, 2, 3, 4]);
  const times = loss.map(({ time }) => time);
  assert.deepEqual(times, times.toSorted());
  assert.equal(points.find(({ step }) => step === -1)!.value, 4);
  await run.finish();
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "finished");
  assert.deepEqual(await readHistory(rubicon, run.experiment), points);
});

Deno.test("clock: a store whose clock is hours off tells of a living run all the same", async () => {
  const driver = faulty();
  const inner = driver.list;
  const off = -7 * HOUR;
  driver.list = async function* (prefix, options) {
    for await (const entry of inner(prefix, options)) {
      yield { ...entry, lastModified: new Date(entry.lastModified.getTime() + off) };
    }
  };
  let ahead = off;
  driver.times = () => Promise.resolve({ step: 20, ahead });
  const { rubicon, project } = await world([driver]);
  const run = await startRun(rubicon, project);
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "running");
  ahead += 121_000;
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "lost");
  await run.finish();
});

/** Heartbeats: a run whose process is gone is lost after two of them, by the clock of the store. */
import assert from "node:assert/strict";
import {
  createProject,
  experimentStatus,
  openComposite,
  type Run,
  setStatus,
  startRun,
} from "../../mod.ts";
import { s3Driver } from "../../drivers/s3/driver.ts";
import type { Driver } from "../../mod.ts";
import { fakeConfig, fakeS3 } from "../support/fake_s3.ts";
import { FakeTime } from "../support/fake_time.ts";
import { faulty } from "../support/faulty.ts";
import { latestStatus, statusName } from "../../domain/history/status_file.ts";
import { movedClock } from "../support/clock.ts";

const HEARTBEAT = 60_000;

async function started(driver: Driver, options = {}) {
  const rubicon = await openComposite([driver], { onWarning() {} });
  const project = await createProject(rubicon, { name: "p" });
  const run = await startRun(rubicon, project, options);
  const state = async () => (await experimentStatus(rubicon, run.experiment))!.state;
  return { rubicon, project, run, state };
}

/** Ends it, so that no timer of it is left. */
const end = (run: Run) => run.finish();

Deno.test("heartbeat: a run that logs nothing shows that it is alive, in one object", async () => {
  using time = new FakeTime();
  const driver = faulty();
  const { run, state } = await started(driver);
  const puts = driver.calls.put;
  for (let beat = 1; beat <= 10; beat++) {
    await time.tick(HEARTBEAT);
    assert.equal(driver.calls.put, puts + beat);
    assert.equal(await state(), "running");
  }
  const names = await Array.fromAsync(driver.list(""), ({ key }) => key);
  assert.equal(names.filter((key) => key.includes("/status_")).length, 1);
  await end(run);
  const after = driver.calls.put;
  await time.tick(10 * HEARTBEAT);
  assert.equal(driver.calls.put, after, "a run that has ended is quiet");
});

Deno.test("heartbeat: one that writes points needs no other sign", async () => {
  using time = new FakeTime();
  const driver = faulty();
  const { run, state } = await started(driver, { flushMs: 15_000 });
  const puts = driver.calls.put;
  for (let quarter = 1; quarter <= 12; quarter++) {
    run.log({ loss: 1 });
    await time.tick(15_000);
    assert.equal(driver.calls.put, puts + quarter, "a part each time, and nothing else");
  }
  assert.equal(await state(), "running");
  await end(run);
});

Deno.test("heartbeat: a run is lost after two that are missing, and alive again after one", async () => {
  using time = new FakeTime();
  const driver = faulty();
  const { run, state, rubicon } = await started(driver);
  driver.faults = { put: "before" };
  await time.tick(2 * HEARTBEAT);
  assert.equal(await state(), "running");
  await time.tick(2);
  assert.equal(await state(), "lost");
  const status = (await experimentStatus(rubicon, run.experiment))!;
  assert.match(status.reason!, /two heartbeats/);
  assert.ok(status.durationMs! < HEARTBEAT, "it was heard of at its start alone");
  driver.faults = {};
  await time.tick(2 * HEARTBEAT);
  assert.equal(await state(), "running");
  await end(run);
  assert.equal(await state(), "finished");
});

Deno.test("heartbeat: its own length is what a run is judged by", async () => {
  using time = new FakeTime();
  const { run, state } = await started(faulty(), { heartbeatMs: 1_000 });
  const { run: slow, state: slowly } = await started(faulty(), { heartbeatMs: 10 * HEARTBEAT });
  using _ = movedClock(2_500);
  assert.deepEqual([await state(), await slowly()], ["lost", "running"]);
  await time.tick(1_000);
  await Promise.all([run, slow].map(end));
});

Deno.test("heartbeat: the reader's clock says nothing, also if it is years off", async () => {
  const store = fakeS3();
  const { run, state } = await started(s3Driver(fakeConfig(), store.transport));
  const dateNow = Date.now;
  // The store keeps its time: its answers and its objects have dates of their own.
  const real = globalThis.Date;
  assert.equal(await state(), "running");
  for (const off of [-3e10, 3e10]) {
    Date.now = () => dateNow() + off;
    try {
      assert.equal(await state(), "running", `a reader that is ${off} ms ahead`);
    } finally {
      Date.now = dateNow;
    }
  }
  for (const [key, object] of store.objects) {
    if (key.includes("/status_")) object.modified = new real(dateNow() - 2 * HEARTBEAT - 2_000);
  }
  for (const off of [-3e10, 0, 3e10]) {
    Date.now = () => dateNow() + off;
    try {
      assert.equal(await state(), "lost", `a reader that is ${off} ms ahead`);
    } finally {
      Date.now = dateNow;
    }
  }
  await end(run);
});

Deno.test("heartbeat: a state from a clock that is behind still comes after what it has seen", async () => {
  const { rubicon, run, state } = await started(faulty());
  {
    using _ = movedClock(-3_600_000);
    await setStatus(rubicon, run.experiment, "failed", { reason: "seen" });
    assert.equal(await state(), "failed");
    await setStatus(rubicon, run.experiment, "running");
  }
  {
    using _ = movedClock(-7_200_000);
    run.log({ loss: 1 });
    run.log({ loss: 2 });
    await end(run);
  }
  assert.equal(await state(), "finished");
});

Deno.test("heartbeat: none of its timers holds the process", async () => {
  using time = new FakeTime();
  const { run } = await started(faulty());
  run.log({ loss: 1 });
  assert.ok(time.timers >= 2);
  assert.ok(time.unreferenced.size >= 2);
  await end(run);
  assert.equal(time.timers, 0);
});

Deno.test("heartbeat: the name of a state sorts after those that were seen, also from the future", () => {
  const future = "status_7fffffff-ffff-7000-8000-000000000000.json";
  const names = [future, "tags_x.json", "status_.txt"];
  const next = statusName(names);
  assert.ok(next > future, "though this clock is thousands of years behind");
  assert.equal(latestStatus([...names, next]), next);
  assert.equal(latestStatus(["metadata.json"]), undefined);
});

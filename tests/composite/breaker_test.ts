/**
 * What a composite does while a circuit is half-open: one operation tries the backend, and nobody waits for one that
 * never asked it. By a clock of the tests' own.
 */
import assert from "node:assert/strict";
import {
  type Composite,
  createProject,
  type Experiment,
  listExperiments,
  listMetrics,
  logExperiment,
  logMetric,
  openComposite,
  type Receipt,
  status,
} from "../../mod.ts";
import { inside } from "../support/core.ts";
import { FakeTime } from "../support/fake_time.ts";
import { type Fault, type Faulty, faulty } from "../support/faulty.ts";

/** Two backends, the second of which failed three times and is to be tried again. */
async function halfOpen(time: FakeTime): Promise<[Composite, Faulty, Experiment]> {
  const [a, b] = [faulty(), faulty()];
  const rubicon = await openComposite([a, b], { write: "any", timeoutMs: 500, onWarning() {} });
  const project = createProject(rubicon, { name: "p" });
  const experiment = await time.until(project.then((made) => logExperiment(rubicon, made)));
  b.faults = { all: "before" };
  for (const name of ["x", "y", "z"]) {
    await time.until(logMetric(rubicon, experiment, { name, value: 1 }));
    await time.settle();
  }
  assert.equal(status(rubicon)[1]!.circuit, "open");
  b.faults = {};
  await time.tick(1_000);
  assert.equal(status(rubicon)[1]!.circuit, "half-open");
  return [rubicon, b, experiment];
}

Deno.test("breaker: the receipt of a backend that was not asked says that it was skipped", async () => {
  using time = new FakeTime();
  const [rubicon, b, experiment] = await halfOpen(time);
  const outcomes: string[][] = [];
  const onReceipts = (receipts: readonly Receipt[]) =>
    outcomes.push(receipts.map(({ outcome }) => outcome));
  b.faults = { all: "before" };
  for (const name of ["tries", "skips"]) {
    await time.until(logMetric(rubicon, experiment, { name, value: 1, onReceipts }));
    await time.settle();
  }
  assert.deepEqual(outcomes, [["ok", "failed"], ["ok", "skipped"]]);
  await rubicon.close();
});

Deno.test("breaker: if all backends are left alone, a read asks each until one answers", async () => {
  using time = new FakeTime();
  const [a, b] = [faulty("a"), faulty("b")];
  const rubicon = await openComposite([a, b], { timeoutMs: 500, onWarning() {} });
  const project = await time.until(createProject(rubicon, { name: "p" }));
  a.faults = b.faults = { all: "before" };
  while (status(rubicon).some(({ circuit }) => circuit === "closed")) {
    await time.until(listExperiments(rubicon, project).catch(() => {}));
  }
  b.faults = {};
  assert.deepEqual(await time.until(listExperiments(rubicon, project)), []);
  assert.deepEqual(status(rubicon).map(({ circuit }) => circuit), ["open", "closed"]);
  await rubicon.close();
});

Deno.test("breaker: a read that another backend answers is no trial that never ends", async () => {
  using time = new FakeTime();
  const [rubicon, , experiment] = await halfOpen(time);
  for (let at = 0; at < 3; at++) {
    assert.equal((await time.until(listMetrics(rubicon, experiment))).length, 3);
  }
  await time.until(logMetric(rubicon, experiment, { name: "w", value: 1, write: "all" }));
  assert.equal(status(rubicon)[1]!.circuit, "closed");
  await rubicon.close();
});

Deno.test("breaker: a write that asks nothing of a backend is no trial that never ends", async () => {
  using time = new FakeTime();
  const [rubicon] = await halfOpen(time);
  const plan = { what: "nothing", waves: [] };
  for (let at = 0; at < 2; at++) await time.until(inside(rubicon).write(plan, { write: "all" }));
  assert.equal(status(rubicon)[1]!.circuit, "half-open");
  await rubicon.close();
});

Deno.test("breaker: one operation alone tries a backend that still hangs", async () => {
  using time = new FakeTime();
  const [rubicon, b, experiment] = await halfOpen(time);
  b.faults = { all: "hang" };
  const before = b.calls.put;
  const writes = ["u", "v"].map((name) => logMetric(rubicon, experiment, { name, value: 1 }));
  await time.until(Promise.all(writes));
  assert.equal((await time.until(listMetrics(rubicon, experiment))).length, 5);
  await time.tick(500);
  assert.equal(b.calls.put - before, 1);
  assert.equal(status(rubicon)[1]!.circuit, "open");
  await rubicon.close();
});

for (const fault of ["hang", "before"] satisfies Fault[]) {
  Deno.test(`breaker: failures count with a time limit for each call, too (${fault})`, async () => {
    using time = new FakeTime();
    const [a, b] = [faulty(), faulty()];
    const rubicon = await openComposite([a, b], { write: "any", onWarning() {} });
    const experiment = await logExperiment(rubicon, await createProject(rubicon, { name: "p" }));
    b.faults = { all: fault };
    for (const name of ["x", "y", "z"]) {
      await logMetric(rubicon, experiment, { name, value: 1, timeoutMs: 30 });
      await time.tick(30);
    }
    const { failures, circuit, lastError } = status(rubicon)[1]!;
    assert.deepEqual([failures, circuit], [3, "open"]);
    assert.match(lastError!, fault === "hang" ? /30 ms/ : /out of order/);
    await rubicon.close();
  });
}

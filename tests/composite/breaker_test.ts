/**
 * What a circuit that is half-open does: one operation tries the backend, and nobody waits for one that never
 * asked it.
 */
import assert from "node:assert/strict";
import {
  type Composite,
  createProject,
  type Experiment,
  listMetrics,
  logExperiment,
  logMetric,
  openComposite,
  status,
} from "../../mod.ts";
import { inside } from "../support/core.ts";
import { type Fault, type Faulty, faulty } from "../support/faulty.ts";

/** Two backends, the second of which failed three times and is to be tried again. */
async function halfOpen(): Promise<[Composite, Faulty, Experiment]> {
  const [a, b] = [faulty(), faulty()];
  const rubicon = await openComposite([a, b], { write: "any", timeoutMs: 500 });
  const experiment = await logExperiment(rubicon, await createProject(rubicon, { name: "p" }));
  b.faults = { all: "before" };
  for (const name of ["x", "y", "z"]) {
    await logMetric(rubicon, experiment, { name, value: 1 });
    await rubicon.settled(AbortSignal.timeout(1_000));
  }
  assert.equal(status(rubicon)[1]!.circuit, "open");
  b.faults = {};
  while (status(rubicon)[1]!.circuit === "open") await new Promise((done) => setTimeout(done, 20));
  return [rubicon, b, experiment];
}

/** Fails where the work takes longer than any time limit allows. */
async function soon<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), 3_000);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

Deno.test("health: a read that another backend answers is no trial that never ends", async () => {
  const [rubicon, , experiment] = await halfOpen();
  for (let at = 0; at < 3; at++) {
    assert.equal((await soon(listMetrics(rubicon, experiment))).length, 3);
  }
  await soon(logMetric(rubicon, experiment, { name: "w", value: 1, write: "all" }));
  assert.equal(status(rubicon)[1]!.circuit, "closed");
  await rubicon.close();
});

Deno.test("health: a write that has nothing to do in a backend is no trial that never ends", async () => {
  const [rubicon, b] = await halfOpen();
  const plan = {
    what: "nothing",
    waves: [],
  };
  for (let at = 0; at < 2; at++) await soon(inside(rubicon).write(plan, { write: "all" }));
  assert.equal(status(rubicon)[1]!.circuit, "half-open", "nothing was asked of it");
  assert.equal(b.faults.all, undefined);
  await rubicon.close();
});

Deno.test("health: one operation alone tries a backend that still hangs", async () => {
  const [rubicon, b, experiment] = await halfOpen();
  b.faults = { all: "hang" };
  const before = b.calls.put;
  const writes = ["u", "v"].map((name) => logMetric(rubicon, experiment, { name, value: 1 }));
  await soon(Promise.all(writes));
  assert.equal((await soon(listMetrics(rubicon, experiment))).length, 5);
  await rubicon.settled(AbortSignal.timeout(2_000));
  assert.equal(b.calls.put - before, 1);
  assert.equal(status(rubicon)[1]!.circuit, "open");
  b.faults = {};
  await rubicon.close();
});

for (const fault of ["hang", "before"] satisfies Fault[]) {
  Deno.test(`health: with a time limit for each call too, failures count (${fault})`, async () => {
    const [a, b] = [faulty(), faulty()];
    const rubicon = await openComposite([a, b], { write: "any" });
    const experiment = await logExperiment(rubicon, await createProject(rubicon, { name: "p" }));
    b.faults = { all: fault };
    for (const name of ["x", "y", "z"]) {
      await logMetric(rubicon, experiment, { name, value: 1, timeoutMs: 30 });
      await rubicon.settled(AbortSignal.timeout(1_000));
    }
    const { failures, circuit, lastError } = status(rubicon)[1]!;
    assert.deepEqual([failures, circuit], [3, "open"]);
    assert.match(lastError!, fault === "hang" ? /30 ms/ : /out of order/);
    await rubicon.close();
  });
}

/**
 * Where one backend knows what another one does not, and other edges of a composite.
 */
import assert from "node:assert/strict";
import {
  addTags,
  createProject,
  deleteArtifact,
  getExperiment,
  getMetric,
  getOrCreateProject,
  listArtifacts,
  listExperiments,
  listMetrics,
  logArtifact,
  logExperiment,
  logMetric,
  logMetrics,
  openComposite,
  repair,
  status,
  toTable,
  verify,
} from "../../mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { contents, faulty, refused } from "../support/faulty.ts";

Deno.test("edges: a merged list has nothing that one backend knows to be deleted", async () => {
  const [a, b, c] = [faulty(), faulty(), faulty()];
  await using rubicon = await openComposite([a, b, c], { write: "quorum" });
  const project = await createProject(rubicon, { name: "p" });
  const artifact = await logArtifact(rubicon, project, { name: "x", data: "data" });
  await rubicon.settled(AbortSignal.timeout(60_000));
  a.faults = { all: "before" };
  await deleteArtifact(rubicon, artifact);
  a.faults = {};
  await using fresh = await openComposite([a, b, c]);
  assert.deepEqual(await listArtifacts(fresh, project, { read: "merge" }), []);
});

Deno.test("edges: getMetric by id takes the call's options, and finds what the first backend lacks", async () => {
  const [a, b] = [faulty(), faulty()];
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { metrics: { other: 1 } });
  await using onlyB = await openComposite(b);
  const metric = await logMetric(onlyB, experiment, { name: "m", value: 1 });
  const { id } = metric;
  assert.deepEqual(await getMetric(rubicon, experiment, { id, read: "merge" }), metric);
  assert.deepEqual(await getMetric(rubicon, experiment, { id }), metric);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(getMetric(rubicon, experiment, { id, signal }), /enough/);
});

Deno.test("edges: metrics in a Map are refused, not left out in silence", async () => {
  await using rubicon = await openComposite(faulty());
  const experiment = await logExperiment(rubicon, await createProject(rubicon, { name: "p" }));
  const error = await refused(() => logMetrics(rubicon, experiment, new Map([["m", 1]]) as never));
  assert.equal(error.code, "invalid-argument");
});

Deno.test("edges: a parent that may be in a backend that is down is not said to be missing", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using onlyB = await openComposite(b);
  const project = await createProject(onlyB, { name: "p" });
  await using both = await openComposite([a, b]);
  b.faults = { all: "before" };
  const { message, receipts } = await refused(() => logExperiment(both, project));
  assert.doesNotMatch(message, /Create it first/);
  assert.equal(receipts[0]!.error!.code, "unavailable");
});

Deno.test("edges: tagging does not wait for a backend that is left alone", async () => {
  using time = new FakeTime();
  const [a, b] = [faulty(), faulty()];
  const rubicon = await openComposite([a, b], {
    write: "any",
    timeoutMs: 150,
    failureMode: "log",
    onWarning() {},
  });
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  b.faults = { all: "hang" };
  while (status(rubicon)[1]!.circuit !== "open") {
    await time.until(addTags(rubicon, experiment, ["t"]));
    await time.tick(150);
  }
  await time.atOnce(addTags(rubicon, experiment, ["x"]));
  await time.until(rubicon.close());
});

Deno.test("edges: under warn a program goes on after an outage at its start", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver, { failureMode: "warn", onWarning() {} });
  driver.faults = { all: "before" };
  const project = await createProject(rubicon, { name: "p" });
  driver.faults = {};
  await logExperiment(rubicon, project);
});

Deno.test("edges: a parent that is copied has its tags", async () => {
  const [a, b] = [faulty(), faulty()];
  await using onlyA = await openComposite(a);
  const project = await createProject(onlyA, { name: "p" });
  const experiment = await addTags(onlyA, await logExperiment(onlyA, project), ["t"]);
  await using both = await openComposite([b, a]);
  await logMetric(both, experiment, { name: "m", value: 1 });
  assert.equal(status(both)[0]!.missed, 2, "what else belongs to the project and the experiment");
  await using fresh = await openComposite([b, a]);
  assert.deepEqual((await getExperiment(fresh, project, { id: experiment.id })).tags, ["t"]);
});

Deno.test("edges: an entity that no backend can read is not left out of a list in silence", async () => {
  const driver = faulty();
  const warnings: string[] = [];
  await using rubicon = await openComposite(driver, { onWarning: (text) => warnings.push(text) });
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { metrics: { x: 1, y: 2 } });
  const key = Object.keys(await contents(driver)).find((one) => one.includes("metrics/x/"))!;
  await driver.put(key, new TextEncoder().encode("{"));
  assert.equal((await listMetrics(rubicon, experiment)).length, 1);
  assert.match(warnings.join(), /metrics\/x/);
});

Deno.test("edges: memory's rootDir is text", async () => {
  for (const rootDir of [5, {}, null]) {
    const config = { persistence: "memory", rootDir } as never;
    assert.equal((await refused(() => openComposite(config))).code, "invalid-config");
  }
});

Deno.test("edges: a new backend before a full one hides nothing, once it has the project", async () => {
  const [a, b] = [faulty(), faulty()];
  await using onlyB = await openComposite(b);
  const project = await createProject(onlyB, { name: "p" });
  for (let at = 0; at < 3; at++) await logExperiment(onlyB, project, { name: `${at}` });
  await using both = await openComposite([a, b]);
  assert.equal((await getOrCreateProject(both, { name: "p" })).id, project.id);
  await using later = await openComposite([a, b]);
  assert.equal((await listExperiments(later, project)).length, 3);
  assert.equal((await toTable(later, project)).rows.length, 3);
  // This composite knows that the first one lacks more, also when it is not empty any more.
  await logExperiment(both, project, { name: "new" });
  assert.equal((await listExperiments(both, project)).length, 4);
  await repair(both);
  await using repaired = await openComposite([a, b]);
  assert.equal((await listExperiments(repaired, project)).length, 4);
  // Where nothing is anywhere, nothing is an answer, also when not all can be asked.
  const empty = await createProject(repaired, { name: "empty" });
  b.faults = { all: "before" };
  assert.deepEqual(await listExperiments(repaired, empty), []);
});

Deno.test("edges: what is refused does not stay where it was not in the way", async () => {
  const [a, b] = [faulty(), faulty()];
  await using onlyB = await openComposite(b);
  const project = await createProject(onlyB, { name: "p" });
  const experiment = await logExperiment(onlyB, project, { metrics: { acc: 1 } });
  await using both = await openComposite([a, b]);
  const again = await refused(() => logMetric(both, experiment, { name: "acc", value: 2 }));
  assert.equal(again.code, "already-exists");
  assert.equal((await getMetric(both, experiment, { name: "acc" })).value, 1);
  assert.deepEqual((await verify(both)).differences.filter(({ kind }) => kind === "conflict"), []);
});

Deno.test("edges: a project that is there already is said to be so by several backends, too", async () => {
  await using rubicon = await openComposite([faulty(), faulty()]);
  await createProject(rubicon, { name: "p" });
  const error = await refused(() => createProject(rubicon, { name: "p" }));
  assert.equal(error.code, "already-exists");
  assert.doesNotMatch(error.message, /pending|entity/);
});

Deno.test("edges: what is refused somewhere is taken back elsewhere before the error is told", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using onlyB = await openComposite(b);
  const project = await createProject(onlyB, { name: "p" });
  const experiment = await logExperiment(onlyB, project);
  await logMetric(onlyB, experiment, { name: "m", value: 1 });
  const remove = a.delete;
  a.delete = async (key, options) => {
    await new Promise((turn) => setImmediate(turn));
    await remove(key, options);
  };
  await using both = await openComposite([a, b], { onWarning() {} });
  const { receipts } = await refused(() => logMetric(both, experiment, { name: "m", value: 2 }));
  assert.deepEqual(receipts.map(({ outcome, bytes }) => [outcome, bytes]), [["failed", 0], [
    "failed",
    0,
  ]]);
  assert.match(receipts[0]!.error!.message, /taken back/);
  assert.ok(!Object.keys(await contents(a)).some((key) => key.includes("/metrics/")));
});

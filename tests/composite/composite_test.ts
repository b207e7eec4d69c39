import assert from "node:assert/strict";
import {
  createProject,
  getExperiment,
  getMetric,
  getOrCreateProject,
  getProject,
  listExperiments,
  listMetrics,
  listProjects,
  logArtifact,
  logExperiment,
  logMetric,
  logMetrics,
  type Metric,
  openComposite,
  type Receipt,
  status,
} from "../../mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { contents, faulty, refused } from "../support/faulty.ts";

Deno.test("composite: a write goes to every backend, byte for byte the same", async () => {
  const drivers = [faulty(), faulty(), faulty()];
  await using rubicon = await openComposite(drivers);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { metrics: { a: 1, b: 2 } });
  await logArtifact(rubicon, experiment, { name: "x", data: "data" });
  const [first, ...others] = await Promise.all(drivers.map(contents));
  assert.equal(Object.keys(first!).length, 6);
  for (const other of others) assert.deepEqual(other, first);
});

Deno.test("composite: the wait is the slowest backend's, not the sum", async () => {
  const drivers = [faulty(), faulty(), faulty()];
  await using rubicon = await openComposite(drivers);
  const project = await createProject(rubicon, { name: "p" });
  let running = 0;
  let most = 0;
  const all = Promise.withResolvers<void>();
  for (const driver of drivers) {
    const put = driver.put;
    driver.put = async (...args) => {
      most = Math.max(most, ++running);
      if (running === drivers.length) all.resolve();
      await all.promise;
      running--;
      return await put(...args);
    };
  }
  // The composite took the verbs when it was opened, so a new one is needed to see the slow ones.
  await using slow = await openComposite(drivers);
  await logExperiment(slow, project);
  assert.equal(most, 3, "all three are written at once");
});

Deno.test("composite: all backends' outcomes are in the exception, and the others keep the data", async () => {
  const [a, b, c] = [faulty("a"), faulty("b"), faulty("c")];
  await using rubicon = await openComposite([a, b, c]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  b.faults = { put: "before" };
  const error = await refused(() => logMetric(rubicon, experiment, { name: "m", value: 1 }));
  assert.equal(error.code, "unavailable");
  assert.match(error.message, /2 of 3 backends/);
  assert.match(error.message, /b: failed: put is out of order/);
  assert.deepEqual(error.receipts.map(({ outcome }) => outcome), ["ok", "failed", "ok"]);
  assert.equal((await getMetric(rubicon, experiment, { name: "m" })).value, 1);

  b.faults = {};
  const again = await logMetric(rubicon, experiment, error.entity as Metric);
  assert.deepEqual(again, error.entity);
  assert.deepEqual(await contents(b), await contents(a));
  assert.deepEqual(await contents(b), await contents(c));
});

Deno.test("composite: another entity under the same key is already-exists, whatever its id", async () => {
  await using rubicon = await openComposite([faulty(), faulty()]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const metric = await logMetric(rubicon, experiment, { name: "lr_0.1", value: 1 });
  await logMetric(rubicon, experiment, metric);
  const other = await refused(() => logMetric(rubicon, experiment, { name: "lr_0.1", value: 1 }));
  assert.equal(other.code, "already-exists");
  const slug = await refused(() => logMetric(rubicon, experiment, { name: "lr_01", value: 1 }));
  assert.equal(slug.code, "already-exists");
  assert.match(slug.message, /"lr_01".*"lr_0\.1"/s);
  const changed = await refused(() => logMetric(rubicon, experiment, { ...metric, value: 2 }));
  assert.match(changed.message, /same id and different content/);
});

for (const fault of ["before", "after"] as const) {
  Deno.test(`composite: a put that fails ${fault} it takes effect can be completed`, async () => {
    const [a, b] = [faulty("a"), faulty("b")];
    await using rubicon = await openComposite([a, b]);
    const project = await createProject(rubicon, { name: "p" });
    a.faults = { put: fault };
    const error = await refused(() => logExperiment(rubicon, project, { name: "e" }));
    a.faults = {};
    await logExperiment(rubicon, project, error.entity as object);
    assert.deepEqual(await contents(a), await contents(b));
    assert.equal((await listExperiments(rubicon, project)).length, 1);
  });
}

Deno.test("composite: a hanging backend ends at its time limit, and does not delay a quorum", async () => {
  const [a, b, c] = [faulty("a"), faulty("b"), faulty("c")];
  await using rubicon = await openComposite([a, b, c], { timeoutMs: 50 });
  const project = await createProject(rubicon, { name: "p" });
  b.faults = { put: "hang" };
  const error = await refused(() => logExperiment(rubicon, project));
  assert.match(error.message, /b: failed: no progress for 50 ms/);
  let receipts: readonly Receipt[] = [];
  await logExperiment(rubicon, project, {
    write: "quorum",
    onReceipts: (all) => receipts = all.map((one) => ({ ...one })),
  });
  assert.deepEqual(receipts.map(({ outcome }) => outcome), ["ok", "pending", "ok"]);
});

Deno.test("composite: any is content with one backend, and what the others missed is counted", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b], { write: "any" });
  const project = await createProject(rubicon, { name: "p" });
  a.faults = { put: "before" };
  await logExperiment(rubicon, project, { name: "e" });
  a.faults = {};
  assert.equal((await listExperiments(rubicon, project, { read: "merge" })).length, 1);
  await rubicon.close();
  assert.equal(status(rubicon)[0]!.missed, 1);
});

Deno.test("composite: an empty, missing or broken backend never hides a good one", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using both = await openComposite([a, b]);
  const project = await createProject(both, { name: "p" });
  const experiment = await logExperiment(both, project, { name: "e", metrics: { m: 1 } });
  const able = async (what: string) => {
    // A fresh composite: nothing is known of what is where.
    await using rubicon = await openComposite([a, b]);
    assert.equal((await listProjects(rubicon)).length, 1, `${what}: projects`);
    assert.equal((await getProject(rubicon, { name: "p" })).id, project.id, what);
    assert.equal((await listExperiments(rubicon, project)).length, 1, `${what}: experiments`);
    assert.equal((await getExperiment(rubicon, project, { id: experiment.id })).name, "e", what);
    assert.equal((await listMetrics(rubicon, experiment)).length, 1, `${what}: metrics`);
    assert.equal((await getMetric(rubicon, experiment, { name: "m" })).value, 1, what);
  };
  await able("whole");
  a.faults = { all: "before" };
  await able("unreachable");
  a.faults = {};
  const text = (text: string) => new TextEncoder().encode(text);
  const metadata = Object.keys(await contents(a));
  for (const broken of ["", '{"name": "m"', "null", '{"name": 1}', "\xff"]) {
    for (const key of metadata) await a.put(key, text(broken));
    await able(`broken: ${broken}`);
  }
  for (const key of metadata.filter((key) => key.includes("metrics"))) await a.delete(key);
  await able("without its metrics, and broken");
  for (const key of metadata) await a.delete(key);
  await able("empty");
});

Deno.test("composite: damage in two backends at once is read back whole from both", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { metrics: { x: 1, y: 2 } });
  const key = (slug: string) => `p/experiments/${experiment.id}/metrics/${slug}/metadata.json`;
  await a.put(key("x"), new TextEncoder().encode("{"));
  await b.put(key("y"), new TextEncoder().encode("{"));
  const names = (await listMetrics(rubicon, experiment)).map(({ name }) => name);
  assert.deepEqual(names.sort(), ["x", "y"]);
});

Deno.test("composite: an exception names every backend and its reason", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b]);
  const none = await refused(() => getProject(rubicon, { name: "nowhere" }));
  assert.equal(none.code, "not-found");
  a.faults = { all: "before" };
  const mixed = await refused(() => getProject(rubicon, { name: "nowhere" }));
  assert.equal(mixed.code, "read-failed");
  assert.match(mixed.message, /a: get is out of order/);
  assert.match(mixed.message, /b: .*there is no nowhere\/metadata\.json/);
  const listing = await refused(() => listProjects(rubicon));
  assert.match(
    listing.message,
    /b: empty/,
    "an unreachable backend may have what the empty one lacks",
  );
});

Deno.test("composite: merge is the union by id", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using both = await openComposite([a, b]);
  const project = await createProject(both, { name: "p" });
  await using onlyA = await openComposite(a);
  await using onlyB = await openComposite(b);
  await logExperiment(both, project, { name: "both" });
  await logExperiment(onlyA, project, { name: "a" });
  await logExperiment(onlyB, project, { name: "b" });
  const names = async (read: "first" | "merge") =>
    (await listExperiments(both, project, { read })).map(({ name }) => name);
  assert.deepEqual(await names("first"), ["both", "a"]);
  assert.deepEqual(await names("merge"), ["both", "a", "b"]);
});

Deno.test("composite: no orphans: a backend without the parents gets them first", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using onlyA = await openComposite(a);
  const project = await createProject(onlyA, { name: "p" });
  const experiment = await logExperiment(onlyA, project, { name: "e" });
  await using both = await openComposite([a, b]);
  await logMetrics(both, experiment, Object.fromEntries([..."abcdefgh"].map((name) => [name, 1])));
  assert.deepEqual(Object.keys(await contents(b)), Object.keys(await contents(a)));
  const stats = b.calls.stat;
  await logMetric(both, experiment, { name: "again", value: 1 });
  assert.equal(b.calls.stat, stats, "parents are looked for once");

  const stranger = { ...experiment, id: crypto.randomUUID() };
  const error = await refused(() => logMetric(both, stranger, { name: "m", value: 1 }));
  assert.equal(error.code, "not-found");
  assert.ok(!Object.keys(await contents(a)).some((key) => key.includes(stranger.id)));
});

Deno.test("composite: getOrCreateProject gives every backend the same project", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using onlyB = await openComposite(b);
  const { id } = await createProject(onlyB, { name: "p" });
  await using both = await openComposite([a, b]);
  assert.equal((await getOrCreateProject(both, { name: "p" })).id, id);
  assert.deepEqual(await contents(a), await contents(b));
});

Deno.test("composite: of racing creators of one project one wins, in every backend", async () => {
  const drivers = [faulty("a"), faulty("b"), faulty("c")];
  const composites = await Promise.all(Array.from({ length: 16 }, () => openComposite(drivers)));
  const outcomes = await Promise.allSettled(
    composites.map((rubicon) => createProject(rubicon, { name: "p" })),
  );
  const won = outcomes.filter(({ status }) => status === "fulfilled");
  assert.equal(won.length, 1);
  const ids = await Promise.all(
    composites.map(async (rubicon) => (await getOrCreateProject(rubicon, { name: "p" })).id),
  );
  assert.equal(new Set(ids).size, 1);
  const [first, ...others] = await Promise.all(drivers.map(contents));
  for (const other of others) assert.deepEqual(other, first);
});

Deno.test("composite: after repeated failures a backend is left alone, then tried again", async () => {
  using time = new FakeTime();
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b], { write: "any" });
  const project = await createProject(rubicon, { name: "p" });
  a.faults = { all: "before" };
  for (let at = 0; at < 3; at++) await logExperiment(rubicon, project);
  assert.equal(status(rubicon)[0]!.circuit, "open");
  const calls = a.calls.put;
  await logExperiment(rubicon, project);
  assert.equal(a.calls.put, calls, "it was not asked");
  a.faults = {};
  await time.tick(1_000);
  await logExperiment(rubicon, project);
  assert.equal(status(rubicon)[0]!.circuit, "closed");
});

Deno.test("composite: an abort passes through as it is", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  a.faults = { put: "hang", get: "hang", list: "hang" };
  const reason = new Error("enough");
  for (
    const work of [
      (signal: AbortSignal) => logExperiment(rubicon, project, { signal }),
      (signal: AbortSignal) => listExperiments(rubicon, project, { signal }),
    ]
  ) {
    const controller = new AbortController();
    const running = work(controller.signal);
    controller.abort(reason);
    await assert.rejects(running, (error) => error === reason);
  }
});

Deno.test("composite: warn and log go on with the entity that could not be written", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  const warnings: string[] = [];
  for (const failureMode of ["warn", "log"] as const) {
    await using rubicon = await openComposite([a, b], {
      failureMode,
      onWarning: (message) => warnings.push(message),
    });
    a.faults = { all: "before" };
    const project = await createProject(rubicon, { name: failureMode });
    const experiment = await logExperiment(rubicon, project);
    const metric = await logMetric(rubicon, experiment, { name: "m", value: 1 });
    assert.equal(metric.value, 1);
    a.faults = {};
  }
  const [told, atTheEnd] = [warnings.slice(0, 3), warnings.slice(3)];
  for (const message of told) assert.match(message, /was written to/);
  for (const message of atTheEnd) assert.match(message, /^a: 3 writes are missing there: project/);
  assert.equal(atTheEnd.length, 2);
});

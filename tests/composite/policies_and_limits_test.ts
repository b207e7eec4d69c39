/** What a composite does in the corners: pauses, limits of calls, one store under two names, receipts, what is missed. */
import assert from "node:assert/strict";
import {
  createProject,
  getArtifact,
  getExperiment,
  getProject,
  logArtifact,
  logExperiment,
  logMetric,
  logMetrics,
  openComposite,
  type Receipt,
  RubiconException,
  status,
} from "../../mod.ts";
import { FakeTime } from "../support/fake_time.ts";
import { faulty, refused } from "../support/faulty.ts";

Deno.test("composite: one short outage under many operations at once is one short pause", async () => {
  using time = new FakeTime();
  const [a, b] = [faulty(), faulty()];
  await using rubicon = await openComposite([a, b], { write: "any", onWarning() {} });
  const experiment = await logExperiment(rubicon, await createProject(rubicon, { name: "p" }));
  await time.settle();
  b.faults = { put: "before" };
  await logMetrics(rubicon, experiment, Object.fromEntries([..."abcdefghijklmnop"].entries()));
  await time.settle();
  assert.equal(status(rubicon)[1]!.circuit, "open");
  assert.equal(status(rubicon)[1]!.failures, 3);
  b.faults = {};
  await time.tick(1_000);
  await logMetric(rubicon, experiment, { name: "again", value: 1, write: "all" });
});

Deno.test("composite: a call's time limit may be longer than the composite's", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver, { timeoutMs: 20 });
  const project = await createProject(rubicon, { name: "p" });
  driver.faults = { put: { late: 80 } };
  await refused(() => logExperiment(rubicon, project));
  await logExperiment(rubicon, project, { timeoutMs: 5_000 });
});

Deno.test("composite: one store under two labels or two paths is refused", async () => {
  const folder = await Deno.makeTempDir();
  const memory = { persistence: "memory", rootDir: crypto.randomUUID() };
  const pairs = [
    [{ ...memory, label: "x" }, { ...memory, label: "y" }],
    [{ persistence: "filesystem", rootDir: folder }, {
      persistence: "filesystem",
      rootDir: `${folder}/x/..`,
    }],
    [{ persistence: "filesystem", rootDir: "some-folder" }, {
      persistence: "filesystem",
      rootDir: new URL(`file://${Deno.cwd()}/some-folder`),
    }],
  ];
  for (const pair of pairs) {
    const { code, message } = await refused(() => openComposite(pair));
    assert.equal(code, "invalid-config");
    assert.match(message, /Two copies in one place are one copy/);
  }
  const named = await refused(() =>
    openComposite([{ ...memory, label: "x" }, { ...memory, rootDir: "another", label: "x" }])
  );
  assert.match(named.message, /Two backends are called x/);
  await Deno.remove(folder);
});

Deno.test("composite: a driver without all verbs is refused when it is opened", async () => {
  const half = { persistence: "half", label: "half", get() {}, put() {} };
  const { code, message } = await refused(() => openComposite(half as never));
  assert.equal(code, "invalid-config");
  assert.match(message, /it lacks open, stat, list, folders, delete/);
});

Deno.test("composite: a background backend has a receipt, and it is pending", async () => {
  const front = faulty();
  const rootDir = crypto.randomUUID();
  await using rubicon = await openComposite([
    { persistence: "memory", rootDir, mode: "background", label: "back" },
    front,
  ], { onWarning() {} });
  let receipts: readonly Receipt[] = [];
  const project = await createProject(rubicon, { name: "p", onReceipts: (all) => receipts = all });
  const outcomes = (all: readonly Receipt[]) =>
    Object.fromEntries(all.map(({ backend, outcome }) => [backend, outcome]));
  assert.deepEqual(outcomes(receipts), { [front.label]: "ok", back: "pending" });
  front.faults = { put: "before" };
  const error = await refused(() => logExperiment(rubicon, project));
  assert.deepEqual(outcomes(error.receipts), { [front.label]: "failed", back: "pending" });
  assert.ok(error.entity);
  front.faults = {};
});

Deno.test("composite: what warn and log pass over shows in status, also where nothing is out of order", async () => {
  const driver = faulty();
  const put = driver.put;
  let well = true;
  driver.put = (...args) =>
    well ? put(...args) : Promise.reject(new RubiconException("permission-denied", "read-only"));
  await using rubicon = await openComposite(driver, { failureMode: "log" });
  const project = await createProject(rubicon, { name: "p" });
  well = false;
  await logExperiment(rubicon, project);
  const [one] = status(rubicon);
  assert.equal(one!.missed, 1);
  assert.match(one!.lastError!, /read-only/);
});

Deno.test("composite: a backend without single entities hides none that are asked for by name or id", async () => {
  const [a, b] = [faulty(), faulty()];
  await using both = await openComposite([a, b]);
  const project = await createProject(both, { name: "p" });
  const experiment = await logExperiment(both, project, { name: "both" });
  await logArtifact(both, experiment, { name: "both", data: "x" });
  await using onlyB = await openComposite(b);
  const inB = {
    project: await createProject(onlyB, { name: "q" }),
    experiment: await logExperiment(onlyB, project, { name: "e" }),
    artifact: await logArtifact(onlyB, experiment, { name: "a", data: "x" }),
  };
  await using fresh = await openComposite([a, b]);
  assert.deepEqual(await getProject(fresh, { id: inB.project.id }), inB.project);
  assert.deepEqual(await getExperiment(fresh, project, { name: "e" }), inB.experiment);
  assert.deepEqual(await getArtifact(fresh, experiment, { name: "a" }), inB.artifact);
});

import assert from "node:assert/strict";
import {
  type BackendConfig,
  createProject,
  deleteArtifact,
  type Driver,
  flush,
  listExperiments,
  logArtifact,
  logExperiment,
  logMetric,
  openComposite,
  registerDriver,
  status,
  verify,
} from "../../mod.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

const drivers = new Map<string, Faulty>();
registerDriver("outbox-test", ({ rootDir }): Driver => drivers.get(String(rootDir))!);

/** A faulty driver under a persistence name, since only configurations have a mode. */
function backend(mode?: "background"): { config: BackendConfig<string>; driver: Faulty } {
  const driver = faulty();
  drivers.set(driver.label, driver);
  return {
    config: { persistence: "outbox-test", rootDir: driver.label, ...(mode && { mode }) },
    driver,
  };
}

const entries = async (driver: Driver) =>
  Object.keys(await contents(driver)).filter((key) => key.startsWith("outbox_"));

Deno.test("outbox: a background backend gets everything, and nobody waits for it", async () => {
  const [front, back] = [backend(), backend("background")];
  back.driver.faults = { put: { late: 20 } };
  await using rubicon = await openComposite([back.config, front.config]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { metrics: { a: 1, b: 2 } });
  const artifact = await logArtifact(rubicon, experiment, { name: "x", data: "data" });
  await logArtifact(rubicon, experiment, { name: "y", data: "more" });
  await deleteArtifact(rubicon, artifact);
  assert.ok(status(rubicon)[0]!.pending > 0);
  assert.equal(status(rubicon)[0]!.mode, "background");
  assert.deepEqual(await flush(rubicon, { timeoutMs: 10_000 }), []);
  assert.deepEqual(await contents(back.driver), await contents(front.driver));
  assert.deepEqual(await entries(front.driver), [], "what is done is taken out of the outbox");
});

Deno.test("outbox: what a process leaves behind, a later one brings", async () => {
  const [front, back] = [backend(), backend("background")];
  back.driver.faults = { all: "before" };
  {
    const rubicon = await openComposite([front.config, back.config]);
    const project = await createProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project);
    await logMetric(rubicon, experiment, { name: "m", value: 1 });
    const left = await flush(rubicon, { timeoutMs: 10 });
    assert.equal(left[0]!.pending, 3);
    assert.match(left[0]!.lastError!, /out of order/);
    await rubicon.close();
  }
  assert.equal((await entries(front.driver)).length, 3);
  back.driver.faults = {};
  await using later = await openComposite([front.config, back.config]);
  assert.deepEqual(await flush(later, { timeoutMs: 10_000 }), []);
  assert.deepEqual(await contents(back.driver), await contents(front.driver));
  assert.deepEqual(await entries(front.driver), []);
  assert.equal((await verify(later)).clean, true);
});

Deno.test("outbox: replaying twice changes nothing", async () => {
  const [front, back] = [backend(), backend("background")];
  back.driver.faults = { put: "after" };
  const rubicon = await openComposite([front.config, back.config]);
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project);
  await flush(rubicon, { timeoutMs: 60 });
  await rubicon.close();
  back.driver.faults = {};
  const composites = [1, 2, 3].map(() => openComposite([front.config, back.config]));
  for (const later of await Promise.all(composites)) {
    assert.deepEqual(await flush(later, { timeoutMs: 10_000 }), []);
    await later.close();
  }
  assert.deepEqual(await contents(back.driver), await contents(front.driver));
});

Deno.test("outbox: the first healthy backend keeps it; reads go to background backends last", async () => {
  const [first, second, back] = [backend(), backend(), backend("background")];
  await using rubicon = await openComposite([back.config, first.config, second.config], {
    write: "any",
    timeoutMs: 100,
    onWarning: () => {},
  });
  back.driver.faults = { all: "hang" };
  first.driver.faults = { put: "before" };
  const project = await createProject(rubicon, { name: "p" });
  await logExperiment(rubicon, project);
  assert.equal((await entries(second.driver)).length, 2);
  assert.equal((await listExperiments(rubicon, project)).length, 1, "the hanging one is not asked");
  first.driver.faults = {};
  back.driver.faults = {};
  await rubicon.close();
});

Deno.test("outbox: with memory alone before it, it says that it is not durable", async () => {
  const warnings: string[] = [];
  const back = backend("background");
  await using _ = await openComposite([
    { persistence: "memory", rootDir: crypto.randomUUID() },
    back.config,
  ], { onWarning: (message) => warnings.push(message) });
  assert.match(warnings[0]!, /memory only/);
  await assert.rejects(openComposite(back.config), /one at least has to take writes at once/);
});

Deno.test("outbox: await using flushes, and says what is not there yet", async () => {
  const [front, back] = [backend(), backend("background")];
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  {
    await using rubicon = await openComposite([front.config, back.config], { onWarning });
    await createProject(rubicon, { name: "p" });
  }
  assert.deepEqual(await contents(back.driver), await contents(front.driver));
  assert.deepEqual(warnings, []);
  {
    await using rubicon = await openComposite([front.config, back.config], {
      onWarning,
      timeoutMs: 100,
    });
    back.driver.faults = { all: "before" };
    await createProject(rubicon, { name: "q" });
  }
  assert.match(warnings[0]!, /1 write waits in its outbox \(.*out of order\)/);
});

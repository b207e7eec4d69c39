/** Histories and states through copies: verify, repair, sync, archives and outboxes bring them along. */
import assert from "node:assert/strict";
import {
  archiveProject,
  type Composite,
  createProject,
  experimentStatus,
  flush,
  openComposite,
  type Project,
  readHistory,
  repair,
  restoreArchives,
  type Run,
  startRun,
  status,
  syncProject,
  verify,
} from "../../mod.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

/** A run that goes on, with some parts, and one that is finished. */
async function twoRuns(rubicon: Composite, project: Project): Promise<Run[]> {
  const runs = [await startRun(rubicon, project), await startRun(rubicon, project)];
  for (const run of runs) {
    for (let step = 0; step < 3; step++) {
      run.log({ loss: step, acc: -step });
      await run.flush();
    }
  }
  await runs[1]!.finish();
  return runs;
}

async function assertHas(rubicon: Composite, [live, finished]: Run[]): Promise<void> {
  for (const run of [live!, finished!]) {
    const points = await readHistory(rubicon, run.experiment);
    assert.deepEqual(points.map(({ step }) => step), [0, 1, 2, 0, 1, 2]);
  }
  const states = await Promise.all(
    [live!, finished!].map(({ experiment }) => experimentStatus(rubicon, experiment)),
  );
  assert.deepEqual(states.map((one) => one!.state), ["running", "finished"]);
}

const quiet = { onWarning() {} };
const open = (...drivers: Faulty[]) => openComposite(drivers, quiet);

Deno.test("history: repair brings it to a backend that was away, and verify is clean", async () => {
  const [a, b] = [faulty(), faulty()];
  const rubicon = await openComposite([a, b], { ...quiet, write: "any" });
  const project = await createProject(rubicon, { name: "p" });
  b.faults = { all: "before" };
  const runs = await twoRuns(rubicon, project);
  b.faults = {};
  const both = await open(a, b);
  assert.equal((await verify(both)).clean, false);
  const { conflicts, failures } = await repair(both);
  assert.deepEqual([conflicts, failures], [[], []]);
  assert.ok((await verify(both, { compare: "bytes" })).clean);
  assert.deepEqual(await contents(a), await contents(b));
  await assertHas(await open(b), runs);
  await runs[0]!.finish();
});

Deno.test("history: a compaction that a backend missed is repaired, and no point counts twice", async () => {
  const [a, b] = [faulty(), faulty()];
  const rubicon = await openComposite([a, b], { ...quiet, write: "any" });
  const project = await createProject(rubicon, { name: "p" });
  const run = await startRun(rubicon, project);
  for (let step = 0; step < 3; step++) {
    run.log({ loss: step });
    await run.flush();
  }
  await flush(rubicon);
  b.faults = { put: "before", delete: "before" };
  await run.finish();
  b.faults = {};
  const both = await open(a, b);
  const { differences } = await verify(both);
  const kinds = differences.map(({ key, kind }) => `${kind} ${key.match(/jsonl|parquet|status/)}`);
  assert.deepEqual(kinds.filter((one) => !one.endsWith("null")).sort(), [
    ...Array(3).fill("deleted jsonl"),
    "deleted status",
    "missing parquet",
    "missing status",
  ]);
  // What stands for the parts cannot be copied: then they stay.
  b.faults = { put: "before" };
  const failed = await repair(both);
  assert.ok(failed.failures.length > 0);
  b.faults = {};
  assert.equal((await readHistory(await open(b), run.experiment)).length, 3);
  assert.equal((await experimentStatus(await open(b), run.experiment))?.state, "running");
  await repair(await open(a, b));
  assert.ok((await verify(both)).clean);
  assert.deepEqual(await contents(a), await contents(b), "and nobody brings the parts back");
  for (const driver of [a, b]) {
    const one = await open(driver);
    const points = await readHistory(one, run.experiment);
    assert.deepEqual(points.map(({ step }) => step), [0, 1, 2]);
    assert.equal((await experimentStatus(one, run.experiment))?.state, "finished");
  }
});

Deno.test("history: damage in one backend is read from another, and mended", async () => {
  const [a, b] = [faulty(), faulty()];
  const both = await open(a, b);
  const runs = await twoRuns(both, await createProject(both, { name: "p" }));
  for (const key of Object.keys(await contents(a))) {
    if (!/\/history\/|\/status_/.test(key)) continue;
    const { bytes } = await a.get(key);
    await a.put(key, bytes.slice(0, bytes.length - 5));
  }
  await assertHas(both, runs);
  const { differences } = await verify(both);
  assert.ok(differences.length >= 5 && differences.every(({ kind }) => kind === "damaged"));
  await repair(both);
  assert.ok((await verify(both)).clean);
  await assertHas(await open(a), runs);
  await runs[0]!.finish();
});

Deno.test("history: syncProject() and archives take it along", async () => {
  const [source, target] = [faulty(), faulty()];
  const from = await open(source);
  const project = await createProject(from, { name: "p" });
  const runs = await twoRuns(from, project);
  const [synced, archived] = [await open(target), await open(faulty())];
  await syncProject(from, project, { to: synced });
  await assertHas(synced, runs);
  await archiveProject(from, project, { to: archived });
  await restoreArchives(archived, project);
  await assertHas(archived, runs);
  await runs[0]!.finish();
  // What is compacted meanwhile is copied once more, and read once.
  await syncProject(from, project, { to: synced });
  const points = await readHistory(synced, runs[0]!.experiment);
  assert.equal(points.length, 6);
  assert.deepEqual(await contents(target), await contents(source), "without the parts of before");
  assert.equal((await experimentStatus(synced, runs[0]!.experiment))?.state, "finished");
});

Deno.test("history: a background backend gets it by its outbox, also after an hour away", async () => {
  const [a, b] = [faulty(), faulty()];
  const rubicon = await openComposite([a, { driver: b, mode: "background" }], quiet);
  const project = await createProject(rubicon, { name: "p" });
  b.faults = { all: "before" };
  const runs = await twoRuns(rubicon, project);
  const [, waiting] = status(rubicon);
  assert.ok(waiting!.pending > 0, "the status says that writes wait");
  assert.equal(runs[0]!.pending().points, 0, "what the outbox has is durable");
  b.faults = {};
  // Another process brings it: this one is as good as killed.
  const later = await openComposite([a, { driver: b, mode: "background" }], quiet);
  assert.deepEqual(await flush(later, { timeoutMs: 10_000 }), []);
  await assertHas(await open(b), runs);
  await runs[0]!.finish();
  await rubicon.close();
  await later.close();
});

/** Runs in the trash: what was logged to them goes along, and comes back. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  createProject,
  deleteExperiment,
  emptyTrash,
  experimentStatus,
  listArtifacts,
  logArtifact,
  logExperiment,
  readArtifact,
  readHistory,
  restoreExperiment,
  startRun,
  verify,
  withRun,
} from "../../mod.ts";
import { openComposite } from "../../composite.ts";
import { faulty } from "../support/faulty.ts";

const notFound = { code: "not-found", message: /was deleted\. restoreExperiment/ };

Deno.test("trash: the curve and the state of a run are hidden with it, and come back", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await withRun(rubicon, project, {}, (run) => {
    for (let step = 0; step < 5; step++) run.log({ loss: 1 / (step + 1) }, { step });
    return run.experiment;
  });
  await deleteExperiment(rubicon, experiment);
  await assert.rejects(readHistory(rubicon, experiment), notFound);
  await assert.rejects(experimentStatus(rubicon, experiment), notFound);
  // Also for others, who have not deleted it themselves.
  await using other = await openComposite([a, b]);
  await assert.rejects(readHistory(other, experiment), notFound);
  await assert.rejects(experimentStatus(other, experiment), notFound);
  await assert.rejects(startRun(other, project, { id: experiment.id }), {
    code: "already-exists",
    message: /in the trash/,
  });
  await restoreExperiment(other, project, { id: experiment.id });
  await using third = await openComposite([a, b]);
  assert.equal((await readHistory(third, experiment)).length, 5);
  assert.equal((await experimentStatus(third, experiment))?.state, "finished");
  assert.equal((await verify(third)).clean, true);
});

Deno.test("trash: a run that is deleted while it logs stays hidden, and what it logged comes back", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using rubicon = await openComposite([a, b], { onWarning() {} });
  const project = await createProject(rubicon, { name: "p" });
  const run = await startRun(rubicon, project, { flushMs: 2 ** 30, heartbeatMs: 2 ** 30 });
  run.log({ loss: 1 }, { step: 0 });
  await run.flush();
  await using other = await openComposite([a, b], { onWarning() {} });
  await deleteExperiment(other, run.experiment);
  run.log({ loss: 0.5 }, { step: 1 });
  await assert.rejects(run.finish(), { name: "RubiconException" });
  await assert.rejects(readHistory(other, run.experiment), notFound);
  await restoreExperiment(other, project, { id: run.experiment.id });
  await run.finish();
  const points = await readHistory(other, run.experiment);
  assert.deepEqual(points.map(({ step, value }) => [step, value]), [[0, 1], [1, 0.5]]);
  await deleteExperiment(other, run.experiment);
  await emptyTrash(other, project, { olderThanMs: 0 });
  await assert.rejects(readHistory(other, run.experiment), { code: "not-found" });
});

Deno.test("trash: large artifacts come back out of it, byte for byte, in every backend", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  const { put } = b;
  let held = 0;
  b.put = async (key, source, ...rest) => {
    if (source instanceof Uint8Array) held = Math.max(held, source.length);
    return await put(key, source, ...rest);
  };
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { metrics: { m: 1 } });
  const large = Uint8Array.from({ length: 9 << 20 }, (_, at) => (at * 2654435761) >>> 24);
  for (const [name, data] of [["large", large], ["small", large.slice(0, 999)]] as const) {
    await logArtifact(rubicon, experiment, { name, data });
  }
  await deleteExperiment(rubicon, experiment);
  held = 0;
  await restoreExperiment(rubicon, project, { id: experiment.id });
  assert.ok(held > 0 && held < 1 << 20, `${held} bytes at once in memory`);
  for (const driver of [a, b]) {
    await using alone = await openComposite(driver);
    const [one, two] = await listArtifacts(alone, experiment);
    assert.deepEqual([one?.name, two?.name], ["large", "small"]);
    assert.ok(Buffer.from(large).equals(await readArtifact(alone, one!)), "the same bytes");
    assert.equal((await readArtifact(alone, two!)).length, 999);
  }
  assert.equal((await verify(rubicon)).clean, true);
});

/** A project whose folder has another name than the project: whatever goes by keys finds it all the same. */
import assert from "node:assert/strict";
import {
  addTags,
  archiveProject,
  createProject,
  deleteExperiment,
  deleteProject,
  emptyTrash,
  listExperiments,
  listTrash,
  logExperiment,
  logMetric,
  openComposite,
  readHistory,
  repair,
  restoreArchives,
  restoreExperiment,
  restoreProject,
  search,
  startRun,
  syncProject,
  toTable,
  verify,
} from "../../mod.ts";
import type { Driver } from "../../drivers/driver.ts";
import { faulty } from "../support/faulty.ts";

async function loseAll(driver: Driver): Promise<void> {
  for (const { key } of await Array.fromAsync(driver.list(""))) await driver.delete(key);
}

const NAME = "My First_Project 1";

Deno.test("A project with spaces in its name goes through all of upkeep", async () => {
  const [a, b, c] = [faulty("a"), faulty("b"), faulty("c")];
  await using rubicon = await openComposite([a, b], { onWarning() {} });
  const project = await createProject(rubicon, { name: NAME });
  const logged = await logExperiment(rubicon, project, { name: "run", metrics: { m: 1 } });
  const experiment = await addTags(rubicon, logged, ["t"]);
  const run = await startRun(rubicon, project, { name: "curves" });
  run.log({ loss: 1 });
  run.log({ loss: 0.5 });
  await run.finish();
  const { rows } = await toTable(rubicon, project);
  assert.equal(rows.length, 2);

  await deleteExperiment(rubicon, experiment);
  assert.equal((await listTrash(rubicon, project)).length, 1);
  await restoreExperiment(rubicon, project, { id: experiment.id });
  assert.deepEqual((await toTable(rubicon, project)).rows, rows);

  // A backend that has lost everything gets it again, by a repair and by a write.
  await loseAll(b);
  await repair(rubicon);
  assert.ok((await verify(rubicon)).clean);
  await loseAll(b);
  await logMetric(rubicon, experiment, { name: "late", value: 2 });
  await repair(rubicon);
  assert.ok((await verify(rubicon)).clean);

  await using other = await openComposite(c);
  await syncProject(rubicon, project, { to: other });
  assert.deepEqual((await toTable(other, project)).rows, (await toTable(rubicon, project)).rows);
  await archiveProject(rubicon, project);
  await deleteProject(rubicon, project);
  await restoreProject(rubicon, { name: NAME });
  assert.equal((await listExperiments(rubicon, project)).length, 2);
  await restoreArchives(rubicon, project);
  const [curves] = await listExperiments(rubicon, project, { where: "name = 'curves'" });
  assert.equal((await readHistory(rubicon, curves!)).length, 2);
  const found = await search(rubicon, { projects: [project] }, "$..experiment[*].name");
  assert.deepEqual(found.toSorted(), ["curves", "run"]);
  await deleteProject(rubicon, project);
  await emptyTrash(rubicon);
  await createProject(rubicon, { name: NAME });
  assert.ok((await verify(rubicon)).clean);
});

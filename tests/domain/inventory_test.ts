/** What two stores hold of a project, and what is said of it. */
import assert from "node:assert/strict";
import { listed } from "../../domain/upkeep/inventory.ts";
import {
  addTags,
  archiveProject,
  createProject,
  getExperiment,
  getProject,
  logExperiment,
  openComposite,
  restoreArchives,
  syncProject,
} from "../../mod.ts";
import { type Faulty, faulty, refused } from "../support/faulty.ts";

async function tagged() {
  const driver = faulty();
  const rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { name: "e" });
  await addTags(rubicon, experiment, ["t"]);
  return { driver, rubicon, project, experiment };
}

/** Cuts the tags files of a store. */
async function cut(driver: Faulty): Promise<number> {
  let count = 0;
  for (const { key } of await Array.fromAsync(driver.list(""))) {
    if (!key.includes("/tags_")) continue;
    await driver.put(key, new TextEncoder().encode('{"added_'));
    count++;
  }
  return count;
}

Deno.test("what was left out is listed, five of it and how many more", () => {
  const keys = ["a", "b", "c", "d", "e", "f", "g"];
  assert.equal(listed(keys.slice(0, 5)), '"a", "b", "c", "d", "e"');
  assert.equal(listed(keys), '"a", "b", "c", "d", "e" and 2 more');
});

Deno.test("syncProject() mends tags that are damaged where they are copied to", async () => {
  const { rubicon, project, experiment } = await tagged();
  const other = faulty();
  await using to = await openComposite(other);
  await syncProject(rubicon, project, { to });
  assert.equal(await cut(other), 1);
  const { copied } = await syncProject(rubicon, project, { to });
  assert.equal(copied, 1);
  assert.deepEqual((await getExperiment(to, project, { id: experiment.id })).tags, ["t"]);
  await rubicon.close();
});

Deno.test("syncProject() of tags that no backend has whole says so", async () => {
  const { driver, rubicon, project } = await tagged();
  await using to = await openComposite(faulty());
  await cut(driver);
  assert.equal((await refused(() => syncProject(rubicon, project, { to }))).code, "corrupt");
  await rubicon.close();
});

Deno.test("restoreArchives() leaves a project that is there as it is", async () => {
  const { rubicon, project, experiment } = await tagged();
  await archiveProject(rubicon, project);
  await using to = await openComposite(faulty());
  const own = await createProject(to, { name: "p", description: "another one" });
  await restoreArchives(rubicon, project, { to });
  assert.equal((await getProject(to, { name: "p" })).id, own.id);
  assert.equal((await getExperiment(to, own, { id: experiment.id })).name, "e");
  await rubicon.close();
});

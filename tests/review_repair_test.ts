/** Deletions and tags that some backends missed. */
import assert from "node:assert/strict";
import {
  addTags,
  createProject,
  deleteArtifact,
  deleteDataframe,
  listArtifacts,
  logArtifact,
  logDataframe,
  logExperiment,
  openComposite,
  removeTags,
  repair,
  verify,
} from "../mod.ts";
import { contents, faulty, refused } from "./faulty.ts";

Deno.test("repair: an id that was deleted is not logged again, since a repair would delete it", async () => {
  const [a, b] = [faulty(), faulty()];
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  const artifact = await logArtifact(rubicon, project, { name: "x", data: "data" });
  const dataframe = await logDataframe(rubicon, project, { columns: { x: [1] } });
  // Completing copies is what an id is for.
  await logArtifact(rubicon, project, { ...artifact, data: "data" });
  await deleteArtifact(rubicon, artifact);
  await deleteDataframe(rubicon, dataframe);
  const before = await contents(a);
  const work = [
    () => logArtifact(rubicon, project, { ...artifact, data: "data" }),
    () => logArtifact(rubicon, project, { ...artifact, data: "data", onProgress() {} }),
    () => logDataframe(rubicon, project, { ...dataframe, columns: { x: [1] } }),
  ];
  for (const one of work) {
    const { code, message } = await refused(one);
    assert.equal(code, "invalid-argument");
    assert.match(message, /was deleted.*without its id/);
  }
  assert.deepEqual(await contents(a), before);
  // A backend that missed the deletion does not know; the others do.
  await using onlyA = await openComposite(a);
  const { id } = await logArtifact(onlyA, project, { name: "y", data: "data" });
  await repair(rubicon);
  assert.deepEqual((await listArtifacts(rubicon, project)).map((one) => one.id), [id]);
});

Deno.test("repair: a tag that one backend missed the removal of is written back to none", async () => {
  const drivers = [faulty(), faulty(), faulty()];
  await using rubicon = await openComposite(drivers, { write: "quorum" });
  const settled = () => rubicon.settled(AbortSignal.timeout(1_000));
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await addTags(rubicon, await logExperiment(rubicon, project), ["x", "y"]);
  await settled();
  drivers[0]!.faults = { put: "before" };
  await removeTags(rubicon, experiment, ["x"]);
  await settled();
  drivers[0]!.faults = {};
  await removeTags(rubicon, experiment, ["y"]);
  await settled();
  for (const driver of drivers) {
    const files = Object.entries(await contents(driver)).filter(([key]) => key.includes("tags_"));
    // rubicon-ml goes by the time of the files, and a rewritten one is the latest.
    assert.ok(!files.some(([, text]) => /"added_tags":\["x/.test(text)), JSON.stringify(files));
  }
  await repair(rubicon);
  assert.equal((await verify(rubicon)).clean, true);
});

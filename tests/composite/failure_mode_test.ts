import assert from "node:assert/strict";
import {
  addChildExperiment,
  addComments,
  addTags,
  createProject,
  deleteArtifact,
  deleteDataframe,
  getOrCreateProject,
  logArtifact,
  logDataframe,
  logExperiment,
  logMetric,
  openComposite,
  removeComments,
  removeTags,
  status,
} from "../../mod.ts";
import { faulty } from "../support/faulty.ts";

for (const failureMode of ["warn", "log"] as const) {
  Deno.test(`rubicon-ml set_failure_mode("${failureMode}"): every function that writes goes on, and its result can be used`, async () => {
    const driver = faulty();
    const warnings: string[] = [];
    await using rubicon = await openComposite(driver, {
      failureMode,
      onWarning: (message) => warnings.push(message),
    });
    const before = await createProject(rubicon, { name: "p" });
    const there = await logExperiment(rubicon, before, { tags: ["old"], comments: ["old"] });
    const artifact = await logArtifact(rubicon, there, { name: "a", data: "x" });
    const dataframe = await logDataframe(rubicon, there, { columns: { x: [1] } });
    driver.faults = { all: "before" };
    const project = await getOrCreateProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project, { metrics: { a: 1 } });
    const metric = await logMetric(rubicon, experiment, { name: "m", value: 1 });
    const tagged = await addTags(rubicon, await removeTags(rubicon, there, ["old"]), ["new"]);
    assert.deepEqual(tagged.tags, ["new"]);
    const noted = await addComments(rubicon, await removeComments(rubicon, there, ["old"]), ["n"]);
    assert.deepEqual(noted.comments, ["n"]);
    assert.deepEqual((await addTags(rubicon, metric, ["t"])).tags, ["t"]);
    const { parent } = await addChildExperiment(rubicon, there, experiment);
    assert.deepEqual(parent.tags, ["old", `child:${experiment.id}`]);
    await deleteArtifact(rubicon, artifact);
    await deleteDataframe(rubicon, dataframe);
    assert.ok(failureMode === "log" ? warnings.length === 0 : warnings.length >= 11);
    assert.ok(status(rubicon)[0]!.failures > 0);
  });
}

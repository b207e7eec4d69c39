/**
 * What was deleted never shows again once a backend that answers, or this composite, knows of the deletion.
 */
import assert from "node:assert/strict";
import {
  type Artifact,
  type Composite,
  createProject,
  type Dataframe,
  deleteArtifact,
  deleteDataframe,
  downloadArtifact,
  getArtifact,
  getDataframe,
  listArtifacts,
  listDataframes,
  logArtifact,
  logDataframe,
  openArtifact,
  openComposite,
  type Project,
  readArtifact,
  readDataframe,
} from "../../mod.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";

/** Three backends, and what a quorum of them has deleted while the first one was down. */
async function world(others: number) {
  const drivers = [faulty("a"), faulty("b"), faulty("c")];
  const rubicon = await openComposite(drivers, { write: "quorum", onWarning() {} });
  const project = await createProject(rubicon, { name: "p" });
  for (let at = 0; at < others; at++) {
    await logArtifact(rubicon, project, { name: `other ${at}`, data: "x" });
    await logDataframe(rubicon, project, { name: `other ${at}`, rows: [{ x: 1 }] });
  }
  const artifact = await logArtifact(rubicon, project, { name: "gone", data: "data" });
  const dataframe = await logDataframe(rubicon, project, { name: "gone", rows: [{ x: 1 }] });
  await rubicon.settled(AbortSignal.timeout(60_000));
  return { drivers, rubicon, project, artifact, dataframe };
}

/** Whether nothing of the two shows in any way. */
async function isGone(
  rubicon: Composite,
  project: Project,
  { id, ...artifact }: Artifact,
  dataframe: Dataframe,
  others: number,
) {
  for (const read of ["first", "merge"] as const) {
    const call = { read };
    assert.equal((await listArtifacts(rubicon, project, call)).length, others, read);
    assert.equal((await listDataframes(rubicon, project, call)).length, others, read);
    const works = [
      () => getArtifact(rubicon, project, { id, ...call }),
      () => getArtifact(rubicon, project, { name: "gone", ...call }),
      () => readArtifact(rubicon, { id, ...artifact }, call),
      () => openArtifact(rubicon, { id, ...artifact }, call),
      () => downloadArtifact(rubicon, { id, ...artifact }, "./never-written", call),
      () => getDataframe(rubicon, project, { id: dataframe.id, ...call }),
      () => getDataframe(rubicon, project, { name: "gone", ...call }),
      () => readDataframe(rubicon, dataframe, call),
    ];
    for (const work of works) {
      assert.equal((await refused(work)).code, "not-found", `${read}: ${work}`);
    }
  }
}

const down = (drivers: Faulty[], ...which: number[]) =>
  drivers.forEach((driver, at) => driver.faults = which.includes(at) ? { all: "before" } : {});

for (const others of [0, 2]) {
  Deno.test(`a deletion that the first backend missed holds in its composite, beside ${others} others`, async () => {
    const { drivers, rubicon, project, artifact, dataframe } = await world(others);
    await using _ = rubicon;
    down(drivers, 0);
    await deleteArtifact(rubicon, artifact);
    await deleteDataframe(rubicon, dataframe);
    down(drivers);
    await isGone(rubicon, project, artifact, dataframe, others);
    // Also when those that know of it are down, and this composite alone does.
    down(drivers, 1, 2);
    await isGone(rubicon, project, artifact, dataframe, others);
  });

  Deno.test(`a deletion that the last backend missed holds everywhere, beside ${others} others`, async () => {
    const { drivers, rubicon, project, artifact, dataframe } = await world(others);
    await using _ = rubicon;
    down(drivers, 2);
    await deleteArtifact(rubicon, artifact);
    await deleteDataframe(rubicon, dataframe);
    down(drivers);
    await using fresh = await openComposite(drivers);
    await isGone(fresh, project, artifact, dataframe, others);
  });
}

Deno.test("a deletion that stopped after its trace holds for gets and lists", async () => {
  const { drivers, rubicon, project, artifact } = await world(1);
  await using _ = rubicon;
  for (const driver of drivers) driver.faults = { delete: "before" };
  await refused(() => deleteArtifact(rubicon, artifact));
  down(drivers);
  await using fresh = await openComposite(drivers);
  const { id } = artifact;
  assert.equal((await listArtifacts(fresh, project)).length, 1);
  assert.equal((await refused(() => getArtifact(fresh, project, { id }))).code, "not-found");
  await deleteArtifact(fresh, artifact);
  const left = Object.keys(await contents(drivers[0]!)).filter((key) => key.includes(id));
  assert.deepEqual(left, [`p/artifacts/deleted_${id}.json`]);
});

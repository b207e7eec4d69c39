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
} from "../../mod.ts";
import { openBackend } from "../../composite/backend.ts";
import { DEFAULTS } from "../../composite/options.ts";
import { settle } from "../../domain/upkeep/annotations.ts";
import { clocked, readAsPython } from "../support/clocked.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";

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
  const settled = () => rubicon.settled(AbortSignal.timeout(60_000));
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

/** A driver whose listings have checksums, as those of S3 do. */
async function withChecksums(driver: Faulty): Promise<Faulty> {
  const { createHash } = await import("node:crypto");
  const { list, get } = driver;
  driver.list = async function* (prefix, options) {
    for await (const entry of list(prefix, options)) {
      const { bytes } = await get(entry.key);
      yield { ...entry, checksum: `md5:${createHash("md5").update(bytes).digest("hex")}` };
    }
    driver.calls.get = 0;
  };
  return driver;
}

Deno.test("verify: where listings have checksums it asks far less often than there are objects", async () => {
  const drivers = [await withChecksums(faulty()), await withChecksums(faulty())];
  await using rubicon = await openComposite(drivers);
  const project = await createProject(rubicon, { name: "p" });
  for (let at = 0; at < 20; at++) {
    await logExperiment(rubicon, project, { metrics: { a: at, b: at }, parameters: { c: at } });
  }
  await addTags(rubicon, await logExperiment(rubicon, project), ["t"]);
  for (const { calls } of drivers) {
    for (const verb of Object.keys(calls) as (keyof typeof calls)[]) calls[verb] = 0;
  }
  const { clean, objects, read } = await verify(rubicon);
  assert.deepEqual({ clean, objects, read }, { clean: true, objects: 83, read: 0 });
  for (const { calls } of drivers) {
    const asked = Object.values(calls).reduce((sum, count) => sum + count);
    assert.ok(asked <= 4, `${asked} requests for ${objects} objects`);
  }
  // Without checksums it reads, and says so.
  assert.equal((await verify(rubicon, { compare: "bytes" })).read, 83);
});

Deno.test("verify: what is deleted while it looks does not end it", async () => {
  const [a, b] = [faulty(), faulty()];
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  const artifact = await logArtifact(rubicon, project, { name: "x", data: "data" });
  const { open } = a;
  a.open = async (key, options) => {
    if (key.includes(artifact.id)) await a.delete(key);
    return await open(key, options);
  };
  await using looking = await openComposite([a, b]);
  assert.equal((await verify(looking)).objects, 3);
});

Deno.test("repair: a tags file that came late over another one says nothing that is not in force", async () => {
  const [a, b] = [clocked(), clocked()];
  await using rubicon = await openComposite(a);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const tagged = await addTags(rubicon, experiment, ["x"]);
  const folder = `p/experiments/${experiment.id}`;
  const before = await contents(a);
  await removeTags(rubicon, tagged, ["x"]);
  for (const [key, bytes] of Object.entries(await contents(a))) {
    await b.put(key, new TextEncoder().encode(bytes));
  }
  for (const [key, bytes] of Object.entries(before)) {
    await b.put(key, new TextEncoder().encode(bytes));
  }
  assert.deepEqual(await readAsPython(b, folder, "tags"), ["x"]);
  const backends = await Promise.all([a, b].map((one) => openBackend(one, DEFAULTS, [])));
  await settle(backends, "tags", folder);
  for (const driver of [a, b]) assert.deepEqual(await readAsPython(driver, folder, "tags"), []);
});

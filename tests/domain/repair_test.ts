import assert from "node:assert/strict";
import {
  addTags,
  createProject,
  deleteArtifact,
  getExperiment,
  listArtifacts,
  logArtifact,
  logExperiment,
  openComposite,
  type Progress,
  removeTags,
  repair,
  verify,
} from "../../mod.ts";
import { movedClock } from "../support/clock.ts";
import { contents, type Faulty, faulty } from "../support/faulty.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function filled(drivers: Faulty[]) {
  const rubicon = await openComposite(drivers);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, {
    parameters: { a: 1 },
    metrics: { m: 1 },
  });
  const artifact = await logArtifact(rubicon, experiment, { name: "x", data: "data" });
  return { rubicon, project, experiment, artifact };
}

Deno.test("repair: what is missing is copied, parents first and data before its entity", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  const { rubicon: before } = await filled([a]);
  await before.close();
  const puts: string[] = [];
  const put = b.put;
  b.put = (key, ...rest) => {
    puts.push(key.replaceAll(/[0-9a-f-]{36}/g, "ID"));
    return put(key, ...rest);
  };
  await using rubicon = await openComposite([a, b]);
  const progress: Progress[] = [];
  const { differences, objects } = await verify(rubicon, {
    onProgress: (one) => progress.push(one),
  });
  assert.equal(objects, 6);
  assert.ok(differences.every(({ kind, lacks }) => kind === "missing" && lacks[0] === "b"));
  assert.ok(progress.length > 0);
  const dry = await repair(rubicon, { dryRun: true });
  assert.equal(dry.mended.length, 6);
  assert.deepEqual(await contents(b), {}, "a dry run changes nothing");
  assert.equal((await repair(rubicon)).mended.length, 6);
  assert.deepEqual(puts, [
    "p/metadata.json",
    "p/experiments/ID/metadata.json",
    "p/experiments/ID/artifacts/ID/data",
    "p/experiments/ID/artifacts/ID/metadata.json",
    "p/experiments/ID/metrics/m/metadata.json",
    "p/experiments/ID/parameters/a/metadata.json",
  ]);
  assert.deepEqual(await contents(b), await contents(a));
  assert.equal((await verify(rubicon)).clean, true);
  assert.deepEqual((await repair(rubicon)).mended, []);
});

Deno.test("repair: a conflict is listed, and resolved only by a stated rule", async () => {
  const [a, b, c] = [faulty("a"), faulty("b"), faulty("c")];
  const { rubicon, experiment } = await filled([a, b, c]);
  await using _ = rubicon;
  const key = `p/experiments/${experiment.id}/metadata.json`;
  const good = (await contents(a))[key]!;
  await b.put(key, bytes('{"of": "b"}'));
  const { differences } = await verify(rubicon);
  assert.deepEqual(differences, [{ key, kind: "conflict", has: [["a", "c"], ["b"]], lacks: [] }]);
  const none = await repair(rubicon);
  assert.equal(none.clean, false);
  assert.deepEqual(none.conflicts, differences);
  assert.equal((await contents(b))[key], '{"of": "b"}');
  assert.equal((await repair(rubicon, { conflicts: "first" })).clean, true);
  assert.equal((await contents(b))[key], good);

  using _clock = movedClock(5);
  await c.put(key, bytes('{"is": "newer"}'));
  await repair(rubicon, { conflicts: "newest" });
  assert.equal((await contents(a))[key], '{"is": "newer"}');
  await a.put(key, bytes('{"is": "alone"}'));
  await repair(rubicon, { conflicts: "majority" });
  assert.equal((await contents(a))[key], '{"is": "newer"}');
  await b.put(key, bytes('{"is": "from b"}'));
  await repair(rubicon, { conflicts: "first", from: "b" });
  assert.equal((await contents(c))[key], '{"is": "from b"}');
});

Deno.test("repair: what was deleted on purpose stays deleted, and goes where it is left", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  const { rubicon, experiment, artifact } = await filled([a, b]);
  await using _ = rubicon;
  b.faults = { delete: "before", put: "before" };
  await assert.rejects(deleteArtifact(rubicon, artifact));
  b.faults = {};
  assert.equal(Object.keys(await contents(b)).filter((key) => key.includes(artifact.id)).length, 2);
  const { differences } = await verify(rubicon);
  assert.ok(differences.some(({ kind }) => kind === "deleted"));
  await repair(rubicon);
  assert.deepEqual(await contents(a), await contents(b));
  assert.deepEqual(await listArtifacts(rubicon, experiment), []);
  assert.equal((await verify(rubicon)).clean, true);
});

Deno.test("repair: a deletion can be finished by calling it again", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  const { rubicon, artifact } = await filled([a, b]);
  await using _ = rubicon;
  for (const fault of ["before", "after"] as const) {
    b.faults = { delete: fault };
    await assert.rejects(deleteArtifact(rubicon, artifact));
  }
  b.faults = {};
  await deleteArtifact(rubicon, artifact);
  assert.deepEqual(await contents(a), await contents(b));
});

Deno.test("repair: of two versions of a tags file the one that took something back wins", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  const { rubicon, project, experiment } = await filled([a, b]);
  await using _ = rubicon;
  const tagged = await addTags(rubicon, experiment, ["x", "y"]);
  b.faults = { put: "before" };
  await assert.rejects(removeTags(rubicon, tagged, ["x"]));
  b.faults = {};
  assert.equal((await repair(rubicon)).clean, true);
  assert.deepEqual(await contents(a), await contents(b));
  await using onlyB = await openComposite(b);
  assert.deepEqual((await getExperiment(onlyB, project, { id: experiment.id })).tags, ["y"]);
});

Deno.test("repair: what fails is told, and the rest is done", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  const { rubicon: before } = await filled([a]);
  await before.close();
  await using rubicon = await openComposite([a, b]);
  const put = b.put;
  b.put = (key, ...rest) =>
    key.endsWith("/data") ? Promise.reject(new Error("no room")) : put(key, ...rest);
  await using broken = await openComposite([a, b]);
  const { failures, clean } = await repair(broken);
  assert.equal(clean, false);
  // Its metadata does not come without it.
  assert.deepEqual(failures.map(({ key }) => key.split("/").at(-1)), ["data", "metadata.json"]);
  assert.match(failures[0]!.error.message, /no room/);
  assert.equal((await repair(rubicon)).clean, true);
  assert.deepEqual(await contents(a), await contents(b));
});

Deno.test("verify and repair of a project that is nowhere do not call it clean", async () => {
  await using rubicon = await openComposite([
    { persistence: "memory", rootDir: crypto.randomUUID() },
    { persistence: "memory", rootDir: crypto.randomUUID() },
  ]);
  await createProject(rubicon, { name: "Iris" });
  for (const check of [verify, repair]) {
    assert.ok((await check(rubicon, { project: "Iris" })).clean);
    await assert.rejects(check(rubicon, { project: "Irsi" }), { code: "not-found" });
  }
});

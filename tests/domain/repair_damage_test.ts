/**
 * What is not whole never wins and never spreads, and is replaced by a whole copy where there is one.
 */
import assert from "node:assert/strict";
import {
  addTags,
  archiveProject,
  createProject,
  deleteArtifact,
  flush,
  listArtifacts,
  listMetrics,
  logArtifact,
  logExperiment,
  logMetric,
  openComposite,
  readArtifact,
  registerDriver,
  repair,
  restoreArchives,
  RubiconException,
  status,
  syncProject,
  verify,
} from "../../mod.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";
import { type Rotting, rotting } from "../support/rotting.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const LARGE = "large ".repeat(400_000);

for (const policy of [undefined, "majority", "first", "newest"] as const) {
  Deno.test(`repair() with conflicts ${policy} lets no metadata.json win that is cut short`, async () => {
    for (const text of ["", '{"name": "p", "created']) {
      const drivers = [faulty(), faulty(), faulty()];
      await using rubicon = await openComposite(drivers);
      const project = await createProject(rubicon, { name: "p" });
      await logExperiment(rubicon, project, { metrics: { m: 1 } });
      const whole = await contents(drivers[2]!);
      const key = Object.keys(whole).find((key) => key.includes("/metrics/"))!;
      // Two of three, the first of them, and the latest: each policy would choose it.
      for (const driver of drivers.slice(0, 2)) await driver.put(key, bytes(text));
      const { differences } = await verify(rubicon);
      assert.deepEqual(differences.map(({ kind, damaged }) => [kind, damaged]), [
        ["damaged", drivers.slice(0, 2).map(({ label }) => label)],
      ]);
      const { clean } = await repair(rubicon, { ...(policy && { conflicts: policy }) });
      assert.equal(clean, true);
      for (const driver of drivers) assert.deepEqual(await contents(driver), whole);
    }
  });
}

Deno.test("repair() copies no metadata.json that is cut short, and names it", async () => {
  for (const text of ["", '{"na']) {
    const [a, b] = [faulty(), faulty()];
    await using one = await openComposite(a);
    const project = await createProject(one, { name: "p" });
    const experiment = await logExperiment(one, project, { metrics: { m: 1 } });
    const key = `p/experiments/${experiment.id}/metrics/m/metadata.json`;
    await a.put(key, bytes(text));
    await using both = await openComposite([a, b]);
    const { clean, failures } = await repair(both);
    assert.equal(clean, false);
    assert.deepEqual(failures.map(({ key, error }) => [key, error.code]), [[key, "corrupt"]]);
    assert.deepEqual(Object.keys(await contents(b)), [
      `p/experiments/${experiment.id}/metadata.json`,
      "p/metadata.json",
    ]);
  }
});

Deno.test("repair() copies nothing below an experiment that no backend has whole", async () => {
  const [a, b] = [faulty(), faulty()];
  await using one = await openComposite(a);
  const project = await createProject(one, { name: "p" });
  const { id } = await logExperiment(one, project, { metrics: { m: 1 } });
  await a.put(`p/experiments/${id}/metadata.json`, bytes(""));
  await using both = await openComposite([a, b]);
  assert.equal((await repair(both)).failures.length, 2);
  assert.deepEqual(Object.keys(await contents(b)), ["p/metadata.json"]);
});

/** One artifact in two stores with checksums, one of which has other bytes by now. */
async function rotten(data: string) {
  const [a, b] = [rotting(), rotting()];
  await using rubicon = await openComposite([a, b]);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const artifact = await logArtifact(rubicon, experiment, { name: "x", data });
  const key = `p/experiments/${experiment.id}/artifacts/${artifact.id}/data`;
  await a.rot(key);
  return { a, b, project, experiment, artifact, key };
}

for (const [size, data] of [["small", "data"], ["large", LARGE]] as const) {
  Deno.test(`repair() copies a ${size} object from where it is whole, and mends where it is not`, async () => {
    const { a, b, artifact, key } = await rotten(data);
    const c = faulty();
    await using rubicon = await openComposite([a, b, c]);
    const { clean, mended } = await repair(rubicon);
    assert.equal(clean, true);
    assert.deepEqual(mended.filter((one) => one.key === key), [
      { key, action: "copy", backend: c.label, from: b.label },
      { key, action: "replace", backend: a.label, from: b.label },
    ]);
    for (const driver of [a, c]) {
      await using alone = await openComposite(driver);
      assert.equal(new TextDecoder().decode(await readArtifact(alone, artifact)), data);
    }
  });

  Deno.test(`repair() names a ${size} object that no backend has whole, and copies the rest`, async () => {
    const { a, b, key } = await rotten(data);
    await b.rot(key);
    const c = faulty();
    await using rubicon = await openComposite([a, b, c]);
    const { clean, failures } = await repair(rubicon);
    assert.equal(clean, false);
    assert.equal(failures[0]?.key, key);
    assert.equal(failures[0]?.error.code, "corrupt");
    const there = Object.keys(await contents(c));
    assert.deepEqual(there.filter((key) => key.includes("/artifacts/")), []);
    assert.equal(there.length, 2, "the project and the experiment");
  });

  Deno.test(`syncProject() and archives take a ${size} object from where it is whole`, async () => {
    const { a, b, project, artifact, key } = await rotten(data);
    await using rubicon = await openComposite([a, b]);
    const other = faulty();
    await using to = await openComposite(other);
    await syncProject(rubicon, project, { to });
    assert.equal((await contents(other))[key], data);
    await using there = await openComposite(faulty());
    await archiveProject(rubicon, project, { to: there });
    await using back = await openComposite(faulty());
    await restoreArchives(there, project, { to: back });
    assert.equal(new TextDecoder().decode(await readArtifact(back, artifact)), data);
    await b.rot(key);
    await using empty = await openComposite(faulty());
    assert.match(
      (await refused(() => syncProject(rubicon, project, { to: empty }))).message,
      /bytes/,
    );
    await assert.rejects(archiveProject(rubicon, project));
  });
}

Deno.test("verify({ compare: 'bytes' }) names a rotten copy, and repair replaces it", async () => {
  const { a, b, key } = await rotten("data");
  await using rubicon = await openComposite([a, b]);
  assert.equal((await verify(rubicon)).clean, true, "the checksums of the listings are trusted");
  const { differences } = await verify(rubicon, { compare: "bytes" });
  assert.deepEqual(differences, [
    { key, kind: "damaged", has: [[b.label]], lacks: [], damaged: [a.label] },
  ]);
  assert.equal((await repair(rubicon, { compare: "bytes" })).clean, true);
  assert.equal((await verify(rubicon, { compare: "bytes" })).clean, true);
  assert.equal(new TextDecoder().decode((await a.get(key)).bytes), "data");
});

Deno.test("a parent is copied from a backend that has it whole", async () => {
  const [a, b, c] = [rotting(), rotting(), faulty()];
  await using before = await openComposite([a, b]);
  const project = await createProject(before, { name: "p" });
  const experiment = await addTags(before, await logExperiment(before, project), ["x"]);
  await a.rot("p/metadata.json");
  await a.put(`p/experiments/${experiment.id}/metadata.json`, bytes('{"cut'));
  await using all = await openComposite([a, b, c]);
  await logMetric(all, experiment, { name: "m", value: 1 });
  const [whole, copied] = [await contents(b), await contents(c)];
  for (const [key, text] of Object.entries(copied)) assert.equal(text, whole[key], key);
  assert.equal(Object.keys(copied).length, 4);
});

Deno.test("the outbox brings no rotten bytes", async () => {
  const [a, b, background] = [rotting(), rotting(), rotting()];
  registerDriver("repair-damage", () => background);
  const config = { persistence: "repair-damage", mode: "background" } as const;
  await using rubicon = await openComposite([a, b, config]);
  const project = await createProject(rubicon, { name: "p" });
  assert.deepEqual(await flush(rubicon, { timeoutMs: 5_000 }), []);
  background.faults = { put: "before" };
  const { id } = await logArtifact(rubicon, project, { name: "x", data: "data" });
  const key = `p/artifacts/${id}/data`;
  await a.rot(key);
  background.faults = {};
  assert.deepEqual(await flush(rubicon, { timeoutMs: 5_000 }), []);
  assert.equal(new TextDecoder().decode((await background.get(key)).bytes), "data");
});

Deno.test("a write that is missed while repair() runs is not forgotten", async () => {
  const [a, b] = [faulty(), faulty()];
  const { put } = b;
  let hook = () => Promise.resolve();
  b.put = async (...args) => {
    const result = await put(...args);
    await hook();
    return result;
  };
  await using rubicon = await openComposite([a, b], { write: "any" });
  const project = await createProject(rubicon, { name: "p", write: "all" });
  const experiment = await logExperiment(rubicon, project, { write: "all" });
  const miss = async (name: string) => {
    b.faults = { put: "before" };
    await logMetric(rubicon, experiment, { name, value: 1 });
    await rubicon.settled(AbortSignal.timeout(60_000));
    b.faults = {};
  };
  await miss("before");
  hook = async () => {
    hook = () => Promise.resolve();
    await miss("during"); // Everything has been listed by now.
  };
  assert.equal((await repair(rubicon)).clean, true);
  assert.equal(status(rubicon)[1]?.missed, 1);
  assert.equal((await repair(rubicon)).clean, true);
  assert.equal(status(rubicon)[1]?.missed, 0);
});

Deno.test("repair() reports no failure for what is deleted meanwhile", async () => {
  const [a, b] = [faulty(), faulty()];
  await using one = await openComposite(a);
  const project = await createProject(one, { name: "p" });
  const artifacts = await Promise.all(
    ["x", "y"].map((name) => logArtifact(one, project, { name, data: name })),
  );
  const { put } = b;
  let deleted = false;
  b.put = async (...args) => {
    if (!deleted) {
      deleted = true;
      await deleteArtifact(one, artifacts[0]!);
    }
    return await put(...args);
  };
  await using both = await openComposite([a, b]);
  const { failures, conflicts } = await repair(both);
  assert.deepEqual([failures, conflicts], [[], []]);
  assert.equal((await repair(both)).clean, true);
  assert.deepEqual((await listArtifacts(both, project)).map(({ name }) => name), ["y"]);
});

Deno.test("syncProject() does not bring back what was deleted in the other store", async () => {
  const [a, b] = [faulty(), faulty()];
  await using from = await openComposite(a);
  await using to = await openComposite(b);
  const project = await createProject(from, { name: "p" });
  const artifact = await logArtifact(from, project, { name: "x", data: "data" });
  await syncProject(from, project, { to });
  await deleteArtifact(to, artifact);
  const before = await contents(b);
  await syncProject(from, project, { to });
  assert.deepEqual(await contents(b), before);
});

Deno.test("a refused write takes back nothing that may have been there before", async () => {
  const [a, b] = [faulty(), faulty()];
  await using one = await openComposite(b);
  const project = await createProject(one, { name: "p" });
  const experiment = await logExperiment(one, project);
  const metric = await logMetric(one, experiment, { name: "m", value: 1 });
  await using other = await openComposite(a);
  await createProject(other, project);
  await logExperiment(other, project, experiment);
  await logMetric(other, experiment, { name: "m", value: 2 });
  // As S3 does after an answer that was lost: the try after it finds the same bytes.
  const { put } = b;
  b.put = (key, source, options) =>
    put(key, source, options).catch((error) => {
      if (!(error instanceof RubiconException) || error.code !== "already-exists") throw error;
      return { size: (source as Uint8Array).length, wasThere: true };
    });
  await using both = await openComposite([a, b]);
  await refused(() => logMetric(both, experiment, metric));
  assert.deepEqual(await listMetrics(one, experiment), [metric]);
});

/** A store that also has objects of somebody else, and one that takes no odd names. */
function withForeign(driver: Faulty | Rotting, keys: readonly string[]): Faulty {
  const { list, folders } = driver;
  return Object.assign(driver, {
    async *list(prefix: string, options?: { depth?: number }) {
      yield* list(prefix, options);
      for (const key of keys) {
        if (prefix !== "" && !key.startsWith(`${prefix}/`)) continue;
        if (options?.depth === 1 && key.slice(prefix.length + 1).includes("/")) continue;
        yield { key, size: 1, lastModified: new Date() };
      }
    },
    folders: async (prefix: string) =>
      prefix === "" ? [...await folders(prefix), "", "odd\\name"] : await folders(prefix),
  });
}

Deno.test("objects that belong to no entity are left alone and named, and keep nothing back", async () => {
  const id = crypto.randomUUID();
  const foreign = ["p//b", "p/experiments/.DS_Store", `p/experiments/${id}`, "p/what?.txt"];
  const [a, b, c] = [withForeign(faulty(), ["root?.txt", ...foreign]), faulty(), faulty()];
  await using one = await openComposite(a);
  const project = await createProject(one, { name: "p" });
  await logExperiment(one, project, { id, tags: ["x"], metrics: { m: 1 } });
  const own = await contents(faulty());
  assert.deepEqual(own, {});
  const { put } = b;
  b.put = (key, ...rest) =>
    /[?]|\/\//.test(key)
      ? Promise.reject(new RubiconException("invalid-key", "this store cannot hold that"))
      : put(key, ...rest);
  await using both = await openComposite([a, b]);
  const repaired = await repair(both);
  assert.equal(repaired.clean, true);
  const atRoot = ["/", "odd\\name/", "root?.txt"];
  assert.deepEqual(repaired.foreign, [...atRoot, ...foreign]);
  assert.deepEqual((await verify(both)).foreign, repaired.foreign);
  assert.equal(Object.keys(await contents(b)).length, 3);
  await using to = await openComposite(c);
  assert.deepEqual((await syncProject(one, project, { to })).foreign, foreign);
  assert.deepEqual(await contents(c), await contents(b));
  const warnings: string[] = [];
  await using warned = await openComposite(a, { onWarning: (message) => warnings.push(message) });
  await using back = await openComposite(faulty());
  await archiveProject(warned, project);
  assert.match(warnings.join(), /2 objects belong to no experiment and are left out: .*DS_Store/);
  assert.deepEqual(await restoreArchives(warned, project, { to: back }), [id]);
});

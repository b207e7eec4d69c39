/**
 * The progress of everything long: it only grows, ends at its total, once, and what `onProgress` throws ends the call.
 */
import assert from "node:assert/strict";
import {
  archiveProject,
  type Composite,
  createProject,
  downloadArtifact,
  listArtifacts,
  logArtifact,
  logExperiment,
  openComposite,
  type Progress,
  type ProgressOption,
  readArtifact,
  repair,
  restoreArchives,
  syncProject,
  verify,
} from "../../mod.ts";
import { faulty } from "../support/faulty.ts";

const MIB = 1024 * 1024;

async function filled(backends = [faulty("a")]) {
  const rubicon = await openComposite(backends);
  const project = await createProject(rubicon, { name: "p" });
  for (const name of ["one", "two", "three"]) {
    const experiment = await logExperiment(rubicon, project, { name, metrics: { m: 1, n: 2 } });
    await logArtifact(rubicon, experiment, { name: "data", data: name });
  }
  return { rubicon, project };
}

/** Looks at what a call told of. */
function check(told: Progress[], unit: Progress["unit"]): Progress {
  assert.ok(told.length > 0, "it was told of something");
  for (const [at, { what, done, total, unit: counted }] of told.entries()) {
    assert.ok(what !== "" && counted === unit);
    assert.ok(done >= (told[at - 1]?.done ?? 0), "done only grows");
    assert.equal(done === total, at === told.length - 1, "it ends at its total, once");
    if (total !== undefined) assert.ok(done <= total);
  }
  return told.at(-1)!;
}

async function collect(unit: Progress["unit"], run: (option: ProgressOption) => Promise<unknown>) {
  const told: Progress[] = [];
  await run({ onProgress: (one) => void told.push(one) });
  return { last: check(told, unit), told };
}

Deno.test("progress: verify and repair count objects, then what is to be mended", async () => {
  const a = faulty("a");
  const { rubicon } = await filled([a]);
  await rubicon.close();
  await using both = await openComposite([a, faulty("b")]);
  const { last, told } = await collect("objects", (option) => verify(both, option));
  assert.equal(last.done, 16);
  assert.ok(told.length > 16);
  const repaired = await collect("objects", (option) => repair(both, option));
  assert.equal(repaired.last.done, 32, "16 are compared, and as many copied");
  assert.equal((await collect("objects", (option) => repair(both, option))).last.done, 16);
});

Deno.test("progress: of several projects the total is known once the last one is listed", async () => {
  const { rubicon } = await filled();
  await using _ = rubicon;
  await createProject(rubicon, { name: "q" });
  const { told, last } = await collect("objects", (option) => verify(rubicon, option));
  assert.equal(last.total, 17);
  assert.ok(
    told.filter(({ what }) => what === "verify p").every(({ total }) => total === undefined),
  );
  await using nothing = await openComposite({
    persistence: "memory",
    rootDir: crypto.randomUUID(),
  });
  const empty = await collect("objects", (option) => verify(nothing, option));
  assert.deepEqual([empty.last.done, empty.told.length], [0, 1]);
});

Deno.test("progress: syncing, archiving and restoring count objects", async () => {
  const { rubicon, project } = await filled();
  await using _ = rubicon;
  await using to = await openComposite([faulty("x"), faulty("y")]);
  const synced = await collect("objects", (one) => syncProject(rubicon, project, to, one));
  assert.equal(synced.last.done, 16);
  assert.ok(synced.told.filter(({ what }) => what.startsWith("copy ")).length >= 14);
  await using twice = await openComposite([faulty("c"), faulty("d")]);
  await syncProject(rubicon, project, twice);
  const archived = await collect("objects", (one) => archiveProject(twice, project, one));
  assert.equal(archived.last.done, 15);
  await using back = await openComposite(faulty("z"));
  const restored = await collect("objects", (one) => restoreArchives(back, project, twice, one));
  assert.equal(restored.last.done, 15);
});

Deno.test("progress: an upload counts what as many backends as are needed have read", async () => {
  const [fast, slow] = [faulty("fast"), faulty("slow")];
  const [ahead, behind] = [fast.put, slow.put];
  const read = new Map<string, PromiseWithResolvers<void>>();
  const readOf = (key: string) => {
    if (!read.has(key)) read.set(key, Promise.withResolvers());
    return read.get(key)!;
  };
  fast.put = async (key, ...rest) => {
    const stored = await ahead(key, ...rest);
    readOf(key).resolve();
    return stored;
  };
  // It starts when the other one has read all of it.
  slow.put = async (key, ...rest) => {
    await readOf(key).promise;
    return await behind(key, ...rest);
  };
  await using rubicon = await openComposite([fast, slow]);
  const project = await createProject(rubicon, { name: "p" });
  const data = new Uint8Array(3 * MIB).fill(7);
  const upload = (more: object) => (option: ProgressOption) =>
    logArtifact(rubicon, project, { name: "data", data, ...more, ...option });
  const all = await collect("bytes", upload({}));
  assert.equal(all.last.done, 3 * MIB);
  assert.ok(all.told.length > 5);
  assert.match(all.last.what, /upload artifact "data"/);
  assert.equal((await collect("bytes", upload({ write: "any" }))).last.done, 3 * MIB);
  const stream = () => new Blob([data]).stream();
  const unknown = await collect("bytes", upload({ data: stream }));
  assert.equal(unknown.last.total, 3 * MIB);
  assert.ok(unknown.told.slice(0, -1).every(({ total }) => total === undefined));
  assert.equal((await collect("bytes", upload({ data: "" }))).last.total, 0);
  for (const one of [fast, slow]) {
    for await (const { key, size } of one.list("p")) {
      if (!key.endsWith("/data") || size === 0) continue;
      assert.deepEqual((await one.get(key)).bytes, data);
    }
  }
});

Deno.test("progress: an upload from a file or folder, and a download", async () => {
  await using rubicon = await openComposite(faulty("a"));
  const project = await createProject(rubicon, { name: "p" });
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/large`, new Uint8Array(2 * MIB + 1).fill(1));
    const log = (from: object) => (option: ProgressOption) =>
      logArtifact(rubicon, project, { ...from, ...option } as { path: string });
    const file = await collect("bytes", log({ path: `${folder}/large` }));
    assert.deepEqual([file.last.total, file.told[0]?.total], [2 * MIB + 1, 2 * MIB + 1]);
    const zip = await collect("bytes", log({ directory: folder }));
    assert.ok(zip.last.done > 0 && zip.told[0]?.total === undefined);
    const [artifact] = await listArtifacts(rubicon, project);
    const copy = `${folder}/copy`;
    const { last, told } = await collect(
      "bytes",
      (one) => downloadArtifact(rubicon, artifact!, copy, one),
    );
    assert.equal(last.done, 2 * MIB + 1);
    assert.ok(told.length > 5);
    assert.equal((await Deno.stat(copy)).size, 2 * MIB + 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "progress: what the callback throws leaves no file open",
  sanitizeResources: true,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.writeFile(`${folder}/large`, new Uint8Array(2 * MIB));
      const roots = ["a", "b"].map((name) => `${folder}/${name}`);
      await using both = await openComposite(
        roots.map((rootDir) => ({ persistence: "filesystem", rootDir })),
      );
      await using one = await openComposite({ persistence: "filesystem", rootDir: roots[0]! });
      const project = await createProject(both, { name: "p" });
      const artifact = await logArtifact(both, project, { path: `${folder}/large` });
      const enough = new Error("enough");
      const onProgress = ({ done }: Progress) => {
        if (done > MIB) throw enough;
      };
      const upload = (to: Composite) =>
        logArtifact(to, project, { path: `${folder}/large`, onProgress });
      await assert.rejects(upload(one), enough);
      assert.deepEqual(await listArtifacts(one, project), [artifact]);
      const download = downloadArtifact(both, artifact, `${folder}/copy`, { onProgress });
      await assert.rejects(download, enough);
      await assert.rejects(upload(both), enough);
      // What counts is what the slower one has read: the faster one may have all of it by then, and keeps it.
      for (const listed of await listArtifacts(both, project)) {
        assert.equal((await readArtifact(both, listed)).length, 2 * MIB);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("progress: a write that a failure mode passes over never ends at its total", async () => {
  const down = faulty("down");
  await using rubicon = await openComposite([faulty("up"), down], { failureMode: "log" });
  const project = await createProject(rubicon, { name: "p" });
  down.faults = { put: "before" };
  const told: Progress[] = [];
  const onProgress = (one: Progress) => void told.push(one);
  await logArtifact(rubicon, project, { name: "data", data: "1234", onProgress });
  assert.ok(told.length > 0 && told.every(({ done }) => done < 4));
});

Deno.test("progress: what the callback throws ends each call with it, at any time", async () => {
  const a = faulty("a");
  const { rubicon, project } = await filled([a]);
  await using _ = rubicon;
  await using both = await openComposite([a, faulty("b")]);
  const [artifact] = [await logArtifact(rubicon, project, { name: "data", data: "data" })];
  const folder = await Deno.makeTempDir();
  const data = new Uint8Array(2 * MIB);
  const to = () => openComposite(faulty("to"));
  const calls: Record<string, (option: ProgressOption) => Promise<unknown>> = {
    verify: (one) => verify(both, one),
    repair: (one) => repair(both, { ...one, dryRun: true }),
    syncProject: async (one) => await syncProject(rubicon, project, await to(), one),
    archiveProject: (one) => archiveProject(rubicon, project, one),
    restoreArchives: async (one) => await restoreArchives(await to(), project, rubicon, one),
    logArtifact: (one) => logArtifact(both, project, { name: "big", data, ...one }),
    downloadArtifact: (one) => downloadArtifact(rubicon, artifact!, `${folder}/copy`, one),
  };
  await archiveProject(rubicon, project);
  for (const [name, call] of Object.entries(calls)) {
    let count = 0;
    await call({ onProgress: () => void count++ });
    for (const at of new Set([0, Math.floor(count / 2), count - 1])) {
      const error = new Error(`${name} at ${at}`);
      let seen = 0;
      const onProgress = () => {
        if (seen++ === at) throw error;
      };
      await assert.rejects(call({ onProgress }), (thrown) => {
        assert.equal(thrown, error, name);
        return true;
      });
    }
    await assert.rejects(
      call({ onProgress: "yes" as unknown as () => void }),
      { code: "invalid-argument", message: /onProgress must be a function/ },
    );
  }
  assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["copy"]);
  await Deno.remove(folder, { recursive: true });
});

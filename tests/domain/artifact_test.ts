import assert from "node:assert/strict";
import {
  createProject,
  downloadArtifact,
  logArtifact,
  logJson,
  openComposite,
  readArtifact,
  unzipArtifact,
} from "../../mod.ts";
import { zipStream } from "../../domain/files/zip.ts";
import { contents, faulty, refused } from "../support/faulty.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function world() {
  const drivers = [faulty(), faulty()];
  const rubicon = await openComposite(drivers);
  return { drivers, rubicon, project: await createProject(rubicon, { name: "p" }) };
}

Deno.test("artifact: bytes, text, Blob, streams and nothing at all", async () => {
  const { drivers, rubicon, project } = await world();
  await using _ = rubicon;
  const stream = () => new Blob(["abc"]).stream();
  for (
    const [data, expected] of [
      [bytes("abc"), "abc"],
      [bytes("abc").buffer, "abc"],
      ["äbc", "äbc"],
      [new Blob(["abc"]), "abc"],
      [stream(), "abc"],
      [stream, "abc"],
      [() => Promise.resolve(stream()), "abc"],
      [new Uint8Array(), ""],
      ["", ""],
      [new Blob([]), ""],
    ] as const
  ) {
    const artifact = await logArtifact(rubicon, project, { name: "x", data });
    assert.deepEqual(await readArtifact(rubicon, artifact), bytes(expected));
  }
  assert.deepEqual(await contents(drivers[0]!), await contents(drivers[1]!));
  const own = bytes("abc");
  const logging = logArtifact(rubicon, project, { name: "x", data: own });
  own.fill(0);
  assert.deepEqual(await readArtifact(rubicon, await logging), bytes("abc"), "it was copied");
});

Deno.test("artifact: a pickle is bytes like any other", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  const pickle = bytes("cos\nsystem\n(S'false'\ntR.");
  const artifact = await logArtifact(rubicon, project, { name: "model.pkl", data: pickle });
  assert.deepEqual(await readArtifact(rubicon, artifact), pickle);
});

Deno.test("artifact: files and folders, there and back", () =>
  withFolder(async (folder) => {
    const { drivers, rubicon, project } = await world();
    await using _ = rubicon;
    await Deno.writeTextFile(`${folder}/notes.txt`, "abc");
    const file = await logArtifact(rubicon, project, { path: `${folder}/notes.txt` });
    assert.equal(file.name, "notes.txt");
    const saved = await downloadArtifact(rubicon, file, `${folder}/copy.txt`);
    assert.equal(await Deno.readTextFile(saved), "abc");
    await Deno.mkdir(`${folder}/downloads`);
    assert.equal(
      await downloadArtifact(rubicon, file, `${folder}/downloads`),
      `${folder}/downloads/notes.txt`,
    );

    const tree = `${folder}/tree`;
    await Deno.mkdir(`${tree}/a/b`, { recursive: true });
    await Deno.mkdir(`${tree}/empty`);
    await Deno.writeTextFile(`${tree}/same.txt`, "1");
    await Deno.writeTextFile(`${tree}/a/same.txt`, "2");
    await Deno.writeFile(`${tree}/a/b/größe.bin`, new Uint8Array(300_000).map((_, at) => at % 7));
    await Deno.symlink("/etc", `${tree}/link`);
    const zip = await logArtifact(rubicon, project, { directory: new URL(`file://${tree}/`) });
    assert.equal(zip.name, "tree.zip");
    assert.deepEqual(
      await contents(drivers[0]!),
      await contents(drivers[1]!),
      "each backend has the same bytes",
    );
    const paths = await unzipArtifact(rubicon, zip, `${folder}/back`);
    assert.deepEqual(paths.map((path) => path.slice(folder.length)).sort(), [
      "/back/a/b/größe.bin",
      "/back/a/same.txt",
      "/back/same.txt",
    ]);
    assert.equal(await Deno.readTextFile(`${folder}/back/a/same.txt`), "2");
    assert.deepEqual(
      await Deno.readFile(`${folder}/back/a/b/größe.bin`),
      await Deno.readFile(`${tree}/a/b/größe.bin`),
    );
    assert.ok((await Deno.stat(`${folder}/back/empty`)).isDirectory);
    await assert.rejects(Deno.lstat(`${folder}/back/link`), Deno.errors.NotFound);
  }));

Deno.test("artifact: no entry of a zip leads out of the folder", () =>
  withFolder(async (folder) => {
    const { rubicon, project } = await world();
    await using _ = rubicon;
    const zipJs = await import("npm:@zip.js/zip.js@2.24.0");
    zipJs.configure({ useWebWorkers: false });
    const link = { externalFileAttributes: (0o120777 << 16) >>> 0 };
    const names: [string, object][] = [
      ["../out.txt", {}],
      ["a/../../out.txt", {}],
      ["/out.txt", {}],
      ["C:/out.txt", {}],
      ["a\\..\\..\\out.txt", {}],
      ["innocent", link],
    ];
    for (const [name, options] of names) {
      const writer = new zipJs.ZipWriter(new zipJs.Uint8ArrayWriter());
      await writer.add("good.txt", new zipJs.TextReader("good"));
      await writer.add(name, new zipJs.TextReader("evil"), options);
      const data = await writer.close();
      const artifact = await logArtifact(rubicon, project, { name: "evil.zip", data });
      const error = await refused(() => unzipArtifact(rubicon, artifact, `${folder}/in`));
      assert.equal(error.code, "corrupt", name);
      assert.deepEqual([...Deno.readDirSync(folder)], [], `${name}: nothing is written`);
    }
    const text = await logArtifact(rubicon, project, { name: "no.zip", data: "no zip" });
    assert.equal((await refused(() => unzipArtifact(rubicon, text, folder))).code, "corrupt");
  }));

Deno.test("artifact: nor does one go through a link that is in the folder, or is a file and a folder", () =>
  withFolder(async (folder) => {
    const { rubicon, project } = await world();
    await using _ = rubicon;
    const zipJs = await import("npm:@zip.js/zip.js@2.24.0");
    zipJs.configure({ useWebWorkers: false });
    const log = async (...names: string[]) => {
      const writer = new zipJs.ZipWriter(new zipJs.Uint8ArrayWriter());
      for (const name of names) await writer.add(name, new zipJs.TextReader("new"));
      return await logArtifact(rubicon, project, { name: "x.zip", data: await writer.close() });
    };
    await Deno.mkdir(`${folder}/in/..in`, { recursive: true });
    await Deno.mkdir(`${folder}/out`);
    await Deno.symlink(`${folder}/out`, `${folder}/in/link`);
    await Deno.symlink(`${folder}/in/..in`, `${folder}/in/inner`);
    for (const name of ["link/x.txt", "link/deep/x.txt"]) {
      const artifact = await log("good.txt", name);
      const error = await refused(() => unzipArtifact(rubicon, artifact, `${folder}/in`));
      assert.equal(error.code, "invalid-argument");
      assert.deepEqual([...Deno.readDirSync(`${folder}/out`)], []);
      await assert.rejects(Deno.stat(`${folder}/in/good.txt`), Deno.errors.NotFound);
    }
    const fine = await log("inner/x.txt", "..in/y.txt");
    assert.equal((await unzipArtifact(rubicon, fine, `${folder}/in`)).length, 2);
    const both = await log("good.txt", "a", "a/b/c");
    const error = await refused(() => unzipArtifact(rubicon, both, `${folder}/in`));
    assert.equal(error.code, "corrupt");
    await assert.rejects(Deno.stat(`${folder}/in/good.txt`), Deno.errors.NotFound);
    await Deno.writeTextFile(`${folder}/file`, "");
    const blocked = await refused(() => unzipArtifact(rubicon, fine, `${folder}/file`));
    assert.equal(blocked.code, "permission-denied");
  }));

Deno.test({
  name: "artifact: what Deno does not allow is told as such",
  permissions: { read: false, write: false, env: true, net: false },
  async fn() {
    const { rubicon, project } = await world();
    await using _ = rubicon;
    for (const input of [{ path: "deno.json" }, { directory: "domain" }]) {
      const error = await refused(() => logArtifact(rubicon, project, input));
      assert.equal(error.code, "permission-denied");
      assert.match(error.message, /deno\.json|domain/);
    }
    const zip = await logArtifact(rubicon, project, { name: "x", data: EMPTY_ZIP });
    const error = await refused(() => unzipArtifact(rubicon, zip, "unzipped"));
    assert.equal(error.code, "permission-denied");
  },
});

const EMPTY_ZIP = new Uint8Array([80, 75, 5, 6, ...new Uint8Array(18)]);

Deno.test("artifact: an artifact's name is no path for a download", () =>
  withFolder(async (folder) => {
    const { rubicon, project } = await world();
    await using _ = rubicon;
    await Deno.mkdir(`${folder}/in`);
    const evil = await logArtifact(rubicon, project, { name: "../../evil.txt", data: "x" });
    assert.equal(await downloadArtifact(rubicon, evil, `${folder}/in`), `${folder}/in/evil.txt`);
    const dots = await logArtifact(rubicon, project, { name: "..", data: "x" });
    await refused(() => downloadArtifact(rubicon, dots, `${folder}/in`));
  }));

Deno.test("artifact: a source that fails leaves no artifact, and the other backends' stays out too", async () => {
  const { drivers, rubicon, project } = await world();
  await using _ = rubicon;
  const data = () =>
    new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const error = await refused(() => logArtifact(rubicon, project, { name: "x", data }));
  assert.match(error.message, /gone/);
  assert.deepEqual(Object.keys(await contents(drivers[0]!)), ["p/metadata.json"]);
});

Deno.test("rubicon-ml log_json: a value as JSON", async () => {
  const { rubicon, project } = await world();
  await using _ = rubicon;
  const artifact = await logJson(rubicon, project, { name: "config.json", json: { a: [1, "ä"] } });
  assert.equal(artifact.name, "config.json");
  assert.deepEqual(JSON.parse(new TextDecoder().decode(await readArtifact(rubicon, artifact))), {
    a: [1, "ä"],
  });
  for (const json of [undefined, () => 1, 1n]) {
    assert.equal(
      (await refused(() => logJson(rubicon, project, { name: "x", json }))).code,
      "invalid-argument",
    );
  }
});

Deno.test("artifact: a zip fails with what it is made of, and lets go of it where nobody reads on", async () => {
  const date = new Date(0);
  const failing = () =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("broke")) });
  for (const open of [() => Promise.resolve(failing()), () => Promise.reject(new Error("broke"))]) {
    const stream = await zipStream([{ name: "a", date, open }]);
    await assert.rejects(new Response(stream).bytes(), { message: "broke" });
  }
  const cancelled = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(crypto.getRandomValues(new Uint8Array(65_536))),
    cancel: () => cancelled.resolve(),
  });
  const reader = (await zipStream([{ name: "a", date, open: () => Promise.resolve(endless) }]))
    .getReader();
  for (let at = 0; at < 3; at++) await reader.read();
  await reader.cancel();
  // A source that went on would keep the test from its end.
  await cancelled.promise;
});

import assert from "node:assert/strict";
import {
  createProject,
  downloadArtifact,
  logArtifact,
  openComposite,
  unzipArtifact,
} from "../../mod.ts";
import { readZip, zipStream } from "../../domain/files/zip.ts";
import { faulty, refused } from "../support/faulty.ts";

const MEBIBYTE = 1024 * 1024;

/** A zip of one entry with so many zeros. */
async function zeros(mebibytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const open = () =>
    Promise.resolve(ReadableStream.from(function* () {
      for (let at = 0; at < mebibytes; at++) yield new Uint8Array(MEBIBYTE);
    }()));
  const zip = await zipStream([{ name: "zeros", date: new Date(0), open }]);
  return await new Response(zip as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
}

/** What a process of its own prints: the most memory it had, in kibibytes. */
const UNZIP = `
import { unzipTo } from "${new URL("../../domain/files/zip.ts", import.meta.url)}";
const [zip, folder] = Deno.args;
await unzipTo(await Deno.readFile(zip), folder, "the zip");
console.log(/VmHWM:\\s*(\\d+)/.exec(await Deno.readTextFile("/proc/self/status"))[1]);`;

Deno.test({
  name: "unzipTo() never holds an entry whole",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    const { DENO_COVERAGE_DIR: _, ...env } = Deno.env.toObject();
    try {
      const most: number[] = [];
      for (const mebibytes of [1, 256]) {
        await Deno.writeFile(`${folder}/zip`, await zeros(mebibytes));
        await Deno.writeTextFile(`${folder}/unzip.ts`, UNZIP);
        const config = new URL("../../deno.json", import.meta.url).pathname;
        const args = ["run", "-A", "--config", config, `${folder}/unzip.ts`];
        const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
          args: [...args, `${folder}/zip`, `${folder}/${mebibytes}`],
          // Noting what runs takes memory of its own.
          clearEnv: true,
          env,
        }).output();
        assert.equal(new TextDecoder().decode(stderr), "");
        most.push(Number(new TextDecoder().decode(stdout)));
        const { size } = await Deno.stat(`${folder}/${mebibytes}/zeros`);
        assert.equal(size, mebibytes * MEBIBYTE);
      }
      assert.ok(most[1]! - most[0]! < 128 * 1024, `${most} KiB`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("readZip() refuses entries that share their bytes", async () => {
  const zip = await zeros(1);
  const view = new DataView(zip.buffer);
  const end = zip.length - 22;
  const directory = zip.slice(view.getUint32(end + 16, true), end);
  // A second entry of another name that has the first one's bytes.
  const second = directory.slice();
  second[46] = "y".charCodeAt(0);
  const trailer = zip.slice(end);
  const counts = new DataView(trailer.buffer);
  counts.setUint16(8, 2, true);
  counts.setUint16(10, 2, true);
  counts.setUint32(12, 2 * directory.length, true);
  const bomb = new Uint8Array([...zip.slice(0, end), ...second, ...trailer]);
  const error = await refused(() => readZip(bomb, "the zip"));
  assert.deepEqual([error.code, /overlap/.test(error.message)], ["corrupt", true]);
});

Deno.test("downloadArtifact() takes a name of 255 bytes, and refuses a longer one", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["a".repeat(255), "ü".repeat(127)]) {
      const artifact = await logArtifact(rubicon, project, { name, data: "abc" });
      const path = await downloadArtifact(rubicon, artifact, folder);
      assert.equal(await Deno.readTextFile(path), "abc");
      await Deno.remove(path);
    }
    const long = await logArtifact(rubicon, project, { name: "a".repeat(256), data: "abc" });
    const error = await refused(() => downloadArtifact(rubicon, long, folder));
    assert.equal(error.code, "invalid-argument");
    assert.match(error.message, /longer than 255 bytes.*Pass the path of a file/s);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    const path = await downloadArtifact(rubicon, long, `${folder}/short`);
    assert.equal(await Deno.readTextFile(path), "abc");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("unzipArtifact() refuses a path that no system takes", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  const zip = await zipStream([{ name: "a/".repeat(2100), date: new Date(0) }]);
  const data = await new Response(zip as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
  const artifact = await logArtifact(rubicon, project, { name: "deep.zip", data });
  const folder = await Deno.makeTempDir();
  const error = await refused(() => unzipArtifact(rubicon, artifact, `${folder}/to`));
  await Deno.remove(folder);
  assert.deepEqual([error.code, /4096 characters/.test(error.message)], ["corrupt", true]);
});

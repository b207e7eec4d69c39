/**
 * Processes that create the same objects at once. This file runs itself with the argument `writer`.
 */
import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";
import assert from "node:assert/strict";
import { text as toText } from "node:stream/consumers";
import { hasCode } from "../../errors.ts";
import { openFilesystem } from "../../drivers/filesystem.ts";
import { guard } from "../../drivers/guard.ts";

const WRITERS = 6;
const FOLDERS = 200;
/** How often all writers go on to the next folder, in milliseconds. */
const STEP = 10;

const open = (rootDir: string) => guard(openFilesystem({ persistence: "filesystem", rootDir }));

/** Two objects a folder, so that each is the first of it now and then. */
const NAMES = ["metadata.json", "data"];
const folderOf = (at: number) => `p/experiments/${at % FOLDERS}`;
const KEYS = Array.from(
  { length: FOLDERS },
  (_, at) => NAMES.map((name) => `${folderOf(at)}/${name}`),
);

/** Creates all objects, in an order of its own where two are in one folder, and says which it created. */
async function write(rootDir: string, writer: number): Promise<void> {
  const driver = open(rootDir);
  const created: string[] = [];
  await Deno.stdout.write(new TextEncoder().encode("ready\n"));
  await Deno.stdin.read(new Uint8Array(1)); // The start, the same for all.
  const create = async (at: number) => {
    const pair = KEYS[at % FOLDERS]!;
    // Some try to make the whole folder first.
    const tree = NAMES.map((name) => [name, new TextEncoder().encode(`${writer}`)] as const);
    if (writer % 3 === 0 && await driver.putTree!(folderOf(at), tree)) {
      created.push(...pair);
      return;
    }
    for (const key of (at + writer) % 2 === 0 ? pair : pair.toReversed()) {
      try {
        await driver.put(key, new TextEncoder().encode(`${writer}`), { ifAbsent: true });
        created.push(key);
      } catch (error) {
        if (!hasCode(error, "already-exists")) throw error;
      }
    }
  };
  // Which folder is next goes by the clock, so that all writers come to it at once.
  for (let turn = 0; turn < FOLDERS; turn++) {
    const next = Math.ceil(Date.now() / STEP) + 1;
    await new Promise((resolve) => setTimeout(resolve, next * STEP - Date.now()));
    await create(next);
  }
  // Where nobody was awake in time.
  for (let at = 0; at < FOLDERS; at++) await create(at);
  await new Blob([JSON.stringify(created)]).stream().pipeTo(Deno.stdout.writable);
}

async function main(): Promise<void> {
  const rootDir = await Deno.makeTempDir({ prefix: "rubicon-race-" });
  try {
    const config = fromFileUrl(import.meta.resolve("../../deno.json"));
    const children = Array.from(
      { length: WRITERS },
      (_, writer) =>
        new Deno.Command(Deno.execPath(), {
          args: [
            ...["run", "--no-prompt", "--no-check", `--config=${config}`],
            ...[`--allow-read=${rootDir}`, `--allow-write=${rootDir}`],
            ...[import.meta.filename!, "writer", rootDir, String(writer)],
          ],
          stdin: "piped",
          stdout: "piped",
          stderr: "inherit",
        }).spawn(),
    );
    const readers = children.map(({ stdout }) => stdout.getReader());
    for (const reader of readers) await reader.read(); // It says that it is ready.
    const created = await Promise.all(children.map(async ({ stdin, status }, at) => {
      const start = stdin.getWriter();
      await start.write(new Uint8Array(1));
      await start.close();
      readers[at]!.releaseLock();
      const text = await toText(children[at]!.stdout);
      assert.equal((await status).code, 0);
      return JSON.parse(text) as string[];
    }));
    const driver = open(rootDir);
    const owners = new Map<string, number>();
    for (const [writer, keys] of created.entries()) {
      for (const key of keys) {
        assert.ok(!owners.has(key), `${key} was created twice`);
        owners.set(key, writer);
      }
    }
    assert.equal(owners.size, KEYS.flat().length);
    for (const [key, writer] of owners) {
      assert.equal(new TextDecoder().decode((await driver.get(key)).bytes), String(writer));
    }
    const winners = new Set(owners.values());
    assert.ok(winners.size > 1, "one writer was faster than all others throughout: no race");
    const keys = await Array.fromAsync(driver.list(""), ({ key }) => key);
    assert.deepEqual(keys.sort(), KEYS.flat().sort());
    const folders = [...Deno.readDirSync(rootDir), ...Deno.readDirSync(`${rootDir}/p`)];
    assert.deepEqual(folders.map(({ name }) => name).sort(), ["experiments", "p"]);
  } finally {
    await Deno.remove(rootDir, { recursive: true });
  }
}

if (Deno.args[0] === "writer") await write(Deno.args[1]!, Number(Deno.args[2]));
else Deno.test(`filesystem: of ${WRITERS} racing processes one creates each object`, main);

/**
 * What is left when writers are killed. The writers are real processes: this file runs itself with
 * the argument `writer`.
 */
import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";
import assert from "node:assert/strict";
import { openFilesystem } from "../../drivers/filesystem.ts";
import { guard } from "../../drivers/guard.ts";

const KILLS = 200;
const AT_ONCE = 4;

const open = (rootDir: string) => guard(openFilesystem({ persistence: "filesystem", rootDir }));

/** A body that tells a whole object from a part of one, and one key's from another's. */
const body = (key: string, version: number): Uint8Array<ArrayBuffer> => {
  const line = `${key} ${version}\n`;
  const length = 1 + version % 5 * 3000;
  return new TextEncoder().encode(`${line.repeat(length)}end ${length}`);
};

function whole(key: string, bytes: Uint8Array): void {
  const text = new TextDecoder().decode(bytes);
  const version = Number(text.slice(key.length + 1, text.indexOf("\n")));
  assert.equal(text, new TextDecoder().decode(body(key, version)), `${key} is not whole`);
}

/** What is in a folder that is made in one step. */
const TREE = ["metadata.json", "metrics/a/metadata.json", "metrics/b/metadata.json"];

/** Writes until it is killed: new objects in new folders, by stream, as trees, and one that is replaced. */
async function write(rootDir: string, name: string): Promise<never> {
  const driver = open(rootDir);
  const said = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  for (let version = 0;; version++) {
    const [created, streamed] = [`${name}/created/${version}/data`, `${name}/streamed/${version}`];
    await driver.put(created, body(created, version), { ifAbsent: true });
    said(created);
    const source = () => new Blob([body(streamed, version)]).stream();
    await driver.put(streamed, source, { ifAbsent: version % 2 === 0 });
    said(streamed);
    const tree = TREE.map((path) => [path, body(`${name}/trees/${version}/${path}`, 0)] as const);
    assert.ok(await driver.putTree!(`${name}/trees/${version}`, tree));
    for (const path of TREE) said(`${name}/trees/${version}/${path}`);
    await driver.put("replaced", body("replaced", version));
    said("replaced");
  }
}

/** Starts a writer, kills it a moment after its first word, and gives what it said was stored. */
async function killOne(rootDir: string, name: string): Promise<string[]> {
  const config = fromFileUrl(import.meta.resolve("../../deno.json"));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", `--config=${config}`],
      ...[`--allow-read=${rootDir}`, `--allow-write=${rootDir}`],
      ...[import.meta.filename!, "writer", rootDir, name],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    if (said === "") setTimeout(() => child.kill("SIGKILL"), Math.random() * 20);
    said += decoder.decode(chunk, { stream: true });
  }
  assert.equal((await child.status).signal, "SIGKILL");
  // A line that is cut off was not said.
  return said.split("\n").slice(0, -1);
}

/** Every file that is not staged, read past the driver. */
function check(rootDir: string, folder = ""): number {
  let count = 0;
  for (const { name, isDirectory } of Deno.readDirSync(`${rootDir}/${folder}`)) {
    const key = folder === "" ? name : `${folder}/${name}`;
    if (name.startsWith(".staged-")) continue;
    if (isDirectory) count += check(rootDir, key);
    else {
      whole(key, Deno.readFileSync(`${rootDir}/${key}`));
      count++;
    }
  }
  return count;
}

async function main(): Promise<void> {
  const rootDir = await Deno.makeTempDir({ prefix: "rubicon-sigkill-" });
  const driver = open(rootDir);
  await driver.put("replaced", body("replaced", 0));
  let killing = true;
  let reads = 0;
  const read = async () => {
    while (killing) {
      whole("replaced", (await driver.get("replaced")).bytes);
      reads++;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  let kills = 0;
  let acknowledged = 0;
  const kill = async () => {
    while (kills < KILLS) {
      const name = `writer-${kills++}`;
      const keys = new Set(await killOne(rootDir, name));
      acknowledged += keys.size;
      for (const key of keys) whole(key, (await driver.get(key)).bytes);
      for await (const { key } of driver.list(name)) whole(key, (await driver.get(key)).bytes);
      check(rootDir, name);
      // A tree is there with all that is in it, or not at all.
      for (const version of await driver.folders(`${name}/trees`)) {
        const keys = await Array.fromAsync(
          driver.list(`${name}/trees/${version}`),
          ({ key }) => key,
        );
        assert.deepEqual(keys.sort(), TREE.map((path) => `${name}/trees/${version}/${path}`));
      }
      // The next run goes on where the killed one was.
      const again = `${name}/created/again/data`;
      await driver.put(again, body(again, 1), { ifAbsent: true });
      for await (const { key } of driver.list(name)) await driver.delete(key);
    }
  };
  try {
    const killers = Promise.all(Array.from({ length: AT_ONCE }, kill));
    await Promise.all([killers.finally(() => killing = false), read()]);
    assert.ok(reads > 0 && acknowledged > KILLS, "the writers never came to write");
    assert.equal(check(rootDir), 1, "only the object that is replaced is left");
    assert.deepEqual(await Array.fromAsync(driver.list(""), ({ key }) => key), ["replaced"]);
    await driver.delete("replaced");
  } finally {
    await Deno.remove(rootDir, { recursive: true });
  }
}

if (Deno.args[0] === "writer") await write(Deno.args[1]!, Deno.args[2]!);
else Deno.test(`filesystem: ${KILLS} killed writers leave whole objects only`, main);

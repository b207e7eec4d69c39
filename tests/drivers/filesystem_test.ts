import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";
import assert from "node:assert/strict";
import { conformance } from "../../drivers/conformance.ts";
import { drain, holds, keysOf, pattern, refused, text } from "../../drivers/conformance/case.ts";
import type { Driver } from "../../drivers/driver.ts";
import { openFilesystem } from "../../drivers/filesystem.ts";
import { guard } from "../../drivers/guard.ts";
import { hasCode } from "../../errors.ts";
import { behavesAsMap } from "../support/model.ts";

const STAGED = ".staged-0c7cbc5e-6a3f-4be7-9d1c-0a52c1f6f2aa";

const open = (rootDir: string | URL, durable = false): Driver =>
  guard(openFilesystem({ persistence: "filesystem", rootDir, durable }));

/** A folder that is gone with its test. */
async function temporary(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rubicon-filesystem-" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** All files and empty folders below, by path. */
function* tree(folder: string): Generator<string> {
  const entries = [...Deno.readDirSync(folder)];
  if (entries.length === 0) yield `${folder}/`;
  for (const { name, isDirectory } of entries) {
    if (isDirectory) yield* tree(`${folder}/${name}`);
    else yield `${folder}/${name}`;
  }
}

const lacks = { listsChecksums: "a file system keeps none" };

for (const durable of [false, true]) {
  let folder = "";
  conformance(
    (name, fn) =>
      Deno.test(name, () =>
        temporary(async (made) => {
          folder = `${made}/not/there/yet`;
          await fn();
          const staged = [...tree(made)].filter((path) => path.includes(".staged-"));
          assert.deepEqual(staged, [], "staged files were left behind");
        })),
    () => open(folder, durable),
    { name: durable ? "filesystem, durable" : "filesystem", lacks },
  );
}

Deno.test("filesystem: it behaves as a map", () =>
  temporary(async (folder) => {
    await behavesAsMap(() => open(folder), 150);
    assert.deepEqual([...tree(folder)], [`${folder}/`], "an empty folder was left behind");
  }));

Deno.test("filesystem: where files cannot be linked, ifAbsent is as exclusive", async (t) => {
  const { linkSync } = Deno;
  Deno.linkSync = () => {
    throw Object.assign(new Error("Operation not permitted"), { code: "EPERM" });
  };
  try {
    await temporary(async (folder) => {
      const cases: [string, () => Promise<void>][] = [];
      let count = 0;
      conformance((...one) => cases.push(one), () => open(`${folder}/${count++}`), { lacks });
      for (const [name, fn] of cases) await t.step(name, fn);
    });
    await temporary(async (folder) => {
      await behavesAsMap(() => open(folder), 20);
      assert.deepEqual([...tree(folder)], [`${folder}/`]);
    });
  } finally {
    Deno.linkSync = linkSync;
  }
});

Deno.test("filesystem: rootDir is a path or a file: URL", async () => {
  for (const rootDir of [undefined, "", 7, null, "s3://bucket", "https://host/x", "a\0b"]) {
    assert.throws(
      () => openFilesystem({ persistence: "filesystem", rootDir: rootDir as string }),
      (error) => hasCode(error, "invalid-config") && error.message.includes("rootDir"),
    );
  }
  assert.throws(
    () => openFilesystem({ persistence: "filesystem", rootDir: "x", durable: "yes" }),
    (error) => hasCode(error, "invalid-config") && error.message.includes("durable"),
  );
  await temporary(async (folder) => {
    await open(folder).put("a b/c#d", text("hello"));
    const url = new URL(`file://${folder}/`);
    await holds(open(url), "a b/c#d", text("hello"));
    await holds(open(url.href), "a b/c#d", text("hello"));
    assert.equal(open("./rootA").label, "filesystem:./rootA");
  });
});

Deno.test("filesystem: no symbolic link leads out of the root", () =>
  temporary(async (folder) => {
    const [root, out] = [`${folder}/root`, `${folder}/out`];
    const driver = open(root);
    await driver.put("in/object", text("inside"));
    Deno.mkdirSync(out);
    Deno.writeTextFileSync(`${out}/secret`, "secret");
    Deno.symlinkSync(out, `${root}/out`);
    Deno.symlinkSync(`${out}/secret`, `${root}/file`);
    Deno.symlinkSync("../..", `${root}/in/up`);
    Deno.symlinkSync("in", `${root}/alias`);
    Deno.symlinkSync("object", `${root}/in/same`);
    Deno.symlinkSync("nowhere", `${root}/dangling`);
    Deno.symlinkSync("..", `${root}/in/circle`);
    Deno.symlinkSync("itself", `${root}/itself`);
    for (const key of ["out/secret", "file", "in/up/out/secret", "itself"]) {
      await refused(driver.get(key), "permission-denied");
      await refused(driver.open(key), "permission-denied");
      await refused(driver.stat(key), "permission-denied");
    }
    const outside = ["out/new", "out/secret", "out/a/new", "out/a/b/new", "in/up/out/a/new"];
    for (const key of outside) {
      for (const ifAbsent of [true, false]) {
        await refused(driver.put(key, text("x"), { ifAbsent }), "permission-denied");
      }
    }
    for (const key of ["out/new", "out/secret", "in/up/out/secret"]) {
      await refused(driver.delete(key), "permission-denied");
    }
    for (const prefix of ["out", "in/up/out"]) {
      await refused(driver.folders(prefix), "permission-denied");
      await refused(keysOf(driver, prefix), "permission-denied");
    }
    assert.deepEqual([...tree(out)], [`${out}/secret`]);
    // Links that stay inside are followed, but never in a circle.
    await holds(driver, "alias/object", text("inside"));
    const keys = await keysOf(driver);
    for (const key of ["in/object", "in/same", "alias/object"]) assert.ok(keys.includes(key), key);
    for (const key of ["file", "out/secret", "dangling"]) assert.ok(!keys.includes(key), key);
    assert.deepEqual(keys.filter((key) => /circle|up/.test(key)), []);
    assert.deepEqual((await driver.folders("")).sort(), ["alias", "in"]);
    // What is written to the key of a link replaces the link, and not what it leads to.
    await driver.put("file", text("mine"));
    await driver.delete("dangling");
    await holds(driver, "file", text("mine"));
    assert.equal(Deno.readTextFileSync(`${out}/secret`), "secret");
  }));

Deno.test("filesystem: the root may be a symbolic link, also one that changes", () =>
  temporary(async (folder) => {
    Deno.mkdirSync(`${folder}/one`);
    Deno.mkdirSync(`${folder}/two`);
    Deno.symlinkSync("one", `${folder}/root`);
    const driver = open(`${folder}/root`);
    await driver.put("a/b", text("1"));
    Deno.removeSync(`${folder}/root`);
    Deno.symlinkSync("two", `${folder}/root`);
    await refused(driver.get("a/b"), "not-found");
    await driver.put("a/b", text("2"));
    assert.equal(Deno.readTextFileSync(`${folder}/one/a/b`), "1");
    assert.equal(Deno.readTextFileSync(`${folder}/two/a/b`), "2");
  }));

Deno.test("filesystem: staged files never show, and old ones are removed", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("a/object", text("1"));
    Deno.mkdirSync(`${folder}/killed`);
    const stale = [`${folder}/killed/${STAGED}`, `${folder}/a/${STAGED}`];
    const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
    for (const path of stale) {
      Deno.writeTextFileSync(path, "half");
      Deno.utimeSync(path, hours(0.5), hours(0.5));
    }
    // A whole folder is staged where an object is the first of its own.
    Deno.mkdirSync(`${folder}/b/${STAGED}`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/b/${STAGED}/object`, "half");
    Deno.utimeSync(`${folder}/b/${STAGED}`, hours(0.5), hours(0.5));
    for (const verb of ["get", "open", "stat"] as const) {
      await refused(driver[verb](`a/${STAGED}`), "not-found");
      await refused(driver[verb](`b/${STAGED}/object`), "not-found");
    }
    assert.deepEqual(await driver.folders("b"), []);
    for (const key of [`a/${STAGED}`, STAGED, `${STAGED}/b`]) {
      await refused(driver.put(key, text("x")), "invalid-key");
      await driver.delete(key);
    }
    assert.deepEqual(await keysOf(driver), ["a/object"]);
    const left = [`${folder}/a/object`, `${folder}/b/${STAGED}/object`, ...stale];
    assert.deepEqual([...tree(folder)].sort(), left.sort());
    for (const path of [...stale, `${folder}/b/${STAGED}`]) {
      Deno.utimeSync(path, hours(2), hours(2));
    }
    assert.deepEqual(await keysOf(driver), ["a/object"]);
    assert.deepEqual([...tree(folder)], [`${folder}/a/object`]);
    // A name that only begins alike is anybody's.
    await driver.put(".staged-mine", text("mine"));
    assert.deepEqual(await keysOf(driver, "", { depth: 1 }), [".staged-mine"]);
  }));

Deno.test("filesystem: errors name the cause, the place and what to do", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await assert.rejects(driver.get("a/b/c"), {
      message: `filesystem:${folder}: there is no a/b/c`,
      backend: `filesystem:${folder}`,
    });
    await driver.put("file", text("x"));
    await refused(driver.put("file/below", text("y")), "unsupported");
    await refused(driver.put(`new/${"n".repeat(256)}`, text("y")), "invalid-key");
    await refused(driver.put(`new/${"é".repeat(128)}/y`, text("y")), "invalid-key");
    // Where it fails before the bytes are there, and where it fails after.
    for (const name of ["openSync", "renameSync"] as const) {
      const { [name]: real } = Deno;
      for (
        const [code, expected] of [
          ["ENOSPC", "unavailable"],
          ["EIO", "unavailable"],
          ["EROFS", "unavailable"],
          ["EACCES", "permission-denied"],
        ] as const
      ) {
        Deno[name] = () => {
          throw Object.assign(new Error("from the system"), { code });
        };
        try {
          const put = driver.put("new/key", text("y"));
          await refused(put, expected);
          await assert.rejects(put, ({ cause }) => cause.code === code);
        } finally {
          Object.assign(Deno, { [name]: real });
        }
      }
    }
    assert.deepEqual([...tree(folder)], [`${folder}/file`]);
  }));

Deno.test("filesystem: a full disk leaves nothing behind", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("old", text("old"));
    const { write, writeSync } = Deno.FsFile.prototype;
    const full = () => {
      throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
    };
    Deno.FsFile.prototype.writeSync = full;
    Deno.FsFile.prototype.write = () =>
      Promise.reject(Object.assign(new Error("x"), { code: "ENOSPC" }));
    try {
      for (const key of ["old", "new/folder/key"]) {
        await refused(driver.put(key, text("y")), "unavailable");
        await refused(driver.put(key, pattern(2_000_000)), "unavailable");
        const stream = () => new Blob(["y"]).stream();
        await refused(driver.put(key, stream), "unavailable");
      }
    } finally {
      Object.assign(Deno.FsFile.prototype, { write, writeSync });
    }
    await holds(driver, "old", text("old"));
    assert.deepEqual([...tree(folder)], [`${folder}/old`]);
  }));

Deno.test("filesystem: a stream closes its file, read or not, also when the object is removed", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    const bytes = pattern(1_000_000);
    await driver.put("a", bytes);
    const { stream } = await driver.open("a");
    const abort = new AbortController();
    const aborted = await driver.open("a", { signal: abort.signal });
    abort.abort();
    await assert.rejects(drain(aborted.stream), { name: "AbortError" });
    await driver.put("a", text("other"));
    await driver.delete("a");
    assert.deepEqual(await drain(stream), bytes);
  }));

Deno.test("filesystem: a long listing lets others have their turn", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    for (let at = 0; at < 3000; at++) await driver.put(`a/${at}`, text(""));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const keys = await keysOf(driver);
    clearInterval(timer);
    assert.equal(keys.length, 3000);
    assert.ok(turns > 0);
  }));

Deno.test("filesystem: permission for the root is all that it needs", () =>
  temporary(async (folder) => {
    const code = `
      import { openDriver } from ${
      JSON.stringify(import.meta.resolve("../../drivers/registry.ts"))
    };
      import ${JSON.stringify(import.meta.resolve("../../drivers/filesystem.ts"))};
      const [rootDir, mode] = Deno.args;
      const driver = await openDriver({ persistence: "filesystem", rootDir, durable: true });
      if (mode === "read") {
        const fail = (error) => console.log(error.code, error.message.includes("--allow-write"));
        await driver.put("x", new Uint8Array(3)).catch(fail);
      } else {
        for (const ifAbsent of [true, false]) {
          await driver.put("a/b", new Uint8Array(3), { ifAbsent });
          await driver.put("a/c/d", () => new Blob(["hello"]).stream(), { ifAbsent });
        }
        await driver.delete("a/c/d");
        const { stream } = await driver.open("a/b");
        await stream.cancel();
      }
      const { size } = await driver.stat("a/b");
      const { bytes } = await driver.get("a/b");
      const keys = await Array.fromAsync(driver.list(""), ({ key }) => key);
      console.log(size, bytes.length, keys.join(), (await driver.folders("")).join());`;
    const run = async (flags: string[], ...args: string[]) => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          `--config=${fromFileUrl(import.meta.resolve("../../deno.json"))}`,
          ...flags,
          `data:application/javascript,${encodeURIComponent(code)}`,
          ...args,
        ],
        cwd: folder,
      }).output();
      return new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr);
    };
    Deno.mkdirSync(`${folder}/real`);
    Deno.symlinkSync("real", `${folder}/link`);
    for (const root of [`${folder}/absolute`, "./relative/to/here", `${folder}/link`]) {
      const flags = [`--allow-read=${root}`, `--allow-write=${root}`];
      assert.equal(await run(flags, root), "3 3 a/b a\n", root);
      const read = await run(flags.slice(0, 1), root, "read");
      assert.equal(read, "permission-denied true\n3 3 a/b a\n", root);
    }
    assert.match(await run([], `${folder}/absolute`), /permission-denied|--allow-read=/);
  }));

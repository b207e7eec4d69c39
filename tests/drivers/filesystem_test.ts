import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";
import assert from "node:assert/strict";
import { conformance } from "../../drivers/conformance.ts";
import { drain, holds, keysOf, pattern, text } from "../../drivers/conformance/case.ts";
import { openFilesystem } from "../../drivers/filesystem.ts";
import { hasCode } from "../../errors.ts";
import { openFolder as open, temporary, tree } from "../support/folders.ts";
import { behavesAsMap } from "../support/model.ts";
import { systemFaults } from "../support/system_faults.ts";

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
  using _ = systemFaults((call) =>
    call === "linkSync" ? { code: "EPERM", when: "before" } : undefined
  );
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

Deno.test("filesystem: a folder that was removed is made anew in one step, however short it is ago", () =>
  temporary(async (folder) => {
    const driver = open(folder);
    await driver.put("p/data", text("x"));
    const { now } = performance;
    const moment = performance.now();
    // So that the folders that were looked at stay so.
    performance.now = () => moment;
    try {
      for (let round = 0; round < 3; round++) {
        assert.ok(await driver.putTree!("p/e/one", [["data", text("x")], ["m/data", text("y")]]));
        // What is listed together is noted together.
        if (round === 1) assert.equal((await keysOf(driver, "p/e")).length, 2);
        for (const key of ["data", "m/data"]) await driver.delete(`p/e/one/${key}`);
      }
    } finally {
      performance.now = now;
    }
  }));

/**
 * The root itself: removed, replaced, new.
 */
import assert from "node:assert/strict";
import { dirname } from "jsr:@std/path@^1.1.6";
import { holds, keysOf, refused, text } from "../../drivers/conformance/case.ts";
import { movedClock } from "../support/clock.ts";
import { openFolder as open, temporary } from "../support/folders.ts";
import { systemFaults } from "../support/system_faults.ts";

/** Longer than the root counts as looked at. */
const LATER = 1000;

Deno.test("filesystem: a root that another folder has replaced takes no writes", () =>
  temporary(async (folder) => {
    const driver = open(`${folder}/root`);
    await driver.put("a/b", text("old"));
    using clock = movedClock();
    Deno.renameSync(`${folder}/root`, `${folder}/before`);
    // Folders that are made in one tick of the file system's clock have one time of birth.
    await new Promise((resolve) => setTimeout(resolve, 20));
    Deno.mkdirSync(`${folder}/root`);
    clock.move(LATER);
    const put = driver.put("a/c", text("new"));
    await assert.rejects(put, { code: "unavailable", message: /open the store again/ });
    assert.deepEqual([...Deno.readDirSync(`${folder}/root`)], []);
    const again = open(`${folder}/root`);
    await again.put("a/c", text("new"));
    Deno.removeSync(`${folder}/root`, { recursive: true });
    Deno.renameSync(`${folder}/before`, `${folder}/root`);
    await driver.put("a/c", text("new"));
    assert.deepEqual(await keysOf(driver), ["a/b", "a/c"]);
  }));

Deno.test("filesystem: a root that was removed is made again", () =>
  temporary(async (folder) => {
    const driver = open(`${folder}/new/root`);
    using clock = movedClock();
    for (const wait of [0, LATER]) {
      await driver.put("p/e/1/data", text("1"));
      Deno.removeSync(`${folder}/new`, { recursive: true });
      clock.move(wait);
      assert.deepEqual(await keysOf(driver), []);
      await refused(driver.get("p/e/1/data"), "not-found");
      await driver.put("p/e/1/data", text("2"));
      await holds(driver, "p/e/1/data", text("2"));
    }
  }));

Deno.test("filesystem: a link that is the root may be made to lead elsewhere at any time", () =>
  temporary(async (folder) => {
    for (const name of ["one", "two"]) Deno.mkdirSync(`${folder}/${name}`);
    Deno.symlinkSync("one", `${folder}/root`);
    const driver = open(`${folder}/root`);
    await driver.put("a/b", text("1"));
    using clock = movedClock();
    Deno.removeSync(`${folder}/root`);
    Deno.symlinkSync("two", `${folder}/root`);
    clock.move(LATER);
    await driver.put("a/b", text("2"));
    assert.equal(Deno.readTextFileSync(`${folder}/two/a/b`), "2");
  }));

/** The paths that were flushed during some work. */
async function flushedIn(work: () => Promise<unknown>): Promise<string[]> {
  const opened: string[] = [];
  let syncs = 0;
  {
    using _ = systemFaults((call, path) => {
      if (call === "open" || call === "openSync") opened.push(path);
      if (call === "sync") syncs++;
      return undefined;
    });
    await work();
  }
  assert.equal(syncs, opened.length, "a file was opened and not flushed");
  return opened.filter((path) => !path.includes(".staged-"));
}

Deno.test("filesystem: durable flushes the folders above a new root", () =>
  temporary(async (folder) => {
    const driver = open(`${folder}/new/root`, true);
    const put = (key: string) => () => driver.put(key, text("1"));
    const flushed = await flushedIn(put("a/b"));
    const root = `${folder}/new/root`;
    const expected = [`${root}/a`, root, `${folder}/new`, folder];
    assert.deepEqual(flushed.slice(0, 4), expected);
    const above = new Set(flushed.slice(4));
    const { dev } = Deno.statSync(root);
    for (let at = dirname(folder); Deno.statSync(at).dev === dev; at = dirname(at)) {
      assert.ok(above.has(at), `${at} was not flushed`);
      if (at === dirname(at)) break;
    }
    // Once: they do not change any more.
    assert.deepEqual(await flushedIn(put("a/c")), [`${root}/a`, root]);
  }));

Deno.test("filesystem: durable flushes an object that already exists before it says so", () =>
  temporary(async (folder) => {
    await open(folder).put("a/b", text("1"));
    const driver = open(folder, true);
    await driver.put("a/a", text("1"));
    for (const source of [text("1"), () => new Blob(["1"]).stream()]) {
      const flushed = await flushedIn(() =>
        refused(driver.put("a/b", source, { ifAbsent: true }), "already-exists")
      );
      assert.deepEqual(flushed, [`${folder}/a/b`, `${folder}/a`, folder]);
    }
    using _ = systemFaults((call) => call === "sync" ? { code: "EIO", when: "before" } : undefined);
    await refused(driver.put("a/b", text("1"), { ifAbsent: true }), "unavailable");
  }));

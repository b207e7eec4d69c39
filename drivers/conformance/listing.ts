/**
 * Listings and folders.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hasCode } from "../../errors.ts";
import type { Driver } from "../driver.ts";
import { type Case, holds, keysOf, refused, text } from "./case.ts";

const sortedFolders = async (driver: Driver, prefix: string): Promise<string[]> =>
  (await driver.folders(prefix)).sort();

/** The cases of this file. */
export const listing: readonly Case[] = [
  {
    name: "an empty store and a missing prefix list nothing",
    async run(driver) {
      for (const prefix of ["", "missing", "a/b/c"]) {
        assert.deepEqual(await keysOf(driver, prefix), []);
        assert.deepEqual(await driver.folders(prefix), []);
      }
      await driver.put("a", text(""));
      assert.deepEqual(await keysOf(driver, "a"), [], "an object is not below itself");
      assert.deepEqual(await driver.folders("a"), []);
    },
  },
  {
    name: "a listing goes as deep as it is told, and no prefix covers half a name",
    async run(driver) {
      const keys = ["a/1", "a/b/2", "a/b/c/3", "ab/4", "abc", "z/y/5"];
      for (const key of keys) await driver.put(key, text(key));
      assert.deepEqual(await keysOf(driver), keys);
      assert.deepEqual(await keysOf(driver, "a"), ["a/1", "a/b/2", "a/b/c/3"]);
      assert.deepEqual(await keysOf(driver, "a/b"), ["a/b/2", "a/b/c/3"]);
      assert.deepEqual(await keysOf(driver, "", { depth: 1 }), ["abc"]);
      assert.deepEqual(await keysOf(driver, "", { depth: 2 }), ["a/1", "ab/4", "abc"]);
      assert.deepEqual(await keysOf(driver, "a", { depth: 1 }), ["a/1"]);
      assert.deepEqual(await keysOf(driver, "a", { depth: 2 }), ["a/1", "a/b/2"]);
      assert.deepEqual(await keysOf(driver, "a", { depth: 9 }), ["a/1", "a/b/2", "a/b/c/3"]);
      assert.deepEqual(await sortedFolders(driver, ""), ["a", "ab", "z"]);
      assert.deepEqual(await sortedFolders(driver, "a"), ["b"]);
      assert.deepEqual(await sortedFolders(driver, "z"), ["y"]);
      assert.deepEqual(await sortedFolders(driver, "a/b/c"), []);
    },
  },
  {
    name: "a folder is gone with its last object",
    async run(driver) {
      await driver.put("a/b/c/1", text("1"));
      await driver.put("a/b/2", text("2"));
      await driver.delete("a/b/c/1");
      assert.deepEqual(await driver.folders("a/b"), []);
      assert.deepEqual(await driver.folders("a"), ["b"]);
      await driver.delete("a/b/2");
      assert.deepEqual(await driver.folders(""), []);
    },
  },
  {
    name: "a listing of many objects is whole",
    async run(driver) {
      const keys = Array.from({ length: 1200 }, (_, at) => `many/${at % 7}/${at}`);
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map((key) => driver.put(key, text(key))));
      }
      assert.deepEqual(await keysOf(driver, "many"), keys.sort());
      assert.deepEqual(await sortedFolders(driver, "many"), ["0", "1", "2", "3", "4", "5", "6"]);
    },
  },
  {
    name: "what vanishes while listing is left out, what stays is never missed",
    async run(driver) {
      for (let at = 0; at < 20; at++) {
        await driver.put(`a/${at}/goes`, text(""));
        await driver.put(`a/${at}/stays`, text(""));
      }
      const seen: string[] = [];
      for await (const { key } of driver.list("a")) {
        if (seen.push(key) > 1) continue;
        await Promise.all(Array.from({ length: 20 }, (_, at) => driver.delete(`a/${at}/goes`)));
        for (let at = 0; at < 20; at++) await driver.put(`a/${at}/new`, text(""));
      }
      const staying = Array.from({ length: 20 }, (_, at) => `a/${at}/stays`).sort();
      assert.deepEqual(seen.filter((key) => key.endsWith("stays")).sort(), staying);
    },
  },
  {
    name: "an object and a folder of one name: both, or the second is refused",
    async run(driver) {
      for (const [first, second] of [["a", "a/b"], ["c/d", "c"], ["e/f/g", "e/f"]] as const) {
        for (const options of [{}, { ifAbsent: true }]) {
          await driver.put(first, text("1"), options);
          let taken = true;
          try {
            await driver.put(second, text("2"), options);
          } catch (error) {
            if (!hasCode(error, "unsupported", "invalid-key")) throw error;
            taken = false;
          }
          await holds(driver, first, text("1"));
          if (taken) await holds(driver, second, text("2"));
          else await refused(driver.get(second), "not-found");
          // MinIO takes both, and then hides what is below an object from listings.
          const listed = await keysOf(driver);
          assert.ok(listed.length === (taken ? 2 : 1) || (taken && listed.length === 1));
          assert.ok(listed.every((key) => key === first || (taken && key === second)));
          await driver.delete(first);
          await driver.delete(second);
        }
      }
    },
  },
];

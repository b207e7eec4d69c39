/**
 * Whole objects, ranges and streams.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Case, drain, holds, keysOf, pattern, refused, same, text } from "./case.ts";

const MEGABYTE = 1 << 20;

/** The cases of this file. */
export const objects: readonly Case[] = [
  {
    name: "what is put comes back: empty, binary, and 5 MB",
    async run(driver) {
      for (const length of [0, 1, 256, 5 * MEGABYTE + 7]) {
        const bytes = pattern(length);
        const put = await driver.put(`sizes/${length}`, bytes);
        assert.equal(put.size, length);
        await holds(driver, `sizes/${length}`, bytes);
        assert.equal((await driver.stat(`sizes/${length}`)).size, length);
      }
    },
  },
  {
    name: "a put replaces the whole object, and the etag changes with the bytes",
    async run(driver) {
      const etags: (string | undefined)[] = [];
      for (const value of ["first", "other", "a longer one", ""]) {
        await driver.put("a/b", text(value));
        await holds(driver, "a/b", text(value));
        etags.push((await driver.stat("a/b")).etag);
      }
      for (let at = 1; at < etags.length; at++) {
        if (etags[at] !== undefined) assert.notEqual(etags[at], etags[at - 1]);
      }
    },
  },
  {
    name: "put, get, open, stat and list say the same of an object",
    async run(driver) {
      const before = Date.now();
      await driver.put("a/b", text("hello"));
      const stat = await driver.stat("a/b");
      const { stream, ...opened } = await driver.open("a/b");
      await stream.cancel();
      const [listed] = await Array.fromAsync(driver.list("a"));
      assert.equal(listed?.key, "a/b");
      for (const meta of [await driver.get("a/b"), opened, listed]) {
        assert.equal(meta.size, 5);
        assert.equal(meta.etag, stat.etag);
        // S3 tells milliseconds in listings and whole seconds elsewhere.
        assert.ok(Math.abs(+meta.lastModified - +stat.lastModified) < 1000);
      }
      // Stores have clocks of their own: only a time that makes no sense is refused.
      assert.ok(Math.abs(+stat.lastModified - before) < 86_400_000, String(stat.lastModified));
    },
  },
  {
    name: "the store keeps copies: changing what was put or got changes nothing",
    async run(driver) {
      const bytes = text("hello");
      await driver.put("a", bytes);
      bytes.fill(0);
      await holds(driver, "a", text("hello"));
      (await driver.get("a")).bytes.fill(0);
      await holds(driver, "a", text("hello"));
      const { stream } = await driver.open("a");
      for await (const chunk of stream) chunk.fill(0);
      await holds(driver, "a", text("hello"));
      const shared = pattern(1000).subarray(100, 200);
      await driver.put("view", shared);
      await holds(driver, "view", shared);
    },
  },
  {
    name: "ranges: from an offset, so many bytes, none, and past the end",
    async run(driver) {
      const bytes = pattern(1000);
      await driver.put("a", bytes);
      const ranges: [offset: number | undefined, length?: number][] = [
        [0, 10],
        [990],
        [990, 10],
        [995, 100],
        [undefined, 7],
        [500, 0],
        [1000],
        [1000, 5],
        [5000, 5],
        [0, 1000],
      ];
      for (const [offset, length] of ranges) {
        const options = {
          ...(offset !== undefined && { offset }),
          ...(length !== undefined && { length }),
        };
        const start = offset ?? 0;
        const expected = bytes.subarray(start, start + (length ?? Infinity));
        const what = `${offset}+${length}`;
        const got = await driver.get("a", options);
        same(got.bytes, expected, `get ${what}`);
        assert.equal(got.size, 1000, `get ${what}: size is the whole object's`);
        const opened = await driver.open("a", options);
        same(await drain(opened.stream), expected, `open ${what}`);
        assert.equal(opened.size, 1000, `open ${what}: size is the whole object's`);
      }
      await driver.put("empty", new Uint8Array());
      assert.equal((await driver.get("empty", { offset: 0, length: 10 })).bytes.length, 0);
      for (const options of [{ offset: -1 }, { length: -1 }, { offset: 0.5 }, { length: NaN }]) {
        await refused(driver.get("a", options), "invalid-argument");
      }
    },
  },
  {
    name: "streams in and out, each opened anew",
    async run(driver) {
      const bytes = pattern(3 * MEGABYTE + 1);
      let opened = 0;
      const source = () => (opened++, new Blob([bytes]).stream());
      await driver.put("a/stream", source);
      await driver.put("a/again", () => Promise.resolve(source()));
      assert.ok(opened >= 2);
      for (const key of ["a/stream", "a/again"]) {
        const { stream, size } = await driver.open(key);
        assert.equal(size, bytes.length);
        same(await drain(stream), bytes, key);
      }
      await driver.put("a/empty", () => new Blob([]).stream());
      await holds(driver, "a/empty", new Uint8Array());
    },
  },
  {
    name: "a stream can be cancelled early",
    async run(driver) {
      await driver.put("a", pattern(2 * MEGABYTE));
      const reader = (await driver.open("a")).stream.getReader();
      assert.ok((await reader.read()).value!.length > 0);
      await reader.cancel();
      await (await driver.open("a")).stream.cancel();
      await driver.delete("a");
      assert.deepEqual(await keysOf(driver), []);
    },
  },
  {
    name: "what is not there is not-found, on get, open and stat",
    async run(driver) {
      await driver.put("a/b", text("hello"));
      for (const key of ["missing", "a", "a/missing", "a/b/c", "a/b/c/d"]) {
        await refused(driver.get(key), "not-found");
        await refused(driver.open(key), "not-found");
        await refused(driver.stat(key), "not-found");
      }
    },
  },
  {
    name: "delete removes one object, and succeeds where there is none",
    async run(driver) {
      await driver.put("a/b", text("1"));
      await driver.put("a/b2", text("2"));
      for (let time = 0; time < 2; time++) await driver.delete("a/b");
      for (const key of ["a", "missing", "x/y/z", "a/b2/c"]) await driver.delete(key);
      assert.deepEqual(await keysOf(driver), ["a/b2"]);
      await refused(driver.get("a/b"), "not-found");
      await driver.put("a/b", text("3"), { ifAbsent: true });
      await holds(driver, "a/b", text("3"));
    },
  },
];

/**
 * All or nothing: races, failing sources, aborts.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hasCode } from "../../errors.ts";
import type { Driver } from "../driver.ts";
import { type Case, holds, keysOf, pattern, refused, text } from "./case.ts";

/** A source that gives some bytes and then fails. */
const failing = () =>
  new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(pattern(100_000)),
    pull: (controller) => controller.error(new Error("the source broke")),
  }, { highWaterMark: 0 });

const verbs = (driver: Driver, key: string, signal?: AbortSignal): Promise<unknown>[] => {
  const options = signal ? { signal } : {};
  return [
    driver.get(key, options),
    driver.open(key, options),
    driver.put(key, text("x"), options),
    driver.put(key, text("x"), { ...options, ifAbsent: true }),
    driver.stat(key, options),
    driver.delete(key, options),
    Array.fromAsync(driver.list(key, options)),
    driver.folders(key, options),
  ];
};

/** The cases of this file. */
export const atomic: readonly Case[] = [
  {
    name: "ifAbsent refuses what is there, also an empty object, and leaves it",
    async run(driver) {
      for (const [key, bytes] of [["a/b", text("old")], ["empty", text("")]] as const) {
        await driver.put(key, bytes, { ifAbsent: true });
        await refused(driver.put(key, text("new"), { ifAbsent: true }), "already-exists");
        const stream = () => new Blob([pattern(2_000_000)]).stream();
        await refused(driver.put(key, stream, { ifAbsent: true }), "already-exists");
        await holds(driver, key, bytes);
      }
      assert.deepEqual(await keysOf(driver), ["a/b", "empty"]);
    },
  },
  {
    name: "putTree makes a new folder with all in it, or nothing",
    needs: "putTree",
    async run({ putTree, ...driver }) {
      assert.ok(putTree);
      const objects = [["b/c", text("1")], ["b/d/e", text("")], ["f", text("2")]] as const;
      const keys = objects.map(([path]) => `x/y/z/${path}`).sort();
      if (await putTree("x/y/z", objects)) {
        assert.deepEqual(await keysOf(driver), keys);
        for (const [path, bytes] of objects) await holds(driver, `x/y/z/${path}`, bytes);
        assert.deepEqual((await driver.folders("x/y/z")).sort(), ["b"]);
        await refused(driver.put("x/y/z/f", text("3"), { ifAbsent: true }), "already-exists");
      } else await driver.put("x/y/z/f", text("2"));
      // Where anything is below the folder, also something else.
      const before = await keysOf(driver);
      assert.equal(await putTree("x/y/z", objects), false);
      assert.equal(await putTree("x/y/z", [["new", text("3")]]), false);
      assert.equal(await putTree("x/y", [["z/new", text("3")]]), false);
      assert.deepEqual(await keysOf(driver), before);
      await refused(putTree("x/w/z", [["../up", text("3")]]), "invalid-key");
      const trees = Array.from({ length: 16 }, (_, at) => [["one", text(`${at}`)]] as const);
      const made = await Promise.all(trees.map((tree) => putTree("race/of/trees", tree)));
      const winners = made.flatMap((won, at) => won ? [at] : []);
      assert.ok(winners.length <= 1, `${winners.length} made the same folder`);
      if (winners.length === 1) await holds(driver, "race/of/trees/one", text(`${winners[0]}`));
    },
  },
  {
    name: "lines that putTree adds are whole, or none",
    needs: "putTree",
    async run({ putTree, ...driver }) {
      assert.ok(putTree);
      const lines = await Promise.all(Array.from({ length: 32 }, async (_, at) => {
        const line = `${at} ${"x".repeat(at * 50)}\n`;
        const bytes = () => text(line);
        await putTree(`a/b/${at}`, [["one", text("1")]], { line: { key: "a/lines", bytes } });
        return line;
      }));
      const none = { key: "a/none", bytes: () => undefined };
      await putTree("a/b/none", [["one", text("1")]], { line: none });
      const keys = (await keysOf(driver)).filter((key) => !key.startsWith("a/b/"));
      if (keys.length === 0) return;
      assert.deepEqual(keys, ["a/lines"]);
      const found = new TextDecoder().decode((await driver.get("a/lines")).bytes);
      const each = found.split(/(?<=\n)/);
      assert.equal(new Set(each).size, each.length);
      for (const line of each) assert.ok(lines.includes(line), line);
    },
  },
  {
    name: "of 64 racing writers exactly one creates the object",
    async run(driver) {
      for (const key of ["race", "deep/er/race"]) {
        const bodies = Array.from({ length: 64 }, (_, seed) => pattern(5000 + seed, seed));
        const results = await Promise.allSettled(bodies.map((bytes, at) => {
          const source = at % 2 === 0 ? bytes : () => new Blob([bytes]).stream();
          return driver.put(key, source, { ifAbsent: true });
        }));
        const winners = bodies.filter((_, at) => results[at]!.status === "fulfilled");
        for (const result of results) {
          if (result.status === "rejected" && !hasCode(result.reason, "already-exists")) {
            throw result.reason;
          }
        }
        assert.equal(winners.length, 1);
        await holds(driver, key, winners[0]!);
      }
      assert.deepEqual(await keysOf(driver), ["deep/er/race", "race"]);
    },
  },
  {
    name: "readers never see a mixture while an object is overwritten",
    async run(driver) {
      const versions = Array.from({ length: 20 }, (_, at) => new Uint8Array(100_000 + at).fill(at));
      await driver.put("a", versions[0]!);
      let writing = true;
      const write = async () => {
        for (const [at, bytes] of versions.entries()) {
          await driver.put("a", at % 2 === 0 ? bytes : () => new Blob([bytes]).stream());
        }
        writing = false;
      };
      const read = async () => {
        while (writing) {
          const { bytes } = await driver.get("a");
          const version = bytes[0]!;
          assert.equal(bytes.length, 100_000 + version, "a length of another version");
          assert.ok(bytes.every((byte) => byte === version), "bytes of two versions");
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      };
      await Promise.all([write().finally(() => writing = false), read(), read()]);
    },
  },
  {
    name: "puts and deletes side by side in one folder do not disturb each other",
    async run(driver) {
      for (let round = 0; round < 20; round++) {
        await driver.put("f/x/old", text("old"));
        await Promise.all([
          driver.delete("f/x/old"),
          driver.put("f/x/new", text(`${round}`)),
          driver.put("f/y", () => new Blob([`${round}`]).stream()),
        ]);
        await holds(driver, "f/x/new", text(`${round}`));
        await holds(driver, "f/y", text(`${round}`));
        await Promise.all([driver.delete("f/x/new"), driver.delete("f/y")]);
      }
      assert.deepEqual(await driver.folders(""), []);
    },
  },
  {
    name: "a source that fails leaves nothing, or the old bytes",
    async run(driver) {
      await driver.put("old", text("old"));
      const sources = [failing, () => Promise.reject(new Error("it cannot be opened"))];
      for (const source of sources) {
        for (const options of [{}, { ifAbsent: true }]) {
          await refused(
            driver.put("new/folder/key", source, options),
            "invalid-argument",
            "unavailable",
          );
        }
        await refused(driver.put("old", source), "invalid-argument", "unavailable");
      }
      await holds(driver, "old", text("old"));
      assert.deepEqual(await keysOf(driver), ["old"]);
      assert.deepEqual(await driver.folders(""), []);
    },
  },
  {
    name: "what is aborted already never starts, and rejects with the reason",
    async run(driver) {
      await driver.put("a", text("old"));
      for (const reason of [new Error("mine"), "a text"]) {
        for (const verb of verbs(driver, "a", AbortSignal.abort(reason))) {
          await assert.rejects(verb, (error) => error === reason, "it started all the same");
        }
      }
      await holds(driver, "a", text("old"));
      assert.deepEqual(await keysOf(driver), ["a"]);
    },
  },
  {
    name: "a put that is aborted in the middle cancels its source and leaves nothing",
    async run(driver, inTime) {
      const reason = new Error("mine");
      for (const ifAbsent of [false, true]) {
        const abort = new AbortController();
        const cancelled = Promise.withResolvers<unknown>();
        const source = () =>
          new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(pattern(100_000)),
            pull() {
              setTimeout(() => abort.abort(reason), 0);
              return new Promise(() => {}); // It gives no more, and never ends by itself.
            },
            cancel: cancelled.resolve,
          }, { highWaterMark: 0 });
        const put = driver.put("a/b", source, { ifAbsent, signal: abort.signal });
        put.catch(() => {}); // It is waited for below.
        await inTime(
          assert.rejects(put, (error) => error === reason),
          "put did not heed its signal",
        );
        await inTime(cancelled.promise, "put did not cancel its source");
        assert.deepEqual(await keysOf(driver), []);
        assert.deepEqual(await driver.folders(""), []);
      }
    },
  },
  {
    name: "a listing and a stream stop when they are aborted",
    async run(driver, inTime) {
      const reason = new Error("mine");
      for (let at = 0; at < 5; at++) await driver.put(`a/${at}`, pattern(1_000_000));
      const listing = new AbortController();
      let count = 0;
      const list = async () => {
        for await (const _ of driver.list("", { signal: listing.signal })) {
          count++;
          listing.abort(reason);
        }
      };
      await inTime(
        assert.rejects(list, (error) => error === reason, "list did not heed its signal"),
        "list did not heed its signal",
      );
      assert.equal(count, 1);
      const streaming = new AbortController();
      const { stream } = await driver.open("a/0", { signal: streaming.signal });
      streaming.abort(reason);
      const what = "the stream of open did not heed its signal";
      const read = new Response(stream).arrayBuffer();
      await inTime(assert.rejects(read, (error) => error === reason, what), what);
    },
  },
];

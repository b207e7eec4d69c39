/**
 * The store's times, and the stamps of folders, if the driver tells them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Driver } from "../driver.ts";
import { type Case, refused, text } from "./case.ts";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Fails if a folder keeps its stamp while something changes in it. */
async function changes(driver: Driver, folder: string, change: () => Promise<unknown>) {
  const [before] = await driver.stamps!([folder]);
  await change();
  const [after] = await driver.stamps!([folder]);
  const same = before?.stamp !== undefined && before.stamp === after?.stamp;
  assert.ok(!same, `${folder} has the same stamp`);
}

/** The cases of this file. */
export const times: readonly Case[] = [
  {
    name: "times(), if it has it, says how far apart the times of two writes can be",
    needs: "times",
    mayLack: true,
    async run(driver) {
      await driver.put("a/first", text("1"));
      await driver.put("a/second", text("2"));
      const { step, ahead } = await driver.times!();
      assert.ok(step > 0 && Number.isFinite(step), `a step of ${step} ms`);
      assert.ok(Number.isFinite(ahead), `a clock that is ${ahead} ms ahead`);
      const [first, second] = [await driver.stat("a/first"), await driver.stat("a/second")];
      const between = second.lastModified.getTime() - first.lastModified.getTime();
      assert.ok(between >= -step, `the second write is ${-between} ms before the first`);
    },
  },
  {
    name: "stamps(), if it has it, change with what is directly in a folder",
    needs: "stamps",
    mayLack: true,
    async run(driver) {
      await driver.put("f/a", text("1"));
      await driver.put("f/deep/a", text("1"));
      await changes(driver, "f", () => driver.put("f/b", text("1")));
      await changes(driver, "f", () => driver.put("f/b", text("2")));
      await changes(driver, "f", () => driver.put("f/c", text("1"), { ifAbsent: true }));
      await changes(driver, "f", () => driver.delete("f/c"));
      await changes(driver, "f", () => driver.put("f/new/a", text("1")));
      await changes(driver, "f", () => driver.delete("f/new/a"));
      await changes(driver, "", () => driver.put("g/a", text("1")));
      await changes(driver, "f/deep", () => driver.put("f/deep/b", text("1")));
      const folders = ["f", "missing", "f/deep", ""];
      const stamps = await driver.stamps!(folders);
      assert.equal(stamps.length, folders.length);
      assert.equal(stamps[1], undefined, "a folder that is missing has a stamp");
      assert.deepEqual(await driver.stamps!([]), []);
      await refused(driver.stamps!(["f", "../f"]), "invalid-key");
    },
  },
  {
    name: "bulk reads, if it has them, give in order what single ones give",
    needs: "bulk",
    mayLack: true,
    async run(driver) {
      const bulk = driver.bulk!;
      await driver.put("f/a", text("1"));
      await driver.put("f/b", text("22"));
      await driver.put("f/deep/c", text("333"));
      const found = await bulk.get(["f/b", "f/none", "f/deep", "f/deep/c", "none/a", "f/a"]);
      assert.deepEqual(
        found.map((one) => one && decode(one.bytes)),
        ["22", undefined, undefined, "333", undefined, "1"],
      );
      const keys = ["f/deep/c", "f/none", "f/deep", "f/a"];
      const single = async (key: string) => await driver.stat(key).catch(() => undefined);
      assert.deepEqual(await bulk.stat(keys), await Promise.all(keys.map(single)));
      const entries = await bulk.list(["f", "none", "f/deep", "f/a"]);
      assert.deepEqual(entries.map(({ folders, objects }) => [folders.sort(), objects.sort()]), [
        [["deep"], ["a", "b"]],
        [[], []],
        [[], ["c"]],
        [[], []],
      ]);
      await refused(bulk.get(["f/a", "../f"]), "invalid-key");
      await refused(bulk.stat(["/f"]), "invalid-key");
      await refused(bulk.list(["f", "f/"]), "invalid-key");
    },
  },
];

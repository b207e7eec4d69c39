/**
 * The store's times, and the stamps of folders, if the driver tells them.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Driver } from "../driver.ts";
import { type Case, refused, text } from "./case.ts";

/** Fails if a folder keeps its stamp while something changes in it. */
async function changes(driver: Driver, folder: string, change: () => Promise<unknown>) {
  const [before] = await driver.stamps!([folder]);
  await change();
  const [after] = await driver.stamps!([folder]);
  assert.ok(before === undefined || before !== after, `${folder} has the same stamp`);
}

/** The cases of this file. */
export const times: readonly Case[] = [
  {
    name: "times, if it tells them, say how far apart the times of two writes can be",
    async run(driver) {
      if (!driver.times) return;
      await driver.put("a/first", text("1"));
      await driver.put("a/second", text("2"));
      const { step, ahead } = await driver.times();
      assert.ok(step > 0 && Number.isFinite(step), `a step of ${step} ms`);
      assert.ok(Number.isFinite(ahead), `a clock that is ${ahead} ms ahead`);
      const [first, second] = [await driver.stat("a/first"), await driver.stat("a/second")];
      const between = second.lastModified.getTime() - first.lastModified.getTime();
      assert.ok(between >= -step, `the second write is ${-between} ms before the first`);
    },
  },
  {
    name: "stamps, if it gives them, change with what is directly in a folder",
    async run(driver) {
      if (!driver.stamps) return;
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
      const stamps = await driver.stamps(folders);
      assert.equal(stamps.length, folders.length);
      assert.equal(stamps[1], undefined, "a folder that is missing has a stamp");
      assert.deepEqual(await driver.stamps([]), []);
      await refused(driver.stamps(["f", "../f"]), "invalid-key");
    },
  },
];

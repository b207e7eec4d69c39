/**
 * Checksums, where a store tells them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Case, pattern, text } from "./case.ts";

/** The cases of this file. */
export const checksums: readonly Case[] = [
  {
    name: "listings, get and open tell the checksum of what was put in one request",
    needs: "listsChecksums",
    async run(driver) {
      const bodies = { "a/empty": text(""), "a/b": text("first"), "a/c": pattern(10_000) };
      for (const [key, bytes] of Object.entries(bodies)) await driver.put(key, bytes);
      bodies["a/b"] = text("second");
      await driver.put("a/b", bodies["a/b"]);
      const listed = await Array.fromAsync(driver.list("a"));
      assert.equal(listed.length, 3);
      for (const { key, checksum } of listed) {
        const bytes = bodies[key as keyof typeof bodies];
        assert.ok(checksum !== undefined, `${key}: list tells no checksum`);
        const algorithm = checksum.slice(0, checksum.indexOf(":"));
        assert.equal(checksum, `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`);
        assert.equal((await driver.get(key)).checksum, checksum, `${key}: get`);
        const opened = await driver.open(key);
        await opened.stream.cancel();
        assert.equal(opened.checksum, checksum, `${key}: open`);
      }
    },
  },
];

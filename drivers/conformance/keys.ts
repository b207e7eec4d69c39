/**
 * Which keys are taken, and which are not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hasCode } from "../../errors.ts";
import { type Case, holds, keysOf, refused, text } from "./case.ts";

const LEGAL = [
  "with space/ and more ",
  "ünïcödé/日本語/ключ",
  "emoji/🧪👩‍🔬",
  "signs/a+b%20c#d&e'f;g=h@i,j!k$l(m)n[o]{p}^q`r~s",
  "percent/%2e%2e/%2F/%",
  ".hidden/.dot",
  "dots/..a/b../...",
  "__proto__/constructor",
  "hasOwnProperty",
  "-/--help",
  "UPPER/Case",
  `long/${"x".repeat(200)}/${"y".repeat(200)}/${"z".repeat(200)}`,
];
/** What some systems have no way to name: it may be refused, before anything is written. */
const ODD = [
  "query/?x=1",
  'windows/a:b*c|d<e>f"g',
  "CON/aux.txt",
  "line\nbreak",
  "tab\tand\u0001control\u007f",
  "end./dot.",
  "\uFEFFmark/\u200B\u202E",
  "é/nfc",
  "e\u0301/nfd",
  `name/${"n".repeat(300)}`,
];
const ILLEGAL = ["/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a/.", "a\\b", "a\0b", "\uD800"];

/** The cases of this file. */
export const keys: readonly Case[] = [
  {
    name: "keys come back as they were given",
    async run(driver) {
      const taken: string[] = [];
      for (const key of [...LEGAL, ...ODD]) {
        try {
          await driver.put(key, text(key), { ifAbsent: true });
          taken.push(key);
        } catch (error) {
          const allowed = ODD.includes(key) && hasCode(error, "invalid-key", "unsupported");
          if (!allowed) throw error;
        }
      }
      assert.deepEqual(await keysOf(driver), [...taken].sort());
      for (const key of taken) {
        await holds(driver, key, text(key));
        await driver.stat(key);
        const folder = key.slice(0, Math.max(0, key.lastIndexOf("/")));
        assert.ok((await keysOf(driver, folder, { depth: 1 })).includes(key), key);
        await driver.delete(key);
      }
      assert.deepEqual(await keysOf(driver), []);
      assert.deepEqual(await driver.folders(""), []);
    },
  },
  {
    name: "what is no key is refused by every verb",
    async run(driver) {
      const tooLong = `${"long/".repeat(300)}key`;
      for (const key of [...ILLEGAL, tooLong]) {
        await refused(Array.fromAsync(driver.list(key)), "invalid-key");
        await refused(driver.folders(key), "invalid-key");
      }
      for (const key of [...ILLEGAL, tooLong, ""]) {
        await refused(driver.get(key), "invalid-key");
        await refused(driver.open(key), "invalid-key");
        await refused(driver.put(key, text("x")), "invalid-key");
        await refused(driver.put(key, text("x"), { ifAbsent: true }), "invalid-key");
        await refused(driver.stat(key), "invalid-key");
        await refused(driver.delete(key), "invalid-key");
      }
      assert.deepEqual(await keysOf(driver), []);
    },
  },
];

/** docs/functions.md names every function there is, and no other. */
import assert from "node:assert/strict";
import * as api from "../../mod.ts";

const text = await Deno.readTextFile(new URL("../../docs/functions.md", import.meta.url));

Deno.test("docs/functions.md names every function of mod.ts, once", () => {
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  const named = rows.flatMap((row) => Array.from(row.matchAll(/`([^`]+)`/g), ([, name]) => name!))
    .filter((name) => name !== "where");
  assert.deepEqual(named.toSorted(), Object.keys(api).toSorted());
});

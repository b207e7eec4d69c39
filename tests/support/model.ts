/**
 * Random sequences of verbs, run on a driver and on a plain map, which has to say the same. For the
 * tests of drivers.
 */
import fc from "npm:fast-check@4.10.2";
import assert from "node:assert/strict";
import type { Driver } from "../../drivers/driver.ts";
import { hasCode } from "../../errors.ts";

// Folders and objects have other names, so that no key is both.
const key = fc.tuple(
  fc.array(fc.constantFrom("a", "ab", "__proto__", "日本"), { maxLength: 3 }),
  fc.constantFrom("x.json", "y", ".z"),
).map(([folders, name]) => [...folders, name].join("/"));
const bytes = fc.uint8Array({ maxLength: 40 });
const step = fc.oneof(
  fc.record({ verb: fc.constantFrom("put" as const, "create" as const), key, bytes }),
  fc.record({ verb: fc.constant("delete" as const), key }),
);

async function apply(
  driver: Driver,
  map: Map<string, Uint8Array>,
  step: { verb: "put" | "create"; key: string; bytes: Uint8Array } | {
    verb: "delete";
    key: string;
  },
): Promise<void> {
  if (step.verb === "delete") {
    await driver.delete(step.key);
    map.delete(step.key);
    return;
  }
  const ifAbsent = step.verb === "create";
  const taken = ifAbsent && map.has(step.key);
  const put = driver.put(step.key, step.bytes, { ifAbsent });
  if (taken) return assert.rejects(put, (error) => hasCode(error, "already-exists"));
  await put;
  map.set(step.key, step.bytes);
}

/** Compares everything that can be read, from every folder and to every depth. */
async function compare(driver: Driver, map: Map<string, Uint8Array>): Promise<void> {
  const keys = [...map.keys()].sort();
  const folders = new Set([""]);
  for (const key of keys) {
    for (let at = key.indexOf("/"); at > 0; at = key.indexOf("/", at + 1)) {
      folders.add(key.slice(0, at));
    }
    assert.deepEqual((await driver.get(key)).bytes, new Uint8Array(map.get(key)!));
  }
  for (const folder of folders) {
    const start = folder === "" ? "" : `${folder}/`;
    const below = keys.filter((key) => key.startsWith(start));
    for (const depth of [1, 2, Infinity]) {
      const listed = await Array.fromAsync(driver.list(folder, { depth }), ({ key }) => key);
      const expected = below.filter((key) => key.slice(start.length).split("/").length <= depth);
      assert.deepEqual(listed.sort(), expected);
    }
    const names = below.map((key) => key.slice(start.length).split("/"))
      .flatMap(([name, ...rest]) => rest.length > 0 ? [name!] : []);
    assert.deepEqual((await driver.folders(folder)).sort(), [...new Set(names)].sort());
  }
}

/** Checks that a driver behaves as a map of keys and bytes does. `open` gives an empty store. */
export async function behavesAsMap(open: () => Driver, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const driver = open();
      const map = new Map<string, Uint8Array>();
      for (const step of steps) await apply(driver, map, step);
      await compare(driver, map);
      for (const key of map.keys()) await driver.delete(key);
      await compare(driver, new Map());
    }),
    { numRuns },
  );
}

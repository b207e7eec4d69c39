/**
 * The conformance suite itself: what it says of drivers that break a promise.
 */
import assert from "node:assert/strict";
import { conformance, type ConformanceOptions } from "../../drivers/conformance.ts";
import type { Driver } from "../../drivers/driver.ts";
import { openMemory } from "../../drivers/memory.ts";

const memory = (): Driver => openMemory({ persistence: "memory", rootDir: crypto.randomUUID() });

/** Runs the cases whose name has a text. Gives what each of them says, if it fails. */
async function run(driver: () => Driver, part: string, options: ConformanceOptions) {
  const cases: [string, () => Promise<void>][] = [];
  conformance((...one) => cases.push(one), driver, options);
  const results: [name: string, message: string | undefined][] = [];
  for (const [name, fn] of cases.filter(([name]) => name.includes(part))) {
    results.push([name, await fn().then(() => undefined, ({ message }) => message)]);
  }
  return results;
}

Deno.test("conformance() says that put did not heed its signal", async () => {
  const deaf = () => {
    const driver = memory();
    return {
      ...driver,
      put: (key: string, source: Parameters<Driver["put"]>[1], options = {}) =>
        driver.put(key, source, { ...options, signal: new AbortController().signal }),
    };
  };
  const [[, message] = []] = await run(deaf, "aborted in the middle", { timeoutMs: 50 });
  assert.match(message!, /^put did not heed its signal \(it took longer than 50 ms\)$/);
});

Deno.test("conformance() says that a stream did not heed its signal", async () => {
  const deaf = () => {
    const driver = memory();
    return { ...driver, open: (key: string) => driver.open(key) };
  };
  const [[, message] = []] = await run(deaf, "a listing and a stream stop", { timeoutMs: 5_000 });
  assert.match(message!, /the stream of open did not heed its signal/);
});

for (const verb of ["putTree", "listsChecksums"] as const) {
  Deno.test(`conformance() tests the absence of ${verb}, and says why it is skipped`, async () => {
    const part = verb === "putTree" ? "putTree makes" : "checksum of what";
    const [[plain, undeclared] = [""]] = await run(memory, part, {});
    assert.doesNotMatch(plain, /skipped/);
    assert.match(undeclared!, new RegExp(`the driver has no ${verb}\\. Say why it lacks it`));
    const lacks = { [verb]: "it is too small" };
    const declared = await run(memory, part, { lacks });
    assert.equal(declared.length, 1);
    assert.match(declared[0]![0], new RegExp(`skipped, it lacks ${verb}: it is too small`));
    assert.equal(declared[0]![1], undefined, "it passes");
    const has = (): Driver => ({
      ...memory(),
      ...(verb === "putTree"
        ? { putTree: () => Promise.resolve(false) }
        : { listsChecksums: true }),
    });
    const [[, wrong] = []] = await run(has, part, { lacks });
    assert.match(wrong!, new RegExp(`the driver has ${verb}: take it out of`));
  });
}

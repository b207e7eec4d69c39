/** Imports go one way: no circles, and no arrow that runs up. */
import assert from "node:assert/strict";
import { entryPoints, faultsOf, importsOf } from "../.ci/imports.ts";

Deno.test("imports: the sources have no circle and no arrow that runs up", async () => {
  const imports = await importsOf(await entryPoints());
  assert.ok(imports.size > 80);
  assert.deepEqual(faultsOf(imports), []);
});

Deno.test("imports: a circle and an arrow that runs up are found", () => {
  const faults = faultsOf(
    new Map([
      ["domain/a.ts", ["domain/b.ts", "errors.ts"]],
      ["domain/b.ts", ["domain/c.ts"]],
      ["domain/c.ts", ["domain/a.ts"]],
      ["drivers/d.ts", ["composite/plan.ts"]],
      ["composite/plan.ts", ["errors.ts"]],
      ["composite/core.ts", ["composite.ts"]],
      ["errors.ts", []],
      ["composite.ts", []],
    ]),
  );
  assert.deepEqual(faults, [
    "a circle: domain/a.ts → domain/b.ts → domain/c.ts → domain/a.ts",
    "an arrow up: drivers/d.ts → composite/plan.ts",
    "an arrow up: composite/core.ts → composite.ts",
  ]);
});

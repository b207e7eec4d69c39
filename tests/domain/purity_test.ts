import assert from "node:assert/strict";

const FORMAT = new URL("../../domain/format/", import.meta.url);
/** What is beside it imports nothing. */
const PURE = ["errors.ts", "drivers/small.ts"]
  .map((path) => new URL(`../../${path}`, import.meta.url).href);

Deno.test("domain/format/ imports packages, errors.ts, shared bytes and itself alone", async () => {
  let files = 0;
  for await (const { name } of Deno.readDir(FORMAT)) {
    files++;
    const source = await Deno.readTextFile(new URL(name, FORMAT));
    const imports = source.matchAll(/(?:from|import)[\s(]*"([^"]+)"/g);
    const code = source.replace(/\/\*\*[\s\S]*?\*\//g, "");
    for (const [, specifier] of imports) {
      if (/^(?:jsr|npm):/.test(specifier!) || !code.includes(`"${specifier}"`)) continue;
      const { href } = new URL(specifier!, new URL(name, FORMAT));
      assert.ok(PURE.includes(href) || href.startsWith(FORMAT.href), `${name}: ${specifier}`);
    }
    assert.doesNotMatch(code, /\bDeno\.|\bfetch\(/, name);
  }
  assert.ok(files > 10);
  for (const href of PURE) {
    assert.doesNotMatch(await Deno.readTextFile(new URL(href)), /^import /m, href);
  }
});

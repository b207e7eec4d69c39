/**
 * Every cell of the cookbook runs after its first one, with the types checked, and gives what its arrows say.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** The cells, by the headings above them. */
function cellsOf(text: string): { title: string; code: string }[] {
  const found: { title: string; code: string }[] = [];
  for (const section of text.split(/^#+ /m).slice(1)) {
    const title = section.slice(0, section.indexOf("\n"));
    for (const [, code] of section.matchAll(/^```ts(?: ignore)?\n(.*?)^```/gms)) {
      found.push({ title, code: code! });
    }
  }
  return found;
}

/** A line `EXPRESSION; // → VALUE` as a comparison. */
const compared = (code: string): string =>
  code.replaceAll(/^(.*); \/\/ → (.*)$/gm, "assert.deepEqual($1, $2);");

Deno.test("cookbook: every cell runs, and gives what stands behind its arrows", async () => {
  const text = await Deno.readTextFile(new URL("docs/cookbook.md", ROOT));
  const [setup, ...cells] = cellsOf(text);
  assert.ok(cells.length >= 10);
  const imports = /^(?:import .*? from .*?;\n)+/ms.exec(setup!.code)![0];
  const body = setup!.code.slice(imports.length);
  const close = "await rubicon.close();\nawait Deno.remove(rootDir, { recursive: true });\n";
  const tests = cells.map(({ title, code }) =>
    `Deno.test(${JSON.stringify(title)}, async () => {\n${body}\n{\n${
      compared(code)
    }}\n${close}});\n`
  );
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/cookbook_test.ts`;
    const source = `import assert from "node:assert/strict";\n${imports}${tests.join("\n")}`;
    await Deno.writeTextFile(file, source.replaceAll('"../', `"${ROOT.href}`));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", `--config=${new URL("deno.json", ROOT).pathname}`, file],
      env: { NO_COLOR: "1" },
    }).output();
    const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    assert.ok(success, said);
    assert.match(said, new RegExp(`ok \\| ${cells.length} passed`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("cookbook: each cell has something behind an arrow, and what is wrong there is noticed", async () => {
  const text = await Deno.readTextFile(new URL("docs/cookbook.md", ROOT));
  for (const { title, code } of cellsOf(text).slice(1)) assert.match(code, /; \/\/ → /, title);
  assert.equal(compared("a.b; // → [1]\n"), "assert.deepEqual(a.b, [1]);\n");
});

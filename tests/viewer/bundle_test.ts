/**
 * The page that is checked in is the one that the sources make.
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { build, BUNDLE, moduleOf } from "../../.ci/viewer.ts";
import { pageOf } from "../../viewer/page.ts";

async function* sources(...folders: string[]): AsyncIterable<URL> {
  for (const folder of folders) {
    const at = new URL(`../../${folder}`, import.meta.url);
    for await (const { name, isDirectory } of Deno.readDir(at)) {
      if (isDirectory) yield* sources(`${folder}${name}/`);
      else if (/\.tsx?$/.test(name)) yield new URL(name, at);
    }
  }
}

Deno.test("viewer page: what is checked in is what the sources make (else run deno task viewer)", async () => {
  const built = await build();
  const isSame = moduleOf(built) === await Deno.readTextFile(BUNDLE);
  assert.ok(isSame, "viewer/app.bundle.ts is out of date: run `deno task viewer`");
  // What modules export is handed to the second script as it is then.
  for await (const path of sources("viewer/", "domain/")) {
    assert.doesNotMatch(await Deno.readTextFile(path), /^export let /m, path.href);
  }
  for (const text of Object.values(built)) {
    assert.doesNotMatch(text, /file:\/\/\/|sourceMappingURL/);
  }
  // What the page weighs on its way to a browser, before it shows anything.
  const { html } = pageOf({ title: "T", ...built });
  assert.ok(gzipSync(html).length < 125_000, `${gzipSync(html).length} bytes`);
  assert.ok(gzipSync(built.script).length < 100 * 1024, `${gzipSync(built.script).length} bytes`);
});

Deno.test("viewer page: what both scripts need is in the first one, and runs once", async () => {
  const folder = await Deno.makeTempDir();
  const write = (name: string, text: string) => Deno.writeTextFile(`${folder}/${name}`, text);
  await write("shared.ts", 'globalThis.said.push("shared"); export const both = () => "both";');
  await write("main.tsx", 'import { both } from "./shared.ts"; globalThis.said.push(both());');
  await write(
    "later.ts",
    'import { both } from "./shared.ts"; globalThis.said.push("later"); export const Late = both;',
  );
  await write("a.css", "body { color : teal }");
  const { script, more } = await build(folder);
  const all: { said: string[]; [key: symbol]: { Late(): string } } = { said: [] };
  for (const text of [script, more]) new Function("globalThis", text)(all);
  assert.deepEqual(all.said, ["shared", "both", "later"]);
  assert.equal(all[Symbol.for("rubicon.later")]!.Late(), "both");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("viewer page: a script that would end its element is spelled in another way", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/main.tsx`, 'document.title = "</script><!-- </SCRIPT>";');
  await Deno.writeTextFile(`${folder}/a.css`, "body { color : teal }");
  await Deno.mkdir(`${folder}/b`);
  await Deno.writeTextFile(`${folder}/b/b.css`, "p { color : navy }");
  const built = await build(folder);
  assert.doesNotMatch(built.script, /<\/script|<!--/i);
  const run = new Function("document", built.script);
  const document = { title: "" };
  run(document);
  assert.equal(document.title, "</script><!-- </SCRIPT>");
  assert.match(built.style, /^body\{color:teal\}\s*p\{color:navy\}$/);
  pageOf({ title: "", ...built });
  await Deno.remove(folder, { recursive: true });
});

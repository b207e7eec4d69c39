/**
 * The page that is checked in is the one that the sources make.
 */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { build, BUNDLE, moduleOf } from "../../.ci/viewer.ts";
import { pageOf } from "../../viewer/page.ts";

Deno.test("viewer page: what is checked in is what the sources make (else run deno task viewer)", async () => {
  const built = await build();
  const isSame = moduleOf(built) === await Deno.readTextFile(BUNDLE);
  assert.ok(isSame, "viewer/app.bundle.ts is out of date: run `deno task viewer`");
  for (const text of Object.values(built)) {
    assert.doesNotMatch(text, /file:\/\/\/|sourceMappingURL/);
  }
  // What the page weighs on its way to a browser, before it shows anything.
  const { html } = pageOf({ title: "T", ...built });
  assert.ok(gzipSync(html).length < 125_000, `${gzipSync(html).length} bytes`);
  assert.ok(gzipSync(built.script).length < 100 * 1024, `${gzipSync(built.script).length} bytes`);
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

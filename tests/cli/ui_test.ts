/** `rubicon ui` and `rubicon export html`: the viewer from the command line. */
import assert from "node:assert/strict";
import { makeStore, ok, rubicon, start } from "../support/cli.ts";
import { freePort } from "../support/servers.ts";

/** The first line that a process prints. */
async function firstLine(stream: Deno.ChildProcess["stdout"]): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    text += value ?? "";
    if (done || text.includes("\n")) return text.trim();
  }
}

Deno.test("cli ui: it serves the store with the options of rubicon_ml, until Ctrl-C", async () => {
  await using store = await makeStore();
  const port = freePort();
  const args = ["-pn", "Iris", "-h", "127.0.0.1", "-p", String(port), "-d", "False", "-ps", "20"];
  // No more than docs/cli.md says.
  const allow = [`--allow-read=${store.folder}`, `--allow-net=127.0.0.1:${port}`];
  const child = start(["ui", ...store.roots, ...args], { allow });
  const url = await firstLine(child.stdout);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const { projects } = await (await fetch(new URL("index.json", url))).json();
  assert.deepEqual(projects.map((one: { name: string }) => one.name), ["Iris"]);
  child.kill("SIGINT");
  assert.equal((await child.status).code, 0);
  const err = await new Response(child.stderr).text();
  assert.match(err, /--debug has no meaning here[^]*--page-size has no meaning here/);
});

Deno.test("cli ui: what cannot be served is refused", async () => {
  await using store = await makeStore();
  const [project, port, help] = await Promise.all([
    rubicon(["ui", "--project-name", "Irs", "-p", "0", ...store.roots]),
    rubicon(["ui", "-p", "70000", ...store.roots]),
    ok(["ui", "--help"]),
  ]);
  assert.equal(project.code, 1);
  assert.match(project.err, /Did you mean "Iris"/);
  assert.equal(port.code, 2);
  assert.match(help, /-h, --host <address>/);
  assert.doesNotMatch(help, /--debug/);
});

Deno.test("cli export html: one file or a folder, of all projects or some", async () => {
  await using store = await makeStore();
  const { folder, roots } = store;
  const [file, , json] = await Promise.all([
    ok(["export", "html", "-o", "iris.html", "-p", "Iris", ...roots], { cwd: folder }),
    ok(["export", "html", "-o", "one", "-p", "Iris", ...roots], { cwd: folder }),
    ok(["export", "html", "-o", "site", "--title", "Runs", "--json", ...roots], { cwd: folder }),
  ]);
  assert.equal(file, "iris.html\n");
  assert.match(await Deno.readTextFile(`${folder}/iris.html`), /^<!DOCTYPE html>/);
  const names = async (site: string) =>
    JSON.parse(await Deno.readTextFile(`${folder}/${site}/index.json`)).projects
      .map((one: { name: string }) => one.name);
  assert.deepEqual([await names("one"), await names("site")], [["Iris"], ["Iris", "Prüfung 日本"]]);
  const { output, files } = JSON.parse(json);
  assert.ok(output === "site" && files > 3, json);
  assert.match(await Deno.readTextFile(`${folder}/site/index.html`), /Runs/);
});

/** `rubicon ui` and `rubicon export html`: the viewer from the command line. */
import assert from "node:assert/strict";
import { getProject, listExperiments, openComposite, publish } from "../../mod.ts";
import { makeStore, ok, rubicon, start } from "../support/cli.ts";

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
  const args = ["-pn", "Iris", "-h", "127.0.0.1", "-p", "0", "-d", "False", "-ps", "20"];
  // No more than docs/cli.md says: the port that is asked for.
  const allow = [`--allow-read=${store.folder}`, "--allow-net=127.0.0.1:0"];
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

Deno.test("cli ui: a catalog is served with its stores, and the errors of one are plain", async () => {
  await using store = await makeStore();
  const { folder } = store;
  const file = `${folder}/catalog.yml`;
  {
    await using composite = await openComposite({
      ...{ persistence: "filesystem", rootDir: `${folder}/a` },
    });
    const project = await getProject(composite, { name: "Iris" });
    const some = await listExperiments(composite, project, { limit: 2 });
    await publish(composite, some, { to: file, views: [{ kind: "table", name: "mine" }] });
  }
  const env = "--allow-env=LOG_TOKENS,LOG_STREAM";
  const allow = [`--allow-read=${folder}`, "--allow-net=127.0.0.1", env];
  const args = ["ui", "--catalog", file, "-p", "0"];
  const child = start(args, { allow, cwd: folder });
  const url = await firstLine(child.stdout);
  const { projects, views } = await (await fetch(new URL("index.json", url))).json();
  assert.deepEqual(
    projects.map(({ name, experiments }: Record<string, unknown>) => [name, experiments]),
    [["Iris", 2]],
  );
  assert.deepEqual(views.map(({ name }: { name: string }) => name), ["mine"]);
  child.kill("SIGINT");
  assert.equal((await child.status).code, 0);
  assert.equal(await new Response(child.stderr).text(), "");
  await Deno.writeTextFile(`${folder}/empty.yml`, "sources: {}");
  const [forbidden, gone, both, project, empty] = await Promise.all([
    rubicon(args, { allow: allow.slice(0, 2) }),
    rubicon(["ui", "--catalog", `${folder}/no.yml`, "-p", "0"]),
    rubicon(["ui", "--catalog", file, "-p", "0", ...store.roots]),
    rubicon(["ui", "--catalog", file, "-p", "0", "-pn", "Irs"]),
    rubicon(["ui", "--catalog", `${folder}/empty.yml`, "-p", "0"]),
  ]);
  assert.equal(forbidden.code, 3);
  assert.match(forbidden.err, /Allow it: --allow-env=LOG_TOKENS,LOG_STREAM/);
  assert.deepEqual([gone.code, both.code, project.code, empty.code], [1, 2, 1, 1]);
  assert.match(gone.err, /no\.yml: there is no such file/);
  assert.match(both.err, /Leave out --root-dir/);
  assert.match(project.err, /Did you mean "Iris"/);
  assert.match(empty.err, /names no experiment/);
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

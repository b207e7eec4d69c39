/**
 * `serveViewer`: its options, its life, and what it needs.
 */
import assert from "node:assert/strict";
import { openComposite } from "../../mod.ts";
import { serveViewer, type ServeViewerOptions } from "../../viewer.ts";
import { refused } from "../support/faulty.ts";
import { inMemory, makeStore } from "./support/stores.ts";

Deno.test("serveViewer: the page of this module at an address of this machine alone", async () => {
  await using rubicon = await makeStore("small");
  await using viewer = await serveViewer(rubicon, { port: 0, title: "Mine" });
  assert.equal(viewer.url, `http://127.0.0.1:${viewer.port}/`);
  const page = await (await fetch(viewer.url)).text();
  assert.ok(page.includes("<title>Mine</title>"));
  assert.ok(page.length > 100_000);
});

Deno.test("serveViewer: it is stopped by close, by its signal, and at the end of a scope", async () => {
  await using rubicon = await openComposite(inMemory());
  const stop = new AbortController();
  const viewer = await serveViewer(rubicon, { port: 0, signal: stop.signal });
  stop.abort();
  await viewer.finished;
  await viewer.close();
  await assert.rejects(fetch(viewer.url));
  let url = "";
  {
    await using other = await serveViewer(rubicon, { port: 0 });
    url = other.url;
    await (await fetch(url)).body?.cancel();
  }
  await assert.rejects(fetch(url));
  await assert.rejects(
    serveViewer(rubicon, { port: 0, signal: AbortSignal.abort(new Error("no")) }),
    /no/,
  );
});

Deno.test("serveViewer: a port that is taken is an error that says what to do", async () => {
  await using rubicon = await openComposite(inMemory());
  await using viewer = await serveViewer(rubicon, { port: 0 });
  const error = await refused(() => serveViewer(rubicon, { port: viewer.port }));
  assert.equal(error.code, "unavailable");
  assert.match(error.message, /another program does\. Pass another `port`/);
});

Deno.test("serveViewer: bad options are refused by name", async () => {
  await using rubicon = await openComposite(inMemory());
  const odd: [object, RegExp][] = [
    [{ prot: 1 }, /Did you mean `port`/],
    [{ port: -1 }, /port must be/],
    [{ port: 65_536 }, /port must be/],
    [{ port: "8420" }, /port must be/],
    [{ hostname: "" }, /hostname must be/],
    [{ hosts: "a" }, /hosts must be a list/],
    [{ edit: 1 }, /edit must be true or false/],
    [{ open: "yes" }, /open must be true or false/],
    [{ projects: [1] }, /projects\[0\] must be text/],
  ];
  for (const [options, words] of odd) {
    const error = await refused(() => serveViewer(rubicon, options as ServeViewerOptions));
    assert.equal(error.code, "invalid-argument");
    assert.match(error.message, words);
  }
  const error = await refused(() => serveViewer(undefined as never));
  assert.match(error.message, /takes a composite first/);
});

/** Runs a script with these permissions alone. */
async function runWith(permissions: string[], script: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--cached-only", ...permissions, "-"],
    cwd: new URL("../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { stdout, stderr } = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { out: text(stdout).trim(), error: text(stderr) };
}

const SCRIPT = (port: number) => `
import { createProject, openComposite } from "./mod.ts";
import { serveViewer } from "./viewer.ts";
const rubicon = await openComposite({ persistence: "memory", rootDir: "x" });
await createProject(rubicon, { name: "P" });
try {
  const viewer = await serveViewer(rubicon, { port: ${port}, open: true });
  const { projects } = await (await fetch(new URL("index.json", viewer.url))).json();
  console.log(projects.length);
  await viewer.close();
} catch (error) {
  console.log(error.code, error.message);
}
`;

Deno.test("serveViewer: it needs its own address alone, and says so; without a browser it goes on", async () => {
  // A port that was free a moment ago.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const address = `127.0.0.1:${port}`;
  const { out, error } = await runWith([`--allow-net=${address}`], SCRIPT(port));
  assert.equal(out, "1", error);
  assert.match(error, /no browser could be opened by .*--allow-run=/s);
  const none = await runWith([], SCRIPT(port));
  assert.equal(
    none.out,
    `permission-denied The viewer may not listen on ${address}. Allow it: --allow-net=${address}`,
  );
});

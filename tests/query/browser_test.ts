/**
 * The query engine runs in a browser: it needs neither Deno nor Node, nor anything that does.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** What `deno info` says, as far as it is read here. */
interface Info {
  modules: { specifier: string }[];
}

Deno.test("queries: the engine imports only itself, errors.ts, messages.ts and the pure parts of the format", async () => {
  const files: string[] = [];
  for (const folder of ["domain/query", "domain/query/jsonpath"]) {
    for await (const { name, isFile } of Deno.readDir(new URL(folder, ROOT))) {
      if (isFile) files.push(`${folder}/${name}`);
    }
  }
  assert.ok(files.length > 10);
  for (const file of files) {
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", file],
      cwd: ROOT.pathname,
    }).output();
    assert.ok(success);
    const { modules }: Info = JSON.parse(new TextDecoder().decode(stdout));
    const foreign = modules.map(({ specifier }) => specifier.replace(ROOT.href, ""))
      .filter((one) => !/^(?:(?:errors|messages)\.ts$|domain\/query\/|domain\/format\/)/.test(one));
    assert.deepEqual(foreign, [], file);
    assert.doesNotMatch(await Deno.readTextFile(new URL(file, ROOT)), /\bDeno\.|\bprocess\./, file);
  }
});

/**
 * What would be published, served over HTTP on the loopback as a repository's raw files are: as plain text. And fresh
 * folders elsewhere on the disk, whose scripts import it.
 */
import assert from "node:assert/strict";
import { dryRun } from "../../.ci/published.ts";

/** A server of the published files. */
export interface Published extends AsyncDisposable {
  /** Where it is, with a slash at the end. */
  url: string;
  /** Its host and port, as `--allow-import` takes them. */
  host: string;
  /** The paths of the published files. */
  files: string[];
  /** The folder that holds them. */
  folder: string;
  /** The stand-ins for the packages of JSR, each a folder. */
  links: string[];
  /** The paths that were asked for, each time. */
  asked: string[];
  /** Other contents for paths, put here by tests. */
  changed: Map<string, string>;
  /** Ends the server; the files stay until it is disposed of. */
  stop(): Promise<void>;
}

/** Serves exactly the files that `deno publish --dry-run` lists. */
export async function servePublished(): Promise<Published> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "published-" }));
  const { success, said, files, folder } = await dryRun(root);
  assert.ok(success && files.includes("mod.ts"), said);
  const asked: string[] = [];
  const changed = new Map<string, string>();
  const headers = {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    asked.push(path);
    if (!files.includes(path)) return new Response("404: Not Found", { status: 404, headers });
    return new Response(changed.get(path) ?? await Deno.readFile(`${folder}/${path}`), { headers });
  });
  const host = `127.0.0.1:${server.addr.port}`;
  const links = [...Deno.readDirSync(`${root}/compat`)].map(({ name }) => `${root}/compat/${name}`);
  return {
    ...{ url: `http://${host}/`, host, files, folder, links, asked, changed },
    stop: () => server.shutdown(),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** A fresh folder with scripts in it. */
export interface Elsewhere extends AsyncDisposable {
  /** Its path. */
  folder: string;
  /** The folder of what Deno has downloaded. */
  cache: string;
  /** Runs Deno in it. */
  deno(
    args: string[],
    env?: Record<string, string>,
  ): Promise<{ success: boolean; out: string; said: string }>;
  /** Runs Deno in it, which has to succeed. Returns what it printed. */
  ok(args: string[], env?: Record<string, string>): Promise<string>;
}

/**
 * Makes a fresh folder, with a cache of its own unless it is given one, so that nothing is there but what a script
 * downloads.
 *
 * The `deno.json` in it is the one concession. The published files name packages of JSR by their `jsr:` specifiers,
 * and a machine that cannot reach JSR needs the stand-ins in their place, which only `links` of a configuration can
 * name. A user has neither: Deno gets the packages from JSR.
 */
export async function elsewhere(
  { links }: Published,
  scripts: Record<string, string>,
  { config = {}, cache }: { config?: Record<string, unknown>; cache?: string } = {},
): Promise<Elsewhere> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "elsewhere-" }));
  const own = cache ?? await Deno.makeTempDir({ prefix: "deno-dir-" });
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ links, ...config }));
  for (const [name, text] of Object.entries(scripts)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  const deno = async (args: string[], env: Record<string, string> = {}) => {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: folder,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", DENO_DIR: own, ...env },
      stdin: "null",
    }).output();
    const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { success, out: out!, said: said! };
  };
  return {
    folder,
    cache: own,
    deno,
    async ok(args, env) {
      const { success, out, said } = await deno(args, env);
      assert.ok(success, `deno ${args.join(" ")}\n${said}${out}`);
      return out;
    },
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
      if (cache === undefined) await Deno.remove(own, { recursive: true });
    },
  };
}

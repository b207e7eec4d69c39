/**
 * Servers for tests: a store, a page of a few bytes, and requests to it.
 */
import type { Composite } from "../../../mod.ts";
import type { RunsFile, ViewerIndex } from "../../../viewer/contract.ts";
import { type ServerOptions, startServer, type Viewer } from "../../../viewer/server/server.ts";

/** A page that is small. */
export const APP = {
  ...{ script: 'document.title = "shown";', more: "more();" },
  style: "body { color: teal }",
};

/** A server of a test. */
export interface Served extends AsyncDisposable {
  viewer: Viewer;
  /** Asks for a path. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Asks for JSON. */
  json<T>(path: string): Promise<T>;
  index(at?: string): Promise<ViewerIndex>;
  runs(slug: string): Promise<RunsFile>;
  /** Sends what the page would send. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** Serves a store on a free port of this machine. */
export async function served(
  rubicon: Composite,
  options: Partial<ServerOptions> = {},
): Promise<Served> {
  const viewer = startServer(rubicon, {
    ...{ hostname: "127.0.0.1", port: 0, title: "Test", edit: false, hosts: [] },
    ...options,
  }, APP);
  const address = `http://127.0.0.1:${viewer.port}/`;
  const get = (path: string, headers: Record<string, string> = {}) =>
    whole(address + path, { headers, redirect: "manual" });
  const json = async (path: string) => {
    const response = await get(path);
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} for ${path}: ${text}`);
    return JSON.parse(text);
  };
  const page = options.hostname === undefined ? await (await get("")).text() : "";
  const [, token = ""] = /name="rubicon-token" content="([0-9a-f]+)"/.exec(page) ?? [];
  return {
    viewer,
    get,
    json,
    index: (at) =>
      json(at === undefined ? "index.json" : `index.json?at=${encodeURIComponent(at)}`),
    async runs(slug) {
      const { projects } = await json("index.json") as ViewerIndex;
      return await json(projects.find((one) => one.slug === slug)!.runs.path);
    },
    post: (path, body, headers = {}) =>
      whole(address + path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-rubicon-token": token, ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: () => viewer.close(),
  };
}

/** Asks, and reads the whole answer, so that a test which looks at its status alone leaves nothing open. */
async function whole(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, init);
  const bytes = await response.bytes();
  const { status, statusText, headers } = response;
  const body = [204, 304].includes(status) ? null : bytes;
  return new Response(body, { status, statusText, headers });
}

/** What a raw request is answered with: fetch does not let a test call a server by another name. */
export async function raw(port: number, lines: readonly string[], body = ""): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const text = [...lines, "Connection: close", "", body].join("\r\n");
  await connection.write(new TextEncoder().encode(text));
  return await new Response(connection.readable).text();
}

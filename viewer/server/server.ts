/**
 * The viewer's server: who may ask, the page, and the files.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Composite } from "../../composite.ts";
import { MORE_SCRIPT } from "../contract.ts";
import { type Page, pageOf } from "../page.ts";
import { type Access, cookieName, isSame, refusalOf } from "./guard.ts";
import { answerBytes, answerFault, type Content, headersOf } from "./respond.ts";
import { routesOf } from "./routes.ts";
import { checksumOf } from "./sealed.ts";
import { Site, type SiteOptions } from "./site.ts";
import type { Served } from "./sites.ts";

/** The scripts and the styles of the page. */
export interface App {
  script: string;
  /** What the page asks for when it is first shown. */
  more: string;
  style: string;
}

/** Settings of a server, checked. */
export interface ServerOptions {
  hostname: string;
  /** 0: any that is free. */
  port: number;
  title: string;
  edit: boolean;
  hosts: readonly string[];
  projects?: ReadonlySet<string> | undefined;
  /** The time, in milliseconds. */
  now?: (() => number) | undefined;
}

/** A server that is running. */
export interface Viewer extends AsyncDisposable {
  /** The address to open. If other machines can reach the server, a secret is in it. */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
  /** Resolves once it has stopped. */
  readonly finished: Promise<void>;
  /** Stops it. The composite stays open. */
  close(): Promise<void>;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

/**
 * Starts a server with this app as its page.
 *
 * @param create Makes what the files come from. Default: the composite's.
 */
export function startServer(
  rubicon: Composite,
  options: ServerOptions,
  app: App,
  create: (options: SiteOptions) => Served = (options) => new Site(rubicon, options),
): Viewer {
  return startServing(create, options, app);
}

/** Starts a server of whatever is made with the options of its pages. */
export function startServing(
  create: (options: SiteOptions) => Served,
  options: ServerOptions,
  app: App,
): Viewer {
  const { hostname, port, title, edit, hosts, projects, now } = options;
  const stop = new AbortController();
  const isOpen = !LOOPBACK.has(hostname);
  const site = create({
    ...{ title, edit, projects, now },
    live: true,
    // They say where the store is on this machine, which nobody else is told.
    catalogs: !isFar(isOpen, hosts),
    signal: stop.signal,
  });
  const access: Access = {
    hosts: [...hosts, hostname].map((host) => host.toLowerCase()),
    isOpen,
    token: isOpen ? secret() : undefined,
    pageToken: secret(),
  };
  const page = pageOf({ title, ...app, token: access.pageToken });
  const server = listen(hostname, port, stop.signal, handlerOf(site, access, page, app.more));
  const { addr } = server;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const query = access.token === undefined ? "" : `?token=${access.token}`;
  const close = async () => {
    stop.abort(new RubiconException("closed", "The viewer was closed."));
    await server.finished;
  };
  return {
    url: `http://${host}:${addr.port}/${query}`,
    port: addr.port,
    finished: server.finished,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Whether answers may go to other machines. */
const isFar = (isOpen: boolean, hosts: readonly string[]): boolean =>
  isOpen || hosts.some((host) => !LOOPBACK.has(host));

const secret = (): string => crypto.getRandomValues(new Uint8Array(24)).toHex();

function listen(
  hostname: string,
  port: number,
  signal: AbortSignal,
  handler: (request: Request, port: number) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  const address = `${hostname}:${port}`;
  try {
    const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
      { hostname, port, signal, onListen: () => {} },
      (request) => handler(request, server.addr.port),
    );
    return server;
  } catch (cause) {
    if (cause instanceof Deno.errors.AddrInUse) {
      const message =
        `The viewer cannot listen on ${address}: another program does. Pass another \`port\`.`;
      throw new RubiconException("unavailable", message, { cause });
    }
    if (cause instanceof Deno.errors.NotCapable) {
      const message = `The viewer may not listen on ${address}. Allow it: --allow-net=${address}`;
      throw new RubiconException("permission-denied", message, { cause });
    }
    const message = `The viewer cannot listen on ${address}: ${(cause as Error).message}`;
    throw new RubiconException("unavailable", message, { cause });
  }
}

/** Answers requests, those that may be answered. */
export function handlerOf(
  site: Served,
  access: Access,
  page: Page,
  more: string,
): (request: Request, port: number) => Promise<Response> {
  const routes = routesOf(site, isFar(access.isOpen, access.hosts));
  const files: Readonly<Record<string, Content & { bytes: Uint8Array<ArrayBuffer> }>> = {
    "index.html": sealed(page.html, { type: "text/html; charset=utf-8", policy: page.policy }),
    [MORE_SCRIPT]: sealed(more, { type: "text/javascript; charset=utf-8" }),
  };
  return async (request, port) => {
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.slice(1) || "index.html";
    const given = path === "index.html" ? searchParams.get("token") : null;
    if (given !== null && access.token !== undefined && isSame(given, access.token)) {
      return welcome(request, access, port);
    }
    const refusal = refusalOf(request, access, port);
    if (refusal) return answerFault(refusal.status, { error: refusal.error, code: "forbidden" });
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (!file) return await routes(request, path, searchParams);
    if (request.method === "POST") {
      return answerFault(405, { error: "The page takes nothing.", code: "forbidden" });
    }
    return await answerBytes(request, file.bytes, file);
  };
}

/** A part of the page, ready to be sent. */
function sealed(text: string, content: Content) {
  const bytes = new TextEncoder().encode(text);
  return { ...content, bytes, checksum: checksumOf(bytes) };
}

/** Has the browser keep the token, and go on without it in its address. */
function welcome(request: Request, access: Access, port: number): Response {
  const bare = new Request(request.url, { headers: request.headers });
  bare.headers.set("cookie", `${cookieName(port)}=${access.token}`);
  const refusal = refusalOf(bare, access, port);
  if (refusal) return answerFault(refusal.status, { error: refusal.error, code: "forbidden" });
  const cookie = `${cookieName(port)}=${access.token}; HttpOnly; SameSite=Strict; Path=/`;
  const headers = headersOf({
    type: "text/plain; charset=utf-8",
    headers: { location: "/", "set-cookie": cookie },
  });
  return new Response(null, { status: 303, headers });
}

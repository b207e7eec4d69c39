/**
 * The viewer, live: a server on this machine for one composite, or for a catalog.
 *
 * @module
 */
import { checkComposite, checkFields, checkTexts, refuse, show } from "../domain/check.ts";
import type { Composite } from "../composite.ts";
import type { Catalog } from "../domain/catalog/catalog.ts";
import { RubiconException } from "../errors.ts";
import { checkTitle } from "./options.ts";
import { startServing, type Viewer } from "./server/server.ts";

import { Site, type SiteOptions } from "./server/site.ts";
import type { Served } from "./server/sites.ts";

export type { Viewer } from "./server/server.ts";

/** Options of {@linkcode serveViewer}. */
export interface ServeViewerOptions {
  /** The port to listen on; 0 takes any that is free. Default: 8420. */
  port?: number | undefined;
  /**
   * The address to listen on. Default: `127.0.0.1`, which nobody but this machine can reach. At any other one, `url` has a
   * token in it, without which nothing is shown.
   */
  hostname?: string | undefined;
  /** Further names that browsers call the server by, such as that of a proxy before it. */
  hosts?: readonly string[] | undefined;
  /** Whether the page may change tags and comments, keep views, and repair. Default: `false`, it only reads. */
  edit?: boolean | undefined;
  /** Only these projects, by name. Default: all. */
  projects?: readonly string[] | undefined;
  /** What the page is called. Default: `Rubicon`. */
  title?: string | undefined;
  /** Whether to open a browser, which needs `--allow-run`. Default: `false`. */
  open?: boolean | undefined;
  /** Stops the server. */
  signal?: AbortSignal | undefined;
}

const OPTIONS = new Set([
  ...["port", "hostname", "hosts", "edit", "projects", "title", "open", "signal"],
]);
const PORT = 8420;
const MAX_PORT = 65_535;

/**
 * Serves a page that shows the store, live, to the browsers of this machine. It needs `--allow-net=127.0.0.1:8420` beside
 * what the backends need; the page itself is part of this module and downloads nothing.
 *
 * Of a catalog, from `openCatalog`, it shows the experiments that are in it, of all stores that it names, and its views; a page says
 * what is not there.
 *
 * It only reads unless `edit` is set. It answers no other name than its own, no other site's page, and from other machines
 * nobody without the token that is in `url`.
 *
 * @returns The server: `url` to open, `finished` to wait for, `close()` to stop it. The composite, or the catalog, stays open.
 * @throws {RubiconException} `invalid-argument`; `not-found` if a catalog names no experiment, or none of `projects`; what
 * `openComposite` throws if none of a catalog's stores can be opened; `unavailable` if another program listens at the port;
 * `permission-denied` if this one may not.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "../mod.ts";
 * import { serveViewer } from "../viewer.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "serveViewer" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { metrics: { accuracy: 0.8 } });
 * await using viewer = await serveViewer(rubicon, { port: 0 });
 * const page = await (await fetch(viewer.url)).text(); // or open it in a browser
 * if (!page.startsWith("<!DOCTYPE html>")) throw new Error("a page");
 * ```
 */
export async function serveViewer(
  rubicon: Composite | Catalog,
  options: ServeViewerOptions = {},
): Promise<Viewer> {
  const where = "serveViewer";
  const catalog = isCatalog(rubicon) ? rubicon : undefined;
  if (!catalog) checkComposite(rubicon as Composite, where);
  checkFields(options, OPTIONS, where);
  const { port = PORT, hostname = "127.0.0.1", edit = false, open = false, signal } = options;
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    refuse(`${where}: port must be a whole number from 0 to ${MAX_PORT}, not ${show(port)}.`);
  }
  if (typeof hostname !== "string" || hostname === "") {
    refuse(`${where}: hostname must be an address such as "127.0.0.1", not ${show(hostname)}.`);
  }
  for (const [name, value] of Object.entries({ edit, open })) {
    if (typeof value !== "boolean") {
      refuse(`${where}: ${name} must be true or false, not ${show(value)}.`);
    }
  }
  const projects = options.projects && checkTexts(options.projects, `${where}: projects`);
  const settings = {
    ...{ port, hostname, edit },
    hosts: checkTexts(options.hosts, `${where}: hosts`),
    title: checkTitle(options.title, where),
    ...(projects && { projects: new Set(projects) }),
  };
  signal?.throwIfAborted();
  const create = catalog
    ? await (await import("./catalog.ts")).openStores(catalog, settings.projects, where, signal)
    : (options: SiteOptions): Served => new Site(rubicon as Composite, options);
  let served: Served;
  const viewer = startServing(
    (options) => served = create(options),
    settings,
    await import("./app.bundle.ts"),
  );
  const stop = () => void viewer.close();
  signal?.addEventListener("abort", stop, { once: true });
  viewer.finished.finally(() => signal?.removeEventListener("abort", stop));
  if (open) await openBrowser(viewer.url, served!.sites[0]!.rubicon.options.onWarning);
  return viewer;
}

/** Whether it is what `openCatalog` gives. */
function isCatalog(given: unknown): given is Catalog {
  const { experiments, composite } = (given ?? {}) as Partial<Catalog>;
  return Array.isArray(experiments) && typeof composite === "function";
}

/** The command that opens an address, by system. */
const OPENERS: Readonly<Record<string, readonly [command: string, ...args: string[]]>> = {
  darwin: ["open"],
  windows: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens a browser. That it could not is no reason to stop the server. */
async function openBrowser(
  url: string,
  warn: (message: string, cause?: unknown) => void,
): Promise<void> {
  const [command, ...args] = OPENERS[Deno.build.os] ?? ["xdg-open"];
  try {
    const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
    const { success } = await new Deno.Command(command, { args: [...args, url], ...quiet })
      .output();
    if (success) return;
    warn(`serveViewer: ${command} could not open a browser. Open the viewer's address yourself.`);
  } catch (error) {
    warn(
      `serveViewer: no browser could be opened by ${command}. Open the viewer's address yourself, or allow ` +
        `--allow-run=${command}.`,
      new RubiconException("unsupported", (error as Error).message),
    );
  }
}

/**
 * A store as a page that needs no server: a folder, a prefix of a bucket, or one file.
 *
 * @module
 */
import { checkComposite, checkFields, checkTexts, refuse, show } from "../domain/check.ts";
import { type ProgressOption, reporter } from "../domain/progress.ts";
import type { Composite } from "../composite.ts";
import type { Driver, Source } from "../drivers/driver.ts";
import { type DriverConfig, openDriver } from "../drivers/registry.ts";
import { chunksOf } from "../drivers/source.ts";
import { hasCode } from "../errors.ts";
import { type InlineBytes, MORE_SCRIPT } from "./contract.ts";
import { pageOf } from "./page.ts";
import { collect, type Limits, type Put } from "./server/collect.ts";
import type { App } from "./server/server.ts";
import { Site } from "./server/site.ts";
import { checkTitle } from "./options.ts";

/** Options of {@linkcode exportViewer}. */
export interface ExportViewerOptions extends ProgressOption {
  /**
   * Where to: a folder or a `file:` URL, `s3://bucket/prefix`, a driver's configuration, or the path of a file that ends in
   * `.html`, which then has everything in it.
   */
  to: string | URL | DriverConfig;
  /** Whether all is in one file, `index.html` unless `to` names another one. Default: if `to` ends in `.html`. */
  singleFile?: boolean | undefined;
  /** Only these projects, by name. Default: all. */
  projects?: readonly string[] | undefined;
  /** What the page is called. Default: `Rubicon`. */
  title?: string | undefined;
  /** The largest artifact or dataframe that comes along, in bytes. Default: 25 MiB, in one file 256 KiB. */
  maxArtifactBytes?: number | undefined;
  /** How many bytes of artifacts and dataframes come along in all. Default: no limit, in one file 2 MiB. */
  maxTotalBytes?: number | undefined;
  /** Stops it. */
  signal?: AbortSignal | undefined;
}

/** What {@linkcode exportViewer} wrote. */
export interface ExportedViewer {
  /** How many files. */
  files: number;
  /** How many bytes. */
  bytes: number;
}

const OPTIONS = new Set([
  ...["to", "singleFile", "projects", "title", "maxArtifactBytes", "maxTotalBytes"],
  ...["onProgress", "signal"],
]);
const SINGLE: Limits = { each: 256 * 1024, total: 2 * 2 ** 20, points: 200_000, parquet: false };
const MANY: Limits = { each: 25 * 2 ** 20, total: Infinity, points: Infinity, parquet: true };
const HTML = "text/html; charset=utf-8";
/** What an export of many files has written, so that the next one can clear away what it has no more. */
const MANIFEST = "export.json";

/**
 * Writes a page that shows the store as it is now, for places where no server is kept: a folder or a bucket that is served by
 * plain HTTPS, or one `.html` file that opens by a double click and works without any network.
 *
 * No name, address or credential of a backend is in it. What is logged is: pass `projects` to leave some out. A folder that
 * was exported to before gets the new files, and loses those that are no more. It needs `--allow-write` for the folder, or
 * what the bucket needs.
 *
 * @returns How many files and bytes were written.
 * @throws {RubiconException} `invalid-argument`; what reading the store or writing throws; `unavailable` if a project cannot
 * be read, since an export without it would look whole.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "../mod.ts";
 * import { exportViewer } from "../viewer.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "exportViewer" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { metrics: { accuracy: 0.8 } });
 * const folder = await Deno.makeTempDir();
 * const { files } = await exportViewer(rubicon, { to: `${folder}/iris.html` });
 * if (files !== 1) throw new Error("all in one");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function exportViewer(
  rubicon: Composite,
  options: ExportViewerOptions,
): Promise<ExportedViewer> {
  return await exportSite(rubicon, options, await import("./app.bundle.ts"));
}

/** Exports with this app as the page. */
export async function exportSite(
  rubicon: Composite,
  options: ExportViewerOptions,
  app: App,
): Promise<ExportedViewer> {
  const where = "exportViewer";
  checkComposite(rubicon, where);
  checkFields(options, OPTIONS, where);
  const { projects, singleFile } = options;
  const only = projects && checkTexts(projects, `${where}: projects`);
  if (singleFile !== undefined && typeof singleFile !== "boolean") {
    refuse(`${where}: singleFile must be true or false, not ${show(singleFile)}.`);
  }
  const title = checkTitle(options.title, where);
  const place = placeOf(options.to, where);
  const isSingle = singleFile ?? place.file !== undefined;
  if (!isSingle && place.file !== undefined) {
    refuse(
      `${where}: to names one file, ${show(place.file)}: pass a folder, or leave out singleFile.`,
    );
  }
  const limits = limitsOf(options, isSingle ? SINGLE : MANY, where);
  const { report, signal } = reporter("objects", options, where);
  const open: Parameters<typeof collect>[0] = (onRuns) =>
    new Site(rubicon, {
      ...{ title, live: false, edit: false, signal, onRuns },
      ...(only && { projects: new Set(only) }),
    });
  const driver = await openPlace(place.config);
  try {
    const output = new Output(driver, signal, report);
    if (isSingle) {
      const html = await pageInOne(open, limits, { title, ...app }, output.tell);
      await output.put(place.file ?? "index.html", new TextEncoder().encode(html), HTML);
    } else {
      await refuseStore(driver, where);
      const before = await writtenBefore(driver);
      await collect(open, limits, output.put, output.tell);
      const encoder = new TextEncoder();
      await output.put(MORE_SCRIPT, encoder.encode(app.more), "text/javascript; charset=utf-8");
      const { html } = pageOf({ title, ...app });
      await output.put("index.html", encoder.encode(html), HTML);
      await output.finish(before);
    }
    output.end();
    return { files: output.written.size, bytes: output.bytes };
  } finally {
    await driver.close?.();
  }
}

interface Place {
  config: DriverConfig;
  /** The one file that is named. */
  file: string | undefined;
}

function placeOf(to: unknown, where: string): Place {
  if (typeof to === "object" && to !== null && "persistence" in to) {
    return { config: to as DriverConfig, file: undefined };
  }
  if (!(to instanceof URL) && (typeof to !== "string" || to === "")) {
    refuse(`${where}: to must be a folder, a file or s3://bucket/prefix, not ${show(to)}.`);
  }
  const text = String(to);
  const persistence = text.startsWith("s3://") ? "s3" : "filesystem";
  const [, folder = "", file] = /^(.*?)([^/\\]+\.html?)$/is.exec(text) ?? [];
  if (file === undefined) return { config: { persistence, rootDir: text }, file };
  const rootDir = folder === "" ? "." : folder.replace(/(?<=[^/:])\/$/, "");
  return {
    config: { persistence, rootDir },
    file: text.startsWith("file:") ? decodeURIComponent(file) : file,
  };
}

async function openPlace(config: DriverConfig): Promise<Driver> {
  if (config.persistence === "filesystem") await import("../drivers/filesystem.ts");
  if (config.persistence === "s3") await import("../drivers/s3.ts");
  return await openDriver(config);
}

function limitsOf(
  { maxArtifactBytes, maxTotalBytes }: ExportViewerOptions,
  standard: Limits,
  where: string,
): Limits {
  const check = (value: unknown, name: string, otherwise: number): number => {
    if (value === undefined) return otherwise;
    if (typeof value === "number" && value >= 0) return value;
    return refuse(`${where}: ${name} must be a number of bytes from 0 up, not ${show(value)}.`);
  };
  return {
    each: check(maxArtifactBytes, "maxArtifactBytes", standard.each),
    total: check(maxTotalBytes, "maxTotalBytes", standard.total),
    points: standard.points,
    parquet: standard.parquet,
  };
}

/** Refuses the root of a store: a folder there that is no project makes Python warn at each listing. */
async function refuseStore(driver: Driver, where: string): Promise<void> {
  for (const folder of await driver.folders("")) {
    try {
      await driver.stat(`${folder}/metadata.json`);
    } catch (error) {
      if (hasCode(error, "not-found")) continue;
      throw error;
    }
    refuse(
      `${where}: ${driver.label} is the root of a store, in which Python takes each folder for a project. Export to ` +
        "another folder, or as one file: `singleFile: true`.",
    );
  }
}

/** The paths that an earlier export wrote. */
async function writtenBefore(driver: Driver): Promise<string[]> {
  try {
    const { bytes } = await driver.get(MANIFEST);
    const { files } = JSON.parse(new TextDecoder().decode(bytes)) as { files?: unknown };
    return Array.isArray(files) ? files.filter((one) => typeof one === "string") : [];
  } catch (error) {
    if (hasCode(error, "not-found") || error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Where files go, and how many went. */
class Output {
  readonly written = new Set<string>();
  bytes = 0;
  #done = 0;

  constructor(
    readonly driver: Driver,
    readonly signal: AbortSignal | undefined,
    readonly report: (what: string, done: number, total?: number) => void,
  ) {}

  /** Writes a file by the path that pages ask for. */
  readonly put: Put = async (path, source, contentType) => {
    const key = path.split("/").map(decodeURIComponent).join("/");
    const { size } = await this.driver.put(key, source, {
      contentType,
      ...(this.signal && { signal: this.signal }),
    });
    this.written.add(key);
    this.bytes += size;
  };

  readonly tell = (what: string): void => this.report(what, ++this.#done);

  /** Clears away what an earlier export wrote and this one did not, and notes what this one wrote. */
  async finish(before: readonly string[]): Promise<void> {
    const gone = before.filter((key) => !this.written.has(key) && isOfExport(key));
    for (const key of gone) await this.driver.delete(key);
    const files = [...this.written].sort();
    await this.put(
      MANIFEST,
      new TextEncoder().encode(JSON.stringify({ files })),
      "application/json",
    );
  }

  end(): void {
    this.report("export", this.#done, this.#done);
  }
}

/** Whether a key is one that exports write: nothing else is ever deleted, whatever a manifest says. */
const isOfExport = (key: string): boolean =>
  /^projects\/[^/]+\/(?:(?:runs|sparks|project)\.json|(?:runs|history|columns|artifacts|dataframes)\/.+)$/
    .test(key);

/** The page of a project for a frame in a notebook: all of it is in the text. */
export async function projectPage(
  rubicon: Composite,
  project: string,
  call: { signal?: AbortSignal | undefined },
): Promise<string> {
  const open: Parameters<typeof collect>[0] = (onRuns) =>
    new Site(rubicon, {
      ...{ title: project, live: false, edit: false, onRuns },
      ...{ projects: new Set([project]), signal: call.signal },
    });
  const app = await import("./app.bundle.ts");
  return await pageInOne(open, SINGLE, { title: project, ...app }, () => {});
}

/** A page that is one file. */
async function pageInOne(
  open: Parameters<typeof collect>[0],
  limits: Limits,
  parts: App & { title: string },
  tell: (what: string) => void,
): Promise<string> {
  const data = await inOne(async (put) => {
    await collect(open, limits, put, tell);
    await put(MORE_SCRIPT, new TextEncoder().encode(parts.more), "text/javascript");
  });
  return pageOf({ ...parts, data }).html;
}

/** All files as one, gzipped: `{ [path]: content }`. */
async function inOne(work: (put: Put) => Promise<void>): Promise<Uint8Array> {
  const texts: string[] = [];
  await work(async (path, source, type) => {
    const bytes = await bytesOf(source);
    const content = type.startsWith("application/json")
      ? new TextDecoder().decode(bytes)
      : path === MORE_SCRIPT
      ? JSON.stringify(new TextDecoder().decode(bytes))
      : JSON.stringify({ base64: bytes.toBase64(), type } satisfies InlineBytes);
    texts.push(`${JSON.stringify(path)}:${content}`);
  });
  const blob = new Blob(["{", texts.map((text, at) => at === 0 ? text : `,${text}`).join(""), "}"]);
  const packed = blob.stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(packed).bytes();
}

async function bytesOf(source: Source): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunksOf(source)) chunks.push(new Uint8Array(chunk));
  return await new Blob(chunks).bytes();
}

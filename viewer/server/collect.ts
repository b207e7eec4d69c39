/**
 * All files of a site, for an export.
 *
 * @module
 */
import { listArtifacts, openArtifact } from "../../domain/artifact.ts";
import { listDataframes } from "../../domain/dataframe.ts";
import { openParquet } from "../../domain/export/dataframe.ts";
import type { Artifact, Dataframe, Parent } from "../../domain/format/entities.ts";
import { pooled } from "../../domain/pool.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import { suggest } from "../../messages.ts";
import type { Source } from "../../drivers/driver.ts";
import type { ViewerArtifact, ViewerDataframe } from "../contract.ts";
import { frameFile } from "./frame_file.ts";
import { columnPath, framePath, runPath } from "./paths.ts";
import type { ProjectSite } from "./project_site.ts";
import { JSON_TYPE } from "./respond.ts";
import { readProject, readRun } from "./run_file.ts";
import { columnFile, type ViewedRun } from "./runs_file.ts";
import { type Sealed, sealed } from "./sealed.ts";
import type { Site, SiteOptions } from "./site.ts";

/** How much of artifacts and dataframes comes along. */
export interface Limits {
  /** The largest artifact, or dataframe, in bytes. */
  each: number;
  /** All of them together, in bytes. */
  total: number;
  /** How many points the curves of all runs have together. */
  points: number;
  /** Whether dataframes are there as Parquet, too. */
  parquet: boolean;
}

/** Takes a file. */
export type Put = (path: string, source: Source, type: string) => Promise<void>;

/** Collects the files of a site; the one that says what there is comes last. */
export async function collect(
  open: (onRuns: SiteOptions["onRuns"]) => Site,
  limits: Limits,
  put: Put,
  tell: (what: string) => void,
): Promise<void> {
  const read = new Map<string, readonly ViewedRun[]>();
  const site = open((slug, runs) => read.set(slug, runs));
  await site.index();
  if (site.error !== null) throw new RubiconException("unavailable", site.error);
  for (const name of site.options.projects ?? []) {
    if (site.names.includes(name)) continue;
    const message = `There is no project ${JSON.stringify(name)}.${suggest(name, site.names)}`;
    throw new RubiconException("not-found", message);
  }
  const left = new Left(limits);
  let curves = 0;
  for (const one of site.projects) curves += (await one.curvesOf()).size;
  const points = limits.points / Math.max(1, curves);
  for (const one of site.projects) {
    if (one.error !== null) throw new RubiconException("unavailable", one.error);
    await one.runs();
    await collectProject(site, one, read.get(one.slug) ?? [], points, left, put, tell);
    read.delete(one.slug);
  }
  await put("index.json", site.indexFile().bytes, JSON_TYPE);
}

async function collectProject(
  site: Site,
  one: ProjectSite,
  read: readonly ViewedRun[],
  points: number,
  left: Left,
  put: Put,
  tell: (what: string) => void,
): Promise<void> {
  const { project, slug } = one;
  const runs = await one.runs();
  const { runs: { path }, sparks, project: own } = one.entry();
  await put(path, runs.bytes, JSON_TYPE);
  for (const at of runs.apart.keys()) {
    await put(columnPath(slug, at), columnFile(runs, at)!.bytes, JSON_TYPE);
  }
  if (sparks) await put(sparks.path, (await one.sparks())!.bytes, JSON_TYPE);
  const file = await readProject(site.means, project, slug);
  await attach(site, project, slug, file, left, put);
  await put(own.path, sealed(file).bytes, JSON_TYPE);
  tell(`export ${project.name}`);
  await pooled(read, async (run) => {
    const { experiment } = run;
    const { id } = experiment;
    try {
      const file = await readRun(site.means, project, slug, id, {
        run,
        hasCurves: run.history !== null,
      });
      await attach(site, experiment, slug, file, left, put);
      if (file.history !== null) {
        const curves = await site.lives.curves(experiment, site.call, points);
        await put(file.history, curves.bytes, JSON_TYPE);
      }
      await put(runPath(slug, id), sealed(file).bytes, JSON_TYPE);
    } catch (error) {
      // It was deleted meanwhile.
      if (!hasCode(error, "not-found")) throw error;
    }
    tell(`export ${project.name}`);
  }, 16);
}

/** What may still come along. */
class Left {
  #total: number;

  constructor(readonly limits: Limits) {
    this.#total = limits.total;
  }

  /** Why so many bytes do not come along; nothing if they do, and are counted. */
  take(size: number): string | undefined {
    const { each } = this.limits;
    if (size > each) return `larger than ${inWords(each)}, the most that the export takes of one`;
    if (size > this.#total) {
      return `the export takes ${
        inWords(this.limits.total)
      } of artifacts and dataframes, and has them`;
    }
    this.#total -= size;
    return undefined;
  }
}

const inWords = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${Math.round(bytes / 1024)} KiB`;

/** Puts what belongs to a run or a project, and notes in its file what does not come along. */
async function attach(
  site: Site,
  parent: Parent,
  slug: string,
  file: { artifacts: ViewerArtifact[]; dataframes: ViewerDataframe[] },
  left: Left,
  put: Put,
): Promise<void> {
  const { rubicon, call } = site;
  const [artifacts, dataframes] = await Promise.all([
    file.artifacts.length > 0 ? listArtifacts(rubicon, parent, call) : [],
    file.dataframes.length > 0 ? listDataframes(rubicon, parent, call) : [],
  ]);
  for (const shown of file.artifacts) {
    const artifact = artifacts.find(({ id }) => id === shown.id);
    if (artifact && shown.path !== null) await putArtifact(site, artifact, shown, left, put);
  }
  for (const shown of file.dataframes) {
    const dataframe = dataframes.find(({ id }) => id === shown.id);
    if (dataframe) await putFrame(site, dataframe, shown, slug, left, put);
  }
}

async function putArtifact(
  { rubicon, call }: Site,
  artifact: Artifact,
  shown: ViewerArtifact,
  left: Left,
  put: Put,
): Promise<void> {
  const reason = left.take(shown.size!);
  if (reason !== undefined) return leaveOut(shown, reason);
  // What could run scripts on the host of the export is plain text to it.
  const isInert = /^(?:image\/(?!svg)|audio\/)/.test(shown.type);
  const isText = shown.path!.endsWith(".txt");
  const type = isInert
    ? shown.type
    : isText
    ? "text/plain; charset=utf-8"
    : "application/octet-stream";
  await put(shown.path!, () => openArtifact(rubicon, artifact, call), type);
  if (shown.table === undefined) return;
  const table = await headOf(rubicon, artifact, null, call);
  if (table && left.take(table.bytes.length) === undefined) {
    await put(shown.table, table.bytes, JSON_TYPE);
  } else delete shown.table;
}

/** The first rows of a table; nothing if it cannot be read. */
async function headOf(...args: Parameters<typeof frameFile>): Promise<Sealed | undefined> {
  try {
    return await frameFile(...args);
  } catch (error) {
    if (!hasCode(error, "unsupported", "corrupt", "not-found", "read-failed")) throw error;
    return undefined;
  }
}

async function putFrame(
  { rubicon, call }: Site,
  dataframe: Dataframe,
  shown: ViewerDataframe,
  slug: string,
  left: Left,
  put: Put,
): Promise<void> {
  const { id, experimentId } = dataframe;
  const path = framePath(slug, experimentId, id, "parquet");
  let parquet: Source | undefined;
  if (left.limits.parquet) {
    const stream = await openParquet(rubicon, dataframe, call);
    const bytes = await atMost(stream, left.limits.each);
    if (bytes && left.take(bytes.length) === undefined) parquet = bytes;
  }
  const file = await headOf(rubicon, dataframe, parquet ? path : null, call);
  if (!file) return leaveOut(shown, "it cannot be read");
  const reason = left.take(file.bytes.length);
  if (reason !== undefined) return leaveOut(shown, reason);
  await put(shown.path!, file.bytes, JSON_TYPE);
  if (parquet) await put(path, parquet, "application/octet-stream");
}

function leaveOut(shown: ViewerArtifact | ViewerDataframe, reason: string): void {
  shown.path = null;
  shown.leftOut = reason;
}

/** A stream's bytes; nothing if it has more than so many. */
async function atMost(
  stream: ReadableStream<Uint8Array>,
  most: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) return undefined; // Which cancels the stream.
    chunks.push(new Uint8Array(chunk));
  }
  return await new Blob(chunks).bytes();
}

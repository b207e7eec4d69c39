/**
 * MLflow's file store as it is on disk: `mlruns/<experiment>/<run>/{meta.yaml,params,metrics,tags,artifacts}`.
 *
 * @module
 */
import { join } from "jsr:@std/path@^1.1.6/join";
import { RubiconException } from "../../errors.ts";
import { isPlain } from "../check.ts";
import { notAllowed } from "../files/disk.ts";
import { parseYaml } from "../files/yaml.ts";
import { type Series, SeriesBuilder } from "../history/series.ts";

/** An experiment of MLflow, which becomes a project. */
export interface MlflowExperiment {
  folder: string;
  id: string;
  name: string;
  /** In milliseconds since 1970; missing in stores of MLflow 1. */
  created: number | undefined;
  tags: Map<string, string>;
  isDeleted: boolean;
}

/** A run of MLflow, which becomes an experiment. */
export interface MlflowRun {
  folder: string;
  id: string;
  name: string | null;
  status: "running" | "finished" | "failed" | "cancelled";
  /** In milliseconds since 1970. */
  started: number;
  ended: number | undefined;
  isDeleted: boolean;
  tags: Map<string, string>;
  params: Map<string, string>;
  /** The points by metric, and how many lines there were. */
  series: Series;
  /** The lines of all metrics. */
  points: number;
  /** What `meta.yaml` says. */
  meta: Record<string, unknown>;
}

/** A file below a run's artifacts. */
export interface MlflowArtifact {
  /** The path from the artifacts' folder, with slashes. */
  name: string;
  path: string;
  size: number;
}

/** MLflow's numbers for states; runs are scheduled before they run. */
const STATES = ["running", "running", "running", "finished", "failed", "cancelled"] as const;

/** Reads something of the store, and names what cannot be read. */
async function reading<T>(path: string, work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    if (cause instanceof Deno.errors.NotADirectory) return undefined;
    if (!(cause instanceof Error) || cause instanceof RubiconException) throw cause;
    throw notAllowed(`importMlruns: ${path} cannot be read`, cause);
  }
}

/** The folders in a folder, by name. */
const foldersIn = async (path: string): Promise<string[]> =>
  (await reading(path, () => Array.from(Deno.readDirSync(path))) ?? [])
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();

/** All files below a folder, with their paths from it; a name with slashes is a folder for MLflow. */
async function* filesBelow(
  root: string,
  prefix = "",
): AsyncGenerator<{ name: string; path: string; size: number }> {
  const folder = prefix === "" ? root : join(root, prefix);
  if (prefix === "") refuseLink(folder, await reading(folder, () => Deno.lstatSync(folder)));
  const entries = await reading(folder, () => Array.from(Deno.readDirSync(folder))) ?? [];
  for (const entry of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
    const { name, isDirectory } = entry;
    const own = prefix === "" ? name : `${prefix}/${name}`;
    const path = join(root, own);
    refuseLink(path, entry);
    if (isDirectory) yield* filesBelow(root, own);
    else yield { name: own, path, size: (await Deno.stat(path)).size };
  }
}

/** MLflow makes no links. One in a store that came from elsewhere would bring any file of this machine over. */
function refuseLink(path: string, found: { isSymlink: boolean } | undefined): void {
  if (!found?.isSymlink) return;
  throw new RubiconException(
    "corrupt",
    `importMlruns: ${path} is a link. Put what it leads to in its place, if that is meant to come over.`,
  );
}

/** The texts of a folder's files, by name. */
async function texts(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { name, path } of filesBelow(folder)) {
    found.set(name, await reading(path, () => Deno.readTextFileSync(path)) ?? "");
  }
  return found;
}

async function metaOf(folder: string): Promise<Record<string, unknown> | undefined> {
  const path = join(folder, "meta.yaml");
  const text = await reading(path, () => Deno.readTextFileSync(path));
  if (text === undefined) return undefined;
  const meta = parseYaml(text, `importMlruns: ${path}`);
  if (!isPlain(meta)) {
    throw new RubiconException("corrupt", `importMlruns: ${path} has no fields.`);
  }
  return meta;
}

/** The years 1 to 9999, in milliseconds since 1970. */
const isTime = (millis: number): boolean =>
  millis >= -62_135_596_800_000 && millis < 253_402_300_800_000;

/** A time of `meta.yaml`. */
function timeOf(meta: Record<string, unknown>, name: string, folder: string): number | undefined {
  const value = meta[name];
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  if (isTime(value)) return value;
  const path = join(folder, "meta.yaml");
  throw new RubiconException(
    "corrupt",
    `importMlruns: ${path} has a ${name} of no year: ${value}.`,
  );
}

/** The experiments of a store, also those in its trash. */
export async function readMlflow(root: string): Promise<MlflowExperiment[]> {
  const found: MlflowExperiment[] = [];
  for (const folder of [root, join(root, ".trash")]) {
    for (const name of await foldersIn(folder)) {
      const own = join(folder, name);
      // Registered models and such have a folder there, too.
      const meta = name === ".trash" || name === "models" ? undefined : await metaOf(own);
      if (meta === undefined) continue;
      found.push({
        folder: own,
        id: String(meta.experiment_id ?? name),
        name: String(meta.name ?? name),
        created: timeOf(meta, "creation_time", own),
        tags: await texts(join(own, "tags")),
        isDeleted: meta.lifecycle_stage === "deleted",
      });
    }
  }
  return found;
}

/** The folders of an experiment's runs. */
export async function runFolders({ folder }: MlflowExperiment): Promise<string[]> {
  const found: string[] = [];
  for (const name of await foldersIn(folder)) {
    if (/^[0-9a-f]{32}$/.test(name)) found.push(join(folder, name));
  }
  return found;
}

/** The runs that say that they belong to another one, by that one's id. */
export async function childrenOf(folders: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const folder of folders) {
    const path = join(folder, "tags", "mlflow.parentRunId");
    const parent = await reading(path, () => Deno.readTextFileSync(path));
    if (parent === undefined) continue;
    found.set(parent, [...found.get(parent) ?? [], folder.slice(-32)]);
  }
  return found;
}

/**
 * Reads one run.
 *
 * @throws {RubiconException} `corrupt` for a file that is not as MLflow writes it, with its path.
 */
export async function readRun(folder: string): Promise<MlflowRun | undefined> {
  const meta = await metaOf(folder);
  if (meta === undefined) return undefined;
  const tags = await texts(join(folder, "tags"));
  const { series, points } = await readMetrics(join(folder, "metrics"));
  const state = typeof meta.status === "number" ? meta.status : 0;
  const name = tags.get("mlflow.runName") ?? meta.run_name;
  return {
    folder,
    // MLflow 1 called it run_uuid.
    id: String(meta.run_id ?? meta.run_uuid),
    name: typeof name === "string" && name !== "" ? name : null,
    status: STATES[state] ?? "running",
    started: timeOf(meta, "start_time", folder) ?? 0,
    ended: timeOf(meta, "end_time", folder),
    isDeleted: meta.lifecycle_stage === "deleted",
    tags,
    params: await texts(join(folder, "params")),
    series,
    points,
    meta,
  };
}

/** The points of a run: a file a metric, a line a point: time, value, step. */
async function readMetrics(folder: string): Promise<{ series: Series; points: number }> {
  const builder = new SeriesBuilder();
  let points = 0;
  for await (const { name, path } of filesBelow(folder)) {
    const text = await reading(path, () => Deno.readTextFileSync(path)) ?? "";
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    const read = lines.map((line) => pointOf(line, path));
    points += read.length;
    // Who logs in a loop and names no step has them all at step 0: their order is all that there is.
    const isCounted = read.length > 1 && read.every(({ step }) => step === 0);
    if (isCounted) read.sort((a, b) => a.time - b.time);
    for (const [at, { time, value, step }] of read.entries()) {
      builder.add(name, isCounted ? at : step, time * 1000, value);
    }
  }
  return { series: builder.series(), points };
}

const WORDS: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };

function pointOf(line: string, path: string): { time: number; value: number; step: number } {
  const [time, text = "", step = "0"] = line.trim().split(/\s+/);
  const value = WORDS[text.toLowerCase()] ?? (text === "" ? undefined : Number(text));
  const isNumber = value !== undefined && (text.toLowerCase() === "nan" || !Number.isNaN(value));
  const areWhole = /^-?\d+$/.test(time!) && /^-?\d+$/.test(step) && isTime(Number(time));
  if (!isNumber || !areWhole) {
    throw new RubiconException("corrupt", `importMlruns: ${path} has a line that is no point.`);
  }
  return { time: Number(time), value, step: Number(step) };
}

/** The files of a run's artifacts, and of the models that it logged. */
export async function artifactsOf(
  { folder, id }: MlflowRun,
  experiment: MlflowExperiment,
): Promise<MlflowArtifact[]> {
  const found = await Array.fromAsync(filesBelow(join(folder, "artifacts")));
  // MLflow 3 keeps models beside the runs, and says in each which run logged it.
  const models = join(experiment.folder, "models");
  for (const name of await foldersIn(models)) {
    const meta = await metaOf(join(models, name));
    if (meta?.source_run_id !== id) continue;
    const prefix = `models/${meta.name ?? name}`;
    for await (const file of filesBelow(join(models, name, "artifacts"))) {
      found.push({ ...file, name: `${prefix}/${file.name}` });
    }
  }
  return found;
}

/**
 * Runs from a store that reads many small things at once, such as a folder of this machine. The times of its folders
 * tell what has changed since the last look, and whether a bundle still says all there is.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { Store } from "../../composite/plan.ts";
import type { BulkReader, GetResult } from "../../drivers/driver.ts";
import { fold, type What } from "../format/annotations.ts";
import {
  bundleKey,
  decodeStamped,
  isStamp,
  type StampedBundle,
} from "../../composite/layers/bundle_format.ts";
import type { BundleIndex, MadeBundle } from "../../composite/layers/bundle_index.ts";
import { decodeChange, entityFrom, parseObject } from "../format/codec.ts";
import {
  historyFolder,
  isStatusName,
  METADATA,
  metadataKey,
  partOf,
  type Place,
} from "../format/layout.ts";
import {
  type AgedCell,
  type Cell,
  cellOf,
  decodeCell,
  type MetricCell,
  plainCell,
} from "../format/cell.ts";
import { latestStatus } from "../history/status_file.ts";
import { isOfOneObject, olderFirst } from "./entity_files.ts";
import { type Life, type States, statesOf } from "./lives.ts";
import { pooled } from "../pool.ts";
import {
  FOLDERS,
  type KeptRuns,
  type KnownRun,
  type RunCache,
  type RunStamps,
  stillSame,
} from "./run_cache.ts";

/** What was found of some runs. */
export interface FoundRuns {
  /** Each run in the order in which they were asked for; `undefined` if its experiment could not be read. */
  runs: (KnownRun | undefined)[];
  /** What could not be read of a run, by its id, each with its reason. */
  damage: Map<string, readonly RubiconException[]>;
}

/** A project's experiments in one store. */
export interface RunFolder {
  driver: Store;
  bulk: BulkReader;
  cache: Pick<RunCache, "kept" | "set">;
  /** The key of the folder that they are all in. */
  folder: string;
  place: Place;
  /** Whether parameters and metrics are wanted. */
  children: boolean;
  /** The bundles of all in one, if there is that. It is read when it is asked for. */
  index?: () => Promise<BundleIndex | undefined>;
}

const CHILDREN = ["parameters", "metrics"] as const;
/**
 * A folder that changed in a later second than its bundle was written is another copy, or was made to look as it was; one
 * that changed so many milliseconds before is another copy, too.
 */
const SAME_COPY = 2_000;
/** The second of a time: some systems tell no more of it. */
const secondOf = (time: number): number => Math.floor(time / 1000) * 1000;

/**
 * Runs by their ids, a few hundred at most.
 *
 * @param kept What the cache has of each of them.
 * @param rounds How often those are looked at again whose state changed meanwhile.
 */
export async function readRuns(
  from: RunFolder,
  ids: readonly string[],
  kept = from.cache.kept(ids),
  rounds = 3,
): Promise<FoundRuns> {
  const found: FoundRuns = { runs: [], damage: new Map() };
  const count = foldersOf(from).length;
  const stamps = await stampsOf(from, ids, kept);
  const unknown: Look[] = [];
  for (let at = 0; at < ids.length; at++) {
    const start = at * count;
    const run = stillSame(kept, at, stamps, count);
    found.runs.push(run);
    if (run) continue;
    const id = ids[at]!;
    const own = stamps.slice(start, start + count);
    unknown.push({ at, id, folder: `${from.folder}/${id}`, stamps: own });
  }
  if (unknown.length === 0) return found;
  const bundles = await readBundles(from, unknown);
  const parts = unknown.map((look, at) => coveredBy(look, bundles[at], from));
  await readRest(from, parts);
  const torn = parts.filter(({ isTorn }) => isTorn).map(({ look }) => look);
  if (torn.length > 0 && rounds > 0) {
    const again = await readRuns(from, torn.map(({ id }) => id), undefined, rounds - 1);
    for (const [at, look] of torn.entries()) found.runs[look.at] = again.runs[at];
    for (const [id, damage] of again.damage) found.damage.set(id, damage);
  }
  for (const part of parts) {
    if (part.isTorn && rounds > 0) continue;
    const run = decode(from, part);
    const { look: { at, id, stamps }, damage } = part;
    if (damage.length > 0) found.damage.set(id, damage);
    else if (run) from.cache.set(id, stamps, run);
    found.runs[at] = run;
  }
  return found;
}

/**
 * The bundles of runs, each if a folder of its run still has the time of one. One that cannot be read is not there.
 */
async function readBundles(
  { bulk, index }: RunFolder,
  looks: readonly Look[],
): Promise<(MadeBundle | undefined)[]> {
  const lines = await index?.();
  const asked: number[] = [];
  const found = looks.map(({ id, stamps }, at) => {
    const line = lines?.get(id);
    // What came in place of what a bundle holds took the bundle away, which changed the folder that it was in.
    if (isVouched(line, stamps, 0)) return line;
    if (stamps.some((one) => one && isStamp(one.modified))) asked.push(at);
  });
  if (asked.length === 0) return found;
  try {
    const objects = await bulk.get(asked.map((at) => bundleKey(looks[at]!.folder)));
    for (const [i, at] of asked.entries()) found[at] = bundleOf(objects[i]);
  } catch (error) {
    if (!isOfOneObject(error)) throw error;
    // They save reads. Without them, these are made.
  }
  return found;
}

/** The bundle of a run in an object of its own. */
function bundleOf(object: GetResult | undefined): MadeBundle | undefined {
  const found = object && decodeStamped(object.bytes);
  return found && { ...found, made: object.lastModified.getTime() };
}

/** Whether a folder still has just what a bundle holds of it. */
function isVouched(bundle: MadeBundle | undefined, stamps: RunStamps, at: number): boolean {
  const times = stamps[at];
  if (!bundle) return false;
  if (bundle.folders) {
    // The stamp of the folder that it would be in tells that a folder is still missing.
    return times
      ? times.stamp !== undefined && times.stamp === bundle.folders[at]
      : at > 0 && bundle.folders[at] === null;
  }
  return times?.modified === bundle.stamp &&
    secondOf(times.changed) <= bundle.made && times.changed > bundle.made - SAME_COPY;
}

/** What the times of a run's folders say. */
interface Look {
  /** Its place among those that were asked for. */
  at: number;
  id: string;
  folder: string;
  /** Of the folders that are asked for, in their order: nothing if they are missing, or say nothing. */
  stamps: RunStamps;
}

const OWN = [""] as const;
const ALL_FOLDERS = ["", ...CHILDREN] as const;

/** The folders of a run that are looked at: `""` is its own. */
const foldersOf = ({ children }: Pick<RunFolder, "children">) => children ? ALL_FOLDERS : OWN;

/** The stamps of all folders of runs, those of the first one first. */
export async function stampsOf(
  from: Pick<RunFolder, "driver" | "folder" | "children">,
  ids: readonly string[],
  kept: KeptRuns,
): Promise<RunStamps> {
  const folders: string[] = [];
  for (const id of ids) {
    const folder = `${from.folder}/${id}`;
    folders.push(folder);
    if (from.children) folders.push(`${folder}/parameters`, `${folder}/metrics`);
  }
  const known = from.children ? kept.stamps : ids.map((_, at) => kept.stamps[at * FOLDERS]);
  return await from.driver.stamps?.(folders, { known }) ?? [];
}

/** What was read of a run. */
interface Part {
  look: Look;
  /** Its bundle, which counts for the folders that are not still to be read. */
  bundle: Omit<StampedBundle, "stamp">;
  /** Its small objects beside that, by their path below the experiment. */
  objects: Map<string, Uint8Array>;
  /** Its tags and comments files. */
  changes: ListedChange[];
  /** Its latest status file. */
  life?: Life;
  /** Whether something went while this looked: then what was found is of no version. */
  isTorn: boolean;
  /** The folders that are still to be read: `""` is the experiment's own. */
  rest: ("" | "parameters" | "metrics")[];
  damage: RubiconException[];
}

interface ListedChange {
  what: What;
  key: string;
  object: GetResult;
}

const NOTHING: Part["bundle"] = { objects: {}, lists: {} };

/** What a bundle says of a run, as far as the times of its folders vouch for that. */
function coveredBy(look: Look, read: MadeBundle | undefined, from: RunFolder): Part {
  const part: Part = {
    ...{ look, bundle: NOTHING, objects: new Map(), changes: [], rest: [], damage: [] },
    isTorn: false,
  };
  // Whatever has no experiment in it is no bundle of one.
  const bundle = read && METADATA in read.objects ? read : undefined;
  for (const [at, kind] of foldersOf(from).entries()) {
    if (!isVouched(bundle, look.stamps, at)) {
      part.rest.push(kind);
      continue;
    }
    // What was made with the experiment is still the latest if nothing came since.
    const status = kind === "" && latestStatus(Object.keys(bundle!.objects));
    if (status) {
      const source = bundle!.objects[status] as Record<string, unknown>;
      part.life = { source, at: `${look.folder}/${status}`, heard: bundle!.made };
    }
  }
  if (bundle) part.bundle = bundle;
  return part;
}

/** Reads what no bundle covers. */
async function readRest(from: RunFolder, parts: readonly Part[]): Promise<void> {
  const folders = parts.flatMap((part) =>
    part.rest.map((kind) => ({
      part,
      kind,
      folder: kind === "" ? part.look.folder : `${part.look.folder}/${kind}`,
    }))
  );
  if (folders.length === 0) return;
  const entries = await from.bulk.list(folders.map(({ folder }) => folder));
  const wanted = folders.flatMap(({ part, kind, folder }, at) => {
    const { folders, objects } = entries[at]!;
    const names = kind === ""
      ? [METADATA, ...objects.filter(isAnnotation), ...statusIn(objects)]
      : folders.map((name) => metadataKey(name));
    return names.map((name) => ({ part, kind, name, key: `${folder}/${name}` }));
  });
  const objects = await readEach(from, wanted);
  for (const [at, { part, kind, name, key }] of wanted.entries()) {
    const object = objects[at];
    if (!object) continue;
    const what = partOf(name);
    if (kind === "" && isStatusName(name)) {
      const heard = object.lastModified.getTime();
      part.life = { source: object.bytes, at: `${from.driver.label}: ${key}`, heard };
      continue;
    }
    if (kind === "" && (what === "tags" || what === "comments")) {
      part.changes.push({ what, key, object });
    } else part.objects.set(kind === "" ? name : `${kind}/${name}`, object.bytes);
  }
}

function statusIn(names: readonly string[]): string[] {
  const latest = latestStatus(names);
  return latest === undefined ? [] : [latest];
}

const isAnnotation = (name: string): boolean => {
  const part = partOf(name);
  return part === "tags" || part === "comments";
};

/** Objects that are to be there. One that cannot be read is damage of its run alone. */
async function readEach(
  { driver, bulk }: RunFolder,
  wanted: readonly { part: Part; key: string }[],
): Promise<(GetResult | undefined)[]> {
  const failed = new Set<number>();
  let objects: (GetResult | undefined)[];
  try {
    objects = await bulk.get(wanted.map(({ key }) => key));
  } catch (error) {
    if (!isOfOneObject(error)) throw error;
    // Which one it is shows one by one.
    objects = await pooled(wanted, async ({ part, key }, at) => {
      try {
        const [object] = await bulk.get([key]);
        return object;
      } catch (error) {
        if (!isOfOneObject(error)) throw error;
        failed.add(at);
        part.damage.push(error);
      }
    });
  }
  for (const [at, { part, key }] of wanted.entries()) {
    if (objects[at] || failed.has(at)) continue;
    // The end of a run takes away what it was before that: what is there now, the next look tells.
    if (isStatusName(key.slice(key.lastIndexOf("/") + 1))) {
      part.isTorn = true;
      continue;
    }
    const message = `${driver.label}: ${key} does not exist.`;
    part.damage.push(new RubiconException("not-found", message, { backend: driver.label }));
  }
  return objects;
}

/** The run of what was read; nothing if its experiment is not whole. What is not whole is added to the damage. */
function decode(from: RunFolder, part: Part): KnownRun | undefined {
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      if (!hasCode(error, "corrupt")) throw error;
      part.damage.push(error);
    }
  };
  const { look, bundle, objects, changes, rest } = part;
  const at = (path: string) => `${from.driver.label}: ${look.folder}/${path}`;
  const parsed = (path: string): Record<string, unknown> | undefined => {
    const bytes = objects.get(path);
    if (bytes) return parseObject(bytes, at(path));
    return rest.includes("") ? undefined : bundle.objects[path];
  };
  const experiment = attempt(() => {
    const own = parsed(METADATA);
    if (own === undefined) return undefined;
    const entity = entityFrom("experiment", own, from.place, at(METADATA));
    for (const what of ["tags", "comments"] as const) {
      const files = changes.filter((one) => one.what === what).map(({ key, object }) => ({
        key,
        lastModified: object.lastModified,
        change: decodeChange(what, object.bytes, `${from.driver.label}: ${key}`),
      }));
      if (files.length === 0) continue;
      entity[what] = fold(what, entity[what], files);
    }
    return entity;
  });
  if (!experiment) return undefined;
  const life = part.life ? { life: part.life } : { status: null };
  if (!from.children) return { experiment, parameters: NONE, metrics: NONE, ...life };
  const place = { ...from.place, experimentId: look.id };
  const cells = (folder: typeof CHILDREN[number], kind: "parameter" | "metric"): Cell[] => {
    const found: AgedCell[] = [];
    const add = (path: string, record: Record<string, unknown>) =>
      found.push(plainCell(kind, record) ?? cellOf(entityFrom(kind, record, place, at(path))));
    const prefix = `${folder}/`;
    if (rest.includes(folder)) {
      for (const [path, bytes] of objects) {
        if (path.startsWith(prefix)) attempt(() => add(path, parseObject(bytes, at(path))));
      }
      return inOrder(found);
    }
    const { [folder]: list } = bundle.lists;
    if (list) return list.flatMap((json) => attempt(() => decodeCell(kind, json)) ?? []);
    // Older versions have the children's own files in it.
    for (const path in bundle.objects) {
      if (path.startsWith(prefix)) attempt(() => add(path, bundle.objects[path]!));
    }
    return inOrder(found);
  };
  return {
    experiment,
    parameters: cells("parameters", "parameter"),
    metrics: cells("metrics", "metric") as MetricCell[],
    ...life,
  };
}

const NONE: readonly never[] = [];

/** Runs with their states, as far as these are known now. */
export const withStates = (
  runs: readonly KnownRun[],
  { states, lasted }: States,
): KnownRun[] =>
  // What is kept of a run says nothing of the time.
  runs.map((run) => {
    const { experiment, parameters, metrics, life } = run;
    if (!life) return run;
    const status = states.get(experiment.id) ?? null;
    const durationMs = lasted.get(experiment.id);
    return {
      ...{ experiment, parameters, metrics, status },
      ...(durationMs !== undefined && { durationMs }),
    };
  });

/** The states of runs that were read. Of those that go on, the folder of the history says when its last part came. */
export async function folderStates(
  { driver, bulk, folder }: RunFolder,
  runs: readonly KnownRun[],
): Promise<States> {
  const lives = new Map<string, Life>();
  for (const { experiment, life } of runs) if (life) lives.set(experiment.id, life);
  return await statesOf({ driver }, lives, async (ids) => {
    const folders = ids.map((id) => historyFolder(`${folder}/${id}`));
    const stamps = await driver.stamps?.(folders) ?? [];
    const times = folders.map((_, at) => stamps[at]?.modified);
    const unknown = folders.filter((_, at) => times[at] === undefined);
    if (unknown.length === 0) return times;
    // The times of folders are not to be trusted here, or there is no such folder.
    const entries = await bulk.list(unknown);
    const latest = await Promise.all(entries.map(async ({ objects }, at) => {
      const metas = await bulk.stat(objects.map((name) => `${unknown[at]}/${name}`));
      return Math.max(0, ...metas.map((meta) => meta?.lastModified.getTime() ?? 0));
    }));
    const found = latest.values();
    return times.map((time) => time ?? found.next().value);
  });
}

/** Oldest first, as they nearly always come. */
const inOrder = (cells: AgedCell[]): Cell[] => cells.sort(olderFirst).map(({ cell }) => cell);

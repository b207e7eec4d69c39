/**
 * Which experiments a store has that reads many small things at once, and the newest of them.
 *
 * @module
 */
import type { Answer, Backend, CallOptions } from "../../composite.ts";
import type { VerbOptions } from "../../drivers/driver.ts";
import { breathe } from "../../drivers/source.ts";
import { deletedBy, experimentsFolder, metadataKey } from "../format/layout.ts";
import { type KnownRun, RunCache } from "./run_cache.ts";
import { readRuns, type RunFolder } from "./folder_runs.ts";

/** So many runs are read in one go; others have their turn in between. */
const PAGE = 256;

const caches = new WeakMap<object, Map<string, RunCache>>();

/** What was read before of a backend's runs in one project. */
function cacheOf({ known }: Backend, folder: string): RunCache {
  let all = caches.get(known);
  if (!all) caches.set(known, all = new Map());
  let cache = all.get(folder);
  if (!cache) all.set(folder, cache = new RunCache());
  return cache;
}

/** A project's experiments in a backend; `undefined` if the backend does not read many things at once. */
export function runFolder(
  backend: Backend,
  projectName: string,
  children: boolean,
  options: VerbOptions,
): RunFolder | undefined {
  const { driver } = backend;
  if (!driver.bulk) return undefined;
  const folder = experimentsFolder(projectName);
  return {
    driver,
    bulk: driver.bulk,
    cache: cacheOf(backend, folder),
    folder,
    place: { projectName },
    children,
    options,
  };
}

/** The ids of the experiments that are there, and of those that left a trace of their deletion. */
export async function idsIn(from: RunFolder): Promise<{ ids: string[]; deleted: Set<string> }> {
  const [entries] = await from.bulk.list([from.folder], from.options);
  const { folders, objects } = entries!;
  const deleted = new Set<string>();
  for (const name of objects) {
    const trace = deletedBy(`${from.folder}/${name}`);
    if (trace !== undefined) deleted.add(trace.slice(from.folder.length + 1));
  }
  from.cache.keepOnly(new Set(folders));
  return { ids: folders, deleted };
}

/** Runs in pages, in the order of their ids. */
export async function* pagesOf(
  from: RunFolder,
  ids: readonly string[],
): AsyncGenerator<{ runs: KnownRun[]; damage: readonly string[] }, void, void> {
  for (let at = 0; at < ids.length; at += PAGE) {
    if (at > 0) await breathe();
    const found = [...(await readRuns(from, ids.slice(at, at + PAGE))).values()];
    yield {
      runs: found.flatMap(({ run }) => run ?? []),
      damage: found.flatMap(({ damage }) => damage),
    };
  }
}

/** Ids by when the store has their experiments from, the latest first. */
export async function latestFirst(
  from: RunFolder,
  ids: readonly string[],
): Promise<{ id: string; time: number }[]> {
  const latest: { id: string; time: number }[] = [];
  for (let at = 0; at < ids.length; at += 4 * PAGE) {
    if (at > 0) await breathe();
    const some = ids.slice(at, at + 4 * PAGE);
    const times = await from.bulk.times(
      some.map((id) => metadataKey(`${from.folder}/${id}`)),
      from.options,
    );
    for (const [at, id] of some.entries()) {
      const time = times[at]?.modified ?? NaN;
      latest.push({ id, time: Number.isNaN(time) ? Infinity : time });
    }
  }
  return latest.sort((a, b) => b.time - a.time);
}

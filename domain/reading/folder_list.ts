/**
 * Which experiments a store has that reads many small things at once, and the newest of them.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../../errors.ts";
import type { Answer, Backend } from "../../composite/plan.ts";
import { breathe } from "../../drivers/source.ts";
import { experimentsFolder, metadataKey, type Place } from "../format/layout.ts";
import type { Deletions } from "./deleted.ts";
import type { RunState } from "../format/run_state.ts";
import { checkRead, type ListAnswer } from "./entity_files.ts";
import { ALL, type Choice } from "./filter.ts";
import { type KnownRun, RunCache } from "./run_cache.ts";
import { folderStates, readRuns, type RunFolder } from "./folder_runs.ts";
import type { StateUse } from "./lives.ts";
import { newestOf } from "./newest.ts";
import { readParent } from "./parent.ts";

/** What is wanted of runs. */
export interface Wanted {
  /** Whether their parameters and metrics are. */
  children: boolean;
  /** What their states are for. */
  status: StateUse;
}

/** So many runs are read in one go; others have their turn in between. */
const PAGE = 128;

const caches = new WeakMap<object, Map<string, RunCache>>();

/** What was read before of a backend's runs in one project. */
function cacheOf({ health }: Backend, folder: string): RunCache {
  let all = caches.get(health);
  if (!all) caches.set(health, all = new Map());
  let cache = all.get(folder);
  if (!cache) all.set(folder, cache = new RunCache());
  return cache;
}

/** A project's experiments in a backend; `undefined` if the backend does not read many things at once. */
export function runFolder(
  backend: Backend,
  projectName: string,
  children: boolean,
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
  };
}

/** The ids of the experiments that are there, but for those that were deleted. */
export async function idsIn(from: RunFolder, deleted: Deletions): Promise<string[]> {
  const [entries] = await from.bulk.list([from.folder]);
  const { folders, objects } = entries!;
  for (const name of objects) deleted.add(`${from.folder}/${name}`);
  return from.cache.keepOnly(folders).filter((id) => !deleted.has(`${from.folder}/${id}`));
}

/**
 * The runs of a project that are wanted; nothing if the backend does not read many things at once.
 *
 * @param deleted Gets to know what was deleted.
 */
export async function folderRuns(
  backend: Backend,
  place: Place,
  { children, status }: Wanted,
  choice: Choice,
  deleted: Deletions,
): Promise<Answer<KnownRun[]> | undefined> {
  const from = runFolder(backend, place.projectName, children);
  if (!from) return undefined;
  const ids = await idsIn(from, deleted);
  if (ids.length === 0) {
    await readParent(backend, place);
    return { value: [], weak: "bare" };
  }
  // The newest of all are all.
  if (!choice.newest || choice.limit >= ids.length) {
    const answer = await readWanted(from, ids, choice, status);
    checkRead(answer);
    from.cache.sort();
    return answer;
  }
  // Whoever was read has a state that is known by then.
  const states = new Map<string, RunState | null>();
  const passes: Choice["passes"] = status === "decides"
    ? (one) => choice.passes(one, states.get(one.id) ?? null)
    : choice.passes;
  const answer = await newestOf<KnownRun>(
    await storedTimes(from, ids),
    await from.driver.times?.(),
    { ...choice, passes },
    ({ experiment }) => experiment,
    async (names) => {
      const found = await readWanted(from, names, choice, status);
      for (const { experiment, status } of found.value) states.set(experiment.id, status ?? null);
      return found;
    },
  );
  checkRead(answer);
  return answer;
}

/** The runs that are wanted. What their own files decide is decided before anything else of them is read. */
async function readWanted(
  from: RunFolder,
  ids: readonly string[],
  { passes }: Choice,
  status: StateUse,
): Promise<ListAnswer<KnownRun>> {
  if (passes === ALL.passes) return await withStates(from, await readAllRuns(from, ids), status);
  let own = await readAllRuns({ ...from, children: false }, ids);
  // What decides is read of all, and what is only shown of those that are wanted.
  if (status === "decides") own = await withStates(from, own, status);
  own.value = own.value.filter(({ experiment, status }) => passes(experiment, status ?? null));
  if (!from.children) return status === "shown" ? await withStates(from, own, status) : own;
  const left = own.value.map(({ experiment }) => experiment.id);
  const wanted = await withStates(from, await readAllRuns(from, left), status);
  return own.weak
    ? { ...own, ...wanted, weak: own.weak, damage: [...own.damage!, ...wanted.damage ?? []] }
    : wanted;
}

/** Runs with their states, if somebody asks for them. */
async function withStates(
  from: RunFolder,
  answer: ListAnswer<KnownRun>,
  use: StateUse,
): Promise<ListAnswer<KnownRun>> {
  if (use === "none") return answer;
  const { states, lasted, damage } = await folderStates(from, answer.value);
  // What is kept of a run says nothing of the time.
  const value = answer.value.map((run) => ({
    ...run,
    status: states.get(run.experiment.id) ?? null,
    ...(lasted.has(run.experiment.id) && { durationMs: lasted.get(run.experiment.id)! }),
  }));
  if (damage.length === 0) return { ...answer, value };
  const more = damage.map(({ message }) => message);
  return { ...answer, value, weak: "damaged", damage: [...answer.damage ?? [], ...more] };
}

/** Reads runs. Others have their turn between the pages. */
async function readAllRuns(
  from: RunFolder,
  ids: readonly string[],
): Promise<ListAnswer<KnownRun>> {
  const answer: ListAnswer<KnownRun> = { value: [], read: 0 };
  const damage: RubiconException[] = [];
  for (let at = 0; at < ids.length; at += PAGE) {
    if (at > 0) await breathe();
    for (const found of (await readRuns(from, ids.slice(at, at + PAGE))).values()) {
      if (found.run) answer.value.push(found.run);
      damage.push(...found.damage);
    }
  }
  answer.read = answer.value.length;
  const denied = damage.find((error) => !hasCode(error, "corrupt", "not-found"));
  if (denied) answer.denied = denied;
  if (damage.length === 0) return answer;
  return { ...answer, weak: "damaged", damage: damage.map(({ message }) => message) };
}

/** When the store has experiments from, as far as it tells. */
async function storedTimes(
  from: RunFolder,
  ids: readonly string[],
): Promise<{ name: string; time: number | undefined }[]> {
  const stored: { name: string; time: number | undefined }[] = [];
  for (let at = 0; at < ids.length; at += PAGE) {
    if (at > 0) await breathe();
    const some = ids.slice(at, at + PAGE);
    const keys = some.map((id) => metadataKey(`${from.folder}/${id}`));
    const metas = await from.bulk.stat(keys);
    for (const [at, name] of some.entries()) {
      stored.push({ name, time: metas[at]?.lastModified.getTime() });
    }
  }
  return stored;
}

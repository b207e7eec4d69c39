/**
 * Which experiments a store has that reads many small things at once, and the newest of them.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../../errors.ts";
import type { Answer, Backend } from "../../composite/plan.ts";
import { Turns } from "../../drivers/turns.ts";
import { experimentsFolder, metadataKey, type Place } from "../format/layout.ts";
import type { Deletions } from "./deleted.ts";
import type { RunState } from "../format/run_state.ts";
import { checkRead, type ListAnswer } from "./entity_files.ts";
import { ALL, type Choice } from "./filter.ts";
import { type KeptRuns, type KnownRun, RunCache, someOf } from "./run_cache.ts";
import { createdBy, indexOf } from "./folder_index.ts";
import { folderStates, readRuns, type RunFolder, stampsOf, withStates } from "./folder_runs.ts";
import type { StateUse } from "./lives.ts";
import { newestOf, type Stored } from "./newest.ts";
import { readParent } from "./parent.ts";

/** What is wanted of runs. */
export interface Wanted {
  /** Whether their parameters and metrics are. */
  children: boolean;
  /** What their states are for. */
  status: StateUse;
}

/** If fewer than one run in so many is not known yet, reading the whole index takes longer than reading what is new. */
const INDEX_SHARE = 8;

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

/** A project's experiments, with all that is known of them. */
type ListedFolder = RunFolder & { cache: RunCache };

/** A project's experiments in a backend; `undefined` if the backend does not read many things at once. */
export function runFolder(
  backend: Backend,
  projectName: string,
  children: boolean,
): ListedFolder | undefined {
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
export async function idsIn(
  { driver, bulk, cache, folder, index }: ListedFolder,
  deleted: Deletions,
): Promise<readonly string[]> {
  const [stamp] = await driver.stamps?.([folder], { known: [cache.stamp] }) ?? [];
  let found = cache.listing(stamp);
  if (!found) {
    const [entries] = await bulk.list([folder]);
    const { folders, objects } = entries!;
    // Sorting what is in order already takes no time.
    const sorted = cache.isEmpty ? (await index?.())?.inOrder(folders) ?? folders : folders;
    found = { ids: cache.listed(stamp, sorted, objects), objects };
  }
  for (const name of found.objects) deleted.add(`${folder}/${name}`);
  if (deleted.isEmpty) return found.ids;
  return found.ids.filter((id) => !deleted.has(`${folder}/${id}`));
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
  const found = runFolder(backend, place.projectName, children);
  if (!found) return undefined;
  const index = indexOf(found);
  const ids = await idsIn({ ...found, index }, deleted);
  if (ids.length === 0) {
    await readParent(backend, place);
    return { value: [], weak: "bare" };
  }
  const { runs } = found.cache.kept(ids);
  const unknown = ids.reduce((count, _, at) => count + Number(!runs[at]), 0);
  const from = unknown * INDEX_SHARE < ids.length ? found : { ...found, index };
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
    await changeTimes(from, ids),
    await from.driver.times?.(),
    { ...choice, passes },
    ({ experiment }) => experiment,
    async (names) => {
      const found = await readWanted(from, names, choice, status);
      for (const { experiment, status } of found.value) states.set(experiment.id, status ?? null);
      return found;
    },
    (names) => storedTimes(from, names),
  );
  checkRead(answer);
  return answer;
}

/** The runs that are wanted. What their own files decide is decided before anything else of them is read. */
async function readWanted(
  from: ListedFolder,
  ids: readonly string[],
  { passes }: Choice,
  status: StateUse,
): Promise<ListAnswer<KnownRun>> {
  if (passes === ALL.passes) return await inStates(from, await readAllRuns(from, ids), status);
  let own = await readAllRuns({ ...from, children: false }, ids);
  // What decides is read of all, and what is only shown of those that are wanted.
  if (status === "decides") own = await inStates(from, own, status);
  own.value = own.value.filter(({ experiment, status }) => passes(experiment, status ?? null));
  if (!from.children) return status === "shown" ? await inStates(from, own, status) : own;
  const left = own.value.map(({ experiment }) => experiment.id);
  const wanted = await inStates(from, await readAllRuns(from, left), status);
  return own.weak
    ? { ...own, ...wanted, weak: own.weak, damage: [...own.damage!, ...wanted.damage ?? []] }
    : wanted;
}

/** Runs with their states, if somebody asks for them. */
async function inStates(
  from: RunFolder,
  answer: ListAnswer<KnownRun>,
  use: StateUse,
): Promise<ListAnswer<KnownRun>> {
  if (use === "none") return answer;
  const found = await folderStates(from, answer.value);
  const value = withStates(answer.value, found);
  if (found.damage.length === 0) return { ...answer, value };
  const more = found.damage.map(({ message }) => message);
  return { ...answer, value, weak: "damaged", damage: [...answer.damage ?? [], ...more] };
}

/** Reads runs. Others have their turn between the pages. */
async function readAllRuns(
  from: ListedFolder,
  ids: readonly string[],
): Promise<ListAnswer<KnownRun>> {
  const kept = from.cache.kept(ids);
  const answer: ListAnswer<KnownRun> = { value: [], read: 0 };
  const damage: RubiconException[] = [];
  const turns = new Turns();
  for (let at = 0; at < ids.length; at += PAGE) {
    if (at > 0) await turns.take();
    const end = at + PAGE;
    const found = await readRuns(from, ids.slice(at, end), someOf(kept, at, end));
    for (const run of found.runs) if (run) answer.value.push(run);
    for (const reasons of found.damage.values()) damage.push(...reasons);
  }
  answer.read = answer.value.length;
  const denied = damage.find((error) => !hasCode(error, "corrupt", "not-found"));
  if (denied) answer.denied = denied;
  if (damage.length === 0) return answer;
  return { ...answer, weak: "damaged", damage: damage.map(({ message }) => message) };
}

/** When an experiment was changed at the latest that is told in whole seconds. */
const CHANGE_STEP = 1_000;

/**
 * When experiments were created, as far as that is known or the index says it, since that never changes. Else, at the
 * latest: their folders say so, as each has its experiment's own file in it. What came later changed a folder as well, so
 * the file itself may say it better.
 */
async function changeTimes(from: ListedFolder, ids: readonly string[]): Promise<Stored[]> {
  const { runs } = from.cache.kept(ids);
  const index = await from.index?.();
  const stored: Stored[] = [];
  const unknown: string[] = [];
  for (const [at, name] of ids.entries()) {
    const createdAt = runs[at]?.experiment.createdAt ?? (index && createdBy(index, name));
    if (createdAt === undefined) unknown.push(name);
    else stored.push({ name, createdAt });
  }
  const turns = new Turns();
  for (let at = 0; at < unknown.length; at += PAGE) {
    if (at > 0) await turns.take();
    const some = unknown.slice(at, at + PAGE);
    const stamps = await stampsOf({ ...from, children: false }, some, NOTHING_KEPT);
    for (const [i, name] of some.entries()) {
      const changed = stamps[i]?.changed;
      stored.push({ name, time: changed && changed + CHANGE_STEP, isRough: true });
    }
  }
  return stored;
}

const NOTHING_KEPT: KeptRuns = { runs: [], stamps: [] };

/** When the store has experiments' own files from, as far as it tells. */
async function storedTimes(
  from: RunFolder,
  ids: readonly string[],
): Promise<(number | undefined)[]> {
  const times: (number | undefined)[] = [];
  const turns = new Turns();
  for (let at = 0; at < ids.length; at += PAGE) {
    if (at > 0) await turns.take();
    const keys = ids.slice(at, at + PAGE).map((id) => metadataKey(`${from.folder}/${id}`));
    for (const meta of await from.bulk.stat(keys)) times.push(meta?.lastModified.getTime());
  }
  return times;
}

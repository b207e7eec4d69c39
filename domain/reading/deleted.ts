/**
 * What was deleted on purpose. A backend that missed a deletion still has the entity, so what is known of the deletion
 * counts for more: by the trace or the mark that another backend answers with, or by the composite that deleted it.
 *
 * @module
 */
import { hasCode, isRubiconException, RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import { deletedBy, entityOf, tombstoneKey } from "../format/layout.ts";
import { hasMarks, markKey, Marks } from "../format/trash.ts";

/** The folders of the entities that a composite has deleted. */
const deletions = new WeakMap<Composite, Set<string>>();

/** Notes a deletion that was acknowledged, since backends that missed it may be the only ones that can be read later. */
export function noteDeletion(rubicon: Composite, folder: string): void {
  const noted = deletions.get(rubicon) ?? new Set();
  deletions.set(rubicon, noted.add(folder));
}

/** Forgets a deletion that was taken back. */
export function forgetDeletion(rubicon: Composite, folder: string): void {
  deletions.get(rubicon)?.delete(folder);
}

/** The entity that this composite deleted: that of a folder, or one that it belongs to. */
export function notedDeletion(rubicon: Composite, folder: string): string | undefined {
  const noted = deletions.get(rubicon);
  if (!noted || noted.size === 0) return undefined;
  for (let at = folder; at !== ""; at = entityOf(at)) if (noted.has(at)) return at;
  return undefined;
}

/** Whether this composite deleted anything. */
export const hasNotedDeletions = (rubicon: Composite): boolean =>
  (deletions.get(rubicon)?.size ?? 0) > 0;

/** Whether this composite deleted the entity of a folder, or one that it belongs to. */
export const isNotedDeletion = (rubicon: Composite, folder: string): boolean =>
  notedDeletion(rubicon, folder) !== undefined;

/** What listings say was deleted. */
export class Deletions {
  readonly #marks = new Marks();
  readonly #traces = new Set<string>();

  #isEmpty = true;

  /** Whether nothing was deleted. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Takes the key of any object. */
  add(key: string): void {
    const folder = deletedBy(key);
    if (folder !== undefined) this.#traces.add(folder);
    if (folder !== undefined || this.#marks.add(key)) this.#isEmpty = false;
  }

  /** Whether the entity of a folder was deleted. */
  has(folder: string): boolean {
    return this.#traces.has(folder) || this.#marks.isTrashed(folder);
  }
}

/** The key of the trace that the deletion of a folder's entity leaves. */
export function traceOf(folder: string): string {
  const end = folder.lastIndexOf("/");
  return tombstoneKey(folder.slice(0, end), folder.slice(end + 1));
}

/** Whether a backend has the trace of a deletion. */
export const hasTrace = (backend: Backend, folder: string): Promise<boolean> =>
  has(backend, traceOf(folder));

/** Whether a backend has an object. */
export async function has({ driver }: Backend, key: string): Promise<boolean> {
  try {
    await driver.stat(key);
    return true;
  } catch (error) {
    if (hasCode(error, "not-found")) return false;
    throw error;
  }
}

/** Nobody deletes and restores one thing as often: a store that says so says that of each key. */
const MOST_TIMES = 100;

/** The marks of an experiment or a project that a backend has, but for those of emptied trash: looked up one by one. */
export async function marksIn(backend: Backend, folder: string): Promise<string[]> {
  const found: string[] = [];
  if (!hasMarks(folder)) return found;
  for (let time = 1; time <= MOST_TIMES; time++) {
    for (const mark of ["deleted", "restored"] as const) {
      const key = markKey(mark, folder, time);
      if (!await has(backend, key)) return found;
      found.push(key);
    }
  }
  const { label } = backend;
  throw new RubiconException(
    "corrupt",
    `${label}: ${folder} was deleted ${MOST_TIMES} times and more.`,
    {
      backend: label,
    },
  );
}

/** Whether a backend knows that an experiment or a project is in the trash. */
export const isTrashedIn = async (backend: Backend, folder: string): Promise<boolean> =>
  Marks.from(await marksIn(backend, folder)).isTrashed(folder);

/** Whether an experiment or a project is in the trash, by the marks that all backends have together. */
export async function isTrashed(
  rubicon: Core,
  folder: string,
  { signal, timeoutMs }: CallOptions,
): Promise<boolean> {
  const keys = await rubicon.read({
    what: `whether ${folder} is in the trash`,
    run: async (backend) => ({ value: await marksIn(backend, folder) }),
    merge: (all) => all.flat(),
  }, {
    read: "merge",
    ...(signal && { signal }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  return Marks.from(keys).isTrashed(folder);
}

const ATTACHED = /\/(?:artifacts|dataframes)\/[^/]+$/;
const OWNER = /^[^/]+(?:\/experiments\/[^/]+)?$/;

/** Why a backend lacks the entity of a folder: the folder of what was deleted; nothing if it knows of no deletion. */
async function deletedIn(backend: Backend, folder: string): Promise<string | undefined> {
  for (let at = folder; at !== ""; at = entityOf(at)) {
    if (ATTACHED.test(at) && await hasTrace(backend, at)) return at;
    if (OWNER.test(at) && await isTrashedIn(backend, at)) return at;
  }
  return undefined;
}

/** For so long, in milliseconds, something counts as not deleted without another look. */
const FRESH = 5_000;
/** So many looks are remembered for each backend. */
const MOST_LOOKS = 100_000;

/** When a backend last said that something was not in the trash, by what its health is kept in. */
const looks = new WeakMap<object, Map<string, number>>();

function looksOf({ health }: Backend): Map<string, number> {
  let seen = looks.get(health);
  if (!seen || seen.size >= MOST_LOOKS) looks.set(health, seen = new Map());
  return seen;
}

/** Notes that experiments or projects were not in the trash a moment ago, as far as backends know. */
export function noteLiving(backends: readonly Backend[], folders: readonly string[]): void {
  const now = performance.now();
  for (const backend of backends) {
    const seen = looksOf(backend);
    for (const folder of folders) seen.set(folder, now);
  }
}

/**
 * The experiment or the project in the trash that a folder is in, though a backend still has things of it: a deletion is
 * under way, or ended half-way. Whoever got an entity before that is to see all of it or nothing.
 */
async function trashedAbove(backend: Backend, folder: string): Promise<string | undefined> {
  const seen = looksOf(backend);
  const now = performance.now();
  const owners: string[] = [];
  for (let at = folder; at !== ""; at = entityOf(at)) {
    if (OWNER.test(at) && now - (seen.get(at) ?? -Infinity) > FRESH) owners.push(at);
  }
  const trashed = await Promise.all(owners.map(async (at) => {
    try {
      return await isTrashedIn(backend, at);
    } catch (error) {
      if (!isRubiconException(error)) throw error;
      return undefined; // What cannot be asked knows of nothing, and reading tells what is the matter.
    }
  }));
  noteLiving([backend], owners.filter((_, at) => trashed[at] === false));
  return owners.find((_, at) => trashed[at]);
}

/** What a read found: values, unless a backend knows of the deletion. */
interface Found<T> {
  values: T[];
  deleted?: string;
}

/**
 * Reads something of an entity. A backend that lacks it because it was deleted, or what it belongs to, answers for all:
 * none is asked after it that may have missed the deletion.
 *
 * @param folder The entity's folder.
 * @param run Reads from one backend.
 * @param merge Joins the answers of several backends. Missing: the first answer stands.
 * @throws {RubiconException} `not-found` if it was deleted.
 */
export async function readAttached<T>(
  rubicon: Core,
  folder: string,
  what: string,
  run: (backend: Backend) => Promise<Answer<T>>,
  call: CallOptions,
  merge: (values: T[]) => T = ([first]) => first!,
): Promise<T> {
  const noted = notedDeletion(rubicon, folder);
  if (noted !== undefined) throw gone(what, noted);
  const { values, deleted } = await rubicon.read<Found<T>>({
    what,
    async run(backend) {
      try {
        const [{ value, ...rest }, deleted] = await Promise.all([
          run(backend),
          trashedAbove(backend, folder),
        ]);
        if (deleted !== undefined) return { value: { values: [], deleted } };
        return { ...rest, value: { values: [value] } };
      } catch (error) {
        if (!hasCode(error, "not-found")) throw error;
        const deleted = await deletedIn(backend, folder);
        if (deleted === undefined) throw error;
        return { value: { values: [], deleted } };
      }
    },
    merge: (all) => {
      const deleted = all.find((one) => one.deleted !== undefined)?.deleted;
      const values = all.flatMap((one) => one.values);
      return { values, ...(deleted !== undefined && { deleted }) };
    },
  }, call);
  // One answer stands as it is.
  const all = () => values.length === 1 ? values[0]! : merge(values);
  if (deleted === undefined) return all();
  // It may have been restored in a backend that answered with it.
  const isBack = values.length > 0 && OWNER.test(deleted) &&
    !await isTrashed(rubicon, deleted, call);
  if (isBack) return all();
  throw gone(what, deleted);
}

/** `not-found` for what was deleted, or belongs to what was. */
export const gone = (what: string, deleted?: string): RubiconException =>
  new RubiconException(
    "not-found",
    deleted !== undefined && OWNER.test(deleted)
      ? `${what} cannot be read: ${inTrash(deleted)}`
      : `${what} cannot be read: it was deleted.`,
  );

/** Says that something is in the trash, and what to do. */
export function inTrash(folder: string): string {
  const [slug, , id] = folder.split("/");
  return id === undefined
    ? `the project "${slug}" was deleted. restoreProject brings it back, until the trash is emptied.`
    : `the experiment ${id} of project "${slug}" was deleted. restoreExperiment brings it back, ` +
      "until the trash is emptied.";
}

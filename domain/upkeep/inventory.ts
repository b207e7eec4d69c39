/**
 * What a store has of a project, in whichever backends, without what was deleted on purpose.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Backend, Core } from "../../composite/plan.ts";
import type { Bytes, ListEntry, Source } from "../../drivers/driver.ts";
import { fromWhole } from "../../composite/copy.ts";
import { join, type Joined, type What } from "../format/annotations.ts";
import { isChecked, isWhole } from "../format/copies.ts";
import { entityOf, isOwn } from "../format/layout.ts";
import { deletedBelow } from "../format/trash.ts";
import { type Place, placeIn, whatOf } from "./annotations.ts";
import { isKey } from "./differences.ts";

/** One object, and who has it. */
export interface Held {
  key: string;
  size: number;
  /** The backends that have it, in their order, each with what it says of it. */
  holders: { backend: Backend; entry: ListEntry }[];
}

/** The tags or the comments of one entity: one thing, of several files. */
export interface Group {
  what: What;
  /** The entity's folder. */
  folder: string;
  files: Held[];
}

/** What a store has below a folder. */
export interface Inventory {
  /** The backends that answered. */
  backends: readonly Backend[];
  /** Objects by key, but for tags and comments. */
  objects: ReadonlyMap<string, Held>;
  /** Tags and comments, by {@linkcode groupName}. */
  groups: ReadonlyMap<string, Group>;
  /** Folders of entities that were deleted. */
  deleted: ReadonlySet<string>;
  /** Keys of what belongs to no entity. */
  foreign: string[];
}

/** A name for the tags or comments of an entity. */
export const groupName = (what: What, folder: string): string => `${what} ${folder}`;

/** What an inventory takes in. */
export interface Scope {
  /** Whether what was deleted, or belongs to no entity, is taken like everything else. */
  everything?: boolean;
  /** How many segments to go below the folder. Missing: all. */
  depth?: number;
}

/** Lists all below a folder, in all backends that are able. */
export async function inventory(
  rubicon: Core,
  folder: string,
  call: CallOptions,
  { everything = false, depth }: Scope = {},
): Promise<Inventory> {
  const { onReceipts: _onReceipts, ...quiet } = call;
  const lists = await rubicon.read<{ backend: Backend; entries: ListEntry[] }[]>({
    what: `what is in ${folder}`,
    async run(backend) {
      const entries = await Array.fromAsync(
        backend.driver.list(folder, depth === undefined ? {} : { depth }),
      );
      const value = [{ backend, entries }];
      // Whoever takes everything asks what there is, in those that answer.
      return entries.length > 0 || everything ? { value } : { value, weak: "empty" };
    },
    merge: (all) => all.flat(),
  }, { ...quiet, read: "merge" });
  const all = new Map<string, Held>();
  const foreign = new Set<string>();
  for (const { backend, entries } of lists) {
    for (const entry of entries) {
      const { key, size } = entry;
      if (!isKey(key) || !isOwn(key) && !everything) foreign.add(key);
      else {
        const held = all.get(key) ?? { key, size, holders: [] };
        held.holders.push({ backend, entry });
        all.set(key, held);
      }
    }
  }
  const deleted = everything ? new Set<string>() : deletedBelow(all.keys());
  const objects = new Map<string, Held>();
  const groups = new Map<string, Group>();
  for (const [key, held] of all) {
    const folder = entityOf(key);
    if (isIn(deleted, folder)) continue;
    const what = whatOf(key);
    if (!what) objects.set(key, held);
    else {
      const name = groupName(what, folder);
      const group = groups.get(name) ?? { what, folder, files: [] };
      group.files.push(held);
      groups.set(name, group);
    }
  }
  const backends = lists.map(({ backend }) => backend);
  return { backends, objects, groups, deleted, foreign: [...foreign].sort() };
}

/** Whether an entity is one of those, or belongs to one. */
export function isIn(folders: ReadonlySet<string>, folder: string): boolean {
  for (let at = folder; folders.size > 0 && at !== ""; at = entityOf(at)) {
    if (folders.has(at)) return true;
  }
  return false;
}

/** Hands an object to `use` from the first backend that has it whole; nothing happens if it is gone. */
export async function withObject<T>(
  { key, holders }: Held,
  signal: AbortSignal | undefined,
  use: (source: Source) => Promise<T>,
): Promise<T | undefined> {
  const backends = holders.map(({ backend }) => backend);
  const done = await fromWhole(backends, key, { signal, ...(isChecked(key) && { isWhole }) }, use);
  return done?.value;
}

/** The bytes of a small object; `undefined` if it is gone. */
export const bytesOf = (held: Held, signal?: AbortSignal): Promise<Bytes | undefined> =>
  withObject(
    held,
    signal,
    async (source) =>
      source instanceof Uint8Array
        ? new Uint8Array(source)
        : await new Response(await source()).bytes(),
  );

/** What each backend has of the tags or comments of an entity. */
export function placesOf(
  { what, files }: Pick<Group, "what" | "files">,
  backends: readonly Backend[],
  signal: AbortSignal | undefined,
): Promise<Place[]> {
  return Promise.all(backends.map((backend) => {
    const own = files.flatMap(({ holders }) =>
      holders.flatMap((one) => one.backend === backend ? [one.entry] : [])
    );
    return placeIn(backend, what, own, signal);
  }));
}

/**
 * The tags or comments of an entity, from all backends together.
 *
 * @throws {RubiconException} `corrupt` if no backend has some file whole.
 */
export async function joinedOf(
  group: Group,
  backends: readonly Backend[],
  signal: AbortSignal | undefined,
): Promise<Joined> {
  const places = await placesOf(group, backends, signal);
  const joined = join(places.map(({ files }) => files));
  for (const { damaged } of places) {
    for (const [key, error] of damaged) if (!joined.files.has(key)) throw error;
  }
  return joined;
}

/** Says what was left out of a copy, in one line. */
export function listed(keys: readonly string[]): string {
  const more = keys.length > 5 ? ` and ${keys.length - 5} more` : "";
  return keys.slice(0, 5).map((key) => JSON.stringify(key)).join(", ") + more;
}

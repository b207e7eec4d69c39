/**
 * Comparing the tags or comments of one entity between backends: by what is in force, not by files.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../../errors.ts";
import type { Backend } from "../../composite/plan.ts";
import type { ListEntry } from "../../drivers/driver.ts";
import { type Comparison, contentsOf, type Spread } from "../../composite/compare.ts";
import { wholeBytes } from "../../composite/copy.ts";
import {
  type ChangeFile,
  isOneOrder,
  join,
  stateOf,
  type What,
  WHATS,
} from "../format/annotations.ts";
import { rewrites, takenOut } from "../format/rewrites.ts";
import { decodeChange, encodeChange, ownTexts } from "../format/codec.ts";
import { isWhole } from "../format/copies.ts";
import { partOf } from "../format/layout.ts";
import { pooled } from "../pool.ts";

/** The tags or comments that a key is of. */
export const whatOf = (key: string): What | undefined =>
  WHATS.find((what) => partOf(key.slice(key.lastIndexOf("/") + 1)) === what);

/** What one place has of an entity's tags or comments. */
export interface Place {
  /** The files. */
  files: ChangeFile[];
  /** Those that are damaged, each with the reason. */
  damaged: Map<string, RubiconException>;
}

/** One file that is to be written in some backends. */
export interface Rewritten {
  /** Its key. */
  key: string;
  /** Its bytes; missing if no backend has it whole. */
  bytes?: Uint8Array;
  /** Why some of them have it damaged. */
  error?: RubiconException;
  /** Indexes of the backends that are to get it. */
  to: number[];
}

/** Reads the files of one backend; a file that is gone meanwhile is none. */
export async function placeIn(
  backend: Backend,
  what: What,
  entries: readonly { key: string; lastModified: Date }[],
  signal?: AbortSignal,
): Promise<Place> {
  const place: Place = { files: [], damaged: new Map() };
  // One after another: callers have as many entities under way as there may be requests.
  for (const { key, lastModified } of entries) {
    try {
      const bytes = await wholeBytes(backend, key, { signal });
      place.files.push({ key, lastModified, change: decodeChange(what, bytes, key) });
    } catch (error) {
      if (hasCode(error, "corrupt")) place.damaged.set(key, error);
      else if (!hasCode(error, "not-found")) throw error;
    }
  }
  return place;
}

/** What an entity was written with, from the first backend that has its metadata whole. */
export async function ownOf(
  backends: readonly Backend[],
  what: What,
  key: string,
  signal?: AbortSignal,
): Promise<string[]> {
  for (const backend of backends) {
    try {
      return ownTexts(what, await wholeBytes(backend, key, { isWhole, signal }));
    } catch (error) {
      if (!hasCode(error, "corrupt", "not-found")) throw error;
    }
  }
  return [];
}

/**
 * Compares the tags or comments of one entity.
 *
 * @param metadata Where the entity's metadata is.
 * @returns What is to be written so that all backends say the same: nothing if they do; and how many files were read.
 */
export async function compareAnnotations(
  backends: readonly Backend[],
  what: What,
  files: readonly Spread[],
  metadata: Spread | undefined,
  comparison: Comparison,
  signal?: AbortSignal,
): Promise<{ rewritten: Rewritten[]; read: number }> {
  const quick = await isSame(backends, files, comparison, signal);
  if (quick.same) return { rewritten: [], read: quick.read };
  const places = await Promise.all(
    backends.map((backend, at) =>
      placeIn(backend, what, files.flatMap(({ entries }) => entries[at] ?? []), signal)
    ),
  );
  const holders = backends.filter((_, at) => metadata?.entries[at]);
  const own = metadata ? await ownOf(holders, what, metadata.key, signal) : [];
  const joined = join(places.map(({ files }) => files));
  const wanted = stateOf(own, [...joined.files.values()]);
  const rewritten = new Map<string, Rewritten>();
  const add = (at: number, one: Omit<Rewritten, "to">) => {
    const known = rewritten.get(one.key);
    rewritten.set(one.key, { ...known, ...one, to: [...known?.to ?? [], at] });
  };
  for (const [at, { files, damaged }] of places.entries()) {
    const isOther = stateOf(own, files).symmetricDifference(wanted).size > 0;
    const more = new Map(
      (isOther ? rewrites(what, joined, files) : []).map(({ key, bytes }) => [key, bytes]),
    );
    for (const [key, error] of damaged) {
      const whole = joined.files.get(key);
      add(at, { key, error, ...(whole && { bytes: encodeChange(what, whole.change) }) });
      more.delete(key);
    }
    for (const [key, bytes] of more) add(at, { key, bytes });
  }
  return { rewritten: [...rewritten.values()], read: files.length };
}

/** Whether all backends have the same files, in one order. */
async function isSame(
  backends: readonly Backend[],
  files: readonly Spread[],
  comparison: Comparison,
  signal?: AbortSignal,
): Promise<{ same: boolean; read: number }> {
  const places = backends.map((_, at) => files.flatMap(({ entries }) => entries[at] ?? []));
  const everywhere = files.every(({ entries }) => entries.every((entry) => entry !== undefined));
  if (!everywhere || !isOneOrder(places)) return { same: false, read: 0 };
  let read = 0;
  for (const file of files) {
    const contents = await contentsOf(backends, file, comparison, { signal, isWhole });
    if (contents.read) read++;
    if (contents.groups.length > 1 || contents.damaged.size > 0) return { same: false, read };
  }
  return { same: true, read };
}

/** So often files are looked at again: after that it is somebody else who writes. */
const ROUNDS = 3;

/**
 * Looks once more at what was written, and takes out what is not in force: somebody may have tagged the entity
 * meanwhile, and what was copied over that would be the latest file for rubicon-ml.
 */
export async function settle(
  backends: readonly Backend[],
  what: What,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const options = { signal };
  for (let round = 0; round < ROUNDS; round++) {
    const places = await Promise.all(backends.map(async (backend) => {
      const files: ListEntry[] = [];
      for await (const entry of backend.driver.list(folder, { ...options, depth: 1 })) {
        if (whatOf(entry.key) === what) files.push(entry);
      }
      return await placeIn(backend, what, files, signal);
    }));
    const joined = join(places.map(({ files }) => files));
    const more = places.map(({ files }) => takenOut(what, [files], joined));
    if (more.flat().length === 0) return;
    await Promise.all(
      backends.map((backend, at) =>
        pooled(more[at]!, ({ key, bytes }) => backend.driver.put(key, bytes, options))
      ),
    );
  }
}

/**
 * What copies of objects between stores need to know of them: which are whole, and what may be said beside an entity.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import { type ChangeFile, join, type What, WHATS } from "./annotations.ts";
import { rewrites } from "./rewrites.ts";
import { decodeChange, isWhole as isWholeJson } from "./codec.ts";
import { isHistoryKey, isOwn, isStatusName, partOf } from "./layout.ts";

/** A small object of a store. */
export interface Stored {
  /** Its key. */
  key: string;
  /** When it was stored. */
  lastModified: Date;
  /** Its bytes. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** What a key is to the entity that it is beside. */
const partOfKey = (key: string) => partOf(key.slice(key.lastIndexOf("/") + 1));

/** Whether a key is of JSON. */
const isJson = (key: string): boolean =>
  partOfKey(key) !== undefined || isStatusName(key.slice(key.lastIndexOf("/") + 1));

/** Whether a key is of an entity's JSON or history, which show where they were cut short. */
export const isChecked = (key: string): boolean => isJson(key) || isHistoryKey(key);

/** Whether an object's bytes are all of it, as far as they tell. */
export function isWhole(key: string, bytes: Uint8Array): boolean {
  if (isJson(key)) return isWholeJson(bytes);
  return !isHistoryKey(key) || isWholeHistory(key, bytes);
}

/** A line of history ends with a line feed, a Parquet file with its name. */
function isWholeHistory(key: string, bytes: Uint8Array): boolean {
  if (!key.endsWith(".parquet")) return bytes.at(-1) === 10;
  return bytes.length >= 12 && new TextDecoder().decode(bytes.subarray(-4)) === "PAR1";
}

/** Tags or comments files from their bytes, without those that are damaged. */
export function changesIn(what: What, files: readonly Stored[]): ChangeFile[] {
  return files.filter(({ key }) => partOfKey(key) === what).flatMap((file) => {
    try {
      const { key, lastModified, bytes } = file;
      return [{ key, lastModified, change: decodeChange(what, bytes, key) }];
    } catch (error) {
      if (!hasCode(error, "corrupt")) throw error;
      return []; // What is damaged is not copied: what it said, no file can tell.
    }
  });
}

/**
 * What goes beside an entity that a store gets from another one: its tags and comments as they are in force.
 *
 * @param from What is beside it in the store that has it.
 * @param to What is left beside it in the store that gets it.
 */
export function beside(
  from: readonly Stored[],
  to: readonly Stored[],
): { key: string; bytes: Uint8Array; replace: boolean }[] {
  const others = from.filter(({ key, bytes }) => {
    const part = partOfKey(key);
    return part !== "metadata" && part !== "tags" && part !== "comments" && isOwn(key) &&
      isWhole(key, bytes);
  });
  return [
    ...others.map(({ key, bytes }) => ({ key, bytes, replace: false })),
    ...WHATS.flatMap((what) => {
      const there = changesIn(what, to);
      const joined = join([changesIn(what, from), there]);
      return rewrites(what, joined, there).map((one) => ({ ...one, replace: true }));
    }),
  ];
}

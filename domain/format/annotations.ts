/**
 * Tags and comments: what the metadata was written with, and the small files beside it that add and
 * remove some. Their order counts, and they sort by it.
 *
 * @module
 */
import { extractTimestamp, generate as uuidV7, validate as isV7 } from "jsr:@std/uuid@^1.1.1/v7";
import { growing } from "./clock.ts";
import type { Change } from "./codec.ts";

/** What is annotated: tags are a set, comments a list. */
export type What = "tags" | "comments";

/** A new file's name. Names sort by creation, so that a copy of the store keeps the order. */
export const changeName = (what: What): string => `${what}_${uuidV7(growing())}.json`;

/** A tags or comments file that was read. */
export interface ChangeFile {
  /** Its key. */
  key: string;
  /** When the store has it from. */
  lastModified: Date;
  /** What it does. */
  change: Change;
}

/**
 * Files in the order of their creation: by the time in a UUIDv7, else by when the store has it from, since
 * rubicon-ml's names have no time. Of one millisecond, additions come before removals: Python is fast enough to
 * add and take back in one, and nobody takes back what is not there.
 */
export function inOrder<T extends ChangeFile>(files: readonly T[]): T[] {
  const time = ({ key, lastModified }: T) => {
    const id = key.slice(key.lastIndexOf("_") + 1, -".json".length);
    return isV7(id) ? extractTimestamp(id) : lastModified.getTime();
  };
  return files
    .map((file) => ({ file, time: time(file), removes: file.change.removed.length > 0 }))
    .sort((a, b) =>
      a.time - b.time || Number(a.removes) - Number(b.removes) || (a.file.key < b.file.key ? -1 : 1)
    )
    .map(({ file }) => file);
}

/** The annotations after all changes, as rubicon-ml folds them. */
export function fold(what: What, own: readonly string[], changes: readonly Change[]): string[] {
  let result = [...own];
  for (const { added, removed } of changes) {
    result.push(...added);
    if (removed.length > 0) {
      const gone = new Set(removed);
      result = result.filter((text) => !gone.has(text));
    }
  }
  return what === "tags" ? [...new Set(result)] : result;
}

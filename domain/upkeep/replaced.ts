/**
 * Files of runs that others stand for: parts of a history of which one file was made, and states that came before the
 * latest. A copy that missed their end still has them, and nobody is to bring them back.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { isHistoryKey, isStatusName } from "../format/layout.ts";

const nameOf = (key: string): string => key.slice(key.lastIndexOf("/") + 1);
const folderOf = (key: string): string => key.slice(0, key.lastIndexOf("/"));

/**
 * The keys that others stand for.
 *
 * @param keys All keys of a project, wherever they are.
 * @param isLeft Whether it matters of a key. If it does of none in a folder, nothing is read there.
 * @param read Reads an object, from wherever it is whole; `undefined` if it is gone.
 */
export async function replacedKeys(
  keys: Iterable<string>,
  isLeft: (key: string) => boolean,
  read: (key: string) => Promise<Bytes | undefined>,
): Promise<Set<string>> {
  const replaced = new Set<string>();
  const histories = new Map<string, { compactions: string[]; left: string[] }>();
  const states = new Map<string, string[]>();
  for (const key of keys) {
    const folder = folderOf(key);
    if (isStatusName(nameOf(key))) states.set(folder, [...states.get(folder) ?? [], key]);
    if (!isHistoryKey(key)) continue;
    const found = histories.get(folder) ?? { compactions: [], left: [] };
    histories.set(folder, found);
    if (key.endsWith(".parquet")) found.compactions.push(key);
    if (isLeft(key)) found.left.push(key);
  }
  for (const all of states.values()) {
    const before = all.sort().slice(0, -1);
    for (const key of before) if (isLeft(key)) replaced.add(key);
  }
  for (const [folder, { compactions, left }] of histories) {
    const isOther = (key: string) => left.some((one) => one !== key);
    for (const key of compactions.filter(isOther)) {
      for (const name of await partsIn(key, read)) {
        const part = `${folder}/${name}`;
        if (left.includes(part)) replaced.add(part);
      }
    }
  }
  return replaced;
}

/** The names that a compaction stands for; none if no copy of it is whole. */
async function partsIn(
  key: string,
  read: (key: string) => Promise<Bytes | undefined>,
): Promise<readonly string[]> {
  try {
    const bytes = await read(key);
    if (!bytes) return [];
    const { compactedParts } = await import("../history/compacted.ts");
    return await compactedParts(bytes, key);
  } catch (error) {
    if (!hasCode(error, "corrupt", "unsupported")) throw error;
    return [];
  }
}

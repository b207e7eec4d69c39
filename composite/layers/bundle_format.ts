/**
 * The object that holds the small objects of an experiment once more: `digest.json`, which rubicon-ml passes over.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Bytes } from "../../drivers/driver.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The key of a folder's bundle. */
export const bundleKey = (folder: string): string => `${folder}/digest.json`;

/** The experiment's folder that an entity's own file is in or below; `undefined` for all other keys. */
export const experimentOf = (key: string): string | undefined =>
  key.endsWith("/metadata.json") ? /^[^/]+\/experiments\/[^/]+(?=\/)/.exec(key)?.[0] : undefined;

/** The folder whose bundle a key is; `undefined` for all other keys. */
export function bundledFolder(key: string): string | undefined {
  if (!key.endsWith("/digest.json")) return undefined;
  const folder = key.slice(0, key.lastIndexOf("/"));
  return /^[^/]+\/experiments\/[^/]+$/.test(folder) ? folder : undefined;
}

/** The bytes of a bundle: small objects of JSON by their paths in the folder. */
export function encodeBundle(objects: readonly (readonly [path: string, Uint8Array])[]): Bytes {
  const texts = objects.map(([path, bytes]) => [path, decoder.decode(bytes)]);
  return encoder.encode(JSON.stringify(Object.fromEntries(texts)));
}

/**
 * What is in a bundle, by path.
 *
 * @throws {RubiconException} `corrupt`
 */
export function decodeBundle(bytes: Uint8Array, key: string): ReadonlyMap<string, Bytes> {
  let found: unknown;
  try {
    found = JSON.parse(decoder.decode(bytes));
  } catch (cause) {
    throw new RubiconException("corrupt", `${key} is not JSON.`, { cause });
  }
  return new Map(
    Object.entries(found ?? {}).flatMap(([path, text]) =>
      typeof text === "string" ? [[path, encoder.encode(text)]] : []
    ),
  );
}

/** The coarsest grain of a file system's times, in milliseconds: FAT's. */
const STAMP_GRAIN = 2_000;

/**
 * A time for new folders that none of them gets by itself later: it is over, and every file system can hold it.
 * A folder that has it still has just what it was made with.
 */
export const newStamp = (): number =>
  Math.floor(Date.now() / STAMP_GRAIN) * STAMP_GRAIN - 5 * STAMP_GRAIN;

/** Whether a folder's time may be a stamp. */
export const isStamp = (modified: number): boolean => modified % STAMP_GRAIN === 0;

/** What `JSON.parse` would refuse, or read with a loss: NaN, and integers beyond 2^53. */
const LOSSY = /NaN|Infinity|(?<![.\d])\d{16}/;

/** What tables have of an object. */
export interface TableCell {
  /** Which list of a bundle it is in. */
  list: string;
  /** Lists are sorted by these texts. */
  order: string;
  /** It, as JSON that `JSON.parse` reads without a loss. */
  json: string;
}

/** For each object what a bundle holds in its place: nothing of it, or all of it where that is missing. */
export type TableCells = readonly ((() => TableCell | undefined) | undefined)[];

/** A bundle that counts as far as its folders still have the time that they were given when they were made. */
export interface StampedBundle {
  /** That time, in milliseconds since 1970. */
  stamp: number;
  /** What the JSON of the small objects holds, by their path in the folder. */
  objects: Readonly<Record<string, Record<string, unknown>>>;
  /** What tables have of others. */
  lists: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * The bytes of a stamped bundle, which one call of `JSON.parse` reads. Nothing if an object cannot be read like that.
 */
export function encodeStamped(
  objects: readonly (readonly [path: string, Uint8Array])[],
  stamp: number,
  cells: TableCells = [],
): Bytes | undefined {
  const fields: string[] = [];
  const lists = new Map<string, TableCell[]>();
  for (const [at, [path, bytes]] of objects.entries()) {
    const cellOf = cells[at];
    if (cellOf) {
      const cell = cellOf();
      const list = cell && lists.get(cell.list);
      if (list) list.push(cell);
      else if (cell) lists.set(cell.list, [cell]);
      continue;
    }
    const text = decoder.decode(bytes);
    if (LOSSY.test(text)) return undefined;
    fields.push(`${JSON.stringify(path)}: ${text}`);
  }
  const sorted = Array.from(lists, ([name, list]) => {
    const all = list.sort((a, b) => a.order < b.order ? -1 : 1).map(({ json }) => json);
    return `${JSON.stringify(name)}: [${all.join(", ")}]`;
  });
  // Not called `objects`, which older versions take to be all there is.
  const text = `"whole": {${fields.join(", ")}}, "lists": {${sorted.join(", ")}}`;
  return encoder.encode(`{"stamp": ${stamp}, ${text}}`);
}

/** A stamped bundle from its bytes; nothing if they are none. */
export function decodeStamped(bytes: Uint8Array): StampedBundle | undefined {
  try {
    return parseStamped(JSON.parse(decoder.decode(bytes)));
  } catch {
    // It saves reads. Without it, they are made.
  }
}

/** A stamped bundle from what its JSON says; nothing if it is none. */
export function parseStamped(found: unknown): StampedBundle | undefined {
  if (!isRecord(found)) return undefined;
  const { stamp, objects, whole = objects, lists = {} } = found;
  if (typeof stamp !== "number" || !isRecord(whole) || !isRecord(lists)) return undefined;
  for (const path in whole) if (!isRecord(whole[path])) return undefined;
  for (const name in lists) if (!Array.isArray(lists[name])) return undefined;
  return { stamp, objects: whole, lists } as StampedBundle;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

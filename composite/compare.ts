/**
 * What differs between the backends of a composite, object by object.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../errors.ts";
import type { ListEntry, ListOptions } from "../drivers/driver.ts";
import { verifiedStream } from "./layers/verified.ts";
import { type CopyOptions, cutShort } from "./copy.ts";
import type { Backend } from "./plan.ts";

/** One object, and where it is. */
export interface Spread {
  /** The object's key. */
  key: string;
  /** What each backend's listing says of it, in the order of the backends; `undefined` where it is missing. */
  entries: (ListEntry | undefined)[];
}

/** How contents are compared. */
export type Comparison =
  /** By size and checksum, reading only what has none. */
  | "checksum"
  /** By reading every byte. */
  | "bytes";

/** What the backends that have an object have in it. */
export interface Contents {
  /** Indexes of backends with the same bytes stand together, the group of the first backend first. */
  groups: number[][];
  /** Those whose copy is not whole, each with the reason. */
  damaged: Map<number, RubiconException>;
  /** Whether any of it was read, since the listings did not tell. */
  read: boolean;
}

/** Lists one folder in all backends at once, and joins the listings by key. */
export async function spread(
  backends: readonly Backend[],
  prefix: string,
  options: Pick<ListOptions, "depth" | "signal"> = {},
): Promise<Map<string, Spread>> {
  const found = new Map<string, Spread>();
  await Promise.all(backends.map(async ({ driver }, at) => {
    for await (const entry of driver.list(prefix, options)) {
      let one = found.get(entry.key);
      if (!one) {
        one = { key: entry.key, entries: backends.map(() => undefined) };
        found.set(entry.key, one);
      }
      one.entries[at] = entry;
    }
  }));
  return found;
}

/** An object's content, as far as it has to be known to be told from another one's. */
interface Content {
  size: number;
  checksum?: string;
}

/**
 * Groups the backends that have an object by its content.
 *
 * @throws {RubiconException} `not-found` if it is deleted meanwhile.
 */
export async function contentsOf(
  backends: readonly Backend[],
  { key, entries }: Spread,
  comparison: Comparison,
  options: CopyOptions = {},
): Promise<Contents> {
  const here = entries.flatMap((entry, at) => entry ? [{ at, entry }] : []);
  const damaged: Contents["damaged"] = new Map();
  let read = false;
  const look = async (at: number, algorithm: string, size: number): Promise<Content> => {
    read = true;
    try {
      return { size, checksum: await checksumOf(backends[at]!, key, algorithm, options) };
    } catch (error) {
      if (!hasCode(error, "corrupt")) throw error;
      damaged.set(at, error);
      return { size };
    }
  };
  const group = async (content: (one: typeof here[0]) => Content | Promise<Content>) => {
    const contents = await Promise.all(here.map(content));
    const groups = Map.groupBy(
      here.map(({ at }, index) => ({ at, content: contents[index]! }))
        .filter(({ at }) => !damaged.has(at)),
      ({ content: { size, checksum } }) => `${size} ${checksum}`,
    );
    return [...groups.values()].map((one) => one.map(({ at }) => at));
  };
  const readAll = () => group(({ at, entry }) => look(at, "sha256", entry.size));
  if (comparison === "bytes") return { groups: await readAll(), damaged, read };
  const sizes = new Set(here.map(({ entry }) => entry.size));
  const vouched = here.find(({ entry }) => entry.checksum !== undefined)?.entry.checksum;
  const algorithm = vouched?.split(":")[0] ?? "sha256";
  const groups = sizes.size === here.length ? here.map(({ at }) => [at]) : await group(
    ({ at, entry: { size, checksum } }) =>
      checksum?.startsWith(`${algorithm}:`) ? { size, checksum } : look(at, algorithm, size),
  );
  // What is whole shows in the bytes of some objects; an ETag that looks like a checksum need not be one (of objects
  // that the server encrypts). So what seems to differ is read before anybody is told so.
  const isOdd = groups.length > 1 || damaged.size > 0;
  const isEmpty = options.isWhole !== undefined && sizes.has(0);
  const isRead = isOdd && (options.isWhole !== undefined || sizes.size < here.length);
  return { groups: isRead || isEmpty ? await readAll() : groups, damaged, read };
}

/** Reads an object and gives its checksum, once it is known to be whole. */
async function checksumOf(
  { driver, label }: Backend,
  key: string,
  algorithm: string,
  { isWhole, signal }: CopyOptions,
): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash(algorithm);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const found = await driver.open(key, { signal });
  for await (const chunk of await verifiedStream(found, `${label}: ${key}`)) {
    hash.update(chunk);
    if (isWhole) chunks.push(chunk);
  }
  if (isWhole && !isWhole(key, await new Blob(chunks).bytes())) {
    throw cutShort(label, key);
  }
  return `${algorithm}:${hash.digest("hex")}`;
}

/**
 * What differs between the backends of a composite, object by object.
 *
 * @module
 */
import type { ListEntry, ObjectMeta } from "../drivers/driver.ts";
import { sameStreams } from "./same.ts";
import type { Backend } from "./types.ts";

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

/** Lists one folder in all backends at once, and joins the listings by key. */
export async function spread(
  backends: readonly Backend[],
  prefix: string,
  signal?: AbortSignal,
): Promise<Map<string, Spread>> {
  const found = new Map<string, Spread>();
  await Promise.all(backends.map(async ({ driver }, at) => {
    for await (const entry of driver.list(prefix, signal ? { signal } : {})) {
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

/**
 * Groups the backends that have an object by its content: indexes of backends with the same bytes stand
 * together, the group of the first backend first.
 */
export async function contentsOf(
  backends: readonly Backend[],
  { key, entries }: Spread,
  comparison: Comparison,
  signal?: AbortSignal,
): Promise<number[][]> {
  const groups: number[][] = [];
  for (const [at, entry] of entries.entries()) {
    if (!entry) continue;
    let found: number[] | undefined;
    for (const group of groups) {
      const other = entries[group[0]!]!;
      if (
        await same(key, [backends[at]!, entry], [backends[group[0]!]!, other], comparison, signal)
      ) {
        found = group;
        break;
      }
    }
    if (found) found.push(at);
    else groups.push([at]);
  }
  return groups;
}

type Side = [backend: Backend, meta: ObjectMeta];

async function same(
  key: string,
  a: Side,
  b: Side,
  comparison: Comparison,
  signal?: AbortSignal,
): Promise<boolean> {
  if (a[1].size !== b[1].size) return false;
  const options = signal ? { signal } : {};
  const algorithm = a[1].checksum?.split(":")[0] ?? b[1].checksum?.split(":")[0];
  if (comparison === "checksum" && algorithm) {
    const [one, other] = await Promise.all(
      [a, b].map(([backend, { checksum }]) =>
        checksum?.startsWith(`${algorithm}:`)
          ? checksum
          : checksumOf(backend, key, algorithm, options)
      ),
    );
    // An ETag that looks like a checksum need not be one (of objects that the server encrypts): so what
    // seems to differ is read before anybody is told so.
    if (one === other) return true;
  }
  const [left, right] = await Promise.all([a, b].map(([{ driver }]) => driver.open(key, options)));
  return await sameStreams(left!.stream, right!.stream);
}

async function checksumOf(
  { driver }: Backend,
  key: string,
  algorithm: string,
  options: { signal?: AbortSignal },
): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash(algorithm);
  for await (const chunk of (await driver.open(key, options)).stream) hash.update(chunk);
  return `${algorithm}:${hash.digest("hex")}`;
}

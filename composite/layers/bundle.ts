/**
 * Small objects of one folder once more in one object, so that a table asks for one object an experiment and not for
 * each metric. Stores get it that tell whether it still says what is there: by the checksums of their listings, or by
 * the times of their folders. It may be old, broken or missing; no listing shows it.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import type {
  Driver,
  ListEntry,
  ListOptions,
  PutTreeOptions,
  VerbOptions,
} from "../../drivers/driver.ts";
import { layer } from "../../drivers/layer.ts";
import {
  bundledFolder,
  bundleKey,
  decodeBundle,
  encodeBundle,
  encodeStamped,
  experimentOf,
  newStamp,
  type TableCells,
} from "./bundle_format.ts";
import { encodeLine, indexKey, isIndex } from "./bundle_index.ts";
import type { Cached } from "./cache.ts";

/** Of fewer objects than this each is asked for by itself. */
const WORTH_IT = 4;
/** So many folders are remembered to have a bundle. */
const MOST_FOLDERS = 100_000;

/** What this layer takes beside what a driver does. */
export interface BundledTreeOptions extends PutTreeOptions {
  /** What a bundle holds in place of each object. */
  cells?: TableCells;
}

/** What this layer adds to a driver. */
export interface Bundling {
  /** Stores objects of a folder once more, together, if that is of use to the store. */
  bundle(
    folder: string,
    objects: readonly (readonly [path: string, bytes: Uint8Array])[],
    options?: VerbOptions,
  ): Promise<void>;
  /** Makes objects of a folder known that a listing has just told of, by one request if there can be one. */
  gather(folder: string, objects: readonly ListEntry[], options?: VerbOptions): Promise<void>;
}

/** Stores and reads bundles, and keeps them out of listings. */
export function bundle<D extends Driver & Cached>(inner: D): D & Bundling {
  const folders = new Set<string>();
  async function* list(prefix: string, options?: ListOptions): AsyncGenerator<ListEntry> {
    for await (const entry of inner.list(prefix, options)) {
      const folder = bundledFolder(entry.key);
      if (folder === undefined) {
        if (!isIndex(entry.key)) yield entry;
      } else if (inner.listsChecksums) {
        if (folders.size >= MOST_FOLDERS) folders.clear();
        folders.add(folder);
      }
    }
  }
  const { putTree, stamps } = inner;
  return layer<D, Bundling>(
    inner,
    {
      list,
      ...(putTree && stamps && {
        async putTree(folder, objects, { cells, ...options }: BundledTreeOptions = {}) {
          const modified = newStamp();
          const isWorthIt = objects.length >= WORTH_IT && bundledFolder(bundleKey(folder));
          const bytes = isWorthIt ? encodeStamped(objects, modified, cells) : undefined;
          if (!bytes) return await putTree(folder, objects, options);
          const path = bundleKey(folder).slice(folder.length + 1);
          const [project = "", , id = ""] = folder.split("/");
          const line = {
            key: indexKey(project),
            bytes: () => {
              const text = encodeLine(id, bytes, { made: Date.now() });
              return text === undefined ? undefined : new TextEncoder().encode(text);
            },
          };
          return await putTree(folder, [...objects, [path, bytes]], { ...options, modified, line });
        },
        async put(key, source, options) {
          const stored = await inner.put(key, source, options);
          const folder = options?.ifAbsent ? undefined : experimentOf(key);
          // Another content came in place of what a bundle or a reader has, which no time of a folder above tells: so that
          // the experiment's own tells it, something goes from there.
          if (folder !== undefined) {
            const more = options?.signal ? { signal: options.signal } : {};
            await inner.put(bundleKey(folder), new Uint8Array(), more);
            await inner.delete(bundleKey(folder), more);
          }
          return stored;
        },
      }),
      async bundle(folder, objects, options) {
        if (!inner.listsChecksums || objects.length < WORTH_IT) return;
        try {
          // An experiment can be logged again with other children: those are then asked for by themselves.
          await inner.put(bundleKey(folder), encodeBundle(objects), { ...options, ifAbsent: true });
        } catch (error) {
          if (!hasCode(error, "already-exists")) throw error;
        }
      },
      async gather(folder, objects, options) {
        if (!folders.has(folder)) return;
        const unknown = objects.filter(({ key, checksum }) =>
          checksum !== undefined && inner.cache.get(key, checksum) === undefined
        );
        if (unknown.length < WORTH_IT) return;
        const key = bundleKey(folder);
        try {
          const held = decodeBundle((await inner.get(key, options)).bytes, key);
          const { createHash } = await import("node:crypto");
          for (const { key, checksum } of unknown) {
            const bytes = held.get(key.slice(folder.length + 1));
            if (bytes && isOf(createHash, checksum!, bytes)) inner.cache.set(key, checksum!, bytes);
          }
        } catch (error) {
          if (!hasCode(error, "not-found", "corrupt")) throw error;
        }
      },
    },
  );
}

type CreateHash = typeof import("node:crypto").createHash;

/** Whether a checksum, with its algorithm before the colon, is that of some bytes. */
function isOf(createHash: CreateHash, checksum: string, bytes: Uint8Array): boolean {
  const [algorithm, hex] = checksum.split(":");
  if (algorithm !== "md5" && algorithm !== "sha256") return false;
  return createHash(algorithm).update(bytes).digest("hex") === hex;
}

/**
 * Small objects that were read before. An object is taken from here only if a listing of this very moment says that it
 * has the same checksum, so nothing is ever stale.
 *
 * @module
 */
import type { Bytes, Driver, VerbOptions } from "../../drivers/driver.ts";
import { layer } from "../../drivers/layer.ts";

/** So many bytes are kept for each backend. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Larger objects are data, which nobody reads again and again. */
const LARGEST = 64 * 1024;

/** Bytes by key and checksum. */
export interface Cache {
  /** The bytes of a key, if they are those of the checksum. */
  get(key: string, checksum: string): Bytes | undefined;
  /** Keeps bytes; the oldest are given up for them. */
  set(key: string, checksum: string, bytes: Bytes): void;
}

/** What this layer adds to a driver. */
export interface Cached {
  /** What is kept. */
  readonly cache: Cache;
  /** An object's bytes, which are not asked for again if they are of the checksum that a listing has just told. */
  read(key: string, checksum: string | undefined, options?: VerbOptions): Promise<Bytes>;
}

/** Keeps what is read by `read`. */
export function cache<D extends Driver>(inner: D): D & Cached {
  const kept = emptyCache();
  return layer(inner, {
    cache: kept,
    async read(key: string, checksum: string | undefined, options?: VerbOptions): Promise<Bytes> {
      const known = checksum === undefined ? undefined : kept.get(key, checksum);
      if (known) return known;
      const found = await inner.get(key, options);
      if (found.checksum !== undefined) kept.set(key, found.checksum, found.bytes);
      return found.bytes;
    },
  });
}

function emptyCache(): Cache {
  const kept = new Map<string, { checksum: string; bytes: Bytes }>();
  let size = 0;
  const drop = (key: string) => {
    size -= kept.get(key)?.bytes.length ?? 0;
    kept.delete(key);
  };
  return {
    get(key, checksum) {
      const found = kept.get(key);
      return found?.checksum === checksum ? found.bytes : undefined;
    },
    set(key, checksum, bytes) {
      if (bytes.length > LARGEST) return;
      drop(key);
      kept.set(key, { checksum, bytes });
      size += bytes.length;
      for (const [oldest] of kept) {
        if (size <= MOST_BYTES) break;
        drop(oldest);
      }
    },
  };
}

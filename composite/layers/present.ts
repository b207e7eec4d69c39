/**
 * Keys that are known to be there, so that what something belongs to is looked for once.
 *
 * @module
 */
import { hasCode, isRubiconException } from "../../errors.ts";
import type { Driver } from "../../drivers/driver.ts";
import { layer } from "../../drivers/layer.ts";

/** So many keys are remembered: what is looked for once more after that costs one look. */
const MOST_KNOWN = 10_000;

/** What this layer adds to a driver. */
export interface Present {
  /** Whether an object is known to be there. */
  knows(key: string): boolean;
  /** Runs `bring` if an object is not known to be there: once, for all who ask meanwhile. */
  ensure(key: string, bring: () => Promise<void>): Promise<void>;
}

/** Remembers what verbs tell of keys. */
export function present<D extends Driver>(inner: D): D & Present {
  const known = new Set<string>();
  const bringing = new Map<string, Promise<void>>();
  const remember = (key: string) => {
    if (known.size >= MOST_KNOWN) known.clear();
    known.add(key);
  };
  const { putTree } = inner;
  return layer<D, Present>(
    inner,
    {
      knows: (key: string) => known.has(key),
      async ensure(key: string, bring: () => Promise<void>): Promise<void> {
        while (!known.has(key)) {
          const other = bringing.get(key);
          if (other) {
            try {
              await other;
            } catch (error) {
              // Its own abort is no concern of others: they look themselves.
              if (isRubiconException(error)) throw error;
            }
            continue;
          }
          const own = bring();
          bringing.set(key, own);
          try {
            await own;
          } finally {
            bringing.delete(key);
          }
          remember(key);
        }
      },
      get: async (key, options) => {
        const found = await inner.get(key, options);
        remember(key);
        return found;
      },
      stat: async (key, options) => {
        const found = await inner.stat(key, options);
        remember(key);
        return found;
      },
      put: async (key, source, options) => {
        try {
          const stored = await inner.put(key, source, options);
          remember(key);
          return stored;
        } catch (error) {
          if (hasCode(error, "already-exists")) remember(key);
          throw error;
        }
      },
      delete: async (key, options) => {
        known.delete(key);
        await inner.delete(key, options);
        known.delete(key);
      },
      ...(putTree && {
        putTree: async (folder, objects, options) => {
          const isMade = await putTree(folder, objects, options);
          if (isMade) { for (const [path] of objects) remember(`${folder}/${path}`); }
          return isMade;
        },
      }),
    },
  );
}

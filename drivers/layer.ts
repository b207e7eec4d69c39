/**
 * Layers: drivers made of drivers. This is the one place that forwards verbs and fields; a verb that is missing here is
 * missing in every backend, which a test tells.
 *
 * @module
 */
import type { BulkReader, Driver, ListEntry, ListOptions, VerbOptions } from "./driver.ts";

/** The verbs that every driver has. */
export const VERBS = ["get", "open", "put", "stat", "list", "folders", "delete"] as const;
/** The verbs that a driver may have. */
export const OPTIONAL_VERBS = ["putTree", "times", "stamps", "close"] as const;
/** The reads of a driver's {@linkcode Driver.bulk}. */
export const BULK_VERBS = ["list", "stat", "get"] as const;
/** What a driver says of itself. */
export const FIELDS = ["persistence", "label", "place", "root", "listsChecksums"] as const;

/** A driver as a plain object that can be spread, whatever it is made of. */
export function plain(driver: Driver): Driver {
  const verbs = [...VERBS, ...OPTIONAL_VERBS].filter((verb) => driver[verb] !== undefined);
  const { bulk } = driver;
  const fields = FIELDS.filter((field) => driver[field] !== undefined);
  return Object.fromEntries([
    ...fields.map((field) => [field, driver[field]]),
    ...verbs.map((verb) => [verb, driver[verb]!.bind(driver)]),
    ...(bulk ? [["bulk", bulkLayer(bulk, (_keys, options, run) => run(options))]] : []),
  ]);
}

/** A driver with some of its verbs and fields replaced, and all others kept. */
export const layer = <D extends Driver, Added extends object = object>(
  inner: D,
  overrides: Partial<Driver> & Added,
): D & Added => ({ ...inner, ...overrides });

/** Runs one bulk read of these keys; `run` takes the options that the driver gets. */
export type AroundBulk = <T>(
  keys: readonly string[],
  options: VerbOptions | undefined,
  run: (options: VerbOptions | undefined) => Promise<T>,
) => Promise<T>;

/** A bulk reader with something around each of its reads. */
export const bulkLayer = (inner: BulkReader, around: AroundBulk): BulkReader => ({
  list: (folders, options) => around(folders, options, (changed) => inner.list(folders, changed)),
  stat: (keys, options) => around(keys, options, (changed) => inner.stat(keys, changed)),
  get: (keys, options) => around(keys, options, (changed) => inner.get(keys, changed)),
});

/** Runs a verb of the inner driver, with the options that it gets. */
export type Around = <O extends VerbOptions, T>(
  options: O | undefined,
  run: (options: O | undefined) => Promise<T>,
) => Promise<T>;

/** A driver with one thing around all of its verbs. A listing is so many steps, each of which is a verb of its own. */
export function around<D extends Driver>(inner: D, wrap: Around): D {
  async function* list(prefix: string, options?: ListOptions): AsyncGenerator<ListEntry> {
    const entries = inner.list(prefix, options)[Symbol.asyncIterator]();
    try {
      while (true) {
        const next = await wrap(options, () => entries.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // A driver that hangs would hang here too, so nobody waits for it.
      entries.return?.()?.catch?.(() => {});
    }
  }
  return layer(
    inner,
    {
      get: (key, options) => wrap(options, (own) => inner.get(key, own)),
      open: (key, options) => wrap(options, (own) => inner.open(key, own)),
      put: (key, source, options) => wrap(options, (own) => inner.put(key, source, own)),
      stat: (key, options) => wrap(options, (own) => inner.stat(key, own)),
      list,
      folders: (prefix, options) => wrap(options, (own) => inner.folders(prefix, own)),
      delete: (key, options) => wrap(options, (own) => inner.delete(key, own)),
      ...(inner.putTree && {
        putTree: (folder, objects, options) =>
          wrap(options, (own) => inner.putTree!(folder, objects, own)),
      }),
      ...(inner.times && { times: (options) => wrap(options, (own) => inner.times!(own)) }),
      ...(inner.stamps && {
        stamps: (folders, options) => wrap(options, (own) => inner.stamps!(folders, own)),
      }),
      ...(inner.bulk && { bulk: bulkLayer(inner.bulk, (_, options, run) => wrap(options, run)) }),
    },
  );
}

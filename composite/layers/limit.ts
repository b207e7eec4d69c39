/**
 * A time limit around every verb of a driver, also of one that never answers and ignores its signal.
 * The limit is for time without progress, so a large stream may take as long as it needs.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { Driver, ListOptions, Source, VerbOptions } from "../../drivers/driver.ts";
import { bulkLayer } from "../../drivers/bulk_layer.ts";
import { byteStream, readInto } from "../../drivers/source.ts";

/** Who gets told how each verb ended. */
export interface Watcher {
  /** It ended with an error, or with success (`undefined`). */
  note(error: unknown): void;
  /** It was aborted, which says nothing of the backend. */
  untried(): void;
}

interface Limit {
  signal: AbortSignal;
  /** Starts the limit anew: there was progress. */
  progress(): void;
}

/**
 * So many turns of the microtask queue a verb has before a timer is set for it. Drivers that answer without
 * waiting (memory, small files) are done by then, and a timer for each write would be a tenth of its time.
 */
const TURNS = 12;

/** Runs `work`, and rejects when there is no progress for `ms` or `outer` is aborted. */
async function within<T>(
  ms: number,
  label: string,
  outer: AbortSignal | undefined,
  work: (limit: Limit) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  let settled = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let fail = (_reason: unknown): void => {};
  const arm = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const message = `${label}: no progress for ${ms} ms. Look at the store, or raise timeoutMs.`;
      fail(new RubiconException("unavailable", message, { backend: label }));
    }, ms);
  };
  const progress = () => {
    if (timer !== undefined && !settled) arm();
  };
  const settle = () => void (settled = true);
  const working = work({ signal: controller.signal, progress });
  working.then(settle, settle);
  for (let turn = 0; turn < TURNS && !settled; turn++) await null;
  if (settled) return await working;
  return await new Promise<T>((resolve, reject) => {
    const aborted = () => fail(outer!.reason);
    const end = () => {
      settled = true;
      clearTimeout(timer);
      outer?.removeEventListener("abort", aborted);
    };
    fail = (reason) => {
      end();
      reject(reason);
      controller.abort(reason);
    };
    working.then((value) => {
      end();
      resolve(value);
    }, (error) => {
      end();
      reject(error);
    });
    if (outer?.aborted) return aborted();
    outer?.addEventListener("abort", aborted);
    arm();
  });
}

/** A source whose chunks count as progress. */
function watched(source: Source, progress: () => void): Source {
  if (source instanceof Uint8Array) return source;
  return async () =>
    (await source()).pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          progress();
          controller.enqueue(chunk);
        },
      }),
    );
}

/** Errors that say the backend itself is in trouble. A missing key or a bad one does not. */
const isTrouble = (error: unknown): boolean =>
  hasCode(error, "unavailable") || !(error instanceof RubiconException);

/**
 * Puts a time limit around each verb of a driver.
 *
 * @param driver A driver behind its guard.
 * @param ms The longest time without progress, in milliseconds.
 * @param watcher Gets told how each verb ended.
 */
export function limited(driver: Driver, ms: number, watcher?: Watcher): Driver {
  const verb = async <T>(
    options: VerbOptions | undefined,
    work: (limit: Limit) => Promise<T>,
  ): Promise<T> => {
    try {
      const value = await within(ms, driver.label, options?.signal, work);
      watcher?.note(undefined);
      return value;
    } catch (error) {
      // A shorter limit around this one aborts too, and that is the backend's fault.
      if (options?.signal?.aborted && !hasCode(error, "unavailable")) watcher?.untried();
      else watcher?.note(isTrouble(error) ? error : undefined);
      throw error;
    }
  };
  async function* list(prefix: string, options?: ListOptions) {
    const entries = driver.list(prefix, options)[Symbol.asyncIterator]();
    try {
      while (true) {
        // Most entries are at hand when the one before is taken: they need no timer of their own.
        const next = await verb(options, () => entries.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // A driver that hangs would hang here too, so nobody waits for it.
      entries.return?.()?.catch?.(() => {});
    }
  }
  const { bulk, putTree, times, stamps, close } = driver;
  return {
    persistence: driver.persistence,
    label: driver.label,
    ...(driver.listsChecksums && { listsChecksums: true }),
    get: (key, options) => verb(options, ({ signal }) => driver.get(key, { ...options, signal })),
    open: async (key, options) => {
      const found = await verb(
        options,
        // The stream outlives the verb, so its signal is the caller's, not the limit's.
        () => driver.open(key, options),
      );
      const { read, cancel } = readInto(found.stream);
      return {
        ...found,
        stream: byteStream((into) => verb(options, () => read(into)), cancel),
      };
    },
    put: (key, source, options) =>
      verb(
        options,
        ({ signal, progress }) =>
          driver.put(key, watched(source, progress), { ...options, signal }),
      ),
    stat: (key, options) => verb(options, ({ signal }) => driver.stat(key, { ...options, signal })),
    list,
    folders: (prefix, options) =>
      verb(options, ({ signal }) => driver.folders(prefix, { ...options, signal })),
    delete: (key, options) =>
      verb(options, ({ signal }) => driver.delete(key, { ...options, signal })),
    ...(putTree && {
      putTree: (folder, objects, options) =>
        verb(options, ({ signal }) => putTree(folder, objects, { ...options, signal })),
    }),
    ...(times && {
      times: (options) => verb(options, ({ signal }) => times({ ...options, signal })),
    }),
    ...(stamps && {
      stamps: (folders, options) =>
        verb(options, ({ signal }) => stamps(folders, { ...options, signal })),
    }),
    ...(bulk && {
      bulk: bulkLayer(
        bulk,
        (_, options, run) => verb(options, ({ signal }) => run({ ...options, signal })),
      ),
    }),
    ...(close && { close }),
  };
}

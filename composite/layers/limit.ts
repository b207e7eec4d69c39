/**
 * A time limit around every verb of a driver, also of one that never answers and ignores its signal, and a bound for how
 * many are under way. The limit is for time without progress, so a large stream may take as long as it needs; it starts
 * when the driver does, so that waiting in line costs nothing.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Driver, Source, VerbOptions } from "../../drivers/driver.ts";
import { type Around, around, layer } from "../../drivers/layer.ts";
import { Line } from "../../drivers/line.ts";
import { byteStream, readInto } from "../../drivers/source.ts";
import { Watchdog, type Watched } from "./watchdog.ts";

/** So many verbs of one backend are under way at once; drivers may have bounds of their own below it. */
const WIDTH = 128;

/** Options of a verb above this layer. */
export interface LimitedOptions extends VerbOptions {
  /** The longest time without progress, in milliseconds. Default: the layer's. */
  timeoutMs?: number | undefined;
}

/** Puts a time limit of so many milliseconds around each verb of a driver. */
export function limit<D extends Driver>(inner: D, ms: number): D {
  const dog = new Watchdog();
  const line = new Line(WIDTH);
  const within = async <O extends VerbOptions, T>(
    options: O | undefined,
    run: (options: O, watched: Watched) => Promise<T>,
    waits = true,
  ): Promise<T> => {
    const timeoutMs = (options as LimitedOptions | undefined)?.timeoutMs ?? ms;
    const outer = options?.signal;
    if (waits && !line.enter()) await line.turn(outer);
    const controller = new AbortController();
    const watched = dog.watch(timeoutMs);
    let stop: (() => void) | undefined;
    try {
      outer?.throwIfAborted(); // Before the call, or while it waited in line.
      return await new Promise<T>((resolve, reject) => {
        watched.expire = () => reject(EXPIRED);
        if (outer) outer.addEventListener("abort", stop = () => reject(outer.reason));
        const own = { ...options, signal: controller.signal } as O & LimitedOptions;
        if (own.timeoutMs !== undefined) delete own.timeoutMs;
        run(own, watched).then(resolve, reject);
      });
    } catch (error) {
      if (error !== EXPIRED && !outer?.aborted) throw error;
      // Made here, so that its stack has the caller's line.
      const reason = error !== EXPIRED ? error : new RubiconException(
        "unavailable",
        `${inner.label}: no progress for ${timeoutMs} ms. Look at the store, or raise timeoutMs.`,
        { backend: inner.label },
      );
      controller.abort(reason);
      throw reason;
    } finally {
      dog.forget(watched);
      if (waits) line.leave();
      if (stop) outer!.removeEventListener("abort", stop);
    }
  };
  const wrap: Around = (options, run) => within(options, run);
  return layer(
    around(inner, wrap),
    {
      open: async (key, options) => {
        // The stream outlives the verb, so its signal is the caller's, not the limit's.
        const found = await within(options, () => inner.open(key, options));
        const { read, cancel } = readInto(found.stream);
        const bounded = (into: Uint8Array) => within(options, () => read(into), false);
        return { ...found, stream: byteStream(bounded, cancel) };
      },
      put: (key, source, options) =>
        within(
          options,
          (own, watched) => inner.put(key, progressing(source, watched), own),
          // A stream may read from this very backend: it must not wait for itself.
          source instanceof Uint8Array,
        ),
    },
  );
}

/** The one reason that no driver can give. */
const EXPIRED = Symbol("expired");

/** A source whose chunks count as progress. */
function progressing(source: Source, watched: Watched): Source {
  if (source instanceof Uint8Array) return source;
  return async () =>
    (await source()).pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          watched.progress();
          controller.enqueue(chunk);
        },
      }),
    );
}

/**
 * A backend bound to one call: all of its verbs heed the call's signal and its time limit.
 *
 * @module
 */
import type { VerbOptions } from "../../drivers/driver.ts";
import { around, layer } from "../../drivers/layer.ts";
import type { LimitedOptions } from "./limit.ts";
import type { Backend, Store } from "../plan.ts";
import type { CallOptions } from "../types.ts";

/** The backends, each bound to a call. */
export function bound(
  backends: readonly Backend[],
  { signal, timeoutMs }: CallOptions,
): readonly Backend[] {
  if (!signal && timeoutMs === undefined) return backends;
  return backends.map((backend) => ({
    ...backend,
    driver: boundStore(backend.driver, {
      ...(signal && { signal }),
      ...(timeoutMs !== undefined && { timeoutMs }),
    }),
  }));
}

function boundStore(inner: Store, call: LimitedOptions): Store {
  const own = <O extends VerbOptions>(options: O | undefined): O => {
    if (!options?.signal || !call.signal || options.signal === call.signal) {
      return { ...call, ...options } as O;
    }
    return { ...call, ...options, signal: AbortSignal.any([options.signal, call.signal]) };
  };
  return layer<Store, Pick<Store, "read" | "gather" | "bundle">>(
    around(inner, (options, run) => run(own(options))),
    {
      list: (prefix, options) => inner.list(prefix, own(options)),
      read: (key, checksum, options) => inner.read(key, checksum, own(options)),
      gather: (folder, objects, options) => inner.gather(folder, objects, own(options)),
      bundle: (folder, objects, options) => inner.bundle(folder, objects, own(options)),
    },
  );
}

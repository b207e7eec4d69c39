/**
 * What has to be there before a write: parents that a backend lacks are copied from another one.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { Backend, CallOptions, WritePlan } from "../types.ts";
import { remember } from "../layers/present.ts";
import { put, signalOf } from "./write.ts";

/** Makes sure that a parent is there, once for each parent and backend. */
export function ensure(
  backend: Backend,
  parent: string,
  plan: WritePlan,
  backends: readonly Backend[],
  options: CallOptions,
): Promise<void> {
  let ensuring = backend.ensuring.get(parent);
  if (!ensuring) {
    ensuring = copyMissing(backend, parent, plan, backends, options)
      .finally(() => backend.ensuring.delete(parent));
    backend.ensuring.set(parent, ensuring);
  }
  return ensuring;
}

async function copyMissing(
  backend: Backend,
  parent: string,
  plan: WritePlan,
  backends: readonly Backend[],
  options: CallOptions,
): Promise<void> {
  const signal = signalOf(options);
  try {
    await backend.driver.stat(parent, signal);
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
    const others = backends.filter((other) => other !== backend);
    const found = await Promise.any(others.map(async ({ driver }) => ({
      driver,
      bytes: (await driver.get(parent, signal)).bytes,
    }))).catch((cause: AggregateError) => {
      const missing = cause.errors.every((error) => hasCode(error, "not-found"));
      throw new RubiconException(
        missing ? "not-found" : "unavailable",
        `${backend.label}: ${plan.what} belongs to ${parent}, which is not there${
          missing
            ? ". Create it first."
            : "; it may be in a backend that cannot be read now. Try again when it can."
        }`,
        { backend: backend.label, cause },
      );
    });
    // What stands beside it first, tags for example: it shows with all that it has.
    const folder = parent.slice(0, parent.lastIndexOf("/"));
    for await (const { key } of found.driver.list(folder, { ...signal, depth: 1 })) {
      if (key === parent) continue;
      const { bytes } = await found.driver.get(key, signal);
      await put(backend, { key, source: bytes, present: "keep" }, plan, options);
    }
    await put(backend, { key: parent, source: found.bytes, present: "keep" }, plan, options);
    // It lacks what else is below, too: others are asked first until it is repaired. (Unless it is about to get the
    // parent from a write of ours that nobody waited for.)
    if (backend.health.status().pending <= 1) backend.health.missed();
  }
  remember(backend, parent);
}

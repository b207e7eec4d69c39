/**
 * What has to be there before a write: parents that a backend lacks are copied from another one.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import { SMALL, wholeBytes } from "../copy.ts";
import type { Backend, Beside, CallOptions, WritePlan } from "../types.ts";
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
    const isWhole = plan.copies?.isWhole;
    const found = await Promise.any(others.map(async (other) => ({
      backend: other,
      bytes: await wholeBytes(other, parent, { ...signal, ...(isWhole && { isWhole }) }),
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
    const [from, to] = await Promise.all(
      [found.backend, backend].map((one) => filesBeside(one, parent, options)),
    );
    const files = plan.copies?.beside(from!, to!) ??
      from!.map(({ key, bytes }) => ({ key, bytes, replace: false }));
    for (const { key, bytes, replace } of files) {
      await put(
        backend,
        { key, source: bytes, present: replace ? "replace" : "keep" },
        plan,
        options,
      );
    }
    await put(backend, { key: parent, source: found.bytes, present: "keep" }, plan, options);
    // It lacks what else is below, too: others are asked first until it is repaired. (Unless it is about to get the
    // parent from a write of ours that nobody waited for.)
    if (backend.health.status().pending <= 1) backend.health.missed();
  }
  remember(backend, parent);
}

/** The files beside a parent. One that is damaged is left out, and one that is larger than any of an entity. */
async function filesBeside(
  backend: Backend,
  parent: string,
  options: CallOptions,
): Promise<Beside[]> {
  const signal = signalOf(options);
  const files: Beside[] = [];
  const folder = parent.slice(0, parent.lastIndexOf("/"));
  const listing = backend.driver.list(folder, { ...signal, depth: 1 });
  for await (const { key, lastModified, size } of listing) {
    if (key === parent || size > SMALL) continue;
    try {
      files.push({ key, lastModified, bytes: await wholeBytes(backend, key, signal) });
    } catch (error) {
      if (!hasCode(error, "corrupt", "not-found", "invalid-key")) throw error;
    }
  }
  return files;
}

/**
 * What has to be there before a write: parents that a backend lacks are copied from another one.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import { backendError } from "../failure.ts";
import type { Backend, Beside, CopyRules, WritePlan } from "../plan.ts";
import { put } from "./put.ts";

/** Makes sure that the parents of a plan are there, outermost first, each looked for once. */
export async function bringParents(
  backend: Backend,
  plan: WritePlan,
  backends: readonly Backend[],
): Promise<void> {
  for (const parent of plan.parents!) {
    if (backend.driver.knows(parent)) continue;
    await backend.driver.ensure(parent, () => copyMissing(backend, parent, plan, backends));
  }
}

async function copyMissing(
  backend: Backend,
  parent: string,
  plan: WritePlan,
  backends: readonly Backend[],
): Promise<void> {
  try {
    await backend.driver.stat(parent);
    return;
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
  }
  const rules = await plan.copies?.();
  const why = await rules?.whyNot?.(parent, backends);
  if (why !== undefined) throw backendError(backend, "not-found", `${plan.what}: ${why}`);
  const found = await findParent(backend, parent, plan, backends, rules);
  // What stands beside it first, tags for example: it shows with all that it has.
  const [from, to] = await Promise.all(
    [found.backend, backend].map((one) => filesBeside(one, parent)),
  );
  const files = rules?.beside(from!, to!) ??
    from!.map(({ key, bytes }) => ({ key, bytes, replace: false }));
  for (const { key, bytes, replace } of files) {
    await put(backend, { key, source: bytes, present: replace ? "replace" : "keep" }, key);
  }
  const own = { key: parent, source: found.bytes, present: "keep" } as const;
  const isBrought = await put(backend, own, parent) > 0;
  // It lacks what else is below, too: others are asked first until it is repaired. (Unless it got the parent, or is
  // about to get it, from a write of ours that nobody waited for.)
  if (isBrought && backend.health.status().pending <= 1) {
    backend.health.missed(`what belongs to ${parent}`);
  }
}

/** A parent, whole, from whichever other backend is the first to have it. */
async function findParent(
  backend: Backend,
  parent: string,
  plan: WritePlan,
  backends: readonly Backend[],
  rules: CopyRules | undefined,
) {
  const { wholeBytes } = await import("../copy.ts");
  const isWhole = rules?.isWhole;
  const others = backends.filter(({ label }) => label !== backend.label);
  try {
    return await Promise.any(others.map(async (other) => ({
      backend: other,
      bytes: await wholeBytes(other, parent, isWhole && { isWhole }),
    })));
  } catch (cause) {
    const { errors } = cause as AggregateError;
    const isMissing = errors.every((error) => hasCode(error, "not-found"));
    throw backendError(
      backend,
      isMissing ? "not-found" : "unavailable",
      `${plan.what} belongs to ${parent}, which is not there${
        isMissing
          ? ". Create it first."
          : "; it may be in a backend that cannot be read now. Try again when it can."
      }`,
      cause,
    );
  }
}

/** The files beside a parent. One that is damaged is left out, and one that is larger than any of an entity. */
async function filesBeside(backend: Backend, parent: string): Promise<Beside[]> {
  const { SMALL, wholeBytes } = await import("../copy.ts");
  const files: Beside[] = [];
  const folder = parent.slice(0, parent.lastIndexOf("/"));
  for await (const { key, lastModified, size } of backend.driver.list(folder, { depth: 1 })) {
    if (key === parent || size > SMALL) continue;
    try {
      files.push({ key, lastModified, bytes: await wholeBytes(backend, key) });
    } catch (error) {
      if (!hasCode(error, "corrupt", "not-found", "invalid-key")) throw error;
    }
  }
  return files;
}

/**
 * Writing to every backend of a composite at once: the wait is the slowest backend's, not the sum.
 *
 * @module
 */
import { hasCode, type Receipt, RubiconException } from "../../errors.ts";
import type { Backend, CallOptions, Step, WritePlan, WritePolicy } from "../types.ts";
import { remember } from "../layers/present.ts";
import { differs } from "../same.ts";
import { ensure } from "./parents.ts";

/** How many of `count` backends have to take a write. */
export function needed(policy: WritePolicy, count: number): number {
  if (policy === "all") return count;
  return policy === "any" ? 1 : Math.floor(count / 2) + 1;
}

/**
 * Writes to all backends.
 *
 * @param track Gets a promise for the backends that are still at it once the policy is met.
 * @throws {RubiconException} where the policy is not met, with every backend's outcome.
 */
export async function writeAll(
  backends: readonly Backend[],
  plan: WritePlan,
  policy: WritePolicy,
  options: CallOptions,
  track: (rest: Promise<unknown>) => void,
): Promise<readonly Receipt[]> {
  options.signal?.throwIfAborted();
  const receipts: Receipt[] = backends.map(({ label }) => ({
    backend: label,
    outcome: "pending",
    milliseconds: 0,
    bytes: 0,
  }));
  const run = (at: number) => writeOne(backends[at]!, plan, backends, options, receipts[at]!);
  let first = 0;
  if (plan.decide) {
    // Backends are asked in order until one is in a position to say yes or no for all of them.
    while (first < backends.length) {
      await run(first);
      const { outcome, error } = receipts[first++]!;
      if (outcome === "ok") break;
      if (hasCode(error, "already-exists")) {
        // The others were not asked: there is nothing to be said of them.
        throw failure(plan, receipts.slice(0, first), backends.length);
      }
    }
  }
  const enough = needed(policy, backends.length);
  const running = receipts.slice(first).map((_, at) => run(first + at));
  const all = Promise.all(running);
  if (enough < backends.length) await reached(running, receipts, enough);
  else await all;
  if (options.signal?.aborted) {
    track(all);
    throw options.signal.reason;
  }
  const taken = receipts.filter(({ outcome }) => outcome === "ok").length;
  // What is known to be in the way anywhere would make two entities of one key, whoever else took it.
  const isTaken = () => receipts.some(({ error }) => hasCode(error, "already-exists"));
  if (taken < enough || isTaken()) {
    await all;
    if (isTaken()) await takeBack(backends, plan, receipts);
    throw failure(plan, receipts, enough);
  }
  const settle = () => {
    receipts.forEach(({ outcome }, at) => outcome === "ok" || backends[at]!.health.missed());
  };
  if (receipts.some(({ outcome }) => outcome === "pending")) track(all.then(settle));
  else if (taken < receipts.length) settle();
  return receipts;
}

/**
 * Takes a refused entity out of the backends that lacked the one that is in its way: they would answer with it. What
 * cannot be taken back is a conflict that `verify` lists.
 */
async function takeBack(
  backends: readonly Backend[],
  { steps, below }: WritePlan,
  receipts: readonly Receipt[],
): Promise<void> {
  const [step, ...more] = steps;
  if (!step || more.length > 0 || below || (step.present ?? "same") !== "same") return;
  await Promise.all(backends.map(async (backend, at) => {
    const receipt = receipts[at]!;
    if (receipt.outcome !== "ok" || receipt.bytes === 0) return;
    try {
      await backend.driver.delete(step.key);
      backend.known.delete(step.key);
      receipt.outcome = "failed";
      receipt.bytes = 0;
      receipt.error = new RubiconException(
        "already-exists",
        `${backend.label}: taken back, since another backend has something else there. Run repair.`,
        { backend: backend.label },
      );
    } catch (error) {
      receipt.error = asException(error, backend);
    }
  }));
}

/** Resolves once `enough` receipts are `ok`, or none is pending any more. */
function reached(
  running: readonly Promise<void>[],
  receipts: readonly Receipt[],
  enough: number,
): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const taken = receipts.filter(({ outcome }) => outcome === "ok").length;
      const open = receipts.some(({ outcome }) => outcome === "pending");
      if (taken >= enough || !open) resolve();
    };
    for (const one of running) one.then(look);
    look();
  });
}

/** Carries out a plan in one backend, and fills in the receipt. Never rejects. */
async function writeOne(
  backend: Backend,
  plan: WritePlan,
  backends: readonly Backend[],
  options: CallOptions,
  receipt: Receipt,
): Promise<void> {
  const admits = backend.health.admits();
  const admitted = admits === true || await admits;
  if (!admitted) {
    receipt.outcome = "skipped";
    receipt.error = leftAlone(backend);
    return;
  }
  const start = performance.now();
  backend.health.pending(1);
  try {
    for (const parent of plan.parents ?? []) {
      if (!backend.known.has(parent)) await ensure(backend, parent, plan, backends, options);
    }
    const bytes = await putAtOnce(backend, plan, options);
    if (bytes !== undefined) receipt.bytes = bytes;
    for (const step of bytes === undefined ? plan.steps : []) {
      if (step.forChecksums && !backend.driver.listsChecksums) continue;
      receipt.bytes += await put(backend, step, plan, options);
    }
    for (const key of plan.deletes ?? []) {
      await backend.driver.delete(key, signalOf(options));
      backend.known.delete(key);
    }
    receipt.outcome = "ok";
    if (plan.exists && receipt.bytes > 0) backend.health.missed();
  } catch (error) {
    receipt.outcome = "failed";
    receipt.error = asException(error, backend);
  } finally {
    if (admitted === "trial") backend.health.untried();
    backend.health.pending(-1);
    receipt.milliseconds = performance.now() - start;
  }
}

/** Stores all objects of a new folder in one step, where the backend is able. Returns how many bytes were stored. */
async function putAtOnce(
  backend: Backend,
  { folder, steps, below }: WritePlan,
  options: CallOptions,
): Promise<number | undefined> {
  const { driver } = backend;
  if (folder === undefined || !driver.putTree) return undefined;
  const all = below ? [...steps, ...below.steps] : steps;
  if (all.length < 2) return undefined;
  const objects: [string, Uint8Array][] = [];
  for (const { key, source, present = "same" } of all) {
    if (!(source instanceof Uint8Array) || present !== "same") return undefined;
    objects.push([key.slice(folder.length + 1), source]);
  }
  if (!await driver.putTree(folder, objects, signalOf(options))) return undefined;
  for (const { key } of steps) remember(backend, key);
  below?.taken.add(backend);
  return objects.reduce((sum, [, { length }]) => sum + length, 0);
}

/** Stores one object. Returns how many bytes were stored. */
export async function put(
  backend: Backend,
  step: Step,
  plan: WritePlan,
  options: CallOptions,
): Promise<number> {
  const { driver } = backend;
  const ifAbsent = step.present !== "replace";
  try {
    const { size, wasThere } = await driver.put(step.key, step.source, {
      ...signalOf(options),
      ifAbsent,
    });
    remember(backend, step.key);
    return wasThere ? 0 : size;
  } catch (error) {
    if (!ifAbsent || !hasCode(error, "already-exists")) throw error;
    if (step.present !== "keep") {
      const existing = await differs(driver, step.key, step.source, options.signal);
      if (existing) {
        throw new RubiconException(
          "already-exists",
          `${backend.label}: ${
            plan.conflict?.(existing) ?? `${plan.what} is there already, with another content`
          }`,
          { backend: backend.label, cause: error },
        );
      }
    }
    remember(backend, step.key);
    return 0;
  }
}

function failure(plan: WritePlan, receipts: Receipt[], enough: number): RubiconException {
  const failed = receipts.filter(({ outcome }) => outcome !== "ok");
  const codes = new Set(failed.map(({ error }) => error?.code));
  const [code] = codes;
  const taken = receipts.length - failed.length;
  const lines = receipts.map(({ backend, outcome, error }) => {
    const reason = error?.message.startsWith(`${backend}: `)
      ? error.message.slice(backend.length + 2)
      : error?.message;
    return `  ${backend}: ${outcome}${reason === undefined ? "" : `: ${reason}`}`;
  });
  let next = "";
  if (code !== "already-exists" || codes.size > 1) {
    next = taken > 0
      ? "\nWrite `entity` of this exception again, as it is, to complete the missing copies."
      : "\nNothing was written. Mend that, and write it again.";
  }
  return new RubiconException(
    codes.size === 1 && code !== undefined ? code : "write-failed",
    `${plan.what} was written to ${taken} of ${receipts.length} backends, ${
      enough === receipts.length ? "all" : enough
    } are needed:\n${lines.join("\n")}${next}`,
    {
      receipts,
      ...(plan.entity !== undefined && { entity: plan.entity }),
      cause: failed[0]?.error,
    },
  );
}

/** The reason why a backend with an open circuit was not asked. */
export function leftAlone(backend: Backend): RubiconException {
  const { failures, lastError } = backend.health.status();
  return new RubiconException(
    "unavailable",
    `${backend.label}: left alone for a while after ${failures} failures in a row, the last: ${lastError}`,
    { backend: backend.label },
  );
}

/** Any error as the exception of one backend. */
export function asException(error: unknown, backend: Backend): RubiconException {
  if (error instanceof RubiconException) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new RubiconException("unavailable", `${backend.label}: ${text}`, {
    backend: backend.label,
    cause: error,
  });
}

export function signalOf({ signal }: CallOptions): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

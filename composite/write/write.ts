/**
 * Writing to every backend of a composite at once, until the policy is met: the wait is the slowest backend's that
 * counts, not the sum.
 *
 * @module
 */
import { hasCode, type Receipt } from "../../errors.ts";
import { backendError, writeFailure } from "../failure.ts";
import type { Backend, WritePlan } from "../plan.ts";
import type { WritePolicy } from "../types.ts";
import { Attempt, writeTo } from "./backend_write.ts";

/** How many of `count` backends have to take a write. */
export function needed(policy: WritePolicy, count: number): number {
  if (policy === "all") return count;
  return policy === "any" ? 1 : Math.floor(count / 2) + 1;
}

/**
 * Writes to all backends, each bound to the call.
 *
 * @param rest Gets a promise for the backends that are still at it once the policy is met.
 * @throws {RubiconException} if the policy is not met, with every backend's outcome.
 */
export async function writeAll(
  backends: readonly Backend[],
  plan: WritePlan,
  policy: WritePolicy,
  signal: AbortSignal | undefined,
  rest: (settled: Promise<unknown>) => void,
): Promise<readonly Receipt[]> {
  signal?.throwIfAborted();
  const attempts = backends.map((backend) => new Attempt(backend));
  const decided = plan.decide ? await decide(attempts, plan, backends) : 0;
  const enough = needed(policy, backends.length);
  const running = attempts.slice(decided).map((attempt) => writeTo(attempt, plan, backends));
  const all = running.length === 1 ? running[0]! : Promise.all(running);
  if (enough < backends.length) await reached(running, attempts, enough);
  else await all;
  if (signal?.aborted) {
    rest(all);
    throw signal.reason;
  }
  if (attempts.every(({ outcome }) => outcome === "ok")) {
    return attempts.map((attempt) => attempt.receipt());
  }
  const taken = attempts.filter(({ outcome }) => outcome === "ok").length;
  // What is known to be in the way anywhere would make two entities of one key, whoever else took it.
  const isRefused = () => attempts.some(({ error }) => hasCode(error, "already-exists"));
  if (taken < enough || isRefused()) {
    await all;
    if (isRefused()) await takeBack(attempts);
    throw writeFailure(plan, attempts.map((attempt) => attempt.receipt()), enough);
  }
  const settle = () => {
    for (const { outcome, backend, error } of attempts) {
      if (outcome !== "ok") backend.health.missed(plan.what, error);
    }
  };
  if (attempts.some(({ outcome }) => outcome === "pending")) rest(all.then(settle));
  else if (taken < attempts.length) settle();
  return attempts.map((attempt) => attempt.receipt());
}

/**
 * Asks backends in order until one is in a position to say yes or no for all of them.
 *
 * @returns How many were asked.
 */
async function decide(
  attempts: readonly Attempt[],
  plan: WritePlan,
  backends: readonly Backend[],
): Promise<number> {
  for (const [at, attempt] of attempts.entries()) {
    await writeTo(attempt, plan, backends);
    if (attempt.outcome === "ok") return at + 1;
    if (hasCode(attempt.error, "already-exists")) {
      // The others were not asked: there is nothing to be said of them.
      const asked = attempts.slice(0, at + 1).map((attempt) => attempt.receipt());
      throw writeFailure(plan, asked, attempts.length);
    }
  }
  return attempts.length;
}

/**
 * Takes what was refused somewhere out of the backends that lacked what is in its way: they would answer with it. What
 * cannot be taken back is a conflict that `verify` lists.
 */
async function takeBack(attempts: readonly Attempt[]): Promise<void> {
  const refused = new Set(attempts.flatMap(({ refused }) => refused));
  await Promise.all(attempts.map(async (attempt) => {
    const { backend, stored } = attempt;
    const steps = stored.filter((step) => refused.has(step));
    if (steps.length === 0) return;
    try {
      for (const { key } of steps) await backend.driver.delete(key);
      attempt.bytes = 0;
      attempt.fail(backendError(
        backend,
        "already-exists",
        "taken back, since another backend has something else there. Run repair.",
      ));
    } catch (error) {
      attempt.fail(error);
    }
  }));
}

/** Resolves once `enough` attempts are `ok`, or none is pending any more. */
function reached(
  running: readonly Promise<void>[],
  attempts: readonly Attempt[],
  enough: number,
): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const taken = attempts.filter(({ outcome }) => outcome === "ok").length;
      const open = attempts.some(({ outcome }) => outcome === "pending");
      if (taken >= enough || !open) resolve();
    };
    for (const one of running) one.then(look);
    look();
  });
}

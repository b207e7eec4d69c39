/**
 * Reading from the first backend that is able, or from all of them together. Missing, broken and
 * unreachable all mean "not able"; an empty or damaged answer counts only where nothing better comes.
 *
 * @module
 */
import { hasCode, type Receipt } from "../errors.ts";
import { asException, readFailure } from "./failure.ts";
import type { Answer, Backend, ReadPlan } from "./plan.ts";
import type { ReadPolicy } from "./types.ts";

/** What reading came to. */
export interface Reading<T> {
  /** The value, or why there is none. */
  value: () => T;
  /** Every backend's outcome, of those that were asked. */
  receipts: readonly Receipt[];
  /** What no backend has whole, each with its reason. */
  damage: readonly string[];
}

interface Asked<T> {
  receipt: Receipt;
  answer?: Answer<T>;
}

/** Reads by a plan, from backends that are bound to the call. */
export async function readFrom<T>(
  backends: readonly Backend[],
  plan: ReadPlan<T>,
  policy: ReadPolicy,
  signal: AbortSignal | undefined,
): Promise<Reading<T>> {
  signal?.throwIfAborted();
  const order = [...backends].sort((a, b) => rank(a) - rank(b));
  const asked = policy === "merge"
    ? await askAll(order, plan, signal)
    : await askInOrder(order, plan, signal);
  const receipts = asked.map(({ receipt }) => Object.freeze(receipt));
  const isWhole = asked.some(({ answer }) => answer && !answer.weak);
  const damage = isWhole ? [] : asked.flatMap(({ answer }) => answer?.damage ?? []);
  return { value: () => join(asked, plan), receipts, damage };
}

/**
 * A backend that missed a write is asked after those that have it all, and one that is left alone last: they may still
 * be the only ones that have the answer.
 */
const rank = ({ health }: Backend): number => {
  const { circuit, missed } = health.status();
  return (circuit === "open" ? 2 : 0) + (missed > 0 ? 1 : 0);
};

/** Asks one backend after the other, until one is able. Those that are left alone come last. */
async function askInOrder<T>(
  order: readonly Backend[],
  plan: ReadPlan<T>,
  signal: AbortSignal | undefined,
): Promise<Asked<T>[]> {
  const asked: Asked<T>[] = [];
  const alone: Backend[] = [];
  for (const backend of order) {
    const one = await ask(backend, plan, signal);
    if (one.receipt.outcome === "skipped") alone.push(backend);
    else if (asked.push(one) && one.answer && !one.answer.weak) return asked;
  }
  for (const backend of alone) {
    const one = await askAnyway(backend, plan, signal);
    if (asked.push(one) && one.answer && !one.answer.weak) return asked;
  }
  return asked;
}

/** Asks all backends at once; those that are left alone only if the others have nothing. */
async function askAll<T>(
  order: readonly Backend[],
  plan: ReadPlan<T>,
  signal: AbortSignal | undefined,
): Promise<Asked<T>[]> {
  const asked = await Promise.all(order.map((backend) => ask(backend, plan, signal)));
  const hasSome = asked.some(({ answer }) =>
    answer && answer.weak !== "empty" && answer.weak !== "bare"
  );
  if (hasSome) return asked;
  return await Promise.all(
    asked.map((one, at) =>
      one.receipt.outcome === "skipped" ? askAnyway(order[at]!, plan, signal) : one
    ),
  );
}

/** Asks a backend, unless it is left alone. */
async function ask<T>(
  backend: Backend,
  plan: ReadPlan<T>,
  signal: AbortSignal | undefined,
): Promise<Asked<T>> {
  let one: Asked<T> | undefined;
  try {
    return await backend.health.run(async () => one = await askAnyway(backend, plan, signal));
  } catch (error) {
    if (one || signal?.aborted) throw error;
    const receipt = {
      backend: backend.label,
      outcome: "skipped",
      error: asException(error, backend),
      milliseconds: 0,
      bytes: 0,
    } satisfies Receipt;
    return { receipt };
  }
}

async function askAnyway<T>(
  backend: Backend,
  plan: ReadPlan<T>,
  signal: AbortSignal | undefined,
): Promise<Asked<T>> {
  const receipt: Receipt = { backend: backend.label, outcome: "ok", milliseconds: 0, bytes: 0 };
  const start = performance.now();
  try {
    return { receipt, answer: await plan.run(backend) };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    receipt.outcome = "failed";
    receipt.error = asException(error, backend);
    return { receipt };
  } finally {
    receipt.milliseconds = performance.now() - start;
  }
}

/** One value out of several answers, none of which may be able to stand alone. */
function join<T>(asked: readonly Asked<T>[], plan: ReadPlan<T>): T {
  const found = asked.flatMap(({ answer }) => answer ? [answer] : []);
  const bare = found.filter(({ weak }) => weak === "bare");
  const something = found.filter(({ weak }) => weak !== "empty" && weak !== "bare");
  const values = [...something, ...bare].map(({ value }) => value);
  if (values.length > 0) return plan.merge && values.length > 1 ? plan.merge(values) : values[0]!;
  const isMissing = asked.every(({ answer, receipt }) =>
    answer !== undefined || hasCode(receipt.error, "not-found")
  );
  // Empty is an answer only where no backend that could not be asked may have more.
  if (found.length > 0 && isMissing) return found[0]!.value;
  throw readFailure(plan.what, asked.map(({ receipt }) => receipt));
}

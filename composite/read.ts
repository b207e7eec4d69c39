/**
 * Reading from the first backend that is able, or from all of them together. Missing, broken and
 * unreachable all mean "not able"; an empty or damaged answer counts only where nothing better comes.
 *
 * @module
 */
import { hasCode, type Receipt, RubiconException } from "../errors.ts";
import type { Answer, Backend, CallOptions, ReadPlan, ReadPolicy } from "./types.ts";
import { asException, leftAlone } from "./write/write.ts";

interface Asked<T> {
  receipt: Receipt;
  answer?: Answer<T>;
}

/**
 * Reads by a plan.
 *
 * @param warn Gets told of what no backend has whole.
 * @throws {RubiconException} where no backend is able: with each backend's reason, `not-found` where
 * all of them say so and `read-failed` where their reasons differ.
 */
export async function readFirst<T>(
  backends: readonly Backend[],
  plan: ReadPlan<T>,
  policy: ReadPolicy,
  options: CallOptions,
  warn: (message: string) => void,
): Promise<T> {
  options.signal?.throwIfAborted();
  // A backend that missed a write is asked after those that have it all, and one that is left alone last: they
  // may still be the only ones that have the answer.
  const rank = ({ health }: Backend) => {
    const { circuit, missed } = health.status();
    return (circuit === "open" ? 2 : 0) + (missed > 0 ? 1 : 0);
  };
  const order = [...backends].sort((a, b) => rank(a) - rank(b));
  const asked: Asked<T>[] = [];
  const report = () => options.onReceipts?.(asked.map(({ receipt }) => receipt));
  if (policy === "merge") {
    const alone: Backend[] = [];
    asked.push(...(await Promise.all(order.map(async (backend) => {
      const admitted = await backend.health.admits();
      if (admitted) {
        return [
          await ask(backend, plan, options)
            .finally(() => admitted === "trial" && backend.health.untried()),
        ];
      }
      alone.push(backend);
      return [];
    }))).flat());
    // Those that are left alone may still be the only ones that have anything.
    if (asked.some(({ answer }) => answer && answer.weak !== "empty" && answer.weak !== "bare")) {
      asked.push(...alone.map((backend): Asked<T> => ({
        receipt: {
          backend: backend.label,
          outcome: "skipped",
          error: leftAlone(backend),
          milliseconds: 0,
          bytes: 0,
        },
      })));
    } else {
      asked.push(...await Promise.all(alone.map((backend) => ask(backend, plan, options))));
    }
  } else {
    const passedOver = new Set<Backend>();
    for (const backend of order) {
      // Only now: who is admitted to try a backend and does not ask it would let the others wait for good.
      const admitted = passedOver.has(backend) || await backend.health.admits();
      if (!admitted) {
        passedOver.add(backend);
        order.push(backend);
        continue;
      }
      const one = await ask(backend, plan, options)
        .finally(() => admitted === "trial" && backend.health.untried());
      asked.push(one);
      if (!one.answer || one.answer.weak) continue;
      report();
      return one.answer.value;
    }
  }
  report();
  const damage = asked.flatMap(({ answer }) => answer?.damage ?? []);
  const whole = asked.some(({ answer }) => answer && !answer.weak);
  if (!whole && damage.length > 0) {
    warn(`${plan.what}: ${damage.length} of them cannot be read:\n  ${damage.join("\n  ")}`);
  }
  return join(asked, plan);
}

async function ask<T>(
  backend: Backend,
  plan: ReadPlan<T>,
  options: CallOptions,
): Promise<Asked<T>> {
  const receipt: Receipt = { backend: backend.label, outcome: "ok", milliseconds: 0, bytes: 0 };
  const start = performance.now();
  try {
    return { receipt, answer: await plan.run(backend, options.signal) };
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
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
  const failures = asked.flatMap(({ receipt }) => receipt.error ? [receipt.error] : []);
  // Empty is an answer only where no backend that could not be asked may have more.
  if (found.length > 0 && failures.every((error) => hasCode(error, "not-found"))) {
    return found[0]!.value;
  }
  const codes = new Set(failures.map(({ code }) => code));
  const [code] = codes;
  const lines = asked.map(({ receipt: { backend, error } }) =>
    `  ${backend}: ${error ? error.message.replace(`${backend}: `, "") : "empty"}`
  );
  throw new RubiconException(
    codes.size === 1 && found.length === 0 ? code! : "read-failed",
    `No backend was able to read ${plan.what}:\n${lines.join("\n")}`,
    { receipts: asked.map(({ receipt }) => receipt), cause: failures[0] },
  );
}

/**
 * A circuit breaker: a backend that was unavailable several times in a row is left alone for a
 * while, so that its time limit is not paid again and again; then one operation tries it.
 *
 * @module
 */
import type { Backend } from "../types.ts";

/** So many failures in a row open the circuit. */
const FAILURES = 3;
/** The first pause, in milliseconds; each failed try doubles it, up to the longest. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** A backend's health, all well at first. */
export function health(backend: string, persistence: string): Backend["health"] {
  let failures = 0;
  let missed = 0;
  let whyMissed: unknown;
  let pending = 0;
  let openUntil = 0;
  let lastError: unknown;
  /** The operation that tries a half-open circuit; the others wait for what it finds. */
  let trial: { ended: Promise<void>; end: () => void } | undefined;
  const circuit = () =>
    failures < FAILURES ? "closed" : performance.now() < openUntil ? "open" : "half-open";
  const endTrial = () => {
    trial?.end();
    trial = undefined;
  };
  const admitsTrial = async (): Promise<boolean | "trial"> => {
    while (circuit() === "half-open") {
      if (!trial) {
        const { promise, resolve } = Promise.withResolvers<void>();
        trial = { ended: promise, end: resolve };
        return "trial";
      }
      await trial.ended;
    }
    return circuit() === "closed";
  };
  const shown = () => {
    const error = lastError ?? whyMissed;
    return error === undefined ? {} : { lastError: describe(error) };
  };
  return {
    admits: () => failures < FAILURES || admitsTrial(),
    note(error) {
      if (error === undefined) {
        failures = 0;
        lastError = undefined;
      } else {
        lastError = error;
        // Of many operations that were under way together one counts, or a short outage would be a long pause.
        if (circuit() !== "open") failures++;
        if (failures >= FAILURES && circuit() !== "open") {
          const pause = Math.min(PAUSE * 2 ** (failures - FAILURES), LONGEST_PAUSE);
          openUntil = performance.now() + pause;
        }
      }
      endTrial();
    },
    // It says nothing of the backend; the next operation tries in its place.
    untried: endTrial,
    pending: (change) => void (pending += change),
    missed(reason) {
      missed++;
      whyMissed = reason ?? whyMissed;
    },
    repaired(count) {
      missed -= count;
      if (missed === 0) whyMissed = undefined;
    },
    status: () => ({
      backend,
      persistence,
      circuit: circuit(),
      failures,
      missed,
      pending,
      ...shown(),
    }),
  };
}

const describe = (error: unknown): string => error instanceof Error ? error.message : String(error);

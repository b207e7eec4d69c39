/**
 * A circuit breaker: a backend that was unavailable several times in a row is left alone for a
 * while, so that its time limit is not paid again and again; then one operation tries it.
 *
 * @module
 */
import type { Backend } from "./types.ts";

/** So many failures in a row open the circuit. */
const FAILURES = 3;
/** The first pause, in milliseconds; each failed try doubles it, up to the longest. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** A backend's health, all well at first. */
export function health(backend: string, persistence: string): Backend["health"] {
  let failures = 0;
  let missed = 0;
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
  return {
    admits: () => failures < FAILURES || admitsTrial(),
    note(error) {
      if (error === undefined) {
        failures = 0;
        lastError = undefined;
      } else {
        failures++;
        lastError = error;
        if (failures >= FAILURES) {
          const pause = Math.min(PAUSE * 2 ** (failures - FAILURES), LONGEST_PAUSE);
          openUntil = performance.now() + pause;
        }
      }
      endTrial();
    },
    // It says nothing of the backend; the next operation tries in its place.
    untried: endTrial,
    pending: (change) => void (pending += change),
    missed: () => void missed++,
    repaired: () => void (missed = 0),
    status: () => ({
      backend,
      persistence,
      circuit: circuit(),
      failures,
      missed,
      pending,
      ...(lastError !== undefined && {
        lastError: lastError instanceof Error ? lastError.message : String(lastError),
      }),
    }),
  };
}

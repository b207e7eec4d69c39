/**
 * A circuit breaker: a backend that was unavailable several times in a row is left alone for a
 * while, so that its time limit is not paid again and again; then one operation tries it.
 *
 * @module
 */
import type { Backend, BackendStatus } from "./types.ts";

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
  /** One operation tries at a time; one that never came back does not keep the others out. */
  let tryingUntil = 0;
  let lastError: unknown;
  const circuit = (): BackendStatus["circuit"] =>
    failures < FAILURES ? "closed" : performance.now() < openUntil ? "open" : "half-open";
  return {
    admits() {
      const state = circuit();
      if (state !== "half-open") return state === "closed";
      if (performance.now() < tryingUntil) return false;
      tryingUntil = performance.now() + PAUSE;
      return true;
    },
    note(error) {
      if (error === undefined) {
        failures = 0;
        lastError = undefined;
        return;
      }
      failures++;
      lastError = error;
      if (failures >= FAILURES) {
        const pause = Math.min(PAUSE * 2 ** (failures - FAILURES), LONGEST_PAUSE);
        openUntil = performance.now() + pause;
      }
    },
    pending: (change) => void (pending += change),
    missed: () => void missed++,
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

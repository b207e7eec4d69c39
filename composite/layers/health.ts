/**
 * How a backend is doing: whether it is left alone after several failures in a row, and what it missed. The breaker notes
 * how verbs end; `run` is the policy that runs an operation of several verbs, or refuses it.
 *
 * @module
 */
import type { RubiconException } from "../../errors.ts";
import { backendError, messageOf, reasonOf } from "../failure.ts";
import type { BackendStatus } from "../types.ts";

/** So many failures in a row open the circuit. */
const FAILURES = 3;
/** The first pause, in milliseconds; each failed try doubles it, up to the longest. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** So many of the writes that were missed are named. */
const NAMED = 3;

/** A backend's health, all well at first. */
export class Health {
  #failures = 0;
  #lastError: unknown;
  #openUntil = 0;
  /** The operation that tries a half-open circuit; the others wait for what it finds. */
  #trial: PromiseWithResolvers<void> | undefined;
  #pending = 0;
  #missed = 0;
  #whyMissed: unknown;
  #whatMissed: string[] = [];

  constructor(readonly label: string, readonly persistence: string) {}

  /** `closed`: in use · `open`: left alone · `half-open`: the next operation tries it. */
  get circuit(): BackendStatus["circuit"] {
    if (this.#failures < FAILURES) return "closed";
    return performance.now() < this.#openUntil ? "open" : "half-open";
  }

  /**
   * Runs an operation of any number of verbs, if the circuit lets it; one that is half-open lets one try.
   *
   * @throws {RubiconException} {@linkcode circuitOpenError} if it is left alone, without running the work.
   */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#failures < FAILURES ? work() : this.#runIfAdmitted(work);
  }

  async #runIfAdmitted<T>(work: () => Promise<T>): Promise<T> {
    while (this.#trial) await this.#trial.promise;
    if (this.circuit === "open") throw this.circuitOpenError();
    if (this.circuit === "closed") return await work();
    const trial = this.#trial = Promise.withResolvers<void>();
    try {
      return await work();
    } finally {
      // It may have asked nothing of the backend; then the next operation tries in its place.
      if (this.#trial === trial) this.#endTrial();
    }
  }

  /** Why a backend with an open circuit is not asked. */
  circuitOpenError(): RubiconException {
    const last = reasonOf(this.#lastError, this.label);
    return backendError(
      this,
      "unavailable",
      `left alone for a while after ${this.#failures} failures in a row, the last: ${last}`,
    );
  }

  /** Notes how a verb ended; `undefined` is a success. */
  note(error: unknown): void {
    if (error === undefined) {
      this.#failures = 0;
      this.#lastError = undefined;
    } else {
      this.#lastError = error;
      // Of many verbs that were under way together one counts, or a short outage would be a long pause.
      if (this.circuit !== "open") {
        const over = ++this.#failures - FAILURES;
        const pause = Math.min(PAUSE * 2 ** over, LONGEST_PAUSE);
        if (over >= 0) this.#openUntil = performance.now() + pause;
      }
    }
    if (this.#trial) this.#endTrial();
  }

  #endTrial(): void {
    this.#trial?.resolve();
    this.#trial = undefined;
  }

  /** Counts writes under way (`+1`, `-1`). */
  pending(change: number): void {
    this.#pending += change;
  }

  /** Counts a write that others took and this backend did not. */
  missed(what: string, reason?: unknown): void {
    this.#missed++;
    this.#whyMissed = reason ?? this.#whyMissed;
    if (this.#whatMissed.length < NAMED) this.#whatMissed.push(what);
  }

  /** Forgets so many of the writes that were missed: they are there now. */
  repaired(count: number): void {
    this.#missed -= count;
    if (this.#missed > 0) return;
    this.#whyMissed = undefined;
    this.#whatMissed = [];
  }

  /** What the backend missed and what to do about it, for people; nothing if it has all. */
  lacks(): string | undefined {
    if (this.#missed === 0) return undefined;
    const more = this.#missed > this.#whatMissed.length ? ", …" : "";
    const why = this.#whyMissed === undefined ? "" : ` (${reasonOf(this.#whyMissed, this.label)})`;
    const writes = this.#missed === 1 ? "1 write is" : `${this.#missed} writes are`;
    return `${this.label}: ${writes} missing there: ${
      this.#whatMissed.join(", ")
    }${more}${why}. Run repair() when it can be written to.`;
  }

  /** What `status` says. */
  status(): Omit<BackendStatus, "mode"> {
    const error = this.#lastError ?? this.#whyMissed;
    return {
      backend: this.label,
      persistence: this.persistence,
      circuit: this.circuit,
      failures: this.#failures,
      missed: this.#missed,
      pending: this.#pending,
      ...(error !== undefined && { lastError: messageOf(error) }),
    };
  }
}

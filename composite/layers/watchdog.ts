/**
 * Many time limits on one timer.
 *
 * @module
 */

/**
 * So many turns of the microtask queue something has before a timer is set for it. Drivers that answer without waiting
 * (memory, small files) are done by then, and a timer for each write would be a tenth of its time.
 */
const TURNS = 12;

/** Something with a time limit. */
export interface Watched {
  /** Starts the limit anew: there was progress. */
  progress(): void;
  /** Is called once the limit is over. */
  expire(): void;
}

class Entry implements Watched {
  /** When it began, or made progress; unknown until a timer is set for the first time. */
  since: number | undefined;

  constructor(readonly ms: number) {}

  progress(): void {
    if (this.since !== undefined) this.since = performance.now();
  }

  expire(): void {}
}

/** Watches the things of one backend. */
export class Watchdog {
  readonly #entries = new Set<Entry>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer goes off. */
  #due = Infinity;
  #isWaiting = false;

  /** Starts a time limit of so many milliseconds. */
  watch(ms: number): Watched {
    const entry = new Entry(ms);
    this.#entries.add(entry);
    if (this.#timer !== undefined) {
      if (performance.now() + ms < this.#due) this.#arm();
    } else if (!this.#isWaiting) this.#armSoon();
    return entry;
  }

  /** Ends a time limit. */
  forget(entry: Watched): void {
    this.#entries.delete(entry as Entry);
    if (this.#entries.size === 0) this.#disarm();
  }

  async #armSoon(): Promise<void> {
    this.#isWaiting = true;
    for (let turn = 0; turn < TURNS && this.#entries.size > 0; turn++) await null;
    this.#isWaiting = false;
    if (this.#entries.size > 0) this.#arm();
  }

  #arm(): void {
    this.#disarm();
    const now = performance.now();
    for (const entry of this.#entries) {
      this.#due = Math.min(this.#due, (entry.since ??= now) + entry.ms);
    }
    this.#timer = setTimeout(() => this.#look(), this.#due - now);
  }

  #disarm(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Infinity;
  }

  #look(): void {
    const now = performance.now();
    for (const entry of this.#entries) {
      if ((entry.since ??= now) + entry.ms > now) continue;
      this.#entries.delete(entry);
      entry.expire();
    }
    if (this.#entries.size > 0) this.#arm();
    else this.#disarm();
  }
}

/**
 * A bounded number of things at once; the others wait in line.
 *
 * @module
 */
import { abortable } from "./abortable.ts";

/** A line before a door that lets so many in. */
export class Line {
  #free: number;
  readonly #waiting: PromiseWithResolvers<void>[] = [];

  constructor(width: number) {
    this.#free = width;
  }

  /** Goes in at once, if there is room. */
  enter(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** Waits for a turn, and goes in. */
  async turn(signal: AbortSignal | undefined): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn);
    try {
      await abortable(turn.promise, signal);
    } catch (error) {
      const at = this.#waiting.indexOf(turn);
      if (at >= 0) this.#waiting.splice(at, 1);
      else this.leave(); // It was its turn at the same moment.
      throw error;
    }
  }

  /** Leaves, and lets the next one in. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next.resolve();
    else this.#free++;
  }
}

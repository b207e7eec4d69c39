/**
 * Turns for others in work that does not wait by itself.
 *
 * @module
 */
import { breathe } from "./source.ts";

/** For so long, in milliseconds, others wait. A turn takes two milliseconds and more. */
const WORK_MS = 50;

/** Gives others their turn every now and then. */
export class Turns {
  #since = performance.now();

  /** Gives others their turn if they have waited for long. Says whether it did. */
  async take(): Promise<boolean> {
    if (performance.now() - this.#since < WORK_MS) return false;
    await breathe();
    this.#since = performance.now();
    return true;
  }
}

/**
 * What is under way.
 *
 * @module
 */
import { abortable } from "../drivers/abortable.ts";

/** Counts work that is under way, so that others can wait for it. */
export class Underway {
  #count = 0;
  #waiting: (() => void)[] = [];

  /** Notes that work begins. */
  begin(): void {
    this.#count++;
  }

  /** Notes that work ended. */
  end(): void {
    this.#count--;
    if (this.#waiting.length === 0) return;
    for (const look of this.#waiting.splice(0)) look();
  }

  /** Runs work. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.begin();
    try {
      return await work();
    } finally {
      this.end();
    }
  }

  /** How much is under way. */
  get count(): number {
    return this.#count;
  }

  /** Waits until there is less of it than so much. */
  async below(limit: number, signal?: AbortSignal): Promise<void> {
    while (this.#count >= limit) {
      await abortable(new Promise<void>((resolve) => this.#waiting.push(resolve)), signal);
    }
  }
}

/** For so long, in milliseconds, work that never waits may keep timers and other input from their turn. */
const SHARE = 20;

/** When it last had one, or the first write of the process began: a short one is not to load Deno's timers for it. */
let lastTurn: number | undefined;

/** Whether the event loop is due for a turn: drivers that answer at once never give it one. */
export const isTurnDue = (): boolean => Math.abs(Date.now() - (lastTurn ??= Date.now())) > SHARE;

/** Gives the event loop its turn. */
export async function yieldToEventLoop(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  lastTurn = Date.now();
}

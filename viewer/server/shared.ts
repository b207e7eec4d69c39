/**
 * Work that several callers share, without any of them getting what is older than its call.
 *
 * @module
 */

/**
 * Runs work at most once at a time. A caller that comes while it is running waits for the next run, which all who come
 * meanwhile share: so nobody is handed what was read before it asked.
 */
export function freshly<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const start = (): Promise<T> => {
    const run = work().finally(() => {
      if (running === run) running = undefined;
    });
    return running = run;
  };
  return () => {
    if (!running) return start();
    const after = (): Promise<T> => {
      next = undefined;
      return start();
    };
    return next ??= running.then(after, after);
  };
}

/** What is kept of many things of different sizes: those not asked for the longest are given up first. */
export class Kept<K> {
  readonly #sizes = new Map<K, number>();
  #total = 0;

  /**
   * @param most How much is kept in all. The last one stays, however large it is.
   * @param drop Gives one up.
   */
  constructor(readonly most: number, readonly drop: (key: K) => void) {}

  /** Notes that one is used, and how large it is. */
  use(key: K, size: number): void {
    this.forget(key);
    this.#sizes.set(key, size);
    this.#total += size;
    for (const other of this.#sizes.keys()) {
      if (this.#total <= this.most || other === key) break;
      this.forget(other);
      this.drop(other);
    }
  }

  /** Takes one out of the count. */
  forget(key: K): void {
    this.#total -= this.#sizes.get(key) ?? 0;
    this.#sizes.delete(key);
  }
}

/** Time that passes when a test says so, in place of the machine's: timers, `performance.now` and `Date.now`. */
interface Timer {
  id: number;
  due: number;
  run: () => void;
}

/** Fake time, until it is disposed of. */
export class FakeTime implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    performanceNow: performance.now,
    dateNow: Date.now,
    unref: Deno.unrefTimer,
  };
  readonly #start = Date.now();
  #now = 1_000;
  #last = 1_000_000_000;
  #timers: Timer[] = [];
  /** The timers that do not hold the process. */
  readonly unreferenced = new Set<number>();

  constructor() {
    globalThis.setTimeout = ((run: () => void, ms = 0) => {
      const id = ++this.#last;
      this.#timers.push({ id, due: this.#now + Math.max(0, ms), run });
      return id;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = (id) => {
      this.#timers = this.#timers.filter((timer) => timer.id !== Number(id));
    };
    performance.now = () => this.#now;
    Date.now = () => this.#start + this.#now;
    Deno.unrefTimer = (id) => void this.unreferenced.add(Number(id));
  }

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.length;
  }

  /** Lets so many milliseconds pass, and everything happen that is due by then. */
  async tick(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    while (true) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#now = Math.max(this.#now, next.due);
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.run();
      await this.settle();
    }
    this.#now = end;
    await this.settle();
  }

  /** Lets everything happen that waits for no time. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  /** What some work gives, for which time passes, a minute at most. */
  async until<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => void (isDone = true);
    work.then(done, done);
    for (let second = 0; !isDone; second++) {
      if (second === 60) throw new Error("it hangs");
      await this.settle();
      if (!isDone) await this.tick(1_000);
    }
    return await work;
  }

  /** What some work gives that waits for no time. */
  async atOnce<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => void (isDone = true);
    work.then(done, done);
    await this.settle();
    if (!isDone) throw new Error("it waits for time to pass");
    return await work;
  }

  [Symbol.dispose](): void {
    globalThis.setTimeout = this.#real.setTimeout;
    globalThis.clearTimeout = this.#real.clearTimeout;
    performance.now = this.#real.performanceNow;
    Date.now = this.#real.dateNow;
    Deno.unrefTimer = this.#real.unref;
  }
}

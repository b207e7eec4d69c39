/**
 * The worker of an outbox: does what entries say, in order, as often as it takes.
 *
 * @module
 */
import { hasCode, isRubiconException } from "../../errors.ts";
import { copyObject } from "../copy.ts";
import { takesBack, timeOf } from "./entry.ts";
import type { Journal, Queued } from "./journal.ts";

/** For so long, in milliseconds, another process may still be writing what its entry names. */
const UNDER_WAY = 3_600_000;
/** The pauses after failures in a row, in milliseconds. */
const PAUSES = [50, 200, 1_000, 5_000];

/** What the worker is doing. */
type State =
  /** Nothing, since nothing is left to be done. */
  | "idle"
  /** Bringing what entries name. */
  | "working"
  /** Waiting for the backend to come back. */
  | "pausing"
  /** Nothing any more. */
  | "stopped";

/** Does what entries say, one after the other. */
export class Worker {
  readonly #journal: Journal;
  readonly #queue: Queued[] = [];
  /** Done, and not taken away yet. */
  readonly #finished: (Queued & { waits?: boolean })[] = [];
  readonly #idlers = new Set<() => void>();
  /** How many entries wait for somebody to look at them. */
  #aside = 0;
  #state: State = "idle";
  #running: Promise<void> = Promise.resolve();
  #wake = () => {};

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** How many entries are left. */
  get left(): number {
    return this.#queue.length + this.#aside;
  }

  /** Whether nothing will be done until something is added. */
  get isIdle(): boolean {
    return this.#queue.length === 0 || this.#state === "stopped";
  }

  /** Adds an entry at the end. */
  add(queued: Queued): void {
    this.#queue.push(queued);
    this.#start();
  }

  /** Adds entries of earlier processes, before all others. */
  addEarlier(found: readonly Queued[]): void {
    const known = new Set(this.#queue.map(({ kept }) => kept?.key));
    this.#queue.unshift(...found.filter(({ kept }) => !known.has(kept?.key)));
    this.#start();
  }

  /** Ends a pause. */
  wake(): void {
    this.#wake();
  }

  /** Runs `done` once nothing is left to be done. Gives a function that takes that back. */
  onIdle(done: () => void): () => void {
    this.#idlers.add(done);
    return () => void this.#idlers.delete(done);
  }

  /** Stops once what is being brought is there. */
  async stop(): Promise<void> {
    this.#state = "stopped";
    this.wake();
    await this.#running;
  }

  #start(): void {
    if (this.#state !== "idle" || this.#queue.length === 0) return;
    this.#state = "working";
    // If it fails for reasons that no pause mends, nobody catches that: it is not to be missed.
    this.#running = this.#work();
  }

  async #work(): Promise<void> {
    let failures = 0;
    while (this.#queue.length > 0 && this.#state !== "stopped") {
      const first = this.#queue[0]!;
      try {
        const outcome = await this.#replay(first);
        if (outcome !== "nothing") await this.#takeAway({ ...first, waits: outcome === "waits" });
        this.#drop(first);
        failures = 0;
      } catch (error) {
        if (isRubiconException(error) && !hasCode(error, "invalid-key")) {
          // `status` shows the failure; the entry stays until the backend is back.
          await this.#pause(PAUSES[Math.min(failures++, PAUSES.length - 1)]!);
        } else this.#setAside(first, error);
      }
    }
    if (this.#state !== "stopped") this.#state = "idle";
    for (const done of this.#idlers) done();
  }

  /** Not the first any more if entries of earlier processes were found meanwhile. */
  #drop(queued: Queued): void {
    this.#queue.splice(this.#queue.indexOf(queued), 1);
  }

  /** What will never succeed stays where it is kept, and what comes after it does not wait for it. */
  #setAside(queued: Queued, error: unknown): void {
    const { backend, warn } = this.#journal;
    const what = queued.kept?.key ?? "a write";
    warn(
      `${backend.label}: ${what} cannot be brought here and is set aside. Run repair, then remove it.`,
      error,
    );
    this.#drop(queued);
    this.#aside++;
  }

  /** Waits a while. A process that has nothing else to do does not wait for it: a later one brings what is kept. */
  async #pause(ms: number): Promise<void> {
    if (this.#state === "stopped") return;
    this.#state = "pausing";
    await new Promise<void>((resume) => {
      const timer = setTimeout(resume, ms);
      Deno.unrefTimer(timer);
      this.#wake = () => {
        clearTimeout(timer);
        resume();
      };
    });
    this.#wake = () => {};
    if (this.#state === "pausing") this.#state = "working";
  }

  /**
   * Does what an entry says, from whichever backend has the bytes.
   *
   * @returns Whether the entry is to be taken away: `waits` if the write that it is of may still be under way.
   */
  async #replay(queued: Queued): Promise<"done" | "waits" | "nothing"> {
    const { backend, keepers, warn } = this.#journal;
    const { kept, entry, own } = queued;
    // What takes something back is done all the same: an entry before it may just have been done here once more.
    if (!own && !takesBack(entry) && await this.#journal.isGone(queued)) return "nothing";
    let gone = false;
    for (const { key, replace } of entry.copy) {
      if (!replace && backend.driver.knows(key)) continue;
      const outcome = await copyObject(keepers, backend, key, replace);
      if (outcome === "conflict") {
        warn(`${backend.label}: ${key} already exists with different content. verify lists it.`);
      }
      if (outcome === "gone") gone = true;
    }
    for (const key of entry.delete) await backend.driver.delete(key);
    if (!kept) return "nothing";
    return gone && !own && Date.now() - timeOf(kept.key) < UNDER_WAY ? "waits" : "done";
  }

  /**
   * Takes entries away that are done. One that takes something back stays for as long as an earlier one does: a later
   * process that does the earlier one again has to find it, too.
   */
  async #takeAway(done: Queued & { waits: boolean }): Promise<void> {
    let stuck = false;
    for (const one of [...this.#finished.splice(0), done]) {
      const isKept = one.waits === true || stuck && takesBack(one.entry);
      const failure = isKept ? undefined : await this.#journal.remove(one);
      if (!isKept && !failure) continue;
      if (failure && one === done) {
        // What it says is done: a keeper that is away does not keep back what comes after.
        const { key, keeper } = one.kept!;
        this.#journal.warn(
          `${keeper.label}: ${key} is done and could not be removed. A later process does it ` +
            "again, which changes nothing.",
          failure,
        );
      }
      stuck = true;
      this.#finished.push(one);
    }
  }
}

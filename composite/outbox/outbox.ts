/**
 * The outbox of a background backend: small files at the root of a backend that is written to at once,
 * each naming the keys that the background backend still has to get. They survive a crash and are
 * replayed by a later process, in order, as often as needed. rubicon-ml looks at folders only, and so
 * passes them over.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import { copyObject } from "../copy.ts";
import { remember } from "../layers/present.ts";
import { leftAlone } from "../write/write.ts";
import type { Backend, WritePlan } from "../types.ts";

/** What one write left to be done. */
interface Entry {
  /** The label of the background backend. */
  backend: string;
  /** The keys to copy, parents first, each with whether it replaces what is there. */
  copy: { key: string; replace: boolean }[];
  /** The keys to delete after that. */
  delete: string[];
}

interface Queued {
  /** The key of the entry's file; `undefined` where it could not be kept. */
  key: string | undefined;
  keeper: Backend | undefined;
  entry: Entry;
  /** Whether a write of this process left it, so that the write is over. */
  own: boolean;
  /** Whether it stays, since the write that it is of may still be under way in another process. */
  waits?: boolean;
}

/** What is still to be done in a background backend, and the worker that does it. */
export interface Outbox {
  /** Keeps what a write leaves to be done. Resolves once it is durable; then the worker takes it. */
  keep(plan: WritePlan, keepers: readonly Backend[]): Promise<() => void>;
  /** Finds what an earlier process left to be done. */
  resume(): Promise<void>;
  /** How many writes are still to be done. */
  pending(): number;
  /** Resolves once nothing is left to be done, or `signal` is aborted. */
  drained(signal: AbortSignal): Promise<void>;
  /** Stops the worker: what is left stays in the outbox. */
  stop(): Promise<void>;
}

/** For so long, in milliseconds, another process may still be writing what its entry names. */
const UNDER_WAY = 3_600_000;
const PAUSES = [50, 200, 1_000, 5_000];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

let last = 0;
/** Names sort in the order of the writes, also across processes, as far as clocks go. */
function nextName(): string {
  last = Math.max(Date.now() * 1000, last + 1);
  return `${String(last).padStart(17, "0")}-${crypto.randomUUID()}`;
}

/** Opens the outbox of one background backend. */
export async function openOutbox(
  backend: Backend,
  keepers: readonly Backend[],
  warn: (message: string, cause?: unknown) => void,
): Promise<Outbox> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(backend.place));
  const prefix = `outbox_${new Uint8Array(digest, 0, 8).toHex()}_`;
  const queue: Queued[] = [];
  /** Done, and not taken away yet. */
  const finished: Queued[] = [];
  const idle = new Set<() => void>();
  let running: Promise<void> | undefined;
  let stopped = false;
  /** How many entries wait for somebody to look at them. */
  let aside = 0;
  let wake = () => {};

  const start = () => {
    if (stopped) return;
    // Where it fails for reasons that no pause mends, nobody catches that: it is not to be missed.
    running ??= work().then(() => {
      running = undefined;
      if (queue.length > 0) start();
      else for (const done of idle) done();
    });
  };

  /**
   * Takes entries away that are done. One that takes something back stays for as long as an earlier one does: a later
   * process that does the earlier one again has to find it, too.
   */
  async function takeAway(done: Queued): Promise<void> {
    let stuck = false;
    for (const one of [...finished.splice(0), done]) {
      const { key, keeper, entry } = one;
      const isKept = one.waits === true || stuck && takesBack(entry);
      const failure = isKept ? undefined : await removal(one);
      if (!isKept && !failure) continue;
      if (failure && one === done) {
        // What it says is done: a keeper that is away does not keep back what comes after.
        warn(
          `${keeper!.label}: ${key} is done and could not be removed. A later process does it ` +
            "again, which changes nothing.",
          failure,
        );
      }
      stuck = true;
      finished.push(one);
    }
  }

  async function work(): Promise<void> {
    let failures = 0;
    while (queue.length > 0 && !stopped) {
      const first = queue[0]!;
      try {
        const outcome = await replay(backend, keepers, first, warn);
        if (outcome !== "nothing") await takeAway({ ...first, waits: outcome === "waits" });
        // Not the first any more where `resume` has found others in the meantime.
        queue.splice(queue.indexOf(first), 1);
        failures = 0;
      } catch (error) {
        if (!(error instanceof RubiconException) || hasCode(error, "invalid-key")) {
          // It will never succeed, and what comes after it must not wait for it: it stays where it is kept.
          warn(
            `${backend.label}: ${
              first.key ?? "a write"
            } cannot be brought here and is set aside. ` +
              "Run repair, then remove it.",
            error,
          );
          queue.splice(queue.indexOf(first), 1);
          aside++;
          continue;
        }
        if (stopped) return;
        // `status` shows the failure; the entry stays until the backend is back.
        await new Promise<void>((resume) => {
          const timer = setTimeout(resume, PAUSES[Math.min(failures++, PAUSES.length - 1)]);
          wake = () => {
            clearTimeout(timer);
            resume();
          };
        });
      }
    }
  }

  return {
    async keep(plan, candidates) {
      const entry: Entry = {
        backend: backend.label,
        copy: [
          ...(plan.parents ?? []).map((key) => ({ key, replace: false })),
          ...plan.steps.map(({ key, present }) => ({ key, replace: present === "replace" })),
        ],
        delete: [...plan.deletes ?? []],
      };
      const queued: Queued = { key: undefined, keeper: undefined, entry, own: true };
      const key = `${prefix}${nextName()}.json`;
      const bytes = encoder.encode(JSON.stringify(entry));
      const errors: unknown[] = [];
      // Those that are left alone come last: a hanging one would be waited for at each write.
      const rank = ({ health }: Backend) => health.status().circuit === "closed" ? 0 : 1;
      for (const keeper of [...candidates].sort((a, b) => rank(a) - rank(b))) {
        try {
          await keeper.driver.put(key, bytes, { ifAbsent: true });
          [queued.key, queued.keeper] = [key, keeper];
          break;
        } catch (error) {
          errors.push(error);
        }
      }
      if (queued.key === undefined) {
        warn(
          `${backend.label}: the outbox could not be kept, so ${plan.what} is lost for it if ` +
            "this process ends now. repair brings it.",
          errors[0],
        );
      }
      return () => {
        queue.push(queued);
        start();
      };
    },
    async resume() {
      const found = new Map<string, Queued>();
      for (const keeper of keepers) {
        try {
          for await (const { key } of keeper.driver.list("", { depth: 1 })) {
            if (!key.startsWith(prefix) || found.has(key)) continue;
            const entry = await readEntry(keeper, key, warn);
            if (entry) found.set(key, { key, keeper, entry, own: false });
          }
        } catch (error) {
          warn(
            `${keeper.label}: its outbox for ${backend.label} could not be read. What it holds stays ` +
              "there for the next process.",
            error,
          );
        }
      }
      const known = new Set(queue.map(({ key }) => key));
      const old = [...found.values()].filter(({ key }) => !known.has(key));
      queue.unshift(...old.sort((a, b) => a.key! < b.key! ? -1 : 1));
      if (queue.length > 0) start();
    },
    pending: () => queue.length + aside,
    async drained(signal) {
      wake();
      if (queue.length === 0 || stopped || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          idle.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        idle.add(done);
        signal.addEventListener("abort", done);
      });
    },
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

/**
 * Does what an entry says, from whichever backend has the bytes.
 *
 * @returns Whether the entry is to be taken away: `waits` where the write that it is of may still be under way.
 */
async function replay(
  backend: Backend,
  keepers: readonly Backend[],
  { key, keeper, entry, own }: Queued,
  warn: (message: string, cause?: unknown) => void,
): Promise<"done" | "waits" | "nothing"> {
  // What takes something back is done all the same: an entry before it may just have been done here once more.
  if (!own && !takesBack(entry) && await isGone(keeper!, key!)) return "nothing";
  let gone = false;
  for (const { key, replace } of entry.copy) {
    if (!replace && backend.known.has(key)) continue;
    const outcome = await copyObject(keepers, backend, key, replace);
    if (outcome === "conflict") {
      warn(`${backend.label}: ${key} is there already, with another content. verify lists it.`);
    }
    if (outcome === "gone") gone = true;
    else remember(backend, key);
  }
  for (const gone of entry.delete) {
    await backend.driver.delete(gone);
    backend.known.delete(gone);
  }
  if (key === undefined) return "nothing";
  return gone && !own && Date.now() - timeOf(key) < UNDER_WAY ? "waits" : "done";
}

/** Whether an entry undoes what one before it did. Doing it again changes nothing. */
function takesBack(entry: Entry): boolean {
  return entry.delete.length > 0 || entry.copy.some(({ replace }) => replace);
}

/** Removes an entry; gives the reason where that cannot be done now. */
async function removal({ key, keeper }: Queued): Promise<RubiconException | undefined> {
  if (keeper!.health.status().circuit === "open") return leftAlone(keeper!);
  try {
    await keeper!.driver.delete(key!);
    return undefined;
  } catch (error) {
    if (error instanceof RubiconException) return error;
    throw error;
  }
}

/** Whether another process has done an entry by now, and taken it away. */
async function isGone({ driver }: Backend, key: string): Promise<boolean> {
  try {
    await driver.stat(key);
    return false;
  } catch (error) {
    if (!(error instanceof RubiconException)) throw error;
    return error.code === "not-found"; // Of a keeper that is away nobody knows.
  }
}

/** When an entry was kept, in milliseconds: see `nextName`. */
const timeOf = (key: string): number => Number(key.split("_").at(-1)!.slice(0, 17)) / 1000;

/** Reads an entry; `undefined` where it is gone, since another process has done it, or is none. */
async function readEntry(
  keeper: Backend,
  key: string,
  warn: (message: string, cause?: unknown) => void,
): Promise<Entry | undefined> {
  try {
    const entry = JSON.parse(decoder.decode((await keeper.driver.get(key)).bytes));
    if (Array.isArray(entry?.copy) && Array.isArray(entry.delete)) return entry;
    warn(damaged(keeper, key));
  } catch (error) {
    if (error instanceof SyntaxError) warn(damaged(keeper, key), error);
    else if (!hasCode(error, "not-found")) throw error;
  }
}

const damaged = ({ label }: Backend, key: string) =>
  `${label}: ${key} is damaged. Run repair, then remove it.`;

/**
 * The outbox of a background backend: small files at the root of a backend that is written to at once,
 * each naming the keys that the background backend still has to get. They survive a crash and are
 * replayed by a later process, in order, as often as needed. rubicon-ml looks at folders only, and so
 * passes them over.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import { copyObject } from "./copy.ts";
import { remember } from "./known.ts";
import type { Backend, WritePlan } from "./types.ts";

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
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(backend.label));
  const prefix = `outbox_${new Uint8Array(digest, 0, 8).toHex()}_`;
  const queue: Queued[] = [];
  const idle = new Set<() => void>();
  let running: Promise<void> | undefined;
  let stopped = false;
  let wake = () => {};

  const start = () => {
    if (stopped) return;
    running ??= work().finally(() => {
      running = undefined;
      if (queue.length > 0) start();
      else for (const done of idle) done();
    });
  };

  async function work(): Promise<void> {
    let failures = 0;
    while (queue.length > 0 && !stopped) {
      try {
        const [first] = queue;
        await replay(backend, keepers, first!, warn);
        queue.shift();
        failures = 0;
      } catch (error) {
        if (!(error instanceof RubiconException)) throw error;
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
      const queued: Queued = { key: undefined, keeper: undefined, entry };
      const key = `${prefix}${nextName()}.json`;
      const bytes = encoder.encode(JSON.stringify(entry));
      const errors: unknown[] = [];
      for (const keeper of candidates) {
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
            const { bytes } = await keeper.driver.get(key);
            found.set(key, { key, keeper, entry: JSON.parse(decoder.decode(bytes)) });
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
    pending: () => queue.length,
    async drained(signal) {
      wake();
      if (queue.length === 0 || signal.aborted) return;
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

/** Does what an entry says, from whichever backend has the bytes, and takes the entry away. */
async function replay(
  backend: Backend,
  keepers: readonly Backend[],
  { key, keeper, entry }: Queued,
  warn: (message: string, cause?: unknown) => void,
): Promise<void> {
  for (const { key, replace } of entry.copy) {
    if (!replace && backend.known.has(key)) continue;
    const outcome = await copyObject(keepers, backend, key, replace);
    if (outcome === "conflict") {
      warn(`${backend.label}: ${key} is there already, with another content. verify lists it.`);
    }
    if (outcome !== "gone") remember(backend, key);
  }
  for (const gone of entry.delete) {
    await backend.driver.delete(gone);
    backend.known.delete(gone);
  }
  if (key !== undefined) await keeper!.driver.delete(key);
}

/**
 * Where the entries of an outbox are kept: small files at the root of the backends that are written to at once. They
 * survive a crash. rubicon-ml looks at folders only, and so passes them over.
 *
 * @module
 */
import { hasCode, isRubiconException, type RubiconException } from "../../errors.ts";
import type { Backend, WritePlan } from "../plan.ts";
import { decodeEntry, encodeEntry, type Entry, entryOf, nextKey, prefixOf } from "./entry.ts";

/** Gets what is worth knowing. */
export type Warn = (message: string, cause?: unknown) => void;

/** An entry, and where it is kept. */
export interface Queued {
  entry: Entry;
  /** The key of the entry's file, and the backend that has it; missing if it could not be kept. */
  kept?: { key: string; keeper: Backend };
  /** Whether a write of this process left it, so that the write is over. */
  own: boolean;
}

/** The files of the entries for one background backend. */
export class Journal {
  private constructor(
    readonly backend: Backend,
    readonly keepers: readonly Backend[],
    readonly prefix: string,
    readonly warn: Warn,
  ) {}

  /** Opens the journal of a backend. Nothing is read. */
  static async open(
    backend: Backend,
    keepers: readonly Backend[],
    warn: Warn,
  ): Promise<Journal> {
    return new Journal(backend, keepers, await prefixOf(backend.place), warn);
  }

  /** Keeps what a plan leaves to be done, in the first of the backends that takes it. */
  async keep(plan: WritePlan, candidates: readonly Backend[]): Promise<Queued> {
    const entry = entryOf(plan, this.backend.label);
    const key = nextKey(this.prefix);
    const bytes = encodeEntry(entry);
    const errors: unknown[] = [];
    // Those that are left alone come last: a hanging one would be waited for at each write.
    const rank = ({ health }: Backend) => Number(health.circuit !== "closed");
    for (const keeper of [...candidates].sort((a, b) => rank(a) - rank(b))) {
      try {
        await keeper.driver.put(key, bytes, { ifAbsent: true });
        return { entry, own: true, kept: { key, keeper } };
      } catch (error) {
        errors.push(error);
      }
    }
    this.warn(
      `${this.backend.label}: the outbox could not be kept, so ${plan.what} is lost for it if ` +
        "this process ends now. repair brings it.",
      errors[0],
    );
    return { entry, own: true };
  }

  /** What earlier processes left to be done, in the order of the writes. */
  async found(): Promise<(Queued & Required<Pick<Queued, "kept">>)[]> {
    const found = new Map<string, Queued & Required<Pick<Queued, "kept">>>();
    for (const keeper of this.keepers) {
      try {
        for await (const { key } of keeper.driver.list("", { depth: 1 })) {
          if (!key.startsWith(this.prefix) || found.has(key)) continue;
          const entry = await this.#read(keeper, key);
          if (entry) found.set(key, { entry, own: false, kept: { key, keeper } });
        }
      } catch (error) {
        this.warn(
          `${keeper.label}: its outbox for ${this.backend.label} could not be read. What it holds ` +
            "stays there for the next process.",
          error,
        );
      }
    }
    return [...found.values()].sort((a, b) => a.kept.key < b.kept.key ? -1 : 1);
  }

  /** Reads an entry; `undefined` if it is gone, since another process has done it, or is none. */
  async #read(keeper: Backend, key: string): Promise<Entry | undefined> {
    const damaged = `${keeper.label}: ${key} is damaged. Run repair, then remove it.`;
    try {
      const entry = decodeEntry((await keeper.driver.get(key)).bytes);
      if (!entry) this.warn(damaged);
      return entry;
    } catch (error) {
      if (error instanceof SyntaxError) this.warn(damaged, error);
      else if (!hasCode(error, "not-found")) throw error;
      return undefined;
    }
  }

  /** Whether another process has done an entry by now, and taken it away. */
  async isGone({ kept }: Queued): Promise<boolean> {
    if (!kept) return false;
    try {
      await kept.keeper.driver.stat(kept.key);
      return false;
    } catch (error) {
      if (!isRubiconException(error)) throw error;
      return error.code === "not-found"; // Of a keeper that is away nobody knows.
    }
  }

  /** Removes an entry; gives the reason if that cannot be done now. */
  async remove({ kept }: Queued): Promise<RubiconException | undefined> {
    if (!kept) return undefined;
    const { key, keeper } = kept;
    if (keeper.health.circuit === "open") return keeper.health.circuitOpenError();
    try {
      await keeper.driver.delete(key);
      return undefined;
    } catch (error) {
      if (isRubiconException(error)) return error;
      throw error;
    }
  }
}

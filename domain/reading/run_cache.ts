/**
 * Runs that were read before, by the stamps of their folders. A run is taken from here only if the store says at this
 * very moment that the stamps are the same, so nothing is ever stale.
 *
 * @module
 */
import type { FolderStamp } from "../../drivers/driver.ts";
import type { Cell, MetricCell } from "../format/cell.ts";
import type { Experiment } from "../format/entities.ts";
import type { RunState } from "../format/run_state.ts";
import { olderFirst } from "./entity_files.ts";
import type { Life } from "./lives.ts";

/** A run; without its parameters and metrics if nobody asked for them. */
export interface KnownRun {
  readonly experiment: Experiment;
  readonly parameters: readonly Cell[];
  readonly metrics: readonly MetricCell[];
  /** The latest of its status files, if it has one. */
  readonly life?: Life;
  /**
   * The state that it is in: `null` if it has no status file. That of others is there if somebody asked for it, and no part
   * of what is kept: time changes it.
   */
  readonly status?: RunState | null;
  /** How long it took, in milliseconds: likewise. */
  readonly durationMs?: number;
}

/** The stamps of the folders that a run is read from: its own, and those of its parameters and metrics. */
export type RunStamps = readonly (FolderStamp | undefined)[];

/** A run, and the stamps that its folders had before it was read. */
interface Kept {
  run: KnownRun;
  stamps: RunStamps;
}

/** What is kept of some runs, in their order: as flat as it can be, since there are many. */
export interface KeptRuns {
  runs: readonly (KnownRun | undefined)[];
  /** {@linkcode FOLDERS} of each. */
  stamps: RunStamps;
}

/** So many stamps are kept of each run. */
export const FOLDERS = 3;

/** Some of what is kept, one after the other. */
export const someOf = ({ runs, stamps }: KeptRuns, start: number, end: number): KeptRuns => ({
  runs: runs.slice(start, end),
  stamps: stamps.slice(start * FOLDERS, end * FOLDERS),
});

/** Whether two looks at one folder found the same in it. */
const isSame = (before: FolderStamp | undefined, now: FolderStamp | undefined): boolean =>
  before === now || before?.stamp !== undefined && before.stamp === now?.stamp;

/** One of the runs, if its folders have the same stamps now: `count` of each run. The first one is that of its own folder. */
export function stillSame(
  { runs, stamps }: KeptRuns,
  at: number,
  now: RunStamps,
  count: number,
): KnownRun | undefined {
  const run = runs[at];
  if (!run || !now[at * count]) return undefined;
  for (let folder = 0; folder < count; folder++) {
    if (!isSame(stamps[at * FOLDERS + folder], now[at * count + folder])) return undefined;
  }
  return run;
}

/** The stamp of a folder at which nobody looked. */
const UNSEEN: FolderStamp = { modified: 0, changed: 0 };

/** The folder of experiments, as it was when it was listed. */
interface Listing {
  stamp: FolderStamp;
  ids: readonly string[];
  objects: readonly string[];
  /** What is kept of each of the ids, if somebody asked for that since the last one came. */
  kept?: KeptRuns;
}

/** The runs of one folder of experiments in one store. */
export class RunCache {
  #runs = new Map<string, Kept>();
  #isSorted = true;
  #listing: Listing | undefined;

  /** Whether nothing is kept of any run. */
  get isEmpty(): boolean {
    return this.#runs.size === 0;
  }

  /** What is kept of runs. */
  kept(ids: readonly string[]): KeptRuns {
    const listing = this.#listing?.ids === ids ? this.#listing : undefined;
    if (listing?.kept) return listing.kept;
    const kept: KeptRuns & { runs: unknown[]; stamps: unknown[] } = { runs: [], stamps: [] };
    // To look for a text for the first time takes longer than to make it.
    if (this.#runs.size > 0) {
      for (const id of ids) {
        const { run, stamps = [] } = this.#runs.get(id) ?? {};
        kept.runs.push(run);
        // Of a folder at which nobody looked nothing is known, so that it is another one.
        for (let at = 0; at < FOLDERS; at++) {
          kept.stamps.push(at < stamps.length ? stamps[at] : UNSEEN);
        }
      }
    }
    if (listing) listing.kept = kept;
    return kept;
  }

  /** Keeps a run, if its stamps are sure. The caller changes nothing in it from now on. */
  set(id: string, stamps: RunStamps, run: KnownRun): void {
    // A folder that is missing shows in the stamp of the one that it would be in.
    const isSure = stamps.every((one) => !one || one.stamp !== undefined);
    if (!isSure || stamps[0] === undefined) return;
    if (!this.#runs.has(id)) this.#isSorted = false;
    this.#runs.set(id, { run, stamps });
    if (this.#listing) delete this.#listing.kept;
  }

  /** With what stamp the folder of all runs is known. */
  get stamp(): FolderStamp | undefined {
    return this.#listing?.stamp;
  }

  /** What is in the folder of all runs, if it has this stamp now: ids as {@linkcode listed} gives them, and objects. */
  listing(stamp: FolderStamp | undefined): Pick<Listing, "ids" | "objects"> | undefined {
    return stamp && this.#listing && isSame(this.#listing.stamp, stamp) ? this.#listing : undefined;
  }

  /**
   * Takes what is in the folder of all runs, with the stamp from before it was listed, and forgets all runs that are not
   * there. Gives the ids: those that are known first, the oldest before the others.
   */
  listed(
    stamp: FolderStamp | undefined,
    folders: readonly string[],
    objects: readonly string[],
  ): readonly string[] {
    const ids = this.#keepOnly(folders);
    this.#listing = stamp?.stamp === undefined ? undefined : { stamp, ids, objects };
    return ids;
  }

  #keepOnly(ids: readonly string[]): readonly string[] {
    if (this.#runs.size === 0) return ids;
    const left = new Set(ids);
    const known: string[] = [];
    for (const id of this.#runs.keys()) {
      if (left.delete(id)) known.push(id);
      else this.#runs.delete(id);
    }
    return [...known, ...left];
  }

  /** Has the oldest first from now on: to sort what is sorted takes no time. */
  sort(): void {
    if (this.#isSorted) return;
    const all = [...this.#runs].sort(([, a], [, b]) =>
      olderFirst(a.run.experiment, b.run.experiment)
    );
    this.#runs = new Map(all);
    this.#isSorted = true;
    if (!this.#listing) return;
    const { stamp, ids, objects } = this.#listing;
    this.#listing = { stamp, ids: this.#keepOnly(ids), objects };
  }
}

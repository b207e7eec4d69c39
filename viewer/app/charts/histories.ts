/**
 * The curves of runs, read when they are needed, a few at a time.
 *
 * @module
 */
import { useEffect, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import type { HistoryFile } from "../../contract.ts";
import type { Runs } from "../types.ts";

/** All points of one metric of one run, by step. */
export interface Curve {
  steps: Float64Array;
  /** Milliseconds since 1970. */
  times: Float64Array;
  values: Float64Array;
}

/** The curves of one run by the names of metrics. */
export type Curves = ReadonlyMap<string, Curve>;

/** What is read of the runs that were asked for. */
export interface Histories {
  /** Changes whenever more is there. */
  version: number;
  of(row: number): Curves | undefined;
  /** How many are still to come. */
  pending: number;
  /** What could not be read, and why, by path. */
  failed: ReadonlyMap<string, string>;
  retry(): void;
}

/** A file of curves as numbers. */
export function curvesOf(file: HistoryFile): Map<string, Curve> {
  return new Map(file.series.map(({ name, steps, times, values }) => [name, {
    steps: Float64Array.from(steps),
    times: Float64Array.from(times),
    values: Float64Array.from(values as ArrayLike<number>, Number),
  }]));
}

/** So many files are asked for at a time. */
const AT_ONCE = 6;
/** What came within so many milliseconds is drawn together. */
const TOGETHER = 120;

/** A store of curves that outlives a new list of runs: what did not change is not read again. */
export class HistoryStore {
  version = 0;
  /** What could not be read, and why, by path. */
  readonly failed: Map<string, string> = new Map();
  readonly #read = new Map<string, { mark: string; curves: Curves }>();
  readonly #asked = new Map<string, string>();
  #waiting: { path: string; mark: string }[] = [];
  #underway = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #load: (path: string) => Promise<unknown>;
  readonly #changed: () => void;

  constructor(load: (path: string) => Promise<unknown>, changed: () => void) {
    this.#load = load;
    this.#changed = changed;
  }

  get pending(): number {
    return this.#waiting.length + this.#underway;
  }

  of(path: string | null | undefined): Curves | undefined {
    return path ? this.#read.get(path)?.curves : undefined;
  }

  /** Reads what is new of those runs, and forgets what nobody waits for any more. */
  want(runs: Runs, rows: readonly number[], curvesMark: string): void {
    for (const { path } of this.#waiting) this.#asked.delete(path);
    this.#waiting = [];
    for (const row of rows) {
      const path = runs.file.history[row];
      if (!path) continue;
      const mark = markOf(runs, row, curvesMark);
      if (this.#asked.get(path) === mark) continue;
      this.#asked.set(path, mark);
      this.#waiting.push({ path, mark });
    }
    this.#next();
  }

  /** Reads again what failed. */
  retry(runs: Runs, rows: readonly number[], curvesMark: string): void {
    for (const path of this.failed.keys()) this.#asked.delete(path);
    this.failed.clear();
    this.want(runs, rows, curvesMark);
    this.#tell(true);
  }

  #next(): void {
    while (this.#underway < AT_ONCE && this.#waiting.length > 0) {
      this.#underway++;
      void this.#fetch(this.#waiting.shift()!);
    }
  }

  async #fetch({ path, mark }: { path: string; mark: string }): Promise<void> {
    try {
      const curves = curvesOf(await this.#load(path) as HistoryFile);
      this.#read.set(path, { mark, curves });
      this.failed.delete(path);
    } catch (error) {
      this.failed.set(path, error instanceof Error ? error.message : String(error));
    }
    this.#underway--;
    this.#next();
    this.#tell(this.pending === 0);
  }

  #tell(now: boolean): void {
    if (this.#timer !== undefined && !now) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.version++;
      this.#changed();
    }, now ? 0 : TOGETHER);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }
}

/** What changes in the list of runs when a run got more points: its own fields and values, and while it runs all curves' mark. */
function markOf(runs: Runs, row: number, curvesMark: string): string {
  const own = ["status", "durationMs"].map((name) => runs.column("own", name)?.values?.[row]);
  const last = runs.columns.flatMap(({ kind, values }) => kind === "metric" ? [values?.[row]] : []);
  const isOver = own[0] !== undefined && own[0] !== null && own[0] !== "running";
  return JSON.stringify([own, last, isOver ? "" : curvesMark]);
}

/** The curves of those rows, as they come. */
export function useHistories(
  runs: Runs,
  rows: readonly number[],
  load: (path: string) => Promise<unknown>,
  curvesMark: string,
): Histories {
  const [version, setVersion] = useState(0);
  const slug = runs.file.project.slug;
  const store = useMemo(
    () => new HistoryStore((path) => load(path), () => setVersion((before) => before + 1)),
    [slug],
  );
  useEffect(() => store.want(runs, rows, curvesMark), [store, runs, rows, curvesMark]);
  useEffect(() => () => store.stop(), [store]);
  return {
    version,
    of: (row) => store.of(runs.file.history[row]),
    pending: store.pending,
    failed: store.failed,
    retry: () => store.retry(runs, rows, curvesMark),
  };
}

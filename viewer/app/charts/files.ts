/**
 * Files that charts ask for, a few at a time, kept while they are the same.
 *
 * @module
 */
import { useEffect, useMemo, useState } from "npm:preact@^11.2.0/hooks";

/** A file that is wanted. It is read again when its mark is another. */
export interface Wanted {
  path: string;
  mark: string;
}

/** So many files are asked for at a time. */
const AT_ONCE = 6;
/** What came within so many milliseconds is drawn together: the first files soon, more of them now and then. */
const SOON = 100;
const NOW_AND_THEN = 1_000;

/** Reads files, and says when more of them are there. */
export class FileStore<Content> {
  /** What could not be read, and why, by path. */
  readonly failed: Map<string, string> = new Map();
  readonly #read = new Map<string, Content>();
  readonly #asked = new Map<string, string>();
  #waiting: Wanted[] = [];
  #underway = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = SOON;
  readonly #load: (path: string) => Promise<Content>;
  readonly #changed: () => void;
  readonly #atOnce: number;

  constructor(
    load: (path: string) => Promise<Content>,
    changed: () => void,
    atOnce: number = AT_ONCE,
  ) {
    this.#load = load;
    this.#changed = changed;
    this.#atOnce = atOnce;
  }

  /** How many are still to come. */
  get pending(): number {
    return this.#waiting.length + this.#underway;
  }

  /** What was read last; the old content while a newer one is underway. */
  of(path: string | null | undefined): Content | undefined {
    return path ? this.#read.get(path) : undefined;
  }

  /** Reads those that are new or have another mark, and gives up what nobody waits for any more. */
  want(files: readonly Wanted[]): void {
    for (const { path } of this.#waiting) this.#asked.delete(path);
    this.#waiting = files.filter(({ path, mark }) => {
      if (this.#asked.get(path) === mark) return false;
      this.#asked.set(path, mark);
      return true;
    });
    this.#next();
  }

  /** Reads again what failed. */
  retry(files: readonly Wanted[]): void {
    for (const path of this.failed.keys()) this.#asked.delete(path);
    this.failed.clear();
    this.want(files);
    this.#tell(true);
  }

  #next(): void {
    while (this.#underway < this.#atOnce && this.#waiting.length > 0) {
      this.#underway++;
      void this.#fetch(this.#waiting.shift()!.path);
    }
  }

  async #fetch(path: string): Promise<void> {
    try {
      this.#read.set(path, await this.#load(path));
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
      this.#changed();
    }, now ? 0 : this.#wait);
    this.#wait = now ? SOON : NOW_AND_THEN;
  }

  /** Asks for nothing more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }
}

/** What is read of the files that are wanted. */
export interface Files<Content> {
  /** Changes whenever more is there. */
  version: number;
  of(path: string | null | undefined): Content | undefined;
  pending: number;
  failed: ReadonlyMap<string, string>;
  retry(): void;
}

/** Files as they come. `wanted` has to be the same list while it has the same files. */
export function useFiles<Content>(
  wanted: readonly Wanted[],
  load: (path: string) => Promise<Content>,
  project: string,
  atOnce?: number,
): Files<Content> {
  const [version, setVersion] = useState(0);
  const store = useMemo(
    () => new FileStore<Content>(load, () => setVersion((before) => before + 1), atOnce),
    [project],
  );
  useEffect(() => store.want(wanted), [store, wanted]);
  useEffect(() => () => store.stop(), [store]);
  return {
    version,
    of: (path) => store.of(path),
    pending: store.pending,
    failed: store.failed,
    retry: () => store.retry(wanted),
  };
}

/**
 * Files of histories that were read before. A file never changes, and whether it is there a listing says each time, so
 * that nothing from here is ever stale.
 *
 * @module
 */
import type { Backend } from "../../composite/plan.ts";
import { countOf, type Series } from "./series.ts";

/** A file that was read: its points, and for a compaction the names of the files that it stands for. */
export interface KnownFile {
  series: Series;
  parts?: readonly string[];
}

/** So many points are kept for each backend: 24 MB. */
const MOST_POINTS = 1_000_000;

/** Files by their keys. */
class KnownFiles {
  readonly #files = new Map<string, { file: KnownFile; points: number }>();
  #points = 0;

  get(key: string): KnownFile | undefined {
    return this.#files.get(key)?.file;
  }

  /** Keeps a file. The oldest are given up for it; one that is larger than all of them is not kept. */
  set(key: string, file: KnownFile): void {
    const points = countOf(file.series);
    if (points > MOST_POINTS || this.#files.has(key)) return;
    this.#files.set(key, { file, points });
    this.#points += points;
    for (const [oldest, { points }] of this.#files) {
      if (this.#points <= MOST_POINTS) return;
      this.#files.delete(oldest);
      this.#points -= points;
    }
  }
}

const all = new WeakMap<object, KnownFiles>();

/** What was read before of a backend's histories. */
export function knownFiles({ health }: Backend): KnownFiles {
  let known = all.get(health);
  if (!known) all.set(health, known = new KnownFiles());
  return known;
}

/**
 * How a long listing is cut into ranges that are asked for side by side.
 *
 * @module
 */
import type { ListEntry } from "../driver.ts";

/** One page of a listing. */
export interface Page {
  /** Its objects. */
  entries: ListEntry[];
  /** Its folders. */
  folders: string[];
  /** What the next page is asked for by; missing if there is none. */
  next: string | undefined;
}

/** A part of a listing: the names after `after`, up to `end`. */
export interface Range {
  /** The name before the first. */
  after?: string;
  /** The name after the last. */
  end?: string;
}

/** This many pages of one listing are asked for at once. */
const MOST_RANGES = 16;
/** A random id, as experiments, artifacts and dataframes have. Ids of other versions are no random numbers. */
const RANDOM_ID = /^([0-9a-f]{8})-[0-9a-f]{4}-4[0-9a-f]{3}-/;

/**
 * The rest of a listing, after a page that is not empty, as ranges of about a page each (or of several pages, if
 * there would be too many). Random ids are spread evenly: how much of them one page covers tells how many pages are
 * left. Other names tell nothing, nor do those of a store that does not sort: then there are no ranges.
 */
export function split(
  { entries, folders }: Page,
  last: string,
  end: string | undefined,
): Range[] {
  const first = entries[0]?.key ?? folders[0]!;
  if (entries.some(({ key }, at) => at > 0 && !isBefore(entries[at - 1]!.key, key))) return [];
  let common = 0;
  while (first[common] === last[common] && common < first.length) common++;
  const folder = first.slice(0, first.lastIndexOf("/", common - 1) + 1);
  const place = (name: string | undefined): number => {
    if (name === undefined || !name.startsWith(folder)) return NaN;
    return parseInt(RANDOM_ID.exec(name.slice(folder.length))?.[1] ?? "", 16) / 2 ** 32;
  };
  const [from, to] = [place(first), place(last)];
  // The end of an earlier split is such a place itself, without the rest of an id.
  const until = end?.startsWith(folder) ? parseInt(end.slice(folder.length), 16) / 2 ** 32 : 1;
  const count = Math.min(Math.ceil((until - to) / (to - from)), MOST_RANGES);
  if (!(count > 1)) return [];
  const bounds = Array.from({ length: count - 1 }, (_, at) => {
    const bound = Math.floor((to + (until - to) * (at + 1) / count) * 2 ** 32);
    return folder + bound.toString(16).padStart(8, "0");
  });
  return [last, ...bounds].map((after, at) => {
    const next = bounds[at] ?? end;
    return next === undefined ? { after } : { after, end: next };
  });
}

/** The last name of a page; empty if it has none. */
export function lastOf({ entries, folders }: Page): string {
  const [entry, folder] = [entries.at(-1)?.key ?? "", folders.at(-1) ?? ""];
  return isBefore(entry, folder) ? folder : entry;
}

/** Whether S3 lists a name before another: by code points, while JavaScript compares halves of some. */
export function isBefore(a: string, b: string): boolean {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return (a.codePointAt(at) ?? -1) < (b.codePointAt(at) ?? -1);
}

/** A page without what the next range gives. */
export const upTo = ({ entries, folders, next }: Page, end: string): Page => ({
  entries: entries.filter(({ key }) => isBefore(key, end)),
  folders: folders.filter((name) => isBefore(name, end)),
  next,
});

/** Several generators as one, each step of which is waited for at the same time. */
export async function* together<T>(
  generators: readonly AsyncGenerator<T, void, void>[],
): AsyncGenerator<T, void, void> {
  const step = async (generator: AsyncGenerator<T, void, void>) => ({
    generator,
    result: await generator.next(),
  });
  const steps = new Map(generators.map((generator) => [generator, step(generator)]));
  // A failure is thrown by the race; of those that fail after it nobody needs to hear.
  for (const one of steps.values()) one.catch(() => {});
  while (steps.size > 0) {
    const { generator, result } = await Promise.race(steps.values());
    if (result.done) {
      steps.delete(generator);
      continue;
    }
    const next = step(generator);
    next.catch(() => {});
    steps.set(generator, next);
    yield result.value;
  }
}

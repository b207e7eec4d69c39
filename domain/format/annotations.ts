/**
 * Tags and comments: what the metadata was written with, and the small files beside it that add and remove some. All
 * the files of one entity are one thing with a state: each text is in force or not. What is written, rewritten or
 * copied says only what is in force, so that the order of the files no longer counts.
 *
 * @module
 */
import { extractTimestamp, generate as uuidV7, validate as isV7 } from "jsr:@std/uuid@^1.1.1/v7";
import { growing } from "./clock.ts";
import type { Change } from "./codec.ts";

/** What is annotated. rubicon-ml folds comments as a set, too: the same comment twice is one. */
export type What = "tags" | "comments";

/** Both of them. */
export const WHATS: readonly What[] = ["tags", "comments"];

/** A tags or comments file that was read. */
export interface ChangeFile {
  /** Its key. */
  key: string;
  /** When the store has it from. */
  lastModified: Date;
  /** What it does. */
  change: Change;
}

/** Whether a text is in force; `undefined` if no file says so, and the metadata decides. */
export type Verdict = (text: string) => boolean | undefined;

/** The time in a file's name, which only files of this module have. rubicon-ml's go by the store's time. */
function ownTime({ key }: Pick<ChangeFile, "key">): number | undefined {
  const id = key.slice(key.lastIndexOf("_") + 1, -".json".length);
  return isV7(id) ? extractTimestamp(id) : undefined;
}

/** A new file's name, which sorts after those of the files that its writer has seen, also if its clock is behind. */
export function changeName(what: What, seen: readonly Pick<ChangeFile, "key">[] = []): string {
  const latest = seen.reduce((most, file) => Math.max(most, ownTime(file) ?? 0), 0);
  return `${what}_${uuidV7(Math.max(growing(), latest + 1))}.json`;
}

/** One file that names a text. */
interface Mention {
  adds: boolean;
  own: number | undefined;
  stored: number;
}

/**
 * The later of two. Additions come first at one time, such as one second of a bucket: nobody takes back what is not there.
 */
function later(a: Mention | undefined, b: Mention, time: (a: Mention, b: Mention) => number) {
  if (!a) return b;
  return time(a, b) > 0 || time(a, b) === 0 && !a.adds ? a : b;
}

/**
 * What the files say: of each text the last file that names it. Two files of this module go by the times in their
 * names, any other two by the store's times: a file of this module that was rewritten says what held when it was.
 */
export function verdicts(files: readonly ChangeFile[]): Verdict {
  const ours = new Map<string, Mention>();
  const others = new Map<string, Mention>();
  for (const file of [...files].sort((a, b) => a.key < b.key ? -1 : 1)) {
    const { change, lastModified } = file;
    const own = ownTime(file);
    const stored = lastModified.getTime();
    const mention = (text: string, adds: boolean) => {
      const one: Mention = { adds, own, stored };
      if (own === undefined) {
        others.set(text, later(others.get(text), one, (a, b) => a.stored - b.stored));
      } else ours.set(text, later(ours.get(text), one, (a, b) => a.own! - b.own!));
    };
    // A file that does both adds first.
    for (const text of change.added) if (!change.removed.includes(text)) mention(text, true);
    for (const text of change.removed) mention(text, false);
  }
  return (text) => {
    const [one, other] = [ours.get(text), others.get(text)];
    if (!one || !other) return (one ?? other)?.adds;
    return later(one, other, (a, b) => a.stored - b.stored).adds;
  };
}

/** The annotations that are in force, in the order in which they came. */
export function fold(what: What, own: readonly string[], files: readonly ChangeFile[]): string[] {
  if (files.length === 0) return what === "tags" ? [...new Set(own)] : [...own];
  const says = verdicts(files);
  const time = (file: ChangeFile) => ownTime(file) ?? file.lastModified.getTime();
  const added = [...files].sort((a, b) => time(a) - time(b) || (a.key < b.key ? -1 : 1))
    .flatMap(({ change }) => change.added.filter(says));
  return [...new Set([...own.filter((text) => says(text) ?? true), ...added])];
}

/** The same entity's files in several places, as one thing. */
export interface Joined {
  /** What the files say together. */
  says: Verdict;
  /** Each file by its key, without what is not in force. */
  files: ReadonlyMap<string, ChangeFile>;
}

/**
 * Joins what several places have of one entity. A file only ever loses texts, so of several versions what all have is
 * what counts. The earliest of several times is when it was written: the others are of copies.
 *
 * @param last What is known to be said after that.
 */
export function join(
  places: readonly (readonly ChangeFile[])[],
  last: Verdict = () => undefined,
): Joined {
  const all = new Map<string, { common: ChangeFile; union: ChangeFile }>();
  for (const file of places.flat()) {
    const { key, change, lastModified: later } = file;
    const known = all.get(key);
    if (!known) {
      all.set(key, { common: file, union: file });
      continue;
    }
    const { common, union } = known;
    const lastModified = new Date(Math.min(+common.lastModified, +later));
    const both = (verb: keyof Change) =>
      common.change[verb].filter((text) => change[verb].includes(text));
    const either = (verb: keyof Change) => [...new Set([...union.change[verb], ...change[verb]])];
    const version = (each: typeof both): ChangeFile => ({
      key,
      lastModified,
      change: { added: each("added"), removed: each("removed") },
    });
    all.set(key, { common: version(both), union: version(either) });
  }
  const common = verdicts([...all.values()].map(({ common }) => common));
  // What each place took out of another file for itself, all of them must not lose together.
  const union = verdicts([...all.values()].map(({ union }) => union));
  const each = places.map(verdicts);
  const says: Verdict = (text) => {
    const said = new Set(each.flatMap((says) => says(text) ?? []));
    // The times of two stores are compared only if they disagree: their clocks may, too.
    const [agreed] = said.size === 1 ? said : [];
    return last(text) ?? agreed ?? common(text) ?? union(text);
  };
  const files = Array.from(all, ([key, { union }]) => {
    const file: ChangeFile = { ...union, change: inForce(union.change, says) };
    return [key, file] as const;
  });
  return { says, files: new Map(files) };
}

/** A change without what is not in force. */
function inForce({ added, removed }: Change, says: Verdict): Change {
  return { added: added.filter(says), removed: removed.filter((text) => says(text) === false) };
}

/** All texts in force, given those of the metadata: two places with the same ones do not differ. */
export function stateOf(own: readonly string[], files: readonly ChangeFile[]): Set<string> {
  return new Set(fold("tags", own, files));
}

/**
 * Whether the same files say the same in several places, as far as their times tell: files of this module alone do,
 * others only where the stores have them in one order.
 *
 * @param places The same keys in each place.
 */
export function isOneOrder(places: readonly (readonly Omit<ChangeFile, "change">[])[]): boolean {
  const [first = []] = places;
  if (places.length < 2 || first.length < 2) return true;
  if (first.every((file) => ownTime(file) !== undefined)) return true;
  const orders = places.map((files) =>
    [...files].sort((a, b) => +a.lastModified - +b.lastModified || (a.key < b.key ? -1 : 1))
  );
  return orders.every((files) =>
    files.every(({ key, lastModified }, at) =>
      key === orders[0]![at]!.key &&
      (at === 0 || +lastModified > +files[at - 1]!.lastModified)
    )
  );
}

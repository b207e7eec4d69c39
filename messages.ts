/**
 * What messages are made of: values shown, and names that were probably meant.
 *
 * @module
 */
import { type RubiconErrorCode, RubiconException, type RubiconExceptionOptions } from "./errors.ts";

/** Throws. */
export function refuse(
  message: string,
  code: RubiconErrorCode = "invalid-argument",
  options?: RubiconExceptionOptions,
): never {
  throw new RubiconException(code, message, options);
}

/** A value for a message, cut where it is long. */
export const show = (value: unknown): string => cut(describe(value), 80);

/** A key for a message: they are long, and their ends tell them apart. */
export const showKey = (key: unknown): string => cut(describe(key), 200);

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Promise) return "a promise";
  if (Array.isArray(value)) return "an array";
  return "kind" in value ? withArticle(String(value.kind)) : "an object";
}

/** A noun with its article. */
export const withArticle = (noun: string): string =>
  `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;

/** More names than this are not compared. */
const MAX_NAMES = 5_000;
/** Longer names are compared by their starts. */
const MAX_LENGTH = 80;
/** How many names a message has. */
const SHOWN = 3;

/** The name that is nearest to one that is not there; `undefined` if none is near. */
export const nearest = (name: string, names: Iterable<string>): string | undefined =>
  allNear(name, names)[0];

/** ` (did you mean "write"?)` for a name that is close to one of those that are known; else nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearest(name, known);
  return near === undefined ? "" : ` (did you mean ${quoted(near)}?)`;
}

/** The names that may have been meant, or else some of those that there are, as a sentence. */
export function suggest(name: string, names: readonly string[]): string {
  const near = allNear(name, names).slice(0, SHOWN);
  if (near.length > 0) return ` Did you mean ${near.map(quoted).join(" or ")}?`;
  if (names.length === 0) return " There is none.";
  const some = names.slice(0, SHOWN).map(quoted).join(", ");
  return names.length > SHOWN
    ? ` There are ${names.length}, such as ${some}.`
    : ` There ${names.length === 1 ? "is only" : "are"} ${some}.`;
}

/** The names that are near to one that is not there, nearest first. */
function allNear(name: string, names: Iterable<string>): string[] {
  const wanted = plain(name);
  // A slip in three letters is as often another word.
  const most = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return Iterator.from(new Set(names)).take(MAX_NAMES)
    .map((one) => ({ one, distance: distanceOf(wanted, plain(one)) }))
    .filter(({ distance }) => distance <= most).toArray()
    .sort((a, b) => a.distance - b.distance).map(({ one }) => one);
}

const plain = (text: string) => text.slice(0, MAX_LENGTH).toLowerCase().replaceAll(/[\s_-]/g, "");
const quoted = (name: string): string => JSON.stringify(name.slice(0, MAX_LENGTH));

/** A name that goes on where the other one ends is as near as one with a slip in it. */
const distanceOf = (wanted: string, name: string): number =>
  wanted !== "" && name.startsWith(wanted)
    ? Math.min(1, name.length - wanted.length)
    : edits(wanted, name);

/** The number of edits between two texts; two letters that changed places are one. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + Number(a[i - 1] !== b[j - 1]);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
        ? before[j - 2]! + 1
        : Infinity;
      next.push(Math.min(replaced, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}

/**
 * What there is, for messages about a name that is not there.
 *
 * @module
 */
import { edits } from "./query/fault.ts";

/** More names than this are not compared. */
const MAX_NAMES = 5_000;
/** Longer names are compared by their starts. */
const MAX_LENGTH = 80;
/** How many names a message has. */
const SHOWN = 3;

/** The names that are nearest to one that is not there, nearest first; none if none is near. */
export function nearest(name: string, names: Iterable<string>): string[] {
  const wanted = plain(name);
  // Two letters that changed places are two edits.
  const most = wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
  return Iterator.from(new Set(names)).take(MAX_NAMES)
    .map((one) => ({ one, distance: distanceOf(wanted, plain(one)) }))
    .filter(({ distance }) => distance <= most).toArray()
    .sort((a, b) => a.distance - b.distance)
    .slice(0, SHOWN).map(({ one }) => one);
}

const plain = (text: string) => text.slice(0, MAX_LENGTH).toLowerCase().replaceAll(/[\s_-]/g, "");

/** A name that goes on where the other one ends is as near as one with a slip in it. */
const distanceOf = (wanted: string, name: string): number =>
  wanted !== "" && name.startsWith(wanted) ? 1 : edits(wanted, name);

/** The names that may have been meant, or else some of those that there are, as a sentence. */
export function suggest(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  if (near.length > 0) return ` Did you mean ${near.map(quoted).join(" or ")}?`;
  if (names.length === 0) return " There is none.";
  const some = names.slice(0, SHOWN).map(quoted).join(", ");
  return names.length > SHOWN
    ? ` There are ${names.length}, such as ${some}.`
    : ` There ${names.length === 1 ? "is only" : "are"} ${some}.`;
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, MAX_LENGTH));

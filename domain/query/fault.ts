/**
 * What is wrong with a query: the place in its text, and the column that was probably meant.
 *
 * @module
 */
import { RubiconException, type TextPlace } from "../../errors.ts";

/** How much of a long text is shown on either side of the place. */
const AROUND = 60;

/** Throws `invalid-argument`, with the line of the text and a mark below the place. */
export function fault(what: string, why: string, text?: string, place?: TextPlace): never {
  if (text === undefined || !place) {
    throw new RubiconException("invalid-argument", `${what}: ${why}`);
  }
  throw new RubiconException("invalid-argument", `${what}: ${why}\n${marked(text, place)}`, {
    place: { from: place.from, to: place.to },
  });
}

function marked(text: string, { from, to }: TextPlace): string {
  // Not lastIndexOf with a place: one before the start counts as the start.
  const start = Math.max(text.slice(0, from).lastIndexOf("\n") + 1, from - AROUND);
  const newline = text.indexOf("\n", from);
  const end = Math.min(newline === -1 ? text.length : newline, from + AROUND);
  const width = Math.max(1, Math.min(to, end) - from);
  const line = text.slice(start, end).replaceAll("\t", " ");
  return `  ${line}\n  ${" ".repeat(from - start)}${"^".repeat(width)}`;
}

/** More names than this are not looked through. */
const MAX_CANDIDATES = 5_000;
/** Longer names are compared by their starts. */
const MAX_NAME = 80;

/** The name that is nearest to one that is not there; `undefined` if none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const plain = (text: string) => text.slice(0, MAX_NAME).toLowerCase().replaceAll(/[\s_-]/g, "");
  const wanted = plain(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let count = 0;
  for (const candidate of candidates) {
    if (++count > MAX_CANDIDATES) break;
    const distance = edits(wanted, plain(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** The number of edits between two texts; two letters that changed places are one. */
export function edits(a: string, b: string): number {
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

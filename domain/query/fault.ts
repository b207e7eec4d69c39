/**
 * What is wrong with a query: the place in its text, and the column that was probably meant.
 *
 * @module
 */
import { RubiconException, type TextPlace } from "../../errors.ts";

export { nearest } from "../../messages.ts";

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

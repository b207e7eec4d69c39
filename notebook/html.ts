/**
 * HTML in which every text from outside is escaped: there is no other way to put one in.
 *
 * @module
 */

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text for an element's content or for an attribute in quotes. */
export const escape = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]!);

/** A text without characters that neither HTML nor XML can hold. */
export const printable = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");

/** A piece of HTML. */
export interface Html {
  /** The markup. */
  readonly html: string;
}

/** What a template takes: texts are escaped, pieces of HTML are put in as they are, `undefined` is nothing. */
export type Piece = string | number | undefined | Html | readonly Html[];

/** HTML by a template. (One that is called `html` would be reformatted, white space and all.) */
export function markup(strings: TemplateStringsArray, ...pieces: Piece[]): Html {
  return { html: String.raw({ raw: strings }, ...pieces.map(written)) };
}

function written(piece: Piece): string {
  if (piece === undefined) return "";
  if (typeof piece !== "object") return escape(String(piece));
  return "html" in piece ? piece.html : piece.map(written).join("");
}

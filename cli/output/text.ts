/**
 * Texts of a store on a terminal: harmless, on one line, and as wide as they are.
 *
 * @module
 */

/**
 * What a terminal or a reader would be misled by: control characters, which move the cursor or set titles; marks that turn
 * the direction of text; lone surrogates, which are no characters.
 */
const UNSAFE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;
const NAMES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text on one line in which everything shows, and nothing acts on the terminal. */
export function plainText(text: string): string {
  return text.replaceAll(
    UNSAFE,
    (char) =>
      NAMES[char] ??
        (char <= "\xff"
          ? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`
          : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}

const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

let measure: ((text: string) => number) | undefined;

/** Loads what measures texts beyond ASCII, if one of them is. */
export async function loadWidths(texts: Iterable<string>): Promise<void> {
  if (measure) return;
  for (const text of texts) {
    if (isAscii(text)) continue;
    measure = (await import("npm:string-width@9.0.0")).default;
    return;
  }
}

/** How many columns a text takes. Call {@linkcode loadWidths} before. */
export const widthOf = (text: string): number =>
  isAscii(text) || !measure ? text.length : measure(text);

/** A text that takes no more than so many columns, with an ellipsis if something is left out. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return "";
  if (isAscii(text)) return `${text.slice(0, width - 1)}…`;
  let [result, used] = ["", 1];
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += widthOf(segment);
    if (used > width) break;
    result += segment;
  }
  return `${result}…`;
}

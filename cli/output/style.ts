/**
 * Colours of terminals: the eight that every scheme has, so that they suit dark and light ones.
 *
 * @module
 */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** How a text looks. */
export type Paint = keyof typeof CODES;

/** A text with the codes of its look. */
export function painted(text: string, paint: Paint): string {
  const [on, off] = CODES[paint];
  return text === "" ? text : `\x1b[${on}m${text}\x1b[${off}m`;
}

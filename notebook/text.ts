/**
 * How wide a text is, near enough: whoever draws it has no fonts to ask.
 *
 * @module
 */

/** The width of a text in pixels: wide signs (Chinese, emoji) count a whole em, others a bit more than half. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const sign of text) ems += emsOf(sign.codePointAt(0)!);
  return ems * size;
}

const emsOf = (code: number): number =>
  code > 0x2E80
    ? 1.05
    : code >= 0x41 && code <= 0x5A || code === 0x6D || code === 0x77
    ? 0.74
    : 0.58;

/** A text on one line, cut to a width in its middle: names often differ at their ends. */
export function fitting(whole: string, size: number, width: number): string {
  const text = whole.replace(/\s+/g, " ");
  if (textWidth(text, size) <= width) return text;
  const signs = [...text];
  const room = width - textWidth("…", size);
  const start = taken(signs, size, room * 0.6);
  const end = taken(signs.toReversed(), size, room - textWidth(start.join(""), size));
  return `${start.join("").trimEnd()}…${end.reverse().join("").trimStart()}`;
}

/** As many signs from the start as there is room for. */
function taken(signs: readonly string[], size: number, room: number): string[] {
  let left = room;
  const end = signs.findIndex((sign) => (left -= textWidth(sign, size)) < 0);
  return signs.slice(0, end);
}

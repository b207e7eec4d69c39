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

/** A text cut to a width. */
export function fitting(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  let shown = "";
  let left = width - textWidth("…", size);
  for (const sign of text) {
    left -= textWidth(sign, size);
    if (left < 0) break;
    shown += sign;
  }
  return `${shown.trimEnd()}…`;
}

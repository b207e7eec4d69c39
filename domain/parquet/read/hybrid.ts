/**
 * Parquet's hybrid of runs and packed bits: levels and the indexes of dictionaries.
 *
 * @module
 */
import { damaged } from "./bounds.ts";

/** The bits that numbers up to `most` take. */
export const bitsOf = (most: number): number => 32 - Math.clz32(most);

/**
 * Reads as many numbers as `out` has room for; work is bounded by that and by the bytes, whatever a run says.
 *
 * @returns Where the bytes go on.
 */
export function readHybrid(
  bytes: Uint8Array,
  start: number,
  end: number,
  width: number,
  out: Uint8Array | Uint32Array,
): number {
  let at = start;
  let seen = 0;
  while (seen < out.length) {
    let head = 0;
    for (let shift = 0;; shift += 7) {
      if (at >= end || shift > 28) damaged("a page has fewer values than it says");
      const byte = bytes[at++]!;
      head += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const left = out.length - seen;
    if (head % 2 === 0) {
      const size = (width + 7) >> 3;
      if (at + size > end) damaged("a page has fewer values than it says");
      let value = 0;
      for (let byte = 0; byte < size; byte++) value += bytes[at++]! * 2 ** (8 * byte);
      if (value >= 2 ** width) damaged("a run is of a number that has more bits than it says");
      const count = Math.min(head / 2, left);
      out.fill(value, seen, seen + count);
      seen += count;
    } else {
      const groups = (head - 1) / 2;
      const count = Math.min(groups * 8, left);
      if (at + Math.ceil(count * width / 8) > end) damaged("a page has fewer values than it says");
      unpack(bytes, at, width, out, seen, count);
      at = Math.min(end, at + groups * width);
      seen += count;
    }
  }
  return at;
}

function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  out: Uint8Array | Uint32Array,
  first: number,
  count: number,
): void {
  if (width === 0) {
    out.fill(0, first, first + count);
    return;
  }
  let at = start;
  if (width > 24) {
    // Beyond what 32 bits hold beside a byte that was begun: by arithmetic, which is slow, and rare.
    for (let item = 0; item < count; item++) {
      const bit = item * width;
      at = start + (bit >> 3);
      let value = 0;
      for (let byte = 0; byte < 5; byte++) value += (bytes[at + byte] ?? 0) * 2 ** (8 * byte);
      out[first + item] = Math.floor(value / 2 ** (bit & 7)) % 2 ** width;
    }
    return;
  }
  const mask = 2 ** width - 1;
  let held = 0;
  let bits = 0;
  for (let item = first; item < first + count; item++) {
    while (bits < width) {
      held |= bytes[at++]! << bits;
      bits += 8;
    }
    out[item] = held & mask;
    held >>>= width;
    bits -= width;
  }
}

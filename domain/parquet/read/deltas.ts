/**
 * Parquet's integers by their differences (DELTA_BINARY_PACKED).
 *
 * @module
 */
import { damaged } from "./bounds.ts";

const WORD = 2 ** 32;

/**
 * Reads `count` integers. They are added up as pairs of 32 bits: a bigint for each would be an object for each.
 *
 * @returns The integers, and where the bytes go on.
 */
export function readDeltas<T extends Int32Array | BigInt64Array>(
  bytes: Uint8Array,
  start: number,
  Numbers: new (length: number) => T,
  count: number,
): { values: T; end: number } {
  const values = new Numbers(count);
  const isWide = values instanceof BigInt64Array;
  const out = new Int32Array(values.buffer);
  let at = start;
  const next = (): number => bytes[at++] ?? damaged("a page has fewer values than it says");
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = next();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return damaged("a page has a number of more than 64 bits");
  };
  /** The lower and the upper half of a signed number. */
  const halves = (): [number, number] => {
    const zigzag = varint();
    const value = BigInt.asUintN(64, zigzag >> 1n ^ -(zigzag & 1n));
    return [Number(value & 0xffffffffn), Number(value >> 32n)];
  };
  /** Up to 32 bits that begin at a bit. */
  const bits = (bit: number, width: number): number => {
    const byte = Math.floor(bit / 8);
    let value = 0;
    for (let more = 0; more < 5; more++) value += (bytes[byte + more] ?? 0) * 2 ** (8 * more);
    return Math.floor(value / 2 ** (bit % 8)) % 2 ** width;
  };

  const [block, parts, total] = [Number(varint()), Number(varint()), Number(varint())];
  const size = block / parts;
  if (!(parts > 0 && block <= 2 ** 20 && size % 32 === 0) || total !== count) {
    damaged("a page of differences has a header that is none");
  }
  let [low, high] = halves();
  let seen = 0;
  const emit = (): void => {
    if (isWide) {
      out[2 * seen] = low;
      out[2 * seen + 1] = high;
    } else out[seen] = low;
    seen++;
  };
  if (count > 0) emit();
  while (seen < count) {
    const [leastLow, leastHigh] = halves();
    const widths = Array.from({ length: parts }, next);
    for (const width of widths) {
      if (seen >= count) break;
      if (width > 64) damaged("a page has a difference of more than 64 bits");
      if (at + Math.ceil(Math.min(size, count - seen) * width / 8) > bytes.length) {
        damaged("a page has fewer values than it says");
      }
      for (let item = 0; item < size && seen < count; item++) {
        const bit = at * 8 + item * width;
        const sum = low + leastLow + bits(bit, Math.min(width, 32));
        const upper = width > 32 ? bits(bit + 32, width - 32) : 0;
        high = (high + leastHigh + upper + Math.floor(sum / WORD)) % WORD;
        low = sum % WORD;
        emit();
      }
      at += size * width / 8;
    }
  }
  return { values, end: Math.min(at, bytes.length) };
}

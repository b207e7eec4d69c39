/**
 * The values of one column in memory: a typed array if they are numbers, a list if not.
 *
 * @module
 */
import type { Budget } from "./bounds.ts";
import type { Cell, Meaning } from "./meaning.ts";
import type { PageValues } from "./page_values.ts";

/** The typed arrays that columns of numbers are read as. */
export type Numbers =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** A column. */
export interface Vector {
  /** What its values mean. */
  meaning: Meaning;
  /** The values. A missing one is NaN in an array of floats, 0 in another array, and `null` in a list. */
  values: Numbers | Cell[];
  /** 1 for each value that is missing; not there if none is. */
  missing?: Uint8Array<ArrayBuffer>;
}

/** A column of so many values, all of them 0 or `null`. */
export function createVector(meaning: Meaning, length: number, budget: Budget): Vector {
  budget.pay(length * (meaning.array?.BYTES_PER_ELEMENT ?? 8));
  const values = meaning.array ? new meaning.array(length) : new Array<Cell>(length).fill(null);
  return { meaning, values };
}

/** Makes a column ready for other values; those of an array are written over. */
export function clear({ values, missing }: Vector): void {
  missing?.fill(0);
  if (Array.isArray(values)) values.fill(null);
}

/** Says that values are missing. */
export function setMissing(vector: Vector, from: number, to: number): void {
  const { values } = vector;
  vector.missing ??= new Uint8Array(values.length);
  vector.missing.fill(1, from, to);
  if (values instanceof Float64Array || values instanceof Float32Array) values.fill(NaN, from, to);
}

/** Which values of a page to take. */
interface PageSpan {
  /** The first, missing ones counted. */
  from: number;
  /** The one after the last. */
  to: number;
  /** How many of those before the first are there. */
  next: number;
}

/**
 * Puts the values of a page into a column.
 *
 * @param definitions The level of each of the page's values, of which those of `most` are there; missing if all are.
 * @param at Where they go.
 * @returns How many of the page's values are there up to the last one that was taken.
 */
export function putPage(
  vector: Vector,
  page: PageValues,
  definitions: Uint8Array | undefined,
  most: number,
  { from, to, next }: PageSpan,
  at: number,
): number {
  const { values } = vector;
  if (!definitions) {
    const isPart = from > 0 || to < page.length;
    if (Array.isArray(values) || Array.isArray(page)) {
      for (let value = from; value < to; value++) values[at + value - from] = page[value]! as never;
    } else values.set((isPart ? page.subarray(from, to) : page) as never, at);
    return to;
  }
  const missing = vector.missing ??= new Uint8Array(values.length);
  const empty = values instanceof Float64Array || values instanceof Float32Array ? NaN : undefined;
  // A bigint for each value would be an object for each: integers of 64 bits go as pairs of 32.
  const isWide = page instanceof BigInt64Array;
  const target = isWide ? halves(values as BigInt64Array) : values as Cell[];
  const source = isWide ? halves(page) : page as Cell[];
  for (let value = from; value < to; value++) {
    const place = at + value - from;
    if (definitions[value] !== most) {
      missing[place] = 1;
      if (empty !== undefined) target[place] = empty;
    } else if (isWide) {
      target[2 * place] = source[2 * next]!;
      target[2 * place + 1] = source[2 * next++ + 1]!;
    } else target[place] = source[next++]!;
  }
  return next;
}

const halves = ({ buffer, byteOffset, length }: BigInt64Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, 2 * length);

/** The values of a column as rows have them, from one row to another. */
export function cellsOf(
  { meaning: { toCell, type }, values, missing }: Vector,
  from = 0,
  to = values.length,
): Cell[] {
  if (Array.isArray(values)) return values.slice(from, to);
  if (type === "int64") return wholes(values as BigInt64Array, missing, from, to);
  const cells = new Array<Cell>(to - from);
  for (let at = from; at < to; at++) {
    if (missing?.[at] === 1) cells[at - from] = null;
    else cells[at - from] = toCell ? toCell(values[at]!) : values[at]!;
  }
  return cells;
}

/** Integers of 64 bits as numbers, and as bigints where a number does not hold them. */
function wholes(
  values: BigInt64Array,
  missing: Uint8Array | undefined,
  from: number,
  to: number,
): Cell[] {
  const lower = halves(values);
  const upper = new Int32Array(lower.buffer, lower.byteOffset, lower.length);
  const cells = new Array<Cell>(to - from);
  for (let at = from; at < to; at++) {
    const number = upper[2 * at + 1]! * 2 ** 32 + lower[2 * at]!;
    if (missing?.[at] === 1) cells[at - from] = null;
    else cells[at - from] = Number.isSafeInteger(number) ? number : values[at]!;
  }
  return cells;
}

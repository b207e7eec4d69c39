/**
 * Lists of numbers out of the store: plain lists, typed arrays, numpy arrays of one dimension.
 *
 * @module
 */
import { isNumpyArray } from "../domain/format/numpy.ts";

/** The numbers of a list, `undefined` for what is none in it; `undefined` alone where it is no list of numbers. */
export function numbersOf(value: unknown): (number | undefined)[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isNumpyArray(value)) return value.shape.length === 1 ? numbersOf(value.data) : undefined;
  if (value instanceof DataView || !(Array.isArray(value) || ArrayBuffer.isView(value))) {
    return undefined;
  }
  const items = Array.from(value as ArrayLike<unknown>);
  const isFit = (item: unknown) =>
    item === null || item === undefined || typeof item === "number" || typeof item === "bigint" ||
    typeof item === "boolean";
  if (items.length === 0 || !items.every(isFit)) return undefined;
  return items.map((item) => {
    const number = item === null ? NaN : Number(item);
    return Number.isFinite(number) ? number : undefined;
  });
}

/** A list in fewer pieces, each the mean of its numbers. */
export function binned(
  numbers: readonly (number | undefined)[],
  size: number,
): (number | undefined)[] {
  return Array.from({ length: Math.ceil(numbers.length / size) }, (_, bin) => {
    const there = numbers.slice(bin * size, (bin + 1) * size).filter((one) => one !== undefined);
    return there.length === 0 ? undefined : there.reduce((a, b) => a + b) / there.length;
  });
}

/** The least and the greatest; of nothing 0 and 0. */
export function extent(numbers: readonly number[]): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return low <= high ? [low, high] : [0, 0];
}

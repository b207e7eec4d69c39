/**
 * Brushes: ranges along axes, and which runs are within.
 *
 * @module
 */
import type { Axis } from "./columns.ts";

/** A range along an axis, ends included. Of categories it is a range of their indices. */
export type Range = readonly [low: number, high: number];

/** Ranges as the page's address has them: of categories the names of the first and the last. */
export type SavedRange = readonly [number, number] | readonly [string, string];

/** The ranges of each axis by its key; an axis without a range lets all through. */
export type Brushes = Readonly<Record<string, readonly Range[]>>;

/** Runs that are, on each axis with ranges, within one of them. A run without a value there is not. */
export function brushed(
  rows: readonly number[],
  axes: readonly Pick<Axis, "key" | "values">[],
  brushes: Brushes,
): number[] {
  const tests = axes.flatMap(({ key, values }) => {
    const ranges = brushes[key] ?? [];
    return ranges.length > 0 ? [{ values, ranges }] : [];
  });
  return rows.filter((row) =>
    tests.every(({ values, ranges }) => {
      const value = values[row]!;
      return ranges.some(([low, high]) => value >= low && value <= high);
    })
  );
}

/** Reads saved ranges. What does not fit the axis any more, such as a category that is gone, is left out. */
export function rangesOf(axis: Axis, saved: unknown): Range[] {
  if (!Array.isArray(saved)) return [];
  return saved.flatMap((range): Range[] => {
    if (!Array.isArray(range) || range.length !== 2) return [];
    if (axis.type !== "category") {
      const [low, high] = range;
      return typeof low === "number" && typeof high === "number" ? [ordered(low, high)] : [];
    }
    const [from, to] = range.map((name) => axis.categories.indexOf(name as string));
    return from! >= 0 && to! >= 0 ? [whole(ordered(from!, to!))!] : [];
  });
}

/** Ranges as they are saved. */
export function savedOf(axis: Axis, ranges: readonly Range[]): SavedRange[] {
  return ranges.flatMap((range): SavedRange[] => {
    if (axis.type !== "category") return [[digits(range[0]), digits(range[1])]];
    const [from, to] = [Math.ceil(range[0]), Math.floor(range[1])];
    const names = [
      axis.categories[Math.max(from, 0)],
      axis.categories[Math.min(to, axis.categories.length - 1)],
    ];
    return from <= to && names[0] !== undefined && names[1] !== undefined
      ? [[names[0], names[1]]]
      : [];
  });
}

/** Categories are in a range as a whole or not at all; a range with none in it is no range. */
export function whole([low, high]: Range): Range | undefined {
  const [from, to] = [Math.ceil(low), Math.floor(high)];
  return from <= to ? [from - 0.4, to + 0.4] : undefined;
}

export const ordered = (a: number, b: number): Range => a <= b ? [a, b] : [b, a];

/** Five digits are finer than a pixel. */
const digits = (value: number) => Number(value.toPrecision(Math.abs(value) > 1e9 ? 13 : 5));

/** Says whether two selections are the same without keeping them. */
export function signature(rows: Iterable<number>): string {
  let number = 0;
  let sum = 0;
  let mixed = 0;
  for (const row of rows) {
    number++;
    sum += row;
    mixed ^= Math.imul(row + 1, 0x9e3779b1);
  }
  return `${number} ${sum} ${mixed}`;
}

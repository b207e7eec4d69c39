/**
 * Lists of numbers as the cells of a heatmap.
 *
 * @module
 */
import { extent } from "./numbers.ts";

/** A row of a heatmap. */
export interface Cells {
  row: number;
  values: readonly number[];
}

/** How a value becomes a shade: within its column, or within all. */
export type Within = "column" | "all";

/** The shade of each cell, 0 to 1, row by row; NaN where there is no number. A range without width is in the middle. */
export function shades(rows: readonly Cells[], columns: number, within: Within): Float32Array {
  const found = new Float32Array(rows.length * columns).fill(NaN);
  const all = within === "all" ? extent(rows.flatMap(({ values }) => [...values])) : undefined;
  for (let column = 0; column < columns; column++) {
    const range = all ?? extent(rows.map(({ values }) => values[column] ?? NaN));
    if (!range) continue;
    const [low, high] = range;
    rows.forEach(({ values }, at) => {
      const value = values[column];
      if (value === undefined || value - value !== 0) return;
      found[at * columns + column] = high > low ? (value - low) / (high - low) : 0.5;
    });
  }
  return found;
}

/** The names of columns: those that are given if there are as many, else numbers. */
export const columnNames = (columns: number, names: readonly string[] | undefined): string[] =>
  Array.from({ length: columns }, (_, at) => names?.length === columns ? names[at]! : String(at));

/** Which rows a window of so many pixels shows. */
export function rowsInSight(
  scrolled: number,
  height: number,
  rowHeight: number,
  count: number,
): [from: number, to: number] {
  const from = Math.max(0, Math.floor(scrolled / rowHeight));
  return [from, Math.min(count, Math.ceil((scrolled + height) / rowHeight))];
}

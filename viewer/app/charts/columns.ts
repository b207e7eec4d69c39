/**
 * Columns of runs as what lies along an axis or gives colours.
 *
 * @module
 */
import { textOf } from "../data/cell.ts";
import { number } from "../data/format.ts";
import type { Cell, RunColumn, Runs } from "../types.ts";
import { extent } from "./numbers.ts";
import { categoryColours, ramp, SHADES } from "./paint.ts";
import { type Scale, scaleOf } from "./scale.ts";

/** A column along an axis: a number a run. */
export interface Axis {
  key: string;
  name: string;
  kind: RunColumn["kind"];
  type: "number" | "time" | "category";
  /** One a run, NaN where there is none. Of categories it is the index into them. */
  values: Float64Array;
  categories: readonly string[];
  /** All are whole numbers. */
  whole: boolean;
}

const known = new WeakMap<RunColumn, Axis>();

/** The column as an axis. */
export function axisOf(column: RunColumn): Axis {
  let axis = known.get(column);
  if (!axis) known.set(column, axis = made(column));
  return axis;
}

function made(column: RunColumn): Axis {
  const { key, name, kind, type, cells } = column;
  if (type === "number" || type === "time") {
    const values = column.numbers;
    const whole = type === "number" && values.every((value) => !(value % 1));
    return { key, name, kind, type, values, categories: [], whole };
  }
  const { categories } = column;
  const places = new Map(categories.map((text, at) => [text, at]));
  const values = Float64Array.from(
    cells,
    (cell) => cell === null ? NaN : places.get(textOf(cell)) ?? NaN,
  );
  return { key, name, kind, type: "category", values, categories, whole: true };
}

/** A cell as people read it. */
export const cellText = (cell: Cell | undefined): string =>
  typeof cell === "number" ? number(cell, 6) : textOf(cell);

/** An axis with at most so many different numbers has its ticks at them. */
const MAX_MARKS = 8;

/** The scale of a column for some rows. A logarithmic one only where something is above zero. */
export function scaleFor(
  { type, values, categories, whole }: Axis,
  rows: readonly number[],
  isLog: boolean,
  pad: number,
): Scale {
  if (type === "category") return scaleOf({ kind: "category", categories });
  const shown = Float64Array.from(rows, (row) => values[row]!);
  const different = new Set<number>();
  for (const value of shown) {
    if (Number.isFinite(value)) different.add(value);
    if (different.size > MAX_MARKS) break;
  }
  const marks = different.size > 0 && different.size <= MAX_MARKS
    ? [...different].sort((a, b) => a - b)
    : undefined;
  if (isLog && type === "number") {
    const positive = extent(shown.map((value) => value > 0 ? value : NaN));
    if (positive) {
      return scaleOf({
        kind: "log",
        domain: positive,
        pad,
        marks: marks?.filter((value) => value > 0),
      });
    }
  }
  const kind = type === "time" ? "time" : "linear";
  return scaleOf({ kind, domain: extent(shown), pad, whole, marks });
}

/** Whether numbers are better seen by their size than by their distance: rates from 1e-5 to 0.1, say. */
export function isLogByNature({ type, values }: Axis, rows: readonly number[]): boolean {
  if (type !== "number") return false;
  const sorted = Float64Array.from(rows, (row) => values[row]!).filter(Number.isFinite).sort();
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || !(low > 0)) return false;
  const middle = sorted[sorted.length >> 1]!;
  return high! / low >= 1000 || high! / low >= 20 && middle < low + (high! - low) / 4;
}

/** Whether the rows have two values at least along it. Lists and such are no places along an axis. */
export function varies(column: RunColumn, rows: readonly number[]): boolean {
  if (isPending(column) || !isDrawable(column)) return false;
  const { values } = axisOf(column);
  let first = NaN;
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(first)) first = value;
    else if (value !== first) return true;
  }
  return false;
}

/** Whether nobody asked for a column's cells yet, or they are still on their way. A look at its cells asks for them. */
export const isPending = ({ values }: RunColumn): boolean => values === null;

/** Whether a column can lie along an axis at all. Of one that is not there yet it is said so. */
export function isDrawable(column: RunColumn): boolean {
  if (isPending(column)) return true;
  const { type, cells } = column;
  return type === "number" || type === "time" || type === "boolean" || type === "text" ||
    // Numbers beside texts, such as 3, 5 and "auto", are categories.
    type === "other" && cells.every((cell) => cell === null || typeof cell !== "object");
}

/** Columns by kind, as menus show them. */
export function menuOf(
  runs: Runs,
  which: (column: RunColumn) => boolean = isDrawable,
): { label: string; columns: RunColumn[] }[] {
  return ([["metric", "Metrics"], ["parameter", "Parameters"], ["own", "Run"]] as const)
    .map(([kind, label]) => ({
      label,
      columns: runs.columns.filter((column) => column.kind === kind && which(column)),
    }))
    .filter(({ columns }) => columns.length > 0);
}

/** What has no value. */
const NONE = { light: "#a3a9b0", dark: "#5d646d" };

/** How a column gives colours to runs. */
export interface Colouring {
  /** Index into `colours`, one a run; the last is "no value". */
  shade(row: number): number;
  colours: string[];
  /** What they mean: a ramp between two texts, or one entry a category. */
  legend:
    | { ramp: string[]; low: string; high: string }
    | { entries: { colour: string; label: string }[]; more: number };
}

/** Colours by a column: a ramp for numbers and times, one each for categories. */
export function colouring(
  axis: Axis,
  rows: readonly number[],
  isDark: boolean,
  isLog = false,
): Colouring {
  const none = isDark ? NONE.dark : NONE.light;
  const { values, categories } = axis;
  if (axis.type === "category") {
    const colours = [...categoryColours(categories.length), none];
    const entries = categories.slice(0, 20).map((label, at) => ({ label, colour: colours[at]! }));
    const shade = (row: number) => Number.isNaN(values[row]!) ? categories.length : values[row]!;
    return { shade, colours, legend: { entries, more: categories.length - entries.length } };
  }
  const scale = scaleFor(axis, rows, isLog, 0);
  const colours = ramp(isDark);
  const shade = (row: number) => {
    const place = scale.at(values[row]!);
    if (place - place !== 0) return SHADES;
    return Math.min(SHADES - 1, Math.max(0, Math.floor(place * SHADES)));
  };
  const [low, high] = scale.domain.map(scale.text) as [string, string];
  return { shade, colours: [...colours, none], legend: { ramp: colours, low, high } };
}

/** Whether its values are numbers along an axis. */
export const isNumeric = ({ type }: RunColumn) => type === "number" || type === "time";

/**
 * Columns of dataframes of several runs as lines, dots, bars and bins.
 *
 * @module
 */
import { decodeCell } from "../../cells.ts";
import type { FrameFile, JsonCell } from "../../contract.ts";
import { asPeopleCount, textOf } from "../data/cell.ts";
import type { Line } from "./lines.ts";
import { extent, quantile } from "./numbers.ts";

/** A dataframe of a run. */
export interface RunFrame {
  row: number;
  file: FrameFile;
}

/** A column of all dataframes, on one scale. */
export interface FrameColumn {
  kind: "number" | "time" | "category";
  categories: readonly string[];
  /** The numbers of each dataframe; NaN where there is none. Of categories it is their index. */
  values: Float64Array[];
}

/** The names of all columns, in the order of the first dataframe that has them. */
export const namesOf = (
  frames: readonly RunFrame[],
): string[] => [...new Set(frames.flatMap(({ file }) => file.columns.map(({ name }) => name)))];

/** The columns to start with: the first along x, the next one with numbers along y. */
export function firstColumns(frames: readonly RunFrame[]): { x: string; y: string } {
  const columns = frames[0]?.file.columns ?? [];
  const numbers = columns.slice(1).filter(({ type }) => type === "number");
  const x = columns[0]?.name ?? "";
  return { x, y: numbers[0]?.name ?? columns[1]?.name ?? x };
}

/** One column of all dataframes: numbers where all are, times where all are, else categories. */
export function columnOf(frames: readonly RunFrame[], name: string): FrameColumn {
  const found = frames.map(({ file }) => file.columns.find((column) => column.name === name));
  const types = new Set(found.flatMap((column) => column ? [column.type] : []));
  const cells = found.map((column) => column?.values ?? []);
  const only = types.size === 1 ? [...types][0] : undefined;
  if (only === "number" || only === "time") {
    const numberOf = only === "number" ? toNumber : toTime;
    const values = cells.map((list) => Float64Array.from(list, numberOf));
    return { kind: only, categories: [], values };
  }
  const texts = cells.map((list) =>
    list.map((cell) => cell === null ? undefined : textOf(decodeCell(cell)))
  );
  const categories = [...new Set(texts.flat().filter((text) => text !== undefined))].sort(
    asPeopleCount,
  );
  const places = new Map(categories.map((text, at) => [text, at]));
  const values = texts.map((list) =>
    Float64Array.from(list, (text) => text === undefined ? NaN : places.get(text)!)
  );
  return { kind: "category", categories, values };
}

const toNumber = (cell: JsonCell): number => {
  if (cell === null) return NaN;
  const decoded = decodeCell(cell);
  return typeof decoded === "number" || typeof decoded === "bigint" ? Number(decoded) : NaN;
};
const toTime = (cell: JsonCell): number =>
  typeof cell === "string" ? Date.parse(cell.replace(" ", "T")) : NaN;

/** Points of one dataframe in the order of x, as a line takes them. */
export function lineOfFrame(x: Float64Array, y: Float64Array): Line {
  const order = [...x.keys()].filter((at) => Number.isFinite(x[at]!)).sort((a, b) => x[a]! - x[b]!);
  const pick = (list: Float64Array) => Float64Array.from(order, (at) => list[at] ?? NaN);
  const ys = pick(y);
  return { x: pick(x), raw: ys, y: ys };
}

/** A bar's height for each different x of a dataframe: the sum of what is there. */
export function barsOf(x: Float64Array, y: Float64Array): Map<number, number> {
  const bars = new Map<number, number>();
  x.forEach((place, at) => {
    const value = y[at] ?? NaN;
    if (Number.isFinite(place) && Number.isFinite(value)) {
      bars.set(place, (bars.get(place) ?? 0) + value);
    }
  });
  return bars;
}

/** More bins are not told apart. */
const MAX_BINS = 60;

/** The edges of bins of equal width for all lists, by the rule of Freedman and Diaconis; one category, one bin. */
export function binEdges(lists: readonly Float64Array[], isWhole: boolean): number[] {
  const all = Float64Array.from(lists.flatMap((list) => [...list])).filter(Number.isFinite).sort();
  const range = extent(all);
  if (!range) return [];
  const [low, high] = range;
  if (isWhole) return Array.from({ length: high - low + 2 }, (_, at) => low - 0.5 + at);
  if (low === high) return [low - 0.5, low + 0.5];
  const longest = Math.max(...lists.map((list) => list.length));
  const width = 2 * (quantile(all, 0.75) - quantile(all, 0.25)) / Math.cbrt(longest);
  const wanted = width > 0 ? (high - low) / width : Math.sqrt(longest);
  const bins = Math.min(MAX_BINS, Math.max(4, Math.ceil(wanted)));
  // The last edge is the highest number itself, not what rounding makes of it.
  return Array.from(
    { length: bins + 1 },
    (_, at) => at === bins ? high : low + (high - low) * at / bins,
  );
}

/** How many numbers of a list are in each bin; the last one has its upper edge too. */
export function counts(list: Float64Array, edges: readonly number[]): number[] {
  const bins = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  const [low, high] = [edges[0] ?? 0, edges.at(-1) ?? 0];
  for (const value of list) {
    if (!(value >= low && value <= high)) continue;
    const at = Math.min(bins.length - 1, Math.floor((value - low) / (high - low) * bins.length));
    bins[at]!++;
  }
  return bins;
}

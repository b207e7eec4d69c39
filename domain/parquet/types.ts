/**
 * Tables as users have them, and the types of columns.
 *
 * @module
 */
import type { Cell } from "./read/meaning.ts";
import type { Numbers } from "./read/vector.ts";

/** What elements of a list may be. */
export type ElementType = "int64" | "float64" | "bool" | "string" | "timestamp" | "date";

/**
 * The type of a column; `list<…>` has elements of another one. A `timestamp` counts microseconds, as `timestamp[us]`
 * does.
 */
export type ColumnType =
  | ElementType
  | "timestamp[ms]"
  | "timestamp[us]"
  | "timestamp[ns]"
  | "time"
  | "json"
  | `list<${ElementType}>`;

/** A table by rows: one object each. What a row lacks is missing. */
export type TableRows = readonly Readonly<Record<string, unknown>>[];
/** A table by columns: lists or typed arrays of one length, by name. */
export type TableColumns = Readonly<Record<string, readonly unknown[] | ArrayBufferView>>;
/** Which values of typed arrays are missing, by column: 1 for each that is. */
export type MissingValues = Readonly<Record<string, Uint8Array>>;

/** One level of the labels of a table's rows. */
export interface IndexLevel {
  /** The level's name; `null` if it has none. */
  name: string | null;
  /** The label of each row. */
  values: Cell[];
}

/** A table as it is read back, by rows. */
export interface Table {
  /** The names of the columns, in order. */
  columns: string[];
  /**
   * One object a row. Missing values are `null`, integers beyond what a number holds bigints, times
   * `Temporal.Instant`s, dates `Temporal.PlainDate`s, times of day `Temporal.PlainTime`s and timedeltas
   * `Temporal.Duration`s. Decimals and pandas' periods are text, as pandas shows them: `1.10`, `2026-01`, `2026Q1`.
   */
  rows: Record<string, Cell>[];
  /**
   * The labels of the rows, if pandas has others than their numbers: the levels of its index. A level whose name no
   * other column has is a column too. Missing if there are none.
   */
  index?: IndexLevel[];
}

/** A table as it is read back, by columns. */
export interface ColumnTable {
  /** The names of the columns, in order. */
  columns: string[];
  /** How many rows there are. */
  length: number;
  /**
   * The values of each column. Numbers, times, dates and durations are a typed array, counted as `types` says; all
   * other columns are a list of the values that rows have. What is missing is `null` in a list, NaN in an array of
   * floats and 0 in one of integers: see `missing`.
   */
  data: Record<string, Numbers | Cell[]>;
  /** For each typed array that lacks values: 1 for each that is missing, 0 for the others. */
  missing: Record<string, Uint8Array<ArrayBuffer>>;
  /**
   * What each column holds: `float64`, `int32`, `string`, `list<int64>`, `date` (days from 1970), `timestamp[us]` (from
   * 1970), `time[us]` (from midnight), `duration[ns]`, `period[M]`, … Units are `s`, `ms`, `us` and `ns`.
   */
  types: Record<string, string>;
  /** The labels of the rows, as in {@linkcode Table}. */
  index?: IndexLevel[];
}

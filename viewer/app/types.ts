/**
 * What the page hands to its charts, and what a chart tells the page.
 *
 * Colours of a theme are custom properties of the root (`css/theme.css`), so a canvas reads them by
 * `getComputedStyle` whenever `theme` changes.
 *
 * @module
 */
import type { Signal } from "npm:@preact/signals@^2.11.4";
import type { RunsColumn, RunsFile } from "../contract.ts";

/** A cell as it is computed with: NaN and the infinities are numbers, large integers bigints. */
export type Cell =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Cell[]
  | { readonly [key: string]: Cell };

/** What the cells of a column mostly are. `time`: ISO 8601. `list`: of numbers. `empty`: all are missing. */
export type CellType =
  | "number"
  | "text"
  | "boolean"
  | "time"
  | "list"
  | "texts"
  | "other"
  | "empty";

/** A column of runs, with what it is computed with. */
export interface RunColumn extends RunsColumn {
  /** `o.name`, `m.accuracy`, `p.lr`: one text a column, the same each time. Settings and addresses name columns by it. */
  readonly key: string;
  /**
   * Decoded, one a run; missing is `null`. In a project of very many columns, the first look asks for them: all are `null`
   * while {@linkcode loading} is true, and `runs` is another object once they are there.
   */
  readonly cells: readonly Cell[];
  /** Whether the cells are still on their way. */
  readonly loading: boolean;
  readonly type: CellType;
  /** One number a run: numbers, truths as 0 and 1, times as milliseconds; NaN for whatever is none. Made when asked for. */
  readonly numbers: Float64Array;
  /** The different texts of the column's cells as people read them, sorted as people count (p2 before p10). Made when asked for. */
  readonly categories: readonly string[];
}

/** The runs of a project. A row is an index into `ids` and into each column's values; it never changes by sorting. */
export interface Runs {
  readonly file: RunsFile;
  readonly count: number;
  readonly ids: readonly string[];
  /** Own columns first, then metrics, then parameters, each sorted as people count. */
  readonly columns: readonly RunColumn[];
  column(kind: RunsColumn["kind"], name: string): RunColumn | undefined;
  /** A column by its `key`. */
  byKey(key: string): RunColumn | undefined;
  rowOf(id: string): number | undefined;
}

/** How a run is drawn everywhere: told apart by colour and, for those who do not see colours, by dash. */
export interface RunStyle {
  /** A CSS colour, of the theme that is shown. */
  readonly stroke: string;
  /** Lengths of dashes and gaps in CSS pixels; empty for a whole line. */
  readonly dash: readonly number[];
}

/** How rows join the selection: they become it, are added, or change their state. */
export type SelectHow = "set" | "add" | "toggle";

/** What each chart gets. `Settings` is the chart's own, plain JSON: it is kept in the page's address. */
export interface ChartProps<Settings> {
  readonly runs: Runs;
  /** The rows to draw, after filter and sort, hidden ones left out. */
  readonly rows: readonly number[];
  readonly selected: ReadonlySet<number>;
  /** The rows that the user hid; `rows` does not have them. */
  readonly hidden: ReadonlySet<number>;
  /** The row below the pointer, anywhere on the page. Charts read it and write it. */
  readonly hovered: Signal<number | undefined>;
  colourOf(row: number): RunStyle;
  nameOf(row: number): string;
  onSelect(rows: readonly number[], how: SelectHow): void;
  /** Shows the run's own page. */
  onOpen(row: number): void;
  /** Partial: what is missing, the chart chooses from the runs that there are. */
  readonly settings: Partial<Settings>;
  onSettings(settings: Partial<Settings>): void;
  /**
   * A JSON file of the contract, by its path; of curves an `ArrayBuffer` where the server has them packed. Rejects with an
   * error whose message says what to do.
   */
  load(path: string): Promise<unknown>;
  /** Charts on a canvas draw again when it changes. */
  readonly theme: "light" | "dark";
}

/**
 * The columns of a dataset's parts, and rows on their way into them.
 *
 * @module
 */
import type { Column } from "../parquet/columns.ts";
import { emptyOf, type Physical } from "../parquet/columns.ts";
import type { ColumnType } from "../parquet/types.ts";

/** The parts that a dataset has, each a folder of its own. */
export const PARTS = ["experiments", "values", "history", "artifacts"] as const;

/** One of them. */
export type Part = typeof PARTS[number];

/** The parts whose rows come as objects; points come as columns. */
export type RowPart = Exclude<Part, "history">;

const SCHEMAS = {
  experiments: {
    ...{ id: "string", project_name: "string", name: "string", description: "string" },
    ...{ created_at: "timestamp[us]", status: "string", tags: "list<string>" },
    ...{ comments: "list<string>", branch_name: "string", commit_hash: "string" },
    ...{ model_name: "string", training_metadata: "string" },
  },
  values: {
    ...{ experiment_id: "string", kind: "string", name: "string", number: "float64" },
    ...{ text: "string", json: "string", directionality: "string", tags: "list<string>" },
    created_at: "timestamp[us]",
  },
  artifacts: {
    ...{ id: "string", experiment_id: "string", name: "string", size: "int64" },
    ...{ key: "string", sha256: "string", tags: "list<string>", created_at: "timestamp[us]" },
  },
} as const satisfies Record<RowPart, Record<string, ColumnType>>;

type CellOf<T extends ColumnType> = T extends "list<string>" ? readonly string[]
  : T extends "string" ? string | null
  : number | null;

/** A row of a part: times are microseconds since 1970. */
export type RowOf<P extends RowPart> = {
  [Name in keyof typeof SCHEMAS[P]]: typeof SCHEMAS[P][Name] extends ColumnType
    ? CellOf<typeof SCHEMAS[P][Name]>
    : never;
};

/** About so many bytes have the rows of one file at most: three for each character, which is the most there can be. */
const MOST_BYTES = 120_000_000;
/** Points of one file: 24 bytes and two short numbers each. */
const MOST_POINTS = 1_000_000;

/** What becomes one file. */
export interface Batch {
  readonly rows: number;
  /** Its columns. */
  columns(): Column[];
}

/** Rows that become files of one part. */
export class Rows<P extends RowPart> {
  readonly #part: P;
  #rows: RowOf<P>[] = [];
  #size = 0;

  constructor(part: P) {
    this.#part = part;
  }

  /** Adds a row. Gives what was there before, if there is no room for both. */
  add(row: RowOf<P>): Batch | undefined {
    const size = sizeOf(row);
    const full = this.#size + size > MOST_BYTES ? this.take() : undefined;
    this.#rows.push(row);
    this.#size += size;
    return full;
  }

  /** Takes what is there, if anything is. */
  take(): Batch | undefined {
    if (this.#rows.length === 0) return undefined;
    const [rows, part] = [this.#rows, this.#part];
    this.#rows = [];
    this.#size = 0;
    return { rows: rows.length, columns: () => columnsOf(part, rows) };
  }
}

function sizeOf(row: object): number {
  let size = 0;
  for (const cell of Object.values(row)) {
    if (typeof cell === "string") size += 4 + 3 * cell.length;
    else if (Array.isArray(cell)) { for (const item of cell) size += 4 + 3 * item.length; }
    else size += 8;
  }
  return size;
}

function columnsOf<P extends RowPart>(part: P, rows: readonly RowOf<P>[]): Column[] {
  return Object.entries(SCHEMAS[part]).map(([name, type]: [string, ColumnType]): Column => {
    const cells = rows.map((row) => (row as Record<string, unknown>)[name]);
    const values = emptyOf(type, rows.length);
    const missing = new Uint8Array(rows.length);
    const put = values instanceof BigInt64Array
      ? wholeNumbers(values)
      : (row: number, cell: unknown) => values[row] = cell;
    for (const [row, cell] of cells.entries()) {
      if (cell === null) missing[row] = 1;
      else put(row, cell as number);
    }
    return {
      ...{ name, type, values: values as Physical },
      ...(missing.includes(1) && { missing }),
    };
  });
}

/** Puts whole numbers as halves: a bigint for each would be an object for each. */
function wholeNumbers(values: BigInt64Array): (row: number, value: number) => void {
  const halves = new Int32Array(values.buffer);
  return (row, value) => {
    halves[2 * row] = value % 2 ** 32;
    halves[2 * row + 1] = Math.floor(value / 2 ** 32);
  };
}

/** Points that become files of histories. */
export class Points {
  #runs: { id: string; name: string; count: number }[] = [];
  #steps = new Float64Array(1024);
  #values = new Float64Array(1024);
  #times = new Float64Array(1024);
  #count = 0;

  /** Adds points of one metric. Gives a batch whenever one is full. */
  *add(
    id: string,
    name: string,
    columns: { steps: Float64Array; times: Float64Array; values: Float64Array },
  ): Generator<Batch> {
    for (let from = 0; from < columns.steps.length;) {
      const to = Math.min(columns.steps.length, from + MOST_POINTS - this.#count);
      const end = this.#count + to - from;
      this.#reserve(end);
      this.#steps.set(columns.steps.subarray(from, to), this.#count);
      this.#values.set(columns.values.subarray(from, to), this.#count);
      this.#times.set(columns.times.subarray(from, to), this.#count);
      this.#runs.push({ id, name, count: to - from });
      this.#count = end;
      from = to;
      if (this.#count === MOST_POINTS) yield this.take()!;
    }
  }

  #reserve(size: number): void {
    if (size <= this.#steps.length) return;
    const grown = (old: Float64Array<ArrayBuffer>) => {
      const more = new Float64Array(Math.min(MOST_POINTS, Math.max(size, 2 * old.length)));
      more.set(old.subarray(0, this.#count));
      return more;
    };
    this.#steps = grown(this.#steps);
    this.#values = grown(this.#values);
    this.#times = grown(this.#times);
  }

  /** Takes what is there, if anything is. */
  take(): Batch | undefined {
    const rows = this.#count;
    if (rows === 0) return undefined;
    const runs = this.#runs;
    const [steps, values, micros] = [this.#steps, this.#values, this.#times];
    this.#runs = [];
    this.#count = 0;
    // The next batch has arrays of its own, since these are written yet.
    this.#steps = new Float64Array(1024);
    this.#values = new Float64Array(1024);
    this.#times = new Float64Array(1024);
    return {
      rows,
      columns() {
        const [ids, names] = [new Array<string>(rows), new Array<string>(rows)];
        let at = 0;
        for (const { id, name, count } of runs) {
          ids.fill(id, at, at + count);
          names.fill(name, at, at += count);
        }
        const times = new BigInt64Array(rows);
        const put = wholeNumbers(times);
        for (let row = 0; row < rows; row++) put(row, micros[row]!);
        return [
          { name: "experiment_id", type: "string", values: ids },
          { name: "name", type: "string", values: names },
          { name: "step", type: "float64", values: steps.subarray(0, rows) },
          { name: "time", type: "timestamp[us]", values: times },
          { name: "value", type: "float64", values: values.subarray(0, rows) },
        ];
      },
    };
  }
}

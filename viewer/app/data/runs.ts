/**
 * The runs of a project as columns that are decoded when somebody looks at them: a project may have 1,500 of them.
 *
 * @module
 */
import type { ColumnFile, RunsColumn, RunsFile } from "../../contract.ts";
import type { Cell, CellType, RunColumn, Runs } from "../types.ts";
import { asPeopleCount, decodeCells, numberOf, sortedAsCounted, textOf, typeOf } from "./cell.ts";

const PREFIX = { own: "o.", metric: "m.", parameter: "p." } as const;

/** The text that names a column in settings and addresses. */
export const columnKey = (kind: RunsColumn["kind"], name: string): string => PREFIX[kind] + name;

/** Where the cells of columns come from that a file of runs does not have. */
export interface ColumnSource {
  readonly count: number;
  /** Called once a column: its cells were looked at. */
  ask(column: RunColumn): void;
}

class Column implements RunColumn {
  readonly kind: RunsColumn["kind"];
  readonly name: string;
  readonly directionality?: "score" | "loss";
  readonly values: RunsColumn["values"];
  readonly nulls?: number[];
  readonly key: string;
  readonly path?: string;
  readonly #source: ColumnSource;
  #cells: readonly Cell[] | undefined;
  #type: CellType | undefined;
  #numbers: Float64Array | undefined;
  #categories: readonly string[] | undefined;

  constructor(column: RunsColumn, source: ColumnSource) {
    this.#source = source;
    this.kind = column.kind;
    this.name = column.name;
    this.values = column.values;
    if (column.directionality) this.directionality = column.directionality;
    if (column.nulls) this.nulls = column.nulls;
    if (column.path !== undefined) this.path = column.path;
    this.key = columnKey(column.kind, column.name);
  }

  get cells(): readonly Cell[] {
    if (this.#cells) return this.#cells;
    if (this.values) return this.#cells = decodeCells(this.values);
    this.#source.ask(this);
    return this.#cells = new Array<Cell>(this.#source.count).fill(null);
  }

  get loading(): boolean {
    return this.values === null;
  }

  get type(): CellType {
    return this.#type ??= typeOf(this.cells);
  }

  get numbers(): Float64Array {
    if (!this.#numbers) {
      const { type } = this;
      this.#numbers = Float64Array.from(this.cells, (cell) => numberOf(cell, type));
    }
    return this.#numbers;
  }

  get categories(): readonly string[] {
    if (!this.#categories) {
      const texts = new Set<string>();
      for (const cell of this.cells) if (cell !== null) texts.add(textOf(cell));
      this.#categories = sortedAsCounted(texts);
    }
    return this.#categories;
  }
}

/** The order of kinds: what a run is, what came of it, what went into it. */
const KINDS: readonly RunsColumn["kind"][] = ["own", "metric", "parameter"];
const OWN = ["name", "status", "durationMs", "createdAt", "tags", "modelName"];

/**
 * The runs of a file.
 *
 * @param ask Called with each column whose cells are looked at and not there.
 */
export function makeRuns(file: RunsFile, ask: ColumnSource["ask"]): Runs {
  const source: ColumnSource = { count: file.ids.length, ask };
  const columns = file.columns.map((column) => new Column(column, source));
  const rank = (name: string) => {
    const at = OWN.indexOf(name);
    return at < 0 ? OWN.length : at;
  };
  columns.sort((a, b) =>
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
    (a.kind === "own" ? rank(a.name) - rank(b.name) : 0) ||
    asPeopleCount(a.name, b.name)
  );
  return runsOf(file, columns);
}

function runsOf(file: RunsFile, columns: readonly RunColumn[]): Runs {
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const rows = new Map(file.ids.map((id, row) => [id, row]));
  return {
    file,
    count: file.ids.length,
    ids: file.ids,
    columns,
    column: (kind, name) => byKey.get(columnKey(kind, name)),
    byKey: (key) => byKey.get(key),
    rowOf: (id) => rows.get(id),
  };
}

/** The same runs with the cells of columns that came later. */
export function withColumns(runs: Runs, files: ReadonlyMap<string, ColumnFile>): Runs {
  const source: ColumnSource = { count: runs.count, ask: () => {} };
  const columns = runs.columns.map((column) => {
    const file = files.get(column.key);
    if (!file) return column;
    const { kind, name, directionality } = column;
    const { values, nulls } = file;
    const raw = {
      kind,
      name,
      values,
      ...(directionality && { directionality }),
      ...(nulls && { nulls }),
    };
    return new Column(raw, source);
  });
  return runsOf(runs.file, columns);
}

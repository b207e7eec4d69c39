/**
 * What pandas keeps in a Parquet file beside the data: which columns are its index, and the types that Parquet has not.
 *
 * @module
 */
import type { Unit } from "./schema.ts";
import { damaged } from "./bounds.ts";
import type { Note } from "./meaning.ts";

/** One level of a frame's index. */
export interface Level {
  /** The level's name; `null` if it has none. */
  name: string | null;
  /** The column that has the labels. */
  field?: string;
  /** The labels, if no column has them: numbers with one distance. */
  range?: { start: number; step: number };
}

/** pandas' notes. */
export interface PandasNotes {
  /** The levels of the index; none for a frame whose rows are just counted. */
  levels: Level[];
  /** The columns that are an index and no data, since they have no name of their own. */
  hidden: Set<string>;
  /** What is noted of a column's type. */
  notes: Map<string, Note>;
}

/** What pandas and dask call the column of a level that has no name of its own. */
const UNNAMED = /^__(?:index_level_\d+|null_dask_index)__$/;
const TIMEDELTA = /^timedelta64\[(s|ms|us|ns)\]$/;
const PERIOD = /^period\[(.{1,30})\]$/;

/** Reads the notes of a file; without any, the index is empty. */
export function pandasNotes(text: string | undefined): PandasNotes {
  const none: PandasNotes = { levels: [], hidden: new Set(), notes: new Map() };
  if (text === undefined) return none;
  const found = parse(text);
  const columns = listOf(found.columns);
  const nameOf = new Map(columns.map(({ field_name: field, name }) => [field, name]));
  const fields = Array.isArray(found.index_columns) ? found.index_columns as unknown[] : [];
  const levels = fields.flatMap((field): Level[] => {
    if (typeof field === "string") {
      const isUnnamed = UNNAMED.test(field);
      if (isUnnamed) none.hidden.add(field);
      // An index that has the name of a column is kept in one of pandas' own names.
      const name = isUnnamed ? nameOf.get(field) : field;
      return [{ name: typeof name === "string" ? name : null, field }];
    }
    const { kind, name, start, step } = Object(field) as Record<string, unknown>;
    if (kind !== "range" || !Number.isSafeInteger(start) || !Number.isSafeInteger(step)) return [];
    if (typeof name !== "string" && start === 0 && step === 1) return [];
    const range = { start: start as number, step: step as number };
    return [{ name: typeof name === "string" ? name : null, range }];
  });
  const notes = columns.flatMap(({ field_name: field, numpy_type: type }): [string, Note][] => {
    if (typeof field !== "string" || typeof type !== "string") return [];
    const unit = TIMEDELTA.exec(type)?.[1];
    if (unit !== undefined) return [[field, { kind: "duration", unit: unit as Unit }]];
    const frequency = PERIOD.exec(type)?.[1];
    return frequency === undefined ? [] : [[field, { kind: "period", frequency }]];
  });
  return { levels, hidden: none.hidden, notes: new Map(notes) };
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch (cause) {
    return damaged("pandas' notes in it are no JSON", cause);
  }
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.map((item) => Object(item)) : [];

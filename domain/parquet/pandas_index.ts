/**
 * The index of a frame that pandas wrote, from the metadata that it keeps in the Parquet file.
 *
 * @module
 */
import type { Value } from "../format/values.ts";

/** One level of the labels of a table's rows. */
export interface IndexLevel {
  /** The level's name; `null` where it has none. */
  name: string | null;
  /** The label of each row. */
  values: Value[];
}

/** Where the labels of one level are. */
interface Level {
  name: string | null;
  /** The column that has them. */
  field?: string;
  /** The labels themselves, where no column has them. */
  values?: number[];
}

/** What pandas and dask call a level without a name. */
const UNNAMED = /^__(?:index_level_\d+|null_dask_index)__$/;

/** pandas' way to say that labels are numbers in a row. */
interface Range {
  kind: "range";
  name: string | null;
  start: number;
  step: number;
}

/**
 * Where the index of a frame is.
 *
 * @returns The columns that are the index and no data, since they have no name, and the index's levels. A frame
 * whose rows are just counted has no levels.
 */
export function indexOf(
  pairs: { key: string; value?: string }[] | undefined,
  rows: number,
): { hidden: Set<string>; levels: Level[] } {
  const text = pairs?.find(({ key }) => key === "pandas")?.value;
  const found = text === undefined
    ? []
    : (JSON.parse(text) as { index_columns?: (string | Range)[] }).index_columns ?? [];
  const hidden = new Set(
    found.filter((field): field is string => typeof field === "string" && UNNAMED.test(field)),
  );
  const levels = found.flatMap((field): Level[] => {
    if (typeof field === "string") return [{ name: hidden.has(field) ? null : field, field }];
    const { kind, name, start, step } = field;
    if (kind !== "range" || (name === null && start === 0 && step === 1)) return [];
    return [{ name, values: Array.from({ length: rows }, (_, row) => start + row * step) }];
  });
  return { hidden, levels };
}

/** The index of a frame in several parts; `undefined` where they do not have one and the same. */
export function joinIndexes(
  parts: readonly (readonly IndexLevel[] | undefined)[],
): IndexLevel[] | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const isSame = (part: readonly IndexLevel[] | undefined) =>
    part?.length === first.length && part.every(({ name }, at) => name === first[at]!.name);
  if (!parts.every(isSame)) return undefined;
  return first.map(({ name }, at) => ({
    name,
    values: parts.flatMap((part) => part![at]!.values),
  }));
}

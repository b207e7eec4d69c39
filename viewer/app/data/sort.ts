/**
 * Sorting by several columns: numbers as numbers, texts as people count them (run-2 before run-10), what is missing last.
 *
 * @module
 */
import type { QueryOrder } from "../../../domain/query/tree.ts";
import type { RunColumn, Runs } from "../types.ts";
import { textOf } from "./cell.ts";
import { lastOf, queryCells } from "./query_cells.ts";

/** A column to sort by. */
export interface Sort {
  readonly key: string;
  readonly descends: boolean;
}

const ranks = new WeakMap<RunColumn, Float64Array>();

/** A number a row that sorts as the cells do; NaN for what comes last. */
export function ranksOf(column: RunColumn): Float64Array {
  let found = ranks.get(column);
  if (found) return found;
  const { type, cells } = column;
  if (type === "number" || type === "boolean" || type === "time") found = column.numbers;
  else if (type === "list") {
    found = Float64Array.from(cells, (cell) => typeof cell === "number" ? cell : lastOf(cell));
  } else {
    const places = new Map(column.categories.map((text, at) => [text, at]));
    found = Float64Array.from(cells, (cell) => cell === null ? NaN : places.get(textOf(cell))!);
  }
  ranks.set(column, found);
  return found;
}

/** The order by that an expression ends with, as columns of the page. Folds and tags have no column, and are kept as they are. */
export function sortsOf(order: readonly QueryOrder[], runs: Runs): Ranked[] {
  return order.flatMap(({ column: asked, direction }) => {
    const { kind, name, fold } = asked;
    const column = kind === "tag" || fold ? undefined : runs.column(kind, name);
    const descends = direction === "desc" ||
      direction === "best" && column?.directionality !== "loss";
    if (column) return [{ ranks: ranksOf(column), descends }];
    const values = queryCells(runs).of(asked);
    const texts = values.map((value) => typeof value === "number" ? "" : String(value ?? ""));
    const sorted = [...new Set(texts)].sort();
    const places = new Map(sorted.map((text, at) => [text, at]));
    const numbers = Float64Array.from(
      values,
      (value, row) =>
        typeof value === "number"
          ? value
          : value === undefined || value === null || String(value) === ""
          ? NaN
          : places.get(texts[row]!)!,
    );
    return [{ ranks: numbers, descends }];
  });
}

/** What rows are sorted by. */
export interface Ranked {
  readonly ranks: Float64Array;
  readonly descends: boolean;
}

/** The columns that a header was clicked of. What is not there any more is passed over. */
export const rankedOf = (sorts: readonly Sort[], runs: Runs): Ranked[] =>
  sorts.flatMap(({ key, descends }) => {
    const column = runs.byKey(key);
    return column ? [{ ranks: ranksOf(column), descends }] : [];
  });

/** Rows in order. Those that are equal in all columns are newest first. */
export function sortRows(rows: readonly number[], by: readonly Ranked[]): number[] {
  const columns = by.map(({ ranks, descends }) => ({ ranks, sign: descends ? -1 : 1 }));
  return [...rows].sort((a, b) => {
    for (const { ranks, sign } of columns) {
      const [one, other] = [ranks[a]!, ranks[b]!];
      if (one < other) return -sign;
      if (one > other) return sign;
      if (one !== other) {
        const [lacks, lacksToo] = [Number.isNaN(one), Number.isNaN(other)];
        if (lacks !== lacksToo) return lacks ? 1 : -1;
      }
    }
    return b - a;
  });
}

/** The columns in which less is better are sorted from the bottom first, other numbers of results from the top. */
export const firstDescends = (column: RunColumn): boolean =>
  column.kind === "metric" ? column.directionality !== "loss" : column.type === "time";

/**
 * The columns of the page's runs, as the query engine reads them.
 *
 * @module
 */
import { type Cells, folded, valuesOf } from "../../../domain/query/cells.ts";
import { OWN_FIELDS, type QueryColumn } from "../../../domain/query/tree.ts";
import type { Runs } from "../types.ts";
import { listOf } from "./cell.ts";

/** Own fields that a page's runs have beside those of an experiment. */
export const MORE_FIELDS: readonly string[] = ["durationMs", "comments"];

const kept = new WeakMap<Runs, Cells>();

/** The cells of runs. */
export function queryCells(runs: Runs): Cells {
  let cells = kept.get(runs);
  if (!cells) kept.set(runs, cells = makeCells(runs));
  return cells;
}

function makeCells(runs: Runs): Cells {
  const known = new Map<string, readonly unknown[]>();
  return {
    length: runs.count,
    of(column) {
      const key = `${column.kind} ${column.fold ?? ""} ${column.name}`;
      let values = known.get(key);
      if (!values) known.set(key, values = read(runs, column));
      return values;
    },
    isLoss: (metric) => runs.column("metric", metric)?.directionality === "loss",
    columns: () => columnsOf(runs),
  };
}

function read(runs: Runs, { kind, name, fold }: QueryColumn): readonly unknown[] {
  if (kind === "tag") return tagsOf(runs).map((tags) => valuesOf(tags, `${name}:`));
  if (kind === "own" && name === "id") return runs.ids;
  if (kind === "own" && name === "tags") return tagsOf(runs);
  const column = runs.column(kind, name);
  if (!column) return new Array<undefined>(runs.count).fill(undefined);
  return fold === undefined ? column.cells : column.cells.map((cell) => folded(cell, fold));
}

/** The tags of each run. */
export function tagsOf(runs: Runs): readonly (readonly string[])[] {
  const cells = runs.column("own", "tags")?.cells;
  return Array.from({ length: runs.count }, (_, row) => {
    const cell = cells?.[row];
    return Array.isArray(cell) ? cell.filter((tag) => typeof tag === "string") : [];
  });
}

function columnsOf(runs: Runs): QueryColumn[] {
  const keys = new Set<string>();
  for (const tags of tagsOf(runs)) {
    for (const tag of tags) {
      const colon = tag.indexOf(":");
      if (colon > 0) keys.add(tag.slice(0, colon));
    }
  }
  return [
    ...[...OWN_FIELDS, ...MORE_FIELDS].map((name): QueryColumn => ({ kind: "own", name })),
    ...runs.columns.filter(({ kind }) => kind !== "own")
      .map(({ kind, name }): QueryColumn => ({ kind, name })),
    ...Array.from(keys, (name): QueryColumn => ({ kind: "tag", name })),
  ];
}

/** The last number of a list, which is what it sorts by. */
export const lastOf = (cell: Parameters<typeof listOf>[0]): number =>
  listOf(cell)?.findLast((value) => !Number.isNaN(value)) ?? NaN;

/**
 * Which runs are shown, in which order, and which of them are chosen.
 *
 * @module
 */
import { computed, signal } from "npm:@preact/signals@^2.11.4";
import { type Found, search } from "../data/search.ts";
import { rankedOf, sortRows, sortsOf } from "../data/sort.ts";
import type { SelectHow } from "../types.ts";
import { change } from "./navigate.ts";
import { runs, view } from "./store.ts";

const q = computed(() => view.value.q);
const sort = computed(() => view.value.sort);
const selectedIds = computed(() => view.value.selected);
const hiddenIds = computed(() => view.value.hidden);

/** What the search bar asks for. */
export const found = computed<Found | undefined>(() => runs.value && search(q.value, runs.value));

/** The last rows that a search gave: while one types what is not yet an expression, they stay. */
let lastRows: { of: readonly string[]; rows: readonly number[] } | undefined;

const matching = computed<readonly number[]>(() => {
  const [all, result] = [runs.value, found.value];
  if (!all || !result) return [];
  if (result.kind !== "error") {
    // Words may be the start of an expression, and have been found in no run.
    if (result.kind !== "words") lastRows = { of: all.ids, rows: result.rows };
    return result.rows;
  }
  return lastRows?.of === all.ids ? lastRows.rows : Array.from(all.ids, (_, row) => row);
});

/** The rows that are found, in order, hidden ones too: what the table shows. */
export const rows = computed<readonly number[]>(() => {
  const [all, result] = [runs.value, found.value];
  if (!all) return [];
  const order = result?.kind === "expression" ? sortsOf(result.order, all) : [];
  return sortRows(matching.value, [...rankedOf(sort.value, all), ...order]);
});

function rowsOf(ids: readonly string[]): ReadonlySet<number> {
  const all = runs.value;
  const found = new Set<number>();
  for (const id of all ? ids : []) {
    const row = all!.rowOf(id);
    if (row !== undefined) found.add(row);
  }
  return found;
}

export const selected = computed(() => rowsOf(selectedIds.value));
export const hidden = computed(() => rowsOf(hiddenIds.value));

/** The rows that charts draw: found and not hidden. */
export const drawn = computed<readonly number[]>(() =>
  hidden.value.size === 0 ? rows.value : rows.value.filter((row) => !hidden.value.has(row))
);

/** The row that others are compared with. */
export const baseRow = computed(() =>
  view.value.base === undefined ? undefined : runs.value?.rowOf(view.value.base)
);

const idsOf = (list: Iterable<number>): string[] =>
  Array.from(list, (row) => runs.value!.ids[row]!).filter((id) => id !== undefined);

/** The row that a selection with shift starts at. */
export const anchor = signal<number | undefined>(undefined);

/** Chooses runs. */
export function select(list: readonly number[], how: SelectHow): void {
  const chosen = how === "set" ? new Set<number>() : new Set(selected.value);
  for (const row of list) {
    if (how === "toggle" && chosen.has(row)) chosen.delete(row);
    else chosen.add(row);
  }
  change({ selected: idsOf(chosen) });
}

/** Chooses all rows between the last one that was chosen and this one, as they are shown. */
export function selectTo(row: number, shown: readonly number[]): void {
  const [from, to] = [shown.indexOf(anchor.value ?? row), shown.indexOf(row)];
  if (from < 0 || to < 0) return select([row], "toggle");
  select(shown.slice(Math.min(from, to), Math.max(from, to) + 1), "add");
}

/** Shows or hides runs in charts. */
export function setHidden(list: readonly number[], hides: boolean): void {
  const next = new Set(hidden.value);
  for (const row of list) {
    if (hides) next.add(row);
    else next.delete(row);
  }
  change({ hidden: idsOf(next) }, "hide");
}

/** The run that others are compared with, or none. */
export const setBase = (row: number | undefined): void =>
  change({ base: row === undefined ? undefined : runs.value?.ids[row] }, "base");

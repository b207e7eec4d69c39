/**
 * Which columns the table shows, and how wide.
 *
 * @module
 */
/// <reference lib="dom" />
import { computed, signal } from "npm:@preact/signals@^2.11.4";
import type { RunColumn, Runs } from "../types.ts";
import { change } from "./navigate.ts";
import { runs, sparks, view } from "./store.ts";

/** A project starts with this many columns of a kind at most. */
const FIRST = 60;
const FIRST_OWN = ["name", "status"];
const LAST_OWN = [
  ...["tags", "modelName", "branchName", "commitHash", "description", "comments"],
];

/** In a narrow window the results come right after the name. */
export const isNarrow = signal(false);

/** Follows the width of the window. */
export function startWidth(): void {
  const query = matchMedia("(max-width: 640px)");
  isNarrow.value = query.matches;
  query.addEventListener("change", () => isNarrow.value = query.matches);
}

const isEmpty = (column: RunColumn): boolean =>
  column.kind === "own" && !column.loading && column.type === "empty";

/** The columns that a project starts with: what a run is, all of what came of it, what went into it, the rest. */
export function defaultColumns(all: Runs, narrow = isNarrow.value): RunColumn[] {
  const own = (names: readonly string[]) =>
    names.flatMap((name) => all.column("own", name) ?? []).filter((column) =>
      column.name === "name" || !isEmpty(column)
    );
  const of = (kind: RunColumn["kind"]) =>
    all.columns.filter((column) => column.kind === kind).slice(0, FIRST);
  const [before, after] = narrow ? [[], ["createdAt"]] : [["createdAt"], []];
  return [
    ...own([...FIRST_OWN, ...before]),
    ...of("metric"),
    ...of("parameter"),
    ...own([...after, ...LAST_OWN]),
  ];
}

const chosen = computed(() => view.value.columns);
const widths = computed(() => view.value.widths);
const group = computed(() => view.value.group);

/** The columns that are shown, in order. */
export const shownColumns = computed<readonly RunColumn[]>(() => {
  const all = runs.value;
  if (!all) return [];
  const keys = chosen.value;
  return keys === undefined ? defaultColumns(all) : keys.flatMap((key) => all.byKey(key) ?? []);
});

/** A column with its place in the table. */
export interface Placed {
  readonly column: RunColumn;
  readonly at: number;
  readonly left: number;
  readonly width: number;
  readonly pinned: boolean;
}

export const LEAST_WIDTH = 56;
/** What a number needs beside its curve. */
const NUMBER_WIDTH = 88;

/** How wide a column is that nobody drew wider: as its name and its kind of cells need. */
export function naturalWidth(column: RunColumn): number {
  if (column.kind === "own") {
    const known: Record<string, number> = {
      name: 240,
      status: 172,
      createdAt: 124,
      tags: 180,
      durationMs: 104,
      commitHash: 96,
      description: 220,
      comments: 220,
    };
    return known[column.name] ?? 140;
  }
  const label = 46 + Math.min(column.name.length, 26) * 7.6;
  const cells = column.loading
    ? 104
    : column.type === "number" || column.type === "boolean"
    ? 96
    : column.type === "list"
    ? 190
    : column.type === "text"
    ? Math.min(200, 40 + 7 * longest(column))
    : 150;
  return Math.max(96, Math.min(240, Math.max(label, cells)));
}

const longest = ({ cells }: RunColumn): number => {
  let most = 0;
  for (let row = 0; row < cells.length && row < 200; row++) {
    const cell = cells[row];
    if (typeof cell === "string" && cell.length > most) most = cell.length;
  }
  return most;
};

const base = computed(() => view.value.base);

/** The curve and the difference that stand beside a metric's value. */
function extraWidth({ kind, name, type }: RunColumn): number {
  if (kind !== "metric" || type !== "number") return 0;
  return (sparks.value?.[name] ? 58 : 0) + (base.value === undefined ? 0 : 66) +
    (group.value.length > 0 ? 14 : 0);
}

/** The columns with their places, and how wide they are together. */
export const layout = computed<{ columns: readonly Placed[]; width: number }>(() => {
  const shown = shownColumns.value;
  const pinned = view.value.pinned;
  let left = 0;
  const columns = shown.map((column, at): Placed => {
    const width = widths.value[column.key] ??
      Math.max(naturalWidth(column), NUMBER_WIDTH + extraWidth(column));
    const placed = { column, at, left, width, pinned: at < pinned };
    left += width;
    return placed;
  });
  return { columns, width: left };
});

const keysShown = (): string[] => shownColumns.value.map(({ key }) => key);

/** Shows or hides a column. A column that is new comes behind the last one of its kind. */
export function toggleColumn(column: RunColumn): void {
  const keys = keysShown();
  const at = keys.indexOf(column.key);
  if (at >= 0) {
    const pinned = at < view.value.pinned ? view.value.pinned - 1 : view.value.pinned;
    return change({ columns: keys.filter((key) => key !== column.key), pinned }, "columns");
  }
  const last = shownColumns.value.findLastIndex(({ kind }) => kind === column.kind);
  keys.splice(last < 0 ? keys.length : last + 1, 0, column.key);
  change({ columns: keys }, "columns");
}

/** Shows just these columns beside those of other kinds. */
export const setColumns = (keys: readonly string[] | undefined): void =>
  change({ columns: keys, ...(keys === undefined && { pinned: 1, widths: {} }) }, "columns");

/** Puts a column before another place. */
export function moveColumn(key: string, to: number): void {
  const keys = keysShown();
  const from = keys.indexOf(key);
  if (from < 0 || to === from || to === from + 1) return;
  keys.splice(from, 1);
  keys.splice(to > from ? to - 1 : to, 0, key);
  change({ columns: keys }, "columns");
}

/** A column stays when the others scroll, or does so no more. */
export function pinColumn(key: string): void {
  const keys = keysShown();
  const at = keys.indexOf(key);
  if (at < 0) return;
  const { pinned } = view.value;
  keys.splice(at, 1);
  const to = at < pinned ? pinned - 1 : pinned;
  keys.splice(to, 0, key);
  change({ columns: keys, pinned: at < pinned ? pinned - 1 : pinned + 1 }, "columns");
}

/** Draws a column wider or narrower; without a width it is as wide as it would be by itself. */
export function resizeColumn(key: string, width: number | undefined): void {
  const { [key]: _, ...others } = view.value.widths;
  const next = width === undefined
    ? others
    : { ...others, [key]: Math.round(Math.max(LEAST_WIDTH, Math.min(1_200, width))) };
  change({ widths: next });
}

/** The columns that rows are grouped by. */
export const groupColumns = computed<readonly RunColumn[]>(() => {
  const all = runs.value;
  return all ? group.value.flatMap((key) => all.byKey(key) ?? []) : [];
});

/** Groups by a column too, or does so no more. */
export function toggleGroup(key: string): void {
  const { group: keys } = view.value;
  change(
    { group: keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key] },
    "group",
  );
}

/** Sorts by a column: first the better way, then the other one, then not at all. */
export function toggleSort(key: string, first: boolean, adds: boolean): void {
  const { sort } = view.value;
  const now = sort.find((one) => one.key === key);
  const next = !now
    ? [{ key, descends: first }]
    : now.descends === first
    ? [{ key, descends: !first }]
    : [];
  change({
    sort: adds
      ? now ? sort.flatMap((one) => one.key === key ? next : [one]) : [...sort, ...next]
      : next,
  }, "sort");
}

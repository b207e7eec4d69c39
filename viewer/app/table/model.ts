/**
 * The lines of the table: runs, and the groups that they are in.
 *
 * @module
 */
import { computed, signal } from "npm:@preact/signals@^2.11.4";
import { asPeopleCount, textOf } from "../data/cell.ts";
import { ranksOf } from "../data/sort.ts";
import { groupColumns } from "../state/columns.ts";
import { rows } from "../state/rows.ts";
import { runs, view } from "../state/store.ts";
import type { RunColumn } from "../types.ts";

/** What several runs have in one column. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** Runs that have the same in a column. */
export class Group {
  readonly column: RunColumn;
  /** What they have; the empty text if they have nothing. */
  readonly text: string;
  readonly rows: readonly number[];
  readonly depth: number;
  /** It and the groups it is in, as one text. */
  readonly path: string;
  readonly #summaries = new Map<RunColumn, Summary | string>();

  constructor(
    column: RunColumn,
    text: string,
    rows: readonly number[],
    depth: number,
    path: string,
  ) {
    [this.column, this.text, this.rows, this.depth, this.path] = [column, text, rows, depth, path];
  }

  /** Numbers in brief; of other columns what all have, or how many different there are. */
  summary(column: RunColumn): Summary | string {
    let found = this.#summaries.get(column);
    if (found === undefined) this.#summaries.set(column, found = summarize(column, this.rows));
    return found;
  }
}

function summarize(column: RunColumn, rows: readonly number[]): Summary | string {
  if (column.type === "number" || column.type === "list") {
    const ranks = ranksOf(column);
    let [count, sum, least, most] = [0, 0, Infinity, -Infinity];
    for (const row of rows) {
      const value = ranks[row]!;
      if (Number.isNaN(value)) continue;
      count++;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return count === 0 ? "" : { count, mean: sum / count, least, most };
  }
  const texts = new Set<string>();
  for (const row of rows) {
    const cell = column.cells[row]!;
    if (cell !== null) texts.add(textOf(cell));
  }
  return texts.size > 1 ? `${texts.size} values` : [...texts][0] ?? "";
}

/** One line. */
export type Line = number | Group;

/** The groups that are open, by their paths. */
export const open = signal<ReadonlySet<string>>(new Set());

/** Opens or closes a group. */
export function toggleOpen(path: string): void {
  const next = new Set(open.value);
  if (!next.delete(path)) next.add(path);
  open.value = next;
}

const sort = computed(() => view.value.sort);

/** The groups of the first level, with those in them. */
function split(
  list: readonly number[],
  columns: readonly RunColumn[],
  depth: number,
  above: string,
): Group[] {
  const column = columns[depth]!;
  const parts = new Map<string, number[]>();
  for (const row of list) {
    const text = textOf(column.cells[row]);
    const part = parts.get(text);
    if (part) part.push(row);
    else parts.set(text, [row]);
  }
  const groups = Array.from(
    parts,
    ([text, part]) => new Group(column, text, part, depth, `${above}${text}\0`),
  );
  return sorted(groups, column);
}

/** By the mean of what the table is sorted by, else by what the groups have. */
function sorted(groups: Group[], column: RunColumn): Group[] {
  const first = sort.value[0];
  const by = first && runs.value?.byKey(first.key);
  const sign = first?.descends ? -1 : 1;
  if (by && by !== column && (by.type === "number" || by.type === "list")) {
    const mean = (group: Group) => {
      const summary = group.summary(by);
      return typeof summary === "string" ? NaN : summary.mean;
    };
    return groups.sort((a, b) => {
      const [one, other] = [mean(a), mean(b)];
      if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) ? 1 : -1;
      return (one - other) * sign;
    });
  }
  const direction = by === column ? sign : 1;
  // What has no value comes last.
  return groups.sort((a, b) =>
    a.text === "" || b.text === ""
      ? a.text === "" ? 1 : -1
      : asPeopleCount(a.text, b.text) * direction
  );
}

/** What the table shows, from top to bottom. */
export const lines = computed<readonly Line[]>(() => {
  const columns = groupColumns.value;
  if (columns.length === 0) return rows.value;
  const all: Line[] = [];
  const put = (groups: readonly Group[]) => {
    for (const group of groups) {
      all.push(group);
      if (!open.value.has(group.path)) continue;
      const depth = group.depth + 1;
      if (depth === columns.length) all.push(...group.rows);
      else put(split(group.rows, columns, depth, group.path));
    }
  };
  put(split(rows.value, columns, 0, ""));
  return all;
});

/** The best row of a metric among those that are shown; `undefined` if none or all of them are. */
export function bestOf(column: RunColumn, list: readonly number[]): number | undefined {
  let known = best.get(list);
  if (!known) best.set(list, known = new Map());
  if (known.has(column)) return known.get(column);
  let found: number | undefined;
  let same = 0;
  const { numbers } = column;
  const sign = column.directionality === "loss" ? -1 : 1;
  for (const row of list) {
    const value = numbers[row]!;
    if (Number.isNaN(value)) continue;
    const least = found === undefined ? -Infinity : numbers[found]! * sign;
    if (value * sign > least) [found, same] = [row, 1];
    else if (value * sign === least) same++;
  }
  if (same > 3 || list.length < 2) found = undefined;
  known.set(column, found);
  return found;
}

const best = new WeakMap<readonly number[], Map<RunColumn, number | undefined>>();

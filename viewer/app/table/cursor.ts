/**
 * Where the keyboard is in the table, and where it goes.
 *
 * @module
 */
/// <reference lib="dom" />
import { computed, signal } from "npm:@preact/signals@^2.11.4";
import { firstDescends } from "../data/sort.ts";
import { layout, toggleSort } from "../state/columns.ts";
import { openRun } from "../state/navigate.ts";
import { anchor, select, selectTo } from "../state/rows.ts";
import { cursor, hovered } from "../state/store.ts";
import { type Line, lines, toggleOpen } from "./model.ts";

/** The group that the keyboard is at, by its path. */
const cursorGroup = signal<string | undefined>(undefined);
/** Whether it is in the header. */
export const inHeader = signal(false);
/** The column that it is in, by its place. */
export const cursorColumn = signal(0);
/** The column whose menu is open, by its key. */
export const menuOf = signal<string | undefined>(undefined);

/** The line that the keyboard is at; −1 where it is at none. */
export const cursorLine = computed(() => {
  const { value: row } = cursor;
  const { value: path } = cursorGroup;
  if (path !== undefined) {
    return lines.value.findIndex((line) => typeof line === "object" && line.path === path);
  }
  return row === undefined ? -1 : lines.value.indexOf(row);
});

/** Brings a place of the table into the part that is seen. The table says how. */
export const scrolling: { show: (line: number, column: number) => void } = { show: () => {} };

function put(line: Line | undefined): void {
  inHeader.value = false;
  cursorGroup.value = typeof line === "object" ? line.path : undefined;
  cursor.value = typeof line === "number" ? line : undefined;
  hovered.value = cursor.value;
}

/** Puts the keyboard to a line. */
export function moveTo(at: number): void {
  const all = lines.value;
  if (all.length === 0) return;
  const to = Math.max(0, Math.min(all.length - 1, at));
  put(all[to]);
  scrolling.show(to, cursorColumn.value);
}

/** Moves by lines. Above the first line is the header. */
export function moveBy(step: number): void {
  if (inHeader.value) {
    if (step > 0) moveTo(0);
    return;
  }
  const at = cursorLine.value;
  if (at < 0) return moveTo(0);
  if (at === 0 && step < 0) inHeader.value = true;
  else moveTo(at + step);
}

/** Moves by columns. */
export function moveAcross(step: number): void {
  const { columns } = layout.value;
  cursorColumn.value = Math.max(0, Math.min(columns.length - 1, cursorColumn.value + step));
  scrolling.show(Math.max(0, cursorLine.value), cursorColumn.value);
}

/** The rows that a line stands for. */
const rowsAt = (at: number): readonly number[] => {
  const line = lines.value[at];
  return line === undefined ? [] : typeof line === "number" ? [line] : line.rows;
};

/** Chooses what the keyboard is at, or does so no more. */
export function toggleAtCursor(extends_: boolean): void {
  const at = cursorLine.value;
  const list = rowsAt(at);
  if (list.length === 0) return;
  if (extends_ && list.length === 1) {
    return selectTo(list[0]!, lines.value.filter((line) => typeof line === "number"));
  }
  select(list, "toggle");
  anchor.value = list[0];
}

/** Opens what the keyboard is at: a run's page, a group, a column's menu. */
export function openAtCursor(): void {
  if (inHeader.value) {
    menuOf.value = layout.value.columns[cursorColumn.value]?.column.key;
    return;
  }
  const line = lines.value[cursorLine.value];
  if (typeof line === "number") openRun(line);
  else if (line) toggleOpen(line.path);
}

/** What a key does in the table. False if it does nothing there. */
export function onTableKey(event: KeyboardEvent, page: number): boolean {
  const { columns } = layout.value;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp": {
      moveBy(event.key === "ArrowDown" ? 1 : -1);
      if (event.shiftKey && !inHeader.value) {
        const list = rowsAt(cursorLine.value);
        if (list.length > 0) select(list, "add");
      }
      return true;
    }
    case "ArrowRight":
    case "ArrowLeft": {
      moveAcross(event.key === "ArrowRight" ? 1 : -1);
      return true;
    }
    case "PageDown":
    case "PageUp":
      moveTo(Math.max(0, cursorLine.value) + (event.key === "PageDown" ? page : -page));
      return true;
    case "Home":
    case "End":
      if (event.ctrlKey || event.metaKey) moveTo(event.key === "Home" ? 0 : Infinity);
      else moveAcross(event.key === "Home" ? -columns.length : columns.length);
      return true;
    case " ": {
      if (inHeader.value) sortAtCursor(event.shiftKey);
      else toggleAtCursor(event.shiftKey);
      return true;
    }
    case "Enter":
      openAtCursor();
      return true;
    case "s":
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      sortAtCursor(false);
      return true;
    case "S":
      sortAtCursor(true);
      return true;
    case "m":
      menuOf.value = columns[cursorColumn.value]?.column.key;
      return true;
  }
  return false;
}

function sortAtCursor(adds: boolean): void {
  const column = layout.value.columns[cursorColumn.value]?.column;
  if (column) toggleSort(column.key, firstDescends(column), adds);
}

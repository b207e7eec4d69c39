/**
 * Keys that work wherever the focus is, unless somebody writes.
 *
 * @module
 */
/// <reference lib="dom" />
import { cursorLine, moveBy, openAtCursor, toggleAtCursor } from "../table/cursor.ts";
import { goTab, openRun } from "./navigate.ts";
import { baseRow, hidden, rows, select, selected, setBase, setHidden } from "./rows.ts";
import { cursor, overlay, route, runs } from "./store.ts";
import { TABS } from "./view.ts";

const WRITING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

/** Listens to keys from now on. */
export function startKeys(): void {
  addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : undefined;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target?.closest(WRITING) || target?.closest("dialog, [popover]")) return;
    if (onKey(event)) event.preventDefault();
  });
}

/** What a key does. False if it does nothing. */
function onKey({ key, shiftKey, target }: KeyboardEvent): boolean {
  if (key === "?") {
    overlay.value = overlay.value === "help" ? undefined : "help";
    return true;
  }
  if (key === "/") {
    const box = document.getElementById("search");
    if (!(box instanceof HTMLInputElement)) return false;
    box.focus();
    box.select();
    return true;
  }
  const { screen } = route.value;
  if (!runs.value || screen !== "project" && screen !== "run") return false;
  const tab = /^[1-9]$/.test(key) ? TABS[Number(key) - 1] : undefined;
  if (tab) {
    goTab(tab);
    return true;
  }
  return screen === "run" ? onRunKey(key) : onProjectKey(key, shiftKey, target);
}

function onRunKey(key: string): boolean {
  const { value } = route;
  const row = value.screen === "run" ? runs.value!.rowOf(value.id) : undefined;
  if (row === undefined) return false;
  const at = rows.value.indexOf(row);
  switch (key) {
    case "j":
    case "k": {
      const next = rows.value[at + (key === "j" ? 1 : -1)];
      if (next !== undefined && at >= 0) openRun(next);
      return true;
    }
    case "x":
      select([row], "toggle");
      return true;
    case "b":
      setBase(baseRow.value === row ? undefined : row);
      return true;
    case "d":
      goTab("compare");
      return true;
    case "Escape":
      goTab("table");
      return true;
  }
  return false;
}

function onProjectKey(key: string, shiftKey: boolean, target: EventTarget | null): boolean {
  const row = cursor.value;
  switch (key) {
    case "j":
    case "k":
      moveBy(key === "j" ? 1 : -1);
      return true;
    case "x":
    case "X":
      if (cursorLine.value < 0) moveBy(1);
      else toggleAtCursor(shiftKey);
      return true;
    case "d":
      goTab("compare");
      return true;
    case "o":
      openAtCursor();
      return true;
    case "Enter":
      // Buttons and links have a use for it of their own.
      if (target !== document.body || row === undefined) return false;
      openAtCursor();
      return true;
    case "b":
      if (row === undefined) return false;
      setBase(baseRow.value === row ? undefined : row);
      return true;
    case "h":
      if (row === undefined) return false;
      setHidden([row], !hidden.value.has(row));
      return true;
    case "Escape":
      if (selected.value.size === 0) return false;
      select([], "set");
      return true;
  }
  return false;
}

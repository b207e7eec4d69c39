/**
 * Choosing the columns of the table.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import { textOf } from "../data/cell.ts";
import { count, counted } from "../data/format.ts";
import { setColumns, shownColumns, toggleColumn } from "../state/columns.ts";
import { runs } from "../state/store.ts";
import type { RunColumn } from "../types.ts";
import { labelOf } from "./cells.tsx";

const SECTIONS = [
  { kind: "own", title: "Run" },
  { kind: "metric", title: "Metrics" },
  { kind: "parameter", title: "Parameters" },
] as const;

/** More than this are found by a part of their name. */
const LISTED = 250;

/** Whether runs differ in a column. What is not there yet counts as differing. */
function varies(column: RunColumn): boolean {
  if (column.loading) return true;
  let first: string | undefined;
  for (const cell of column.cells) {
    const text = textOf(cell);
    if (first === undefined) first = text;
    else if (first !== text) return true;
  }
  return false;
}

/** A list of all columns, to show and hide them. */
export function Picker(): VNode {
  const [part, setPart] = useState("");
  const all = runs.value!.columns;
  const shown = new Set(shownColumns.value.map(({ key }) => key));
  const words = part.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const matches = (column: RunColumn) =>
    words.every((word) => labelOf(column).toLowerCase().includes(word));
  const listed = all.filter(matches);
  const setAll = (columns: readonly RunColumn[], shows: boolean) => {
    const keys = new Set(columns.map(({ key }) => key));
    const kept = shownColumns.value.map(({ key }) => key).filter((key) => shows || !keys.has(key));
    const more = shows ? columns.map(({ key }) => key).filter((key) => !shown.has(key)) : [];
    setColumns([...kept, ...more]);
  };
  return (
    <div class="picker">
      <input
        type="search"
        class="small-search"
        placeholder={`Find among ${counted(all.length, "column")}`}
        aria-label="Find a column"
        value={part}
        onInput={(event) => setPart(event.currentTarget.value)}
      />
      <div class="picker-actions">
        <button
          type="button"
          class="link"
          onClick={() =>
            setColumns(
              shownColumns.value.filter((one) => one.key === "o.name" || varies(one))
                .map(({ key }) => key),
            )}
        >
          Hide what is the same in all runs
        </button>
        <button type="button" class="link" onClick={() => setColumns(undefined)}>
          Start over
        </button>
      </div>
      <div class="picker-list">
        {SECTIONS.map(({ kind, title }) => {
          const columns = listed.filter((column) => column.kind === kind);
          if (columns.length === 0) return null;
          const chosen = columns.filter(({ key }) => shown.has(key)).length;
          return (
            <fieldset key={kind} class={`picker-section ${kind}`}>
              <legend>
                <span class="dot" />
                {title}
                <span class="muted">{count(chosen)} of {count(columns.length)}</span>
                <button type="button" class="link" onClick={() => setAll(columns, true)}>
                  all
                </button>
                <button type="button" class="link" onClick={() => setAll(columns, false)}>
                  none
                </button>
              </legend>
              {columns.slice(0, LISTED).map((column) => (
                <label key={column.key} class="value">
                  <input
                    type="checkbox"
                    checked={shown.has(column.key)}
                    onChange={() => toggleColumn(column)}
                  />
                  <span class="clip grow" title={column.name}>{labelOf(column)}</span>
                </label>
              ))}
              {columns.length > LISTED && (
                <p class="muted">
                  {count(columns.length - LISTED)} more: type a part of a name to find them.
                </p>
              )}
            </fieldset>
          );
        })}
        {listed.length === 0 && <p class="muted">No column has “{part}” in its name.</p>}
      </div>
    </div>
  );
}

/**
 * A table of data as it was logged: the first rows, a page at a time.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ComponentChildren, VNode } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import { textOf } from "../data/cell.ts";
import { count, number } from "../data/format.ts";
import type { Cell } from "../types.ts";
import { Icon } from "./icon.tsx";

/** A column of a {@linkcode DataTable}. */
export interface DataColumn {
  readonly name: string;
  readonly isNumber: boolean;
  readonly values: readonly Cell[];
}

interface Props {
  columns: readonly DataColumn[];
  /** How many rows there are, of which `columns` may have fewer. */
  rows: number;
  label: string;
  page?: number;
  /** What stands beside the pages. */
  children?: ComponentChildren;
}

/** This many columns are in the document at once. */
const COLUMNS = 60;

/** A table with pages. */
export function DataTable({ columns, rows, label, page = 20, children }: Props): VNode {
  const [from, setFrom] = useState(0);
  const there = columns[0]?.values.length ?? 0;
  const to = Math.min(there, from + page);
  const shown = columns.slice(0, COLUMNS);
  return (
    <div class="data">
      <div class="data-scroll" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              <th class="data-at" scope="col">
                <span class="unseen">row</span>
              </th>
              {shown.map(({ name, isNumber }, at) => (
                <th key={at} scope="col" class={isNumber ? "right" : undefined}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: to - from }, (_, place) => {
              const at = from + place;
              return (
                <tr key={at}>
                  <th class="data-at" scope="row">{at}</th>
                  {shown.map(({ values, isNumber }, column) => {
                    const value = values[at] ?? null;
                    return (
                      <td
                        key={column}
                        class={isNumber ? "right" : undefined}
                        title={textOf(value).slice(0, 1_000)}
                      >
                        {value === null
                          ? <span class="faint">–</span>
                          : typeof value === "number"
                          ? number(value, 6)
                          : textOf(value).slice(0, 200)}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div class="data-foot">
        <span class="muted">
          {there === 0
            ? "No rows"
            : `Rows ${count(from)} to ${count(Math.max(from, to - 1))} of ${count(rows)}`}
          {there < rows && ` (the first ${count(there)} are here)`}
          {columns.length > COLUMNS && `, the first ${COLUMNS} of ${count(columns.length)} columns`}
        </span>
        <span class="grow" />
        {children}
        {there > page && (
          <span class="data-pages">
            <button
              type="button"
              class="button small"
              aria-label="Rows before"
              disabled={from === 0}
              onClick={() => setFrom(Math.max(0, from - page))}
            >
              <Icon name="left" size={14} />
            </button>
            <button
              type="button"
              class="button small"
              aria-label="Rows after"
              disabled={to >= there}
              onClick={() => setFrom(from + page)}
            >
              <Icon name="right" size={14} />
            </button>
          </span>
        )}
      </div>
    </div>
  );
}

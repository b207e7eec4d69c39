/**
 * Rows of the table as files for other programs: CSV, text with tabs for spreadsheets, JSON.
 *
 * @module
 */
import { columnNames } from "../../columns.ts";
import type { Cell, RunColumn, Runs } from "../types.ts";
import { textOf } from "./cell.ts";

/** What a spreadsheet would take for a formula is marked as a text. */
const harmless = (text: string): string => /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;

function field(cell: Cell): string {
  const text = textOf(cell);
  const safe = typeof cell === "string" ? harmless(text) : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** As CSV (RFC 4180), with a line of names. */
export function toCsv(runs: Runs, rows: readonly number[], columns: readonly RunColumn[]): string {
  const lines = [["id", ...columnNames(columns)].map(field).join(",")];
  for (const row of rows) {
    lines.push([runs.ids[row]!, ...columns.map(({ cells }) => field(cells[row]!))].join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** With tabs between the cells, as spreadsheets paste it. */
export function toTabs(runs: Runs, rows: readonly number[], columns: readonly RunColumn[]): string {
  const plain = (text: string) => text.replaceAll(/[\t\r\n]+/g, " ");
  const lines = [["id", ...columnNames(columns)].map(plain).join("\t")];
  for (const row of rows) {
    const cells = columns.map(({ cells }) => {
      const text = textOf(cells[row]!);
      return plain(typeof cells[row] === "string" ? harmless(text) : text);
    });
    lines.push([runs.ids[row]!, ...cells].join("\t"));
  }
  return lines.join("\n");
}

/** As a list of objects. NaN and the infinities are texts, since JSON has no such numbers; so are very large integers. */
export function toJson(runs: Runs, rows: readonly number[], columns: readonly RunColumn[]): string {
  const keys = columnNames(columns);
  const list = rows.map((row) => {
    const object: Record<string, unknown> = Object.create(null);
    object.id = runs.ids[row];
    columns.forEach(({ cells, nulls }, at) => {
      const cell = cells[row]!;
      if (cell !== null || nulls?.includes(row)) object[keys[at]!] = cell;
    });
    return object;
  });
  const spelled = (_: string, value: unknown) =>
    typeof value === "bigint" || typeof value === "number" && !Number.isFinite(value)
      ? String(value)
      : value;
  return JSON.stringify(list, spelled, 2);
}

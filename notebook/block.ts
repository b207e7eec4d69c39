/**
 * The parts that a page of a notebook is put together from, each as HTML and as text.
 *
 * @module
 */
import { type Html, markup } from "./html.ts";
import { sparkOf, WithCurve } from "./spark.ts";
import { count, isNothing, isNumber, shortTime, textOf } from "./values.ts";

/** One part. */
export interface Block {
  /** As HTML. */
  html: Html;
  /** As text for terminals. */
  text: string;
}

/** Parts one below the other. */
export const stack = (blocks: readonly Block[]): Block => ({
  html: markup`<div>${blocks.map((block) => block.html)}</div>`,
  text: blocks.map(({ text }) => text).join("\n\n"),
});

/** A line of text; `quiet` for what is beside the point. */
export const line = (text: string, quiet = false): Block => ({
  html: quiet
    ? markup`<div style="opacity: 0.75; margin: 2px 0">${text}</div>`
    : markup`<div style="margin: 2px 0">${text}</div>`,
  text,
});

/** What is shown, by kind and name, with what is worth knowing of it and its tags. */
export function heading(
  kind: string,
  name: string,
  more: readonly string[],
  tags: readonly string[] = [],
): Block {
  const rest = more.filter((text) => text !== "");
  const about = markup`<span style="opacity: 0.75">${kind}</span> <strong>${name}</strong>`;
  const notes = rest.map((text) => markup`<div style="opacity: 0.75">${text}</div>`);
  return {
    html: markup`<div style="margin: 4px 0">${about} ${pills(tags)}${notes}</div>`,
    text: [`${kind} ${name}${tags.length > 0 ? ` [${tags.join(", ")}]` : ""}`, ...rest].join("\n"),
  };
}

const PILL = "border: 1px solid; border-radius: 8px; padding: 0 6px; margin-right: 4px";

const pills = (tags: readonly string[]): Html[] =>
  tags.map((tag) => markup`<span style="${PILL}; font-size: 0.9em">${tag}</span>`);

/** How many columns a table shows at most, unless they are asked for. */
export const MAX_COLUMNS = 40;
/** How many characters a cell of a table of text has at most, and a list in any table. */
const MAX_CELL = 40;

/** A table, as much of it as is to be shown. */
export interface Grid {
  /** What stands above it. */
  title?: string;
  /** The columns' names. */
  columns: readonly string[];
  /** The cells, row by row. */
  rows: readonly (readonly unknown[])[];
  /** How many rows there are in all. Default: as many as are given. */
  total?: number;
  /** How many rows are shown at most. */
  limit: number;
  /** How many columns there are in all. Default: as many as are given. */
  totalColumns?: number;
  /** What a row is called. Default: row. */
  what?: string;
}

/** A table, with what is left out said in words. */
export function grid(
  {
    title,
    columns: names,
    rows,
    total = rows.length,
    totalColumns = names.length,
    limit,
    what = "row",
  }: Grid,
): Block {
  const shown = rows.slice(0, limit);
  const notes: string[] = [];
  if (shown.length < total) {
    notes.push(`${shown.length} of ${count(total, what)} shown: the option limit takes more.`);
  }
  if (names.length < totalColumns) {
    const all = count(totalColumns, "column");
    notes.push(`${names.length} of ${all} shown: the option columns takes others.`);
  }
  if (total === 0) notes.push(`No ${what}s.`);
  const side = (at: number) =>
    shown.map((row) => plain(row[at])).every((value) => isNothing(value) || isNumber(value))
      ? "right"
      : "left";
  const head = names.map((name, at) =>
    markup`<th style="${CELL}; text-align: ${side(at)}">${name}</th>`
  );
  const body = shown.map((row) => markup`<tr>${row.map(cell)}</tr>`);
  const inner = markup`<thead><tr>${head}</tr></thead><tbody>${body}</tbody>`;
  const table = markup`<table style="border-collapse: collapse">${inner}</table>`;
  const above = title === undefined ? [] : [line(title)];
  const blocks = [
    ...above,
    ...(total === 0 ? [] : [{
      html: markup`<div style="overflow-x: auto">${table}</div>`,
      text: plainTable(names, shown),
    }]),
    ...notes.map((note) => line(note, true)),
  ];
  return {
    html: markup`<div style="margin: 8px 0">${blocks.map((block) => block.html)}</div>`,
    text: blocks.map(({ text }) => text).join("\n"),
  };
}

const CELL = "padding: 2px 8px";
/** Longer texts are cut where the cell ends, and whole for whoever points at them. */
const CUT = "max-width: 28em; overflow: hidden; text-overflow: ellipsis";
const LONG = 40;
/** What a tooltip holds. */
const MAX_TITLE = 2_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;

/** A cell's value, without the curve that led to it. */
const plain = (value: unknown): unknown => value instanceof WithCurve ? value.value : value;

function cell(given: unknown): Html {
  const curve = given instanceof WithCurve ? given.line : undefined;
  const value = plain(given);
  const text = cellText(value);
  if (isNumber(value) || curve && isNothing(value)) {
    const exact = isNothing(value) ? "" : String(value);
    const style = `${CELL}; text-align: right; white-space: nowrap`;
    // What was rounded is there whole for whoever points at it.
    return exact === text
      ? markup`<td style="${style}">${curve}${text}</td>`
      : markup`<td style="${style}" title="${exact}">${curve}${text}</td>`;
  }
  const spark = sparkOf(value);
  const style = `${CELL}; text-align: left; white-space: nowrap`;
  if (spark) return markup`<td style="${style}">${spark.line}${text}</td>`;
  if (isTags(value)) return markup`<td style="${style}">${pills(value)}</td>`;
  if (text.length <= LONG) return markup`<td style="${style}">${text}</td>`;
  const whole = cutTo(MAX_TITLE, typeof value === "string" ? value : textOf(value));
  return markup`<td style="${style}; ${CUT}" title="${whole}">${text}</td>`;
}

/** Tags are the lists of texts in tables of entities; others look as well so. */
const isTags = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.length <= 12 &&
  value.every((item) => typeof item === "string");

function cellText(given: unknown): string {
  const value = plain(given);
  if (typeof value === "string" && TIME.test(value)) return shortTime(value);
  if (isTags(value)) return value.join(", ");
  if (Array.isArray(value) && value.length === 0) return "";
  const spark = sparkOf(value);
  if (spark) return spark.text;
  const text = textOf(value);
  return typeof value === "object" ? cutTo(MAX_CELL, text) : text;
}

const cutTo = (length: number, text: string): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

function plainTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const lines = [columns, ...rows].map((row) =>
    row.map((value) => {
      return cutTo(MAX_CELL, cellText(value).replace(/\s+/g, " "));
    })
  );
  const widths = columns.map((_, at) => Math.max(...lines.map((cells) => cells[at]!.length)));
  return lines
    .map((cells) => cells.map((text, at) => text.padEnd(widths[at]!)).join("  ").trimEnd())
    .join("\n");
}

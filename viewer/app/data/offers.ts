/**
 * What the search bar offers while one types: columns, then signs, then values.
 *
 * @module
 */
import { printColumn } from "../../../domain/query/print.ts";
import { OWN_FIELDS } from "../../../domain/query/tree.ts";
import type { RunColumn, Runs } from "../types.ts";
import { number } from "./format.ts";
import { MORE_FIELDS } from "./query_cells.ts";
import { queryColumn } from "./clauses.ts";

/** Something that may come at a place of the text. */
export interface Offer {
  readonly label: string;
  readonly hint: string;
  readonly kind: RunColumn["kind"] | "word";
  /** The part of the text that it takes the place of, and what comes there. */
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

const MOST = 10;
const PREFIX = /^(?:metrics?|params?|parameters?|attr(?:ibutes?)?)\./i;

const written = (column: RunColumn): string => printColumn(queryColumn(column));

/** The offers at a place of a text. */
export function offersFor(text: string, at: number, runs: Runs): Offer[] {
  const before = text.slice(0, at);
  const value = /([^\s()&|!=<>~]+|`[^`]*`)\s*(==|=|!=|<>|<=|>=|<|>|in \()\s*["']?([^"'()\s]*)$/i
    .exec(before);
  if (value) {
    const column = columnOf(value[1]!, runs);
    return column ? valuesOf(column, value[3]!, before, at) : [];
  }
  const word = /(?:^|[\s(!])((?:[^\s()&|!=<>~"'`]|`[^`]*`?)*)$/.exec(before)?.[1] ?? "";
  const isAfterColumn = /(?:^|[\s(!])([^\s()&|!=<>~"']+|\S*`[^`]*`)\s+$/.exec(before);
  if (word === "" && isAfterColumn) {
    const column = columnOf(isAfterColumn[1]!, runs);
    if (column) return signsOf(column, at);
  }
  // A single word may be meant as it is: it is looked for in names. Columns are offered nevertheless.
  return columnsFor(word, at - word.length, at, runs);
}

function columnOf(text: string, runs: Runs): RunColumn | undefined {
  return runs.columns.find((column) => written(column) === text || column.name === text);
}

function columnsFor(word: string, from: number, to: number, runs: Runs): Offer[] {
  const [prefix = ""] = PREFIX.exec(word) ?? [];
  const part = word.slice(prefix.length).replaceAll("`", "").toLowerCase();
  const kind = /^m/i.test(prefix) ? "metric" : /^p/i.test(prefix) ? "parameter" : "own";
  if (word === "") return [];
  const found: [number, RunColumn][] = [];
  for (const column of runs.columns) {
    if (prefix !== "" && column.kind !== kind) continue;
    if (column.kind === "own" && !isField(column.name)) continue;
    const name = column.name.toLowerCase();
    const place = name.indexOf(part);
    if (place < 0) continue;
    // First what starts so, then what has a part that starts so.
    found.push([place === 0 ? 0 : /[\W_]/.test(name[place - 1]!) ? 1 : 2, column]);
  }
  found.sort(([a], [b]) => a - b);
  return found.slice(0, MOST).filter(([, column]) => written(column) !== word).map((
    [, column],
  ) => ({
    label: written(column),
    hint: column.loading || column.type === "empty" ? "" : hintOf(column),
    kind: column.kind,
    from,
    to,
    insert: `${written(column)} `,
  }));
}

const isField = (name: string): boolean =>
  MORE_FIELDS.includes(name) || OWN_FIELDS.some((field) => field === name);

function hintOf(column: RunColumn): string {
  if (column.type !== "number") return column.type === "texts" ? "" : column.type;
  const numbers = column.numbers.filter((one) => !Number.isNaN(one));
  let [least, most] = [Infinity, -Infinity];
  for (const one of numbers) {
    if (one < least) least = one;
    if (one > most) most = one;
  }
  return `${number(least, 3)} … ${number(most, 3)}`;
}

function signsOf(column: RunColumn, at: number): Offer[] {
  const signs: [string, string][] = column.type === "number"
    ? [[">=", "at least"], ["<=", "at most"], ["==", "is"], ["between ", "from … to"]]
    : column.name === "tags"
    ? [["has ", "* stands for any text"]]
    : [["== ", "is"], ["!= ", "is not"], ["ilike ", '"%part%"'], ["in (", "one of several"]];
  return signs.map(([sign, hint]) => ({
    label: sign.trim(),
    hint,
    kind: "word",
    from: at,
    to: at,
    insert: sign.endsWith(" ") || sign.endsWith("(") ? sign : `${sign} `,
  }));
}

function valuesOf(column: RunColumn, part: string, before: string, at: number): Offer[] {
  if (column.loading || column.type === "number" || column.type === "time") return [];
  const quoted = /["']([^"']*)$/.exec(before);
  const from = at - part.length - (quoted && quoted[1] === part ? 1 : 0);
  const texts = column.name === "tags" && column.kind === "own"
    ? [...new Set(columnTags(column))].sort()
    : column.categories;
  return texts.filter((text) => text.toLowerCase().includes(part.toLowerCase()))
    .slice(0, MOST).map((text) => {
      const literal = column.type === "boolean" ? text : `"${text.replaceAll('"', '""')}"`;
      return { label: literal, hint: "", kind: "word", from, to: at, insert: `${literal} ` };
    });
}

const columnTags = (column: RunColumn): string[] =>
  column.cells.flatMap((cell) =>
    Array.isArray(cell) ? cell.filter((one): one is string => typeof one === "string") : []
  );

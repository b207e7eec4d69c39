/**
 * Cells: from JSON to what is computed with, and what people read of them.
 *
 * @module
 */
import { decodeCell } from "../../cells.ts";
import type { JsonCell } from "../../contract.ts";
import type { Cell, CellType } from "../types.ts";

export { decodeCell } from "../../cells.ts";

/** Cells of a column. What holds plain values alone is not copied. */
export function decodeCells(cells: readonly JsonCell[]): readonly Cell[] {
  return cells.some((cell) => typeof cell === "object" && cell !== null)
    ? cells.map(decodeCell)
    : cells as readonly Cell[];
}

const TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

/** What a cell is; `undefined` if it is missing. */
function kindOf(cell: Cell): CellType | undefined {
  switch (typeof cell) {
    case "number":
    case "bigint":
      return "number";
    case "boolean":
      return "boolean";
    case "string":
      return "text";
  }
  if (cell === null || cell === undefined) return undefined;
  if (!Array.isArray(cell)) return "other";
  if (cell.length === 0) return undefined;
  if (cell.every((one) => typeof one === "string")) return "texts";
  return cell.every((one) => typeof one === "number" || one === null) ? "list" : "other";
}

/** What the cells of a column are: the kind that all of them have, a text where they are mixed. */
export function typeOf(cells: readonly Cell[]): CellType {
  let found: CellType | undefined;
  for (const cell of cells) {
    const kind = kindOf(cell);
    if (kind === undefined || kind === found) continue;
    // Some numbers among lists, such as a metric that was logged in both ways, are lists of one.
    if (found === undefined) found = kind;
    else if (
      found === "list" && kind === "number" || found === "number" && kind === "list"
    ) found = "list";
    else return "other";
  }
  if (found !== "text") return found ?? "empty";
  const texts = cells.filter((cell) => cell !== null);
  return texts.every((text) => TIME.test(text as string)) ? "time" : "text";
}

/** A cell as one number; NaN if it is none. Times are milliseconds, truths 0 and 1. */
export function numberOf(cell: Cell, type: CellType): number {
  switch (typeof cell) {
    case "number":
      return cell;
    case "bigint":
    case "boolean":
      return Number(cell);
    case "string":
      return type === "time" ? Date.parse(cell.replace(" ", "T")) : NaN;
  }
  return NaN;
}

/** The numbers of a list; `undefined` if it is none. */
export function listOf(cell: Cell): readonly number[] | undefined {
  if (!Array.isArray(cell) || cell.length === 0) return undefined;
  return cell.every((one) => typeof one === "number" || one === null)
    ? cell.map((one) => one === null ? NaN : one as number)
    : undefined;
}

/** A cell as one line of text, in full. A missing one is the empty text. */
export function textOf(cell: Cell | undefined): string {
  switch (typeof cell) {
    case "string":
      return cell;
    case "number":
    case "bigint":
    case "boolean":
      return String(cell);
  }
  if (cell === null || cell === undefined) return "";
  return JSON.stringify(cell, (_, one) => typeof one === "bigint" ? String(one) : spelled(one));
}

const spelled = (value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

/** A text that sorts as people count: digits are filled up, letters small. A collator would take a hundred times as long. */
export const countedKey = (text: string): string =>
  text.toLowerCase().replaceAll(
    /\d+/g,
    (digits) => digits.replace(/^0+(?=.)/, "").padStart(16, "0"),
  );

/** The order in which people count: p2 before p10. Texts that it holds for equal are in the order of their characters. */
export function asPeopleCount(a: string, b: string): number {
  const [one, other] = [countedKey(a), countedKey(b)];
  return one < other ? -1 : one > other ? 1 : a < b ? -1 : a > b ? 1 : 0;
}

/** Texts in that order: each is looked at once. */
export function sortedAsCounted(texts: Iterable<string>): string[] {
  const keyed = Array.from(texts, (text) => ({ text, key: countedKey(text) }));
  keyed.sort((a, b) =>
    a.key < b.key ? -1 : a.key > b.key ? 1 : a.text < b.text ? -1 : a.text > b.text ? 1 : 0
  );
  return keyed.map(({ text }) => text);
}

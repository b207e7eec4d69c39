/**
 * Tables as texts that any reader takes, line by line.
 *
 * @module
 */
import { type AnyTable, columnName } from "../query/table.ts";
import { jsonText, timeText } from "./json.ts";

/** The lines of a table as CSV. */
export function* csvLines({ columns, rows }: AnyTable, defuse: boolean): Generator<string> {
  const names = columns.map(columnName);
  yield `${names.map((name) => textCell(name, defuse)).join(",")}\r\n`;
  for (const row of rows) {
    yield `${names.map((name) => cell(cellOf(row, name), defuse)).join(",")}\r\n`;
  }
}

/** The lines of a table as JSON Lines. */
export function* jsonLines({ columns, rows }: AnyTable): Generator<string> {
  const names = columns.map(columnName);
  for (const row of rows) {
    const fields = names.flatMap((name) => {
      const value = cellOf(row, name);
      return value === undefined ? [] : [`${JSON.stringify(name)}:${jsonText(value)}`];
    });
    yield `{${fields.join(",")}}\n`;
  }
}

/** A row's own value: a column named `constructor` is not what every object inherits. */
const cellOf = (row: object, name: string): unknown =>
  Object.hasOwn(row, name) ? (row as Record<string, unknown>)[name] : undefined;

function cell(value: unknown, defuse: boolean): string {
  switch (typeof value) {
    case "string":
      return value === "" ? '""' : textCell(value, defuse);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "" : quoted(timeText(value) ?? jsonText(value));
    default:
      return "";
  }
}

const textCell = (text: string, defuse: boolean): string =>
  quoted(defuse && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text);

const quoted = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

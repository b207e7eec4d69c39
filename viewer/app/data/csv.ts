/**
 * Tables of text files.
 *
 * @module
 */

/** A column of a small table. */
export interface TextColumn {
  readonly name: string;
  readonly isNumber: boolean;
  readonly values: readonly (string | null)[];
}

/** At most this many rows and columns are read. */
const MOST_ROWS = 1_000;
const MOST_COLUMNS = 200;

/** A CSV file (commas, semicolons or tabs) as columns; its first line has the names. */
export function parseCsv(text: string): { columns: TextColumn[]; rows: string[][] } {
  const [head = "", ...rest] = fieldsOf(text, delimiterOf(text));
  const names = (head || [""]) as string[];
  const rows = rest.filter((row) => row.length > 1 || row[0] !== "");
  const columns = names.slice(0, MOST_COLUMNS).map((name, at): TextColumn => {
    const values = rows.map((row) => row[at] ?? null);
    const isNumber = values.some((value) => value !== null && value !== "") &&
      values.every((value) => value === null || value === "" || !Number.isNaN(Number(value)));
    return { name, isNumber, values };
  });
  return { columns, rows };
}

/** What stands most often in the first line. */
function delimiterOf(text: string): string {
  const line = text.slice(0, 10_000).split("\n", 1)[0]!;
  const many = (delimiter: string) => line.split(delimiter).length;
  return [",", "\t", ";"].reduce((best, one) => many(one) > many(best) ? one : best);
}

function fieldsOf(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let [at, field, quoted] = [text.startsWith("\ufeff") ? 1 : 0, "", false];
  for (; at < text.length && rows.length <= MOST_ROWS; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else quoted = false;
    } else if (character === '"' && field === "") quoted = true;
    else if (character === delimiter) {
      row.push(field);
      field = "";
    } else if (character === "\n") {
      row.push(field.endsWith("\r") ? field.slice(0, -1) : field);
      rows.push(row);
      [row, field] = [[], ""];
    } else field += character;
  }
  if (rows.length <= MOST_ROWS && (field !== "" || row.length > 0)) rows.push([...row, field]);
  return rows;
}

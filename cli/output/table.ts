/**
 * Tables for terminals: as wide as they are, numbers under numbers. What does not fit is cut first where it is text, and
 * then left out, the least important column first.
 *
 * @module
 */
import { type Paint, painted } from "./style.ts";
import { cut, loadWidths, widthOf } from "./text.ts";

/** A column of a table. */
export interface Column {
  /** What stands above it. */
  title: string;
  /** `number`: on the right, point under point, and never cut. Default: `left`. */
  align?: "left" | "right" | "number";
  /** Whether it is left out rather than cut. */
  whole?: boolean;
  /** How important it is: the column with the least goes first. */
  rank: number;
}

/** A cell, plain or in a colour. */
export type TableCell = string | { text: string; paint: Paint | undefined };

/** Where a table is shown. */
export interface Screen {
  /** How many columns of characters there are. Without a limit if it is `undefined`, such as in a pipe. */
  width: number | undefined;
  /** Whether there are colours. */
  color: boolean;
}

/** A table as text, and the titles of the columns that did not fit. */
export interface Drawn {
  lines: string[];
  left: string[];
}

const GAP = 2;
/** Texts are cut down to this before a column is left out. */
const LEAST = 10;

const textOf = (cell: TableCell | undefined): string =>
  typeof cell === "string" ? cell : cell?.text ?? "";

/** Draws a table with a line of titles. */
export async function drawTable(
  columns: readonly Column[],
  rows: readonly (readonly TableCell[])[],
  screen: Screen,
): Promise<Drawn> {
  await loadWidths(
    function* () {
      for (const { title } of columns) yield title;
      for (const row of rows) for (const cell of row) yield textOf(cell);
    }(),
  );
  const tails = columns.map((_, at) => tailsOf(rows.map((row) => textOf(row[at]))));
  const widths = columns.map(({ title, align }, at) =>
    rows.reduce((most, row, line) => {
      const tail = align === "number" ? tails[at]!.pad[line]! : 0;
      return Math.max(most, widthOf(textOf(row[at])) + tail);
    }, widthOf(title))
  );
  const { kept, fitted } = fit(columns, widths, screen.width);
  const left = columns.filter((_, at) => !kept.includes(at)).map(({ title }) => title);
  const draw = (cells: readonly TableCell[], line: number, heading?: Paint) =>
    kept.map((at, place) => {
      const cell = cells[at];
      const { align = "left" } = columns[at]!;
      const tail = align === "number" && line >= 0 ? tails[at]!.pad[line]! : 0;
      const text = cut(textOf(cell), fitted[place]!);
      const space = Math.max(0, fitted[place]! - widthOf(text));
      const after = align === "left" ? space : Math.min(tail, space);
      const paint = heading ?? (typeof cell === "object" ? cell.paint : undefined);
      const shown = paint && screen.color ? painted(text, paint) : text;
      return " ".repeat(space - after) + shown + " ".repeat(after);
    }).join(" ".repeat(GAP)).trimEnd();
  return {
    lines: [
      draw(columns.map(({ title }) => title), -1, "bold"),
      ...rows.map((row, line) => draw(row, line)),
    ],
    left,
  };
}

/** How far each number's end is from the column's, so that all points stand under each other. */
function tailsOf(texts: readonly string[]): { pad: number[] } {
  const tails = texts.map((text) => {
    const [, tail = ""] = /^[+-]?\d+(\.\d+)?$/.exec(text) ?? [];
    return tail.length;
  });
  const most = Math.max(0, ...tails);
  // What is no plain number, such as 1e-7 or a sparkline, stands at the end.
  return {
    pad: texts.map((text, at) => /^[+-]?\d+(\.\d+)?$/.test(text) ? most - tails[at]! : 0),
  };
}

/** Which columns are kept, and how wide each of them is. */
function fit(
  columns: readonly Column[],
  widths: readonly number[],
  limit: number | undefined,
): { kept: number[]; fitted: number[] } {
  if (limit === undefined) return { kept: columns.map((_, at) => at), fitted: [...widths] };
  const leastOf = (at: number) =>
    columns[at]!.align === "number" || columns[at]!.whole
      ? widths[at]!
      : Math.min(widths[at]!, LEAST);
  const sum = (list: readonly number[], size: (at: number) => number) =>
    list.reduce((all, at) => all + size(at) + GAP, -GAP);
  // The most important ones first: a narrow one may find room where a wide one did not.
  const byRank = columns.map((_, at) => at).sort((a, b) => columns[b]!.rank - columns[a]!.rank);
  const kept: number[] = [];
  for (const at of byRank) {
    if (kept.length === 0 || sum([...kept, at], leastOf) <= limit) kept.push(at);
  }
  kept.sort((a, b) => a - b);
  const fitted = kept.map((at) => widths[at]!);
  for (let over = sum(kept, (at) => widths[at]!) - limit; over > 0;) {
    const widest = kept.map((at, place) => ({ place, room: fitted[place]! - leastOf(at) }))
      .filter(({ room }) => room > 0)
      .reduce<number | undefined>(
        (most, { place }) => most === undefined || fitted[place]! > fitted[most]! ? place : most,
        undefined,
      );
    // One column alone that is too wide is cut at the edge.
    const place = widest ?? 0;
    if (widest === undefined && kept.length > 1) break;
    fitted[place]! -= widest === undefined ? over : 1;
    over -= widest === undefined ? over : 1;
  }
  return { kept, fitted };
}

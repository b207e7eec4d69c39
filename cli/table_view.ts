/**
 * A project's table on a terminal.
 *
 * @module
 */
import type { ProjectRow, ProjectTable, TableColumn } from "../domain/query/table.ts";
import type { Value } from "../domain/format/values.ts";
import type { Cli } from "./context.ts";
import { idLength } from "./find.ts";
import { isNumber, timeCell, valueText } from "./output/cells.ts";
import { stateCell } from "./output/states.ts";
import type { Column, TableCell } from "./output/table.ts";
import { plainText } from "./output/text.ts";

/** How important the own columns are, of those that are shown without being asked for. */
const OWN: Readonly<Record<string, number>> = {
  id: 100,
  name: 90,
  status: 50,
  createdAt: 10,
  tags: 9,
  modelName: 8,
  commitHash: 6,
  branchName: 5,
  description: 4,
};
/** Half a time or half an id is none. */
const WHOLE: ReadonlySet<string> = new Set(["id", "createdAt", "commitHash", "status"]);
/** Metrics stay longer than parameters, and parameters that differ longer than those that do not. */
const METRIC = 60;
const VARIED = 40;
const SAME = 20;

/** The lines of a table. All columns are wanted if they were chosen; else those in which something stands. */
export async function tableLines(
  cli: Cli,
  { columns, rows }: ProjectTable,
  shown: readonly ProjectRow[],
  isChosen: boolean,
): Promise<string[]> {
  const ordered = isChosen ? columns : [...columns].sort((a, b) => placeOf(a) - placeOf(b));
  const used = ordered.filter(({ name, kind }) =>
    isChosen || name === "id" || name === "createdAt" ||
    (kind === "own" ? rows.some((row) => isThere(cellIn(row, name))) : true)
  );
  const length = idLength(rows.flatMap(({ id }) => id === undefined ? [] : [id]));
  const best = new Map(used.map((column) => [column.name, bestOf(column, rows)]));
  const drawn = used.map((column): Column => ({
    title: titleOf(column),
    rank: rankOf(column, rows),
    // What is the same in all says little, and a part of it nothing.
    whole: rankOf(column, rows) <= SAME || column.kind === "own" && WHOLE.has(column.name),
    ...(isNumeric(rows, column.name) && { align: "number" as const }),
  }));
  const cells = shown.map((row) =>
    used.map((column): TableCell => {
      const value = cellIn(row, column.name);
      if (column.name === "id" && column.kind === "own") {
        return { text: String(value).slice(0, length), paint: "cyan" };
      }
      if (column.name === "status" && column.kind === "own") return stateCell(row.status);
      const text = textOf(column, value);
      const isBest = isNumber(value) && Number(value) === best.get(column.name);
      return isBest ? { text, paint: "green" } : text;
    })
  );
  return await cli.table(drawn, cells);
}

const isThere = (value: Value | undefined): boolean =>
  value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);

const cellIn = (row: ProjectRow, name: string): Value | undefined =>
  Object.hasOwn(row, name) ? row[name] : undefined;

/** Who one is, then what came out, then what went in, then the rest. */
function placeOf({ name, kind }: TableColumn): number {
  if (kind === "metric") return 2;
  if (kind === "parameter") return 3;
  const first = ["id", "name", "status"].indexOf(name);
  return first === -1 ? 4 : first / 3;
}

function titleOf({ name, kind }: TableColumn): string {
  const own: Readonly<Record<string, string>> = {
    createdAt: "CREATED (UTC)",
    modelName: "MODEL",
    commitHash: "COMMIT",
    branchName: "BRANCH",
  };
  // Names of metrics and parameters are what a query takes, so they stand as they are.
  return kind === "own" ? own[name] ?? name.toUpperCase() : plainText(name);
}

function textOf({ name, kind }: TableColumn, value: Value | undefined): string {
  if (kind !== "own") return valueText(value);
  if (name === "createdAt") return timeCell(String(value));
  return name === "commitHash" ? valueText(value).slice(0, 8) : valueText(value);
}

function rankOf({ name, kind }: TableColumn, rows: readonly ProjectRow[]): number {
  if (kind === "metric") return METRIC;
  const first = valueText(rows[0] && cellIn(rows[0], name));
  const isVaried = rows.some((row) => valueText(cellIn(row, name)) !== first);
  if (kind === "parameter") return isVaried ? VARIED : SAME;
  const own = OWN[name] ?? 1;
  return own < SAME && isVaried ? own + SAME : own;
}

const isNumeric = (rows: readonly ProjectRow[], name: string): boolean =>
  rows.some((row) => isNumber(cellIn(row, name)) || Array.isArray(cellIn(row, name))) &&
  rows.every((row) => {
    const value = cellIn(row, name);
    return !isThere(value) || isNumber(value) || Array.isArray(value) && value.every(isNumber);
  });

/** The best value of a metric, by directionality; nothing where there is no choice. */
function bestOf(
  { name, kind, directionality }: TableColumn,
  rows: readonly ProjectRow[],
): number | undefined {
  if (kind !== "metric") return undefined;
  const values = rows.map((row) => cellIn(row, name)).filter(isNumber).map(Number)
    .filter((value) => !Number.isNaN(value));
  if (new Set(values).size < 2) return undefined;
  return values.reduce((a, b) => (directionality === "loss") === (b < a) ? b : a);
}

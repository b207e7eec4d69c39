/**
 * Which columns a table shows, and in which order.
 *
 * @module
 */
import { checkTexts, refuse, show } from "../domain/check.ts";
import { suggest } from "../messages.ts";
import { columnName, findColumn, type TableColumn } from "../domain/query/table.ts";

const collator = new Intl.Collator("en", { numeric: true });

/** The order in which people count: `p2` before `p10`. */
export const inCount = (a: string, b: string): number =>
  collator.compare(a, b) || (a < b ? -1 : Number(a > b));

/** The names that were asked for, each of which there must be. */
export function askedColumns(
  columns: readonly (string | TableColumn)[],
  asked: unknown,
  where: string,
): string[] {
  const logged = columns.filter((column) => typeof column !== "string");
  const names = columns.map(columnName);
  return checkTexts(asked, `${where}: columns`).map((name) => {
    if (names.includes(name)) return name;
    const found = findColumn(logged, name);
    return found?.name ??
      refuse(`${where}: there is no column ${show(name)}.${suggest(name, names)}`);
  });
}

/** Times and ids are for a second look. */
const LAST = ["createdAt", "id"];

/**
 * The columns of a project: what tells experiments apart for people, then metrics, which are what one looks for, then
 * parameters.
 */
export function projectColumns(
  columns: readonly TableColumn[],
  isFilled: (name: string) => boolean,
): string[] {
  const of = (kind: TableColumn["kind"]) =>
    columns.filter((column) => column.kind === kind && isFilled(column.name));
  const counted = (some: readonly TableColumn[]) =>
    some.toSorted((a, b) => inCount(a.label, b.label)).map(columnName);
  return [
    // Runs without a name are called by their id.
    "name",
    ...of("own").map(columnName).filter((name) => name !== "name" && !LAST.includes(name)),
    ...counted(of("metric")),
    ...counted(of("parameter")),
    ...LAST.filter((name) => name !== "id" || isFilled("name")),
  ];
}

/** As many columns as are shown, in their order; what was logged as a parameter is left out first. */
export function shownColumns(columns: readonly (string | TableColumn)[], most: number): string[] {
  const isParameter = (column: string | TableColumn) =>
    typeof column !== "string" && column.kind === "parameter";
  const kept = new Set([
    ...columns.filter((column) => !isParameter(column)),
    ...columns.filter(isParameter),
  ].slice(0, most));
  return columns.filter((column) => kept.has(column)).map(columnName);
}

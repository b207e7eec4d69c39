/**
 * The table of a page as Parquet. The server makes it: what writes Parquet is larger than the page.
 *
 * @module
 */
import { refuse, show } from "../../domain/check.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { decodeCell } from "../cells.ts";
import { columnNames } from "../columns.ts";
import type { JsonCell, RunsColumn, RunsFile } from "../contract.ts";
import { askedOf } from "./asked.ts";
import type { Served } from "./sites.ts";

/** So many cells are written at once: all of them are in memory. */
const MAX_CELLS = 5_000_000;

/**
 * Makes a Parquet file of runs, in the order that they are asked for, with the columns that are asked for.
 *
 * @throws {RubiconException} `invalid-argument` for what is no choice of runs and columns; `not-found`; what reading throws.
 */
export async function parquetAnswer(served: Served, request: unknown): Promise<Bytes> {
  const where = "parquet";
  const { one, ids, columns } = await askedOf(served, request, where);
  if (ids.length * columns.length > MAX_CELLS) {
    refuse(
      `${where}: ${ids.length} runs with ${columns.length} columns are too many: choose fewer.`,
    );
  }
  const { bytes, apart } = await one.runs();
  const file: RunsFile = JSON.parse(new TextDecoder().decode(bytes));
  const rowOf = new Map(file.ids.map((id, at) => [id, at]));
  const known = new Map(file.columns.map((column, at) => [keyOf(column), { column, at }]));
  const cells = columns.map((column): readonly JsonCell[] => {
    const found = known.get(keyOf(column));
    if (!found) {
      return refuse(`${where}: there is no column ${show(column.name)}. Load the page again.`);
    }
    return found.column.values ?? apart.get(found.at)!.values;
  });
  const names = columnNames(columns);
  const rows = ids.map((id) => {
    const at = rowOf.get(id);
    // It went since it was looked for.
    if (at === undefined) return refuse(`${where}: ${show(id)} is gone. Load the page again.`);
    const row: Record<string, unknown> = Object.create(null);
    row.id = id;
    for (const [place, name] of names.entries()) row[name] = decodeCell(cells[place]![at]!);
    return row;
  });
  const named = columns.map(({ kind }, at) => ({ kind, name: names[at]!, label: names[at]! }));
  const { toParquet } = await import("../../domain/export/parquet.ts");
  return await toParquet({ columns: ["id", ...named], rows });
}

const keyOf = ({ kind, name }: Pick<RunsColumn, "kind" | "name">): string => `${kind} ${name}`;

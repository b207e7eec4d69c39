/**
 * Dataframes as Parquet: what they are before they are written and once they are read. The libraries are loaded by the
 * first dataframe.
 *
 * @module
 */
import { isPlain, refuse, show } from "../check.ts";
import { isList } from "./cells.ts";
import { type Column, isColumnType, type RowsColumn, toColumn, toColumns } from "./columns.ts";
import type { ColumnType, MissingValues, Table, TableColumns, TableRows } from "./types.ts";
import { readRows } from "./read/frame.ts";
import { type FrameFile, planRead, type Selection } from "./read/plan.ts";

export type * from "./types.ts";
export type { Cell } from "./read/meaning.ts";
export type { Numbers } from "./read/vector.ts";

/**
 * A table as the bytes of a Parquet file, with what pandas needs to read it back as it was.
 *
 * @throws {RubiconException} `invalid-argument` where Parquet cannot hold it.
 */
export async function encodeTable(
  table: TableRows | TableColumns,
  types: Readonly<Record<string, ColumnType>>,
  where: string,
  missing: MissingValues = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { columns, length } = Array.isArray(table)
    ? fromRows(table, types, where)
    : fromColumns(table as TableColumns, types, missing, where);
  const { writeFrame } = await import("./write/frame.ts");
  return writeFrame(columns, length);
}

interface Columns {
  columns: readonly (Column | RowsColumn)[];
  length: number;
}

function fromRows(
  rows: TableRows,
  types: Readonly<Record<string, ColumnType>>,
  where: string,
): Columns {
  const columns = toColumns(rows, (name) => typeOf(types, name, where), Object.keys(types), where);
  if (columns.length === 0 && rows.length > 0) {
    refuse(`${where}: there are ${rows.length} rows, and no column. Parquet does not hold them.`);
  }
  return { columns, length: rows.length };
}

function fromColumns(
  table: TableColumns,
  types: Readonly<Record<string, ColumnType>>,
  missing: MissingValues,
  where: string,
): Columns {
  if (!isPlain(table)) {
    refuse(`${where}: a table is a list of rows or an object of columns, not ${show(table)}.`);
  }
  const columns = Object.entries(table).map(([name, values]) => {
    if (!isList(values)) {
      refuse(`${where}: column ${show(name)} is a list of values, not ${show(values)}.`);
    }
    const list = values as readonly unknown[] | ArrayBufferView;
    const mask = Object.hasOwn(missing, name) ? missing[name] : undefined;
    if (mask && !(mask instanceof Uint8Array && mask.length === (list as unknown[]).length)) {
      refuse(`${where}: missing has a Uint8Array for ${show(name)}, with 0 or 1 for each value.`);
    }
    return toColumn(name, list, typeOf(types, name, where), mask, where);
  });
  for (const [option, given] of Object.entries({ types, missing })) {
    const odd = Object.keys(given).find((name) => !Object.hasOwn(table, name));
    if (odd === undefined) continue;
    refuse(`${where}: ${option} has ${show(odd)}, and there is no such column.`);
  }
  const [first] = columns;
  for (const { name, values } of columns) {
    if (values.length !== first!.values.length) {
      refuse(
        `${where}: column ${show(name)} has ${values.length} values, and ${
          show(first!.name)
        } has ` +
          `${first!.values.length}. Columns are of one length.`,
      );
    }
  }
  return { columns, length: first?.values.length ?? 0 };
}

function typeOf(
  types: Readonly<Record<string, ColumnType>>,
  name: string,
  where: string,
): ColumnType | undefined {
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type === undefined || isColumnType(type)) return type;
  return refuse(`${where}: there is no column type ${show(type)}.`);
}

/**
 * A table from its files: one from this module, pandas or polars, several parts from dask.
 *
 * @throws {RubiconException} `corrupt` if they are no Parquet, `unsupported` if they are one that is not read here.
 */
export async function decodeTable(
  files: readonly { name: string; bytes: Uint8Array }[],
  where: string,
  selection: Selection = {},
): Promise<Table> {
  return await readRows(await planRead(files.map(fileOf), selection, where), where);
}

/** A file that is in memory. */
export const fileOf = ({ name, bytes }: { name: string; bytes: Uint8Array }): FrameFile => ({
  name,
  size: bytes.length,
  read: (from, to) => Promise.resolve(bytes.subarray(from, to)),
});

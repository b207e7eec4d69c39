/**
 * Dataframes as Parquet. The libraries are loaded by the first dataframe.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import { isPlain, refuse, show } from "../check.ts";
import {
  type Column,
  type ColumnType,
  isList,
  pandasMetadata,
  schemaOf,
  toColumn,
} from "./columns.ts";
import { type IndexLevel, indexOf, joinIndexes } from "./pandas_index.ts";
import type { Value } from "../format/values.ts";

export type { ColumnType } from "./columns.ts";
export type { IndexLevel } from "./pandas_index.ts";

/** A table by rows: one object each. What a row lacks is missing. */
export type TableRows = readonly Readonly<Record<string, unknown>>[];
/** A table by columns: lists or typed arrays of one length, by name. */
export type TableColumns = Readonly<Record<string, readonly unknown[] | ArrayBufferView>>;

/** A table as it is read back. */
export interface Table {
  /** The names of the columns, in order. */
  columns: string[];
  /**
   * One object a row. Missing values are `null`, integers beyond what a number holds bigints, times
   * `Temporal.Instant`s and dates `Temporal.PlainDate`s.
   */
  rows: Record<string, Value>[];
  /**
   * The labels of the rows, where pandas has others than their numbers: the levels of its index. Levels with a
   * name are columns too. Missing where there are none.
   */
  index?: IndexLevel[];
}

/**
 * A table as the bytes of a Parquet file, with what pandas needs to read it back as it was.
 *
 * @throws {RubiconException} `invalid-argument` where Parquet cannot hold it.
 */
export async function encodeTable(
  table: TableRows | TableColumns,
  types: Readonly<Record<string, ColumnType>>,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { columns, length } = Array.isArray(table)
    ? fromRows(table, types, where)
    : fromColumns(table as TableColumns, types, where);
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const options = {
    columnData: columns.map(({ name, data }) => ({ name, data })),
    schema: [{ name: "schema", num_children: columns.length }, ...columns.flatMap(schemaOf)],
    kvMetadata: [{ key: "pandas", value: pandasMetadata(columns, length) }],
  };
  // The columns are checked and the schema is ours: the library's types are narrower than what it takes.
  return new Uint8Array(parquetWriteBuffer(options as Parameters<typeof parquetWriteBuffer>[0]));
}

interface Columns {
  columns: Column[];
  length: number;
}

function fromRows(
  rows: TableRows,
  types: Readonly<Record<string, ColumnType>>,
  where: string,
): Columns {
  const names = new Set(Object.keys(types));
  for (const [at, row] of rows.entries()) {
    if (!isPlain(row)) {
      refuse(`${where}: row ${at} is an object of values by column, not ${show(row)}.`);
    }
    for (const name of Object.keys(row)) names.add(name);
  }
  const cell = (row: TableRows[number], name: string) =>
    Object.hasOwn(row, name) ? row[name] : null;
  const columns = [...names].map((name) =>
    toColumn(name, rows.map((row) => cell(row, name)), typeOf(types, name, where), where)
  );
  if (columns.length === 0 && rows.length > 0) {
    refuse(`${where}: there are ${rows.length} rows, and no column. Parquet does not hold them.`);
  }
  return { columns, length: rows.length };
}

function fromColumns(
  table: TableColumns,
  types: Readonly<Record<string, ColumnType>>,
  where: string,
): Columns {
  if (!isPlain(table)) {
    refuse(`${where}: a table is a list of rows or an object of columns, not ${show(table)}.`);
  }
  const columns = Object.entries(table).map(([name, values]) => {
    if (!isList(values)) {
      refuse(`${where}: column ${show(name)} is a list of values, not ${show(values)}.`);
    }
    const type = typeOf(types, name, where) ?? (isFloats(values) ? "float64" : undefined);
    return toColumn(name, values, type, where);
  });
  const odd = Object.keys(types).find((name) => !Object.hasOwn(table, name));
  if (odd !== undefined) refuse(`${where}: types has ${show(odd)}, and there is no such column.`);
  const [first] = columns;
  for (const { name, data } of columns) {
    if (data.length !== first!.data.length) {
      refuse(
        `${where}: column ${show(name)} has ${data.length} values, and ${show(first!.name)} has ` +
          `${first!.data.length}. Columns are of one length.`,
      );
    }
  }
  return { columns, length: first?.data.length ?? 0 };
}

const isFloats = (values: unknown): boolean =>
  values instanceof Float64Array || values instanceof Float32Array;

const TYPES =
  /^(?:int64|float64|bool|string|timestamp|date|json|list<(?:int64|float64|bool|string|timestamp|date)>)$/;

function typeOf(
  types: Readonly<Record<string, ColumnType>>,
  name: string,
  where: string,
): ColumnType | undefined {
  const type = Object.hasOwn(types, name) ? types[name] : undefined;
  if (type === undefined || TYPES.test(type)) return type;
  return refuse(`${where}: there is no column type ${show(type)}.`);
}

/**
 * A table from its files: one from this module, pandas or polars, several parts from dask.
 *
 * @throws {RubiconException} `corrupt` where they are no Parquet.
 */
export async function decodeTable(
  files: readonly { name: string; bytes: Uint8Array<ArrayBuffer> }[],
  where: string,
): Promise<Table> {
  const part = ({ name }: { name: string }) => Number(/\d+/.exec(name)?.[0] ?? 0);
  const tables: Table[] = [];
  for (const { name, bytes } of files.toSorted((a, b) => part(a) - part(b))) {
    try {
      tables.push(await decodeFile(bytes));
    } catch (cause) {
      if (hasCode(cause, "unsupported")) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new RubiconException("corrupt", `${where}: ${name} is no Parquet: ${why}`, { cause });
    }
  }
  const columns = [...new Set(tables.flatMap((table) => table.columns))];
  const index = joinIndexes(tables.map((table) => table.index));
  return { columns, rows: tables.flatMap(({ rows }) => rows), ...(index && { index }) };
}

async function decodeFile(bytes: Uint8Array<ArrayBuffer>): Promise<Table> {
  const { parquetMetadataAsync, parquetReadObjects } = await import("npm:hyparquet@1.31.5");
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const file = {
    byteLength: buffer.byteLength,
    slice: (from: number, to?: number) => buffer.slice(from, to),
  };
  const metadata = await parquetMetadataAsync(file);
  const codecs = metadata.row_groups.flatMap(({ columns }) =>
    columns.map(({ meta_data }) => meta_data?.codec)
  );
  const plain = codecs.every((codec) => codec === "SNAPPY" || codec === "UNCOMPRESSED");
  const compressors = plain ? undefined : await loadCompressors();
  const read = await parquetReadObjects({
    file,
    metadata,
    parsers: PARSERS,
    utf8: false, // Bytes that are not declared as text stay bytes.
    ...(compressors && { compressors }),
  });
  const { hidden, levels } = indexOf(metadata.key_value_metadata, read.length);
  const columns = metadata.schema.length === 0 ? [] : topLevel(metadata.schema)
    .filter((name) => !hidden.has(name));
  const rows = read.map((row) =>
    Object.fromEntries(
      columns.map((name) => [name, toValue(Object.hasOwn(row, name) ? row[name] : null)]),
    )
  );
  const index = levels.map(({ name, field, values }): IndexLevel => ({
    name,
    values: values ?? read.map((row) => toValue(row[field!])),
  }));
  return { columns, rows, ...(index.length > 0 && { index }) };
}

async function loadCompressors() {
  const { compressors } = await import("npm:hyparquet-compressors@1.1.2");
  const { LZ4_RAW: lz4 } = compressors;
  if (!lz4) return compressors;
  // The library's LZ4 fails on a page without any value.
  const raw: typeof lz4 = (input, length) => length === 0 ? new Uint8Array() : lz4(input, length);
  return { ...compressors, LZ4_RAW: raw };
}

/** Times keep their microseconds; the library's own parsers cut them to milliseconds. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => micros(millis * 1000n),
  timestampFromMicroseconds: (value: bigint) => micros(value),
  timestampFromNanoseconds: (nanos: bigint) => new Temporal.Instant(nanos),
  dateFromDays: (days: number) => new Temporal.PlainDate(1970, 1, 1).add({ days }),
};

const micros = (value: bigint) => new Temporal.Instant(value * 1000n);

/** The names of the columns in a flat schema: children of nested ones are passed over. */
function topLevel(schema: readonly { name: string; num_children?: number }[]): string[] {
  const names: string[] = [];
  let at = 1;
  const skip = (): void => {
    const children = schema[at++]?.num_children ?? 0;
    for (let child = 0; child < children; child++) skip();
  };
  while (at < schema.length) {
    names.push(schema[at]!.name);
    skip();
  }
  return names;
}

/** What Parquet's reader gives, as plain data. */
function toValue(value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (Array.isArray(value)) return value.map(toValue);
  if (value instanceof Uint8Array) return value.slice(); // No view of the whole file.
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toValue(item)]));
  }
  return value as Value;
}

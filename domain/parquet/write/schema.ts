// deno-lint-ignore-file camelcase -- they are Parquet's own names, which hyparquet's packages have too.
/**
 * How columns are declared: to Parquet, and to pandas in what it keeps beside the data.
 *
 * @module
 */
import type { Column } from "../columns.ts";
import type { ColumnType } from "../types.ts";

/** The key of the list of columns that hold JSON, which are text for everybody else. */
export const JSON_COLUMNS = "rubicon.json_columns";

/** How Parquet declares a column; see its SchemaElement. */
export interface SchemaElement {
  [field: string]: unknown;
  /** Its name. */
  name: string;
}

/** How a column of a type is declared. */
interface Declaration {
  /** To Parquet. */
  parquet: { type: string; converted_type?: string; logical_type?: Record<string, unknown> };
  /** To pandas: what it is, and as which type of numpy. */
  pandas: [type: string, numpy: string];
  /** What pandas takes it for if values are missing: as floats, large integers are not exact. */
  nullable?: string;
}

const timestamp = (unit: string, short: string): Declaration => ({
  parquet: {
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit },
  },
  pandas: ["datetimetz", `datetime64[${short}]`],
});

const DECLARATIONS: Readonly<Record<Exclude<ColumnType, `list${string}`>, Declaration>> = {
  int64: { parquet: { type: "INT64" }, pandas: ["int64", "int64"], nullable: "Int64" },
  float64: { parquet: { type: "DOUBLE" }, pandas: ["float64", "float64"] },
  bool: { parquet: { type: "BOOLEAN" }, pandas: ["bool", "bool"], nullable: "object" },
  string: {
    parquet: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
    pandas: ["unicode", "object"],
  },
  // Text for others: polars takes Parquet's JSON for bytes.
  json: {
    parquet: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
    pandas: ["unicode", "object"],
  },
  date: { parquet: { type: "INT32", converted_type: "DATE" }, pandas: ["date", "object"] },
  time: {
    parquet: {
      type: "INT64",
      logical_type: { type: "TIME", isAdjustedToUTC: false, unit: "MICROS" },
    },
    pandas: ["time", "object"],
  },
  timestamp: timestamp("MICROS", "us"),
  "timestamp[ms]": timestamp("MILLIS", "ms"),
  "timestamp[us]": timestamp("MICROS", "us"),
  "timestamp[ns]": timestamp("NANOS", "ns"),
};

/** The type of a list's elements; `undefined` for other types. */
export const elementOf = (type: ColumnType): ColumnType | undefined =>
  type.startsWith("list<") ? type.slice("list<".length, -1) as ColumnType : undefined;

/** Parquet's type of a column's values, or of its lists' elements. */
export const parquetType = (type: ColumnType): string => declarationOf(type).parquet.type;

const declarationOf = (type: ColumnType): Declaration =>
  DECLARATIONS[(elementOf(type) ?? type) as keyof typeof DECLARATIONS];

/** The Parquet schema of a column, in the order in which its elements stand in the file. */
export function schemaOf(name: string, type: ColumnType): SchemaElement[] {
  const optional = { repetition_type: "OPTIONAL" };
  const element = elementOf(type);
  if (element === undefined) return [{ name, ...declarationOf(type).parquet, ...optional }];
  return [
    {
      name,
      converted_type: "LIST",
      logical_type: { type: "LIST" },
      num_children: 1,
      ...optional,
    },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...schemaOf("element", element),
  ];
}

/** What pandas keeps beside the data, so that it reads back the same types and index. */
export function pandasMetadata(
  columns: readonly Pick<Column, "name" | "type">[],
  incomplete: ReadonlySet<string>,
  rows: number,
): string {
  return JSON.stringify({
    index_columns: [{ kind: "range", name: null, start: 0, stop: rows, step: 1 }],
    column_indexes: [{
      name: null,
      field_name: null,
      pandas_type: "unicode",
      numpy_type: "object",
      metadata: { encoding: "UTF-8" },
    }],
    columns: columns.map(({ name, type }) => {
      const { pandas: [pandas, numpy], nullable } = declarationOf(type);
      const isList = elementOf(type) !== undefined;
      return {
        name,
        field_name: name,
        pandas_type: isList ? `list[${pandas}]` : pandas,
        numpy_type: isList ? "object" : incomplete.has(name) ? nullable ?? numpy : numpy,
        metadata: type.startsWith("timestamp") ? { timezone: "UTC" } : null,
      };
    }),
    creator: { library: "hyparquet-writer", version: "0.17.0" },
    pandas_version: "2.0.0",
  });
}

/**
 * The columns of a dataframe: from values to Parquet types and to what pandas calls them.
 *
 * @module
 */
import { refuse, show } from "../check.ts";
import { formatInstant } from "../format/datetime.ts";

/** The type of a column, by its Parquet name; `list<…>` has elements of another one. */
export type ColumnType =
  | "int64"
  | "float64"
  | "bool"
  | "string"
  | "timestamp"
  | "date"
  | "json"
  | `list<${"int64" | "float64" | "bool" | "string" | "timestamp" | "date"}>`;

/** One column, ready to be written. */
export interface Column {
  /** Its name. */
  name: string;
  /** Its type. */
  type: ColumnType;
  /** Its values as Parquet holds them; `null` where there is none. */
  data: unknown[];
}

/** A cyclic value ends here too. */
const MAX_DEPTH = 500;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Makes a column of values, of a type that is given or that all of them fit. */
export function toColumn(
  name: string,
  values: Iterable<unknown>,
  type: ColumnType | undefined,
  where: string,
): Column {
  const list = Array.from(values, (value) => value === undefined ? null : value);
  const place = `${where}: column ${show(name)}`;
  if (!name.isWellFormed()) refuse(`${place} has half a surrogate pair in its name.`);
  const found = type ?? infer(list, place);
  return {
    name,
    type: found,
    data: list.map((value, row) => toCell(value, found, `${place}, row ${row}`)),
  };
}

/** Whether a value is a list of elements; a DataView has bytes alone. */
export const isList = (value: unknown): value is Iterable<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** The kinds of values that decide a column's type. */
function kindOf(value: unknown, place: string): ColumnType | "bigint" | "list" {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "bigint":
      return "bigint";
    case "string":
      return "string";
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? "int64" : "float64";
    case "object":
      if (isList(value)) return "list";
      if (
        value instanceof Date || value instanceof Temporal.Instant ||
        value instanceof Temporal.ZonedDateTime
      ) return "timestamp";
      if (value instanceof Temporal.PlainDate) return "date";
      if (Object.getPrototypeOf(value) === Object.prototype) return "json";
  }
  return refuse(`${place} has ${show(value)}, which no Parquet column holds.`);
}

function infer(values: readonly unknown[], place: string): ColumnType {
  const kinds = new Set<ReturnType<typeof kindOf>>();
  for (const value of values) if (value !== null) kinds.add(kindOf(value, place));
  const one = (...allowed: string[]) => [...kinds].every((kind) => allowed.includes(kind));
  // pandas calls a column without any value an object column, and so are texts.
  if (kinds.size === 0) return "string";
  if (one("list")) {
    const elements = values.flatMap((value) =>
      value === null ? [] : [...value as Iterable<unknown>]
    );
    const type = infer(elements.map((element) => element === undefined ? null : element), place);
    if (type === "json" || type.startsWith("list")) return "json";
    return `list<${type}>` as ColumnType;
  }
  if (one("json", "list")) return "json";
  if (one("int64", "bigint")) {
    // As pandas does: its integers have no room for a missing value, unless they are too large.
    return values.includes(null) && !kinds.has("bigint") ? "float64" : "int64";
  }
  if (one("int64", "float64")) return "float64";
  if (kinds.size === 1) return [...kinds][0] as ColumnType;
  return refuse(
    `${place} mixes ${
      [...kinds].sort().join(" and ")
    }. Make its values of one type, or say types: ` +
      `{ ${place.slice(place.lastIndexOf("column ") + 7)}: "json" }.`,
  );
}

/** A value as Parquet holds it in a column of a type. */
function toCell(value: unknown, type: ColumnType, place: string): unknown {
  if (value === null) return null;
  const wrong = (): never => refuse(`${place} has ${show(value)}, which is no ${type}.`);
  switch (type) {
    case "int64": {
      if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return wrong();
      const whole = BigInt(value as number | bigint);
      if (whole >= INT64_MIN && whole <= INT64_MAX) return whole;
      return refuse(`${place} has ${value}, which is beyond a signed integer of 64 bits.`);
    }
    case "float64":
      return typeof value === "number" || typeof value === "bigint" ? Number(value) : wrong();
    case "bool":
      return typeof value === "boolean" ? value : wrong();
    case "string":
      if (typeof value !== "string") return wrong();
      return value.isWellFormed() ? value : refuse(`${place} has half a surrogate pair.`);
    case "timestamp":
      return toMicros(value, place) ?? wrong();
    case "date":
      if (!(value instanceof Temporal.PlainDate)) return wrong();
      if (value.year >= 1 && value.year <= 9999) return EPOCH().until(value).days;
      return refuse(`${place} has ${value}, which is not of the years 1 to 9999.`);
    case "json":
      return toJson(value, place);
  }
  if (!isList(value)) return wrong();
  const element = type.slice("list<".length, -1) as ColumnType;
  return Array.from(value, (item) => toCell(item ?? null, element, place));
}

// A function, since nothing at module level may need Temporal before it is used.
const EPOCH = () => new Temporal.PlainDate(1970, 1, 1);

function toMicros(value: unknown, place: string): bigint | undefined {
  let instant: Temporal.Instant;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) refuse(`${place} has an invalid date.`);
    instant = Temporal.Instant.fromEpochMilliseconds(value.getTime());
  } else if (value instanceof Temporal.Instant) instant = value;
  else if (value instanceof Temporal.ZonedDateTime) instant = value.toInstant();
  else return undefined;
  formatInstant(instant); // Refuses years that Python does not have.
  const nanos = instant.epochNanoseconds;
  return (nanos - ((nanos % 1000n) + 1000n) % 1000n) / 1000n;
}

/** JSON.stringify would leave out, or make something else of, what is no JSON. */
function toJson(value: unknown, place: string, depth = 0): unknown {
  if (depth > MAX_DEPTH) refuse(`${place} is nested deeper than ${MAX_DEPTH} levels, or cyclic.`);
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return value;
  if (typeof value === "string") {
    return value.isWellFormed() ? value : refuse(`${place} has half a surrogate pair.`);
  }
  if (Array.isArray(value)) {
    // Not forEach, which passes over holes.
    for (const item of value) toJson(item, place, depth + 1);
    return value;
  }
  const isPlain = typeof value === "object" &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!isPlain) {
    return refuse(`${place} has ${show(value)} inside, which is nothing that JSON holds.`);
  }
  for (const [key, item] of Object.entries(value as object)) {
    toJson(key, place);
    toJson(item, place, depth + 1);
  }
  return value;
}

/** How Parquet declares a column; see its SchemaElement. */
export interface SchemaElement {
  [field: string]: unknown;
  /** Its name. */
  name: string;
}

/** The Parquet schema of a column, in the order in which its elements stand in the file. */
export function schemaOf({ name, type }: Column): SchemaElement[] {
  const optional = { "repetition_type": "OPTIONAL" };
  switch (type) {
    case "int64":
      return [{ name, type: "INT64", ...optional }];
    case "float64":
      return [{ name, type: "DOUBLE", ...optional }];
    case "bool":
      return [{ name, type: "BOOLEAN", ...optional }];
    case "string":
      return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", ...optional }];
    case "json":
      return [{ name, type: "BYTE_ARRAY", converted_type: "JSON", ...optional }];
    case "date":
      return [{ name, type: "INT32", converted_type: "DATE", ...optional }];
    case "timestamp": {
      const logical = { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" };
      return [{ name, type: "INT64", logical_type: logical, ...optional }];
    }
  }
  const element = type.slice("list<".length, -1) as ColumnType;
  return [
    { name, converted_type: "LIST", num_children: 1, ...optional },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...schemaOf({ name: "element", type: element, data: [] }),
  ];
}

const PANDAS: Readonly<Record<string, [pandas: string, numpy: string]>> = {
  int64: ["int64", "int64"],
  float64: ["float64", "float64"],
  bool: ["bool", "bool"],
  string: ["unicode", "object"],
  json: ["unicode", "object"],
  date: ["date", "object"],
  timestamp: ["datetimetz", "datetime64[us]"],
};

/** Where values are missing: as floats, which pandas would take, large integers are not exact. */
const HOLEY: Readonly<Record<string, string>> = { int64: "Int64", bool: "object" };

/** What pandas keeps beside the data, so that it reads back the same types and index. */
export function pandasMetadata(columns: readonly Column[], rows: number): string {
  return JSON.stringify({
    index_columns: [{ kind: "range", name: null, start: 0, stop: rows, step: 1 }],
    column_indexes: [{
      name: null,
      field_name: null,
      pandas_type: "unicode",
      numpy_type: "object",
      metadata: { encoding: "UTF-8" },
    }],
    columns: columns.map(({ name, type, data }) => {
      const known = PANDAS[type];
      const [pandas, numpy] = known ?? [`list[${PANDAS[type.slice(5, -1)]![0]}]`, "object"];
      return {
        name,
        field_name: name,
        pandas_type: pandas,
        numpy_type: data.includes(null) ? HOLEY[type] ?? numpy : numpy,
        metadata: type === "timestamp" ? { timezone: "UTC" } : null,
      };
    }),
    creator: { library: "hyparquet-writer", version: "0.17.0" },
    pandas_version: "2.0.0",
  });
}

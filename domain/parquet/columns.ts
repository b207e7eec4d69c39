/**
 * The columns of a dataframe that is written: from values to Parquet's, as typed arrays if they are numbers.
 *
 * @module
 */
import { refuse, show } from "../check.ts";
import { formatInstant } from "../format/datetime.ts";

/** What elements of a list may be. */
export type ElementType = "int64" | "float64" | "bool" | "string" | "timestamp" | "date";

/**
 * The type of a column; `list<…>` has elements of another one. A `timestamp` counts microseconds, as `timestamp[us]`
 * does.
 */
export type ColumnType =
  | ElementType
  | "timestamp[ms]"
  | "timestamp[us]"
  | "timestamp[ns]"
  | "time"
  | "json"
  | `list<${ElementType}>`;

/** One column, ready to be written. */
export interface Column {
  /** Its name. */
  name: string;
  /** Its type. */
  type: ColumnType;
  /** Its values as Parquet holds them. Of those that are missing a typed array has 0. */
  values: Physical;
  /** 1 for each value that is missing; not there if none is. */
  missing?: Uint8Array;
}

/** Values as Parquet holds them: numbers and times, booleans as 0 and 1, texts, or lists of one of those. */
export type Physical =
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Uint8Array
  | string[]
  | (unknown[] | null)[];

const TYPES =
  /^(?:(?:int64|float64|bool|string|timestamp(?:\[[mun]s\])?|date|time|json)|list<(?:int64|float64|bool|string|timestamp|date)>)$/;

/** Whether a text is the name of a type. */
export const isColumnType = (type: unknown): type is ColumnType =>
  typeof type === "string" && TYPES.test(type);

/** A cyclic value ends here too. */
const MAX_DEPTH = 500;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const WORD = 2 ** 32;

/** Makes a column of values, of a type that is given or that all of them fit. */
export function toColumn(
  name: string,
  values: readonly unknown[] | ArrayBufferView,
  type: ColumnType | undefined,
  missing: Uint8Array | undefined,
  where: string,
): Column {
  const place = `${where}: column ${show(name)}`;
  if (!name.isWellFormed()) refuse(`${place} has half a surrogate pair in its name.`);
  if (!Array.isArray(values)) {
    const found = ofTypedArray(values as NumberArray, type, place);
    if (found) return { name, ...found, ...(missing?.includes(1) && { missing }) };
  }
  let list = values as ArrayLike<unknown>;
  if (missing) list = Array.from(list, (value, row) => missing[row] === 1 ? null : value);
  return { name, ...ofList(list, type ?? infer(list, place), place) };
}

/** Typed arrays of numbers. */
type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const isFloats = (values: unknown): boolean =>
  values instanceof Float64Array || values instanceof Float32Array ||
  values instanceof Float16Array;

/** The column of a typed array, without a look at its values if they are what Parquet holds already. */
function ofTypedArray(
  values: NumberArray,
  type: ColumnType | undefined,
  place: string,
): Pick<Column, "type" | "values"> | undefined {
  const found = type ?? (isFloats(values) ? "float64" : "int64");
  const isWide = values instanceof BigInt64Array || values instanceof BigUint64Array;
  if (found === "float64" && !isWide) {
    return {
      type: found,
      values: values instanceof Float64Array ? values : new Float64Array(values),
    };
  }
  if (found === "int64" && isWide) {
    const signed = new BigInt64Array(values.buffer, values.byteOffset, values.length);
    if (values instanceof BigUint64Array) {
      const row = signed.findIndex((value) => value < 0n);
      if (row >= 0) refuse(`${place}, row ${row} has ${values[row]}, which is beyond ${SIGNED}.`);
    }
    return { type: found, values: signed };
  }
  if (found === "int64" && !isFloats(values)) {
    return { type: found, values: widened(values as Int32Array) };
  }
  // Times as they are read: counts in the type's unit.
  if (/^time/.test(found) && values instanceof BigInt64Array) return { type: found, values };
  if (found === "date" && values instanceof Int32Array) return { type: found, values };
  return undefined;
}

const SIGNED = "a signed integer of 64 bits";

/** Integers of 64 bits are written as halves: a bigint for each would be an object for each. */
const halvesOf = ({ buffer }: BigInt64Array): Int32Array => new Int32Array(buffer);

function putWhole(halves: Int32Array, at: number, value: number): void {
  halves[2 * at] = value;
  halves[2 * at + 1] = Math.floor(value / WORD);
}

function widened(values: ArrayLike<number>): BigInt64Array {
  const found = new BigInt64Array(values.length);
  const halves = halvesOf(found);
  for (let at = 0; at < values.length; at++) putWhole(halves, at, values[at]!);
  return found;
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
      if (value instanceof Temporal.PlainTime) return "time";
      if (value instanceof Temporal.Duration) {
        refuse(
          `${place} has a Temporal.Duration, which Parquet does not hold. Log its length in one ` +
            'unit: duration.total("seconds").',
        );
      }
      if (Object.getPrototypeOf(value) === Object.prototype) return "json";
  }
  return refuse(`${place} has ${show(value)}, which no Parquet column holds.`);
}

function infer(values: ArrayLike<unknown>, place: string): ColumnType {
  const kinds = new Set<ReturnType<typeof kindOf>>();
  let last: ReturnType<typeof kindOf> | undefined;
  let isWhole = true;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined) {
      isWhole = false;
      continue;
    }
    const kind = kindOf(value, place);
    if (kind !== last) kinds.add(last = kind);
  }
  const one = (...allowed: string[]) => [...kinds].every((kind) => allowed.includes(kind));
  // pandas calls a column without any value an object column, and so are texts.
  if (kinds.size === 0) return "string";
  if (one("list")) {
    const elements = Array.from(values, (value) => [...(value ?? []) as Iterable<unknown>]).flat();
    const type = infer(elements, place);
    return isColumnType(`list<${type}>`) ? `list<${type}>` as ColumnType : "json";
  }
  if (one("json", "list")) return "json";
  if (one("int64", "bigint")) {
    // As pandas does: its integers have no room for a missing value, unless they are too large.
    return isWhole || kinds.has("bigint") ? "int64" : "float64";
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

/** The column of a list in which what is missing is `null` or `undefined`. */
function ofList(
  list: ArrayLike<unknown>,
  type: ColumnType,
  place: string,
): Pick<Column, "type" | "values"> {
  const values = emptyOf(type, list.length);
  const halves = type === "int64" ? halvesOf(values as unknown as BigInt64Array) : undefined;
  let missing: Uint8Array | undefined;
  for (let row = 0; row < list.length; row++) {
    const value = list[row];
    if (value === null || value === undefined) {
      (missing ??= new Uint8Array(list.length))[row] = 1;
    } else if (typeof value === "number" && type === "float64") values[row] = value;
    else if (halves && Number.isSafeInteger(value)) putWhole(halves, row, value as number);
    else values[row] = toCell(value, type, place, row);
  }
  return { type, values: values as Physical, ...(missing && { missing }) };
}

/** Values of a type, all of them 0, empty or `null`. */
export function emptyOf(type: ColumnType, length: number): unknown[] {
  const typed = type === "float64"
    ? new Float64Array(length)
    : type === "bool"
    ? new Uint8Array(length)
    : type === "date"
    ? new Int32Array(length)
    : type === "int64" || type.startsWith("time")
    ? new BigInt64Array(length)
    : new Array(length).fill(type.startsWith("list") ? null : "");
  return typed as unknown[];
}

/** A value as Parquet holds it in a column of a type. */
function toCell(value: unknown, type: ColumnType, column: string, row: number): unknown {
  const place = () => `${column}, row ${row}`;
  const wrong = (): never => refuse(`${place()} has ${show(value)}, which is no ${type}.`);
  switch (type) {
    case "int64": {
      if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return wrong();
      const whole = BigInt(value as number | bigint);
      if (whole >= INT64_MIN && whole <= INT64_MAX) return whole;
      return refuse(`${place()} has ${value}, which is beyond ${SIGNED}.`);
    }
    case "float64":
      return typeof value === "number" || typeof value === "bigint" ? Number(value) : wrong();
    case "bool":
      return typeof value === "boolean" ? Number(value) : wrong();
    case "string":
      if (typeof value !== "string") return wrong();
      return value.isWellFormed() ? value : refuse(`${place()} has half a surrogate pair.`);
    case "timestamp":
    case "timestamp[ms]":
    case "timestamp[us]":
    case "timestamp[ns]":
      return toTimestamp(value, type, place) ?? wrong();
    case "time": {
      if (!(value instanceof Temporal.PlainTime)) return wrong();
      return BigInt(Math.trunc(MIDNIGHT().until(value).total("microseconds")));
    }
    case "date":
      if (!(value instanceof Temporal.PlainDate)) return wrong();
      if (value.year >= 1 && value.year <= 9999) return EPOCH().until(value).days;
      return refuse(`${place()} has ${value}, which is not of the years 1 to 9999.`);
    case "json":
      return JSON.stringify(toJson(value, place), withSign);
  }
  if (!isList(value)) return wrong();
  const element = type.slice("list<".length, -1) as ColumnType;
  return Array.from(
    value,
    (item) => item === null || item === undefined ? null : toCell(item, element, column, row),
  );
}

/** JSON has a sign of zero, and JSON.stringify does not write it. */
const withSign = (_: string, value: unknown): unknown =>
  Object.is(value, -0)
    ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON("-0.0")
    : value;

// A function, since nothing at module level may need Temporal before it is used.
const EPOCH = () => new Temporal.PlainDate(1970, 1, 1);
const MIDNIGHT = () => new Temporal.PlainTime();

const PER_NANOSECOND: Readonly<Record<string, bigint>> = { ms: 1_000_000n, ns: 1n };

function toTimestamp(value: unknown, type: string, place: () => string): bigint | undefined {
  let instant: Temporal.Instant;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) refuse(`${place()} has an invalid date.`);
    instant = Temporal.Instant.fromEpochMilliseconds(value.getTime());
  } else if (value instanceof Temporal.Instant) instant = value;
  else if (value instanceof Temporal.ZonedDateTime) instant = value.toInstant();
  else return undefined;
  formatInstant(instant); // Refuses years that Python does not have.
  const unit = PER_NANOSECOND[type.slice(10, -1)] ?? 1000n;
  const nanos = instant.epochNanoseconds;
  const count = (nanos - ((nanos % unit) + unit) % unit) / unit;
  if (count >= INT64_MIN && count <= INT64_MAX) return count;
  return refuse(`${place()} has ${instant}, which a ${type} does not reach.`);
}

/** JSON.stringify would leave out, or make something else of, what is no JSON. */
function toJson(value: unknown, place: () => string, depth = 0): unknown {
  if (depth > MAX_DEPTH) refuse(`${place()} is nested deeper than ${MAX_DEPTH} levels, or cyclic.`);
  if (value === null || typeof value === "boolean" || Number.isFinite(value)) return value;
  if (typeof value === "string") {
    return value.isWellFormed() ? value : refuse(`${place()} has half a surrogate pair.`);
  }
  if (Array.isArray(value)) {
    // Not forEach, which passes over holes.
    for (const item of value) toJson(item, place, depth + 1);
    return value;
  }
  const isPlain = typeof value === "object" &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!isPlain) {
    return refuse(`${place()} has ${show(value)} inside, which is nothing that JSON holds.`);
  }
  for (const [key, item] of Object.entries(value as object)) {
    toJson(key, place);
    toJson(item, place, depth + 1);
  }
  return value;
}

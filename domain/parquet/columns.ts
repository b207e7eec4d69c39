/**
 * The columns of a dataframe that is written: from values to Parquet's, as typed arrays if they are numbers.
 *
 * @module
 */
import { isPlain, refuse, show } from "../check.ts";
import { isList, SIGNED, toCell } from "./cells.ts";
import type { ColumnType, TableRows } from "./types.ts";

/** One column, ready to be written. */
export interface Column {
  /** Its name. */
  name: string;
  /** Its type. */
  type: ColumnType;
  /** Its values as Parquet holds them. Of those that are missing a typed array has any. */
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
  let list = values as ArrayLike<unknown> & Iterable<unknown>;
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

/** What a column's values are, one by one, and the type that all of them fit. */
class Kinds {
  readonly #kinds = new Set<ReturnType<typeof kindOf>>();
  #last: ReturnType<typeof kindOf> | undefined;
  #count = 0;

  /** Of a column whose type is given values are not looked at. */
  constructor(readonly place: string, readonly given?: ColumnType) {}

  see(value: unknown): void {
    if (value === null || value === undefined || this.given !== undefined) return;
    this.#count++;
    const kind = kindOf(value, this.place);
    if (kind !== this.#last) this.#kinds.add(this.#last = kind);
  }

  /** The type of a column of so many rows; `values` gives the same once more, for the elements of lists. */
  type(length: number, values: Iterable<unknown>): ColumnType {
    if (this.given !== undefined) return this.given;
    const kinds = this.#kinds;
    const one = (...allowed: string[]) => [...kinds].every((kind) => allowed.includes(kind));
    // pandas calls a column without any value an object column, and so are texts.
    if (kinds.size === 0) return "string";
    if (one("list")) {
      const elements = new Kinds(this.place);
      let count = 0;
      for (const list of values) {
        for (const item of (list ?? []) as Iterable<unknown>) {
          elements.see(item);
          count++;
        }
      }
      // Lists of lists are JSON, which finds out whether one is in itself.
      const type = elements.type(count, []);
      return isColumnType(`list<${type}>`) ? `list<${type}>` as ColumnType : "json";
    }
    if (one("json", "list")) return "json";
    if (one("int64", "bigint")) {
      // As pandas does: its integers have no room for a missing value, unless they are too large.
      return this.#count === length || kinds.has("bigint") ? "int64" : "float64";
    }
    if (one("int64", "float64")) return "float64";
    if (kinds.size === 1) return [...kinds][0] as ColumnType;
    return refuse(
      `${this.place} mixes ${
        [...kinds].sort().join(" and ")
      }. Make its values of one type, or say types: ` +
        `{ ${this.place.slice(this.place.lastIndexOf("column ") + 7)}: "json" }.`,
    );
  }
}

function infer(values: ArrayLike<unknown> & Iterable<unknown>, place: string): ColumnType {
  const kinds = new Kinds(place);
  for (let row = 0; row < values.length; row++) kinds.see(values[row]);
  return kinds.type(values.length, values);
}

/** A column whose values are read of rows, some at a time: no array of all of them exists. */
export interface RowsColumn extends Pick<Column, "name" | "type"> {
  /** The column of some rows. Its array is used again by the next call. */
  read(from: number, to: number): Column;
}

/** Makes columns of rows, of types that are given or that all values fit. */
export function toColumns(
  rows: TableRows,
  typeOf: (name: string) => ColumnType | undefined,
  names: Iterable<string>,
  where: string,
): RowsColumn[] {
  const found = new Map<string, Kinds>();
  const placeOf = (name: string) => `${where}: column ${show(name)}`;
  const kindsOf = (name: string): Kinds => {
    if (!name.isWellFormed()) refuse(`${placeOf(name)} has half a surrogate pair in its name.`);
    const kinds = new Kinds(placeOf(name), typeOf(name));
    found.set(name, kinds);
    return kinds;
  };
  for (const name of names) kindsOf(name);
  for (const [at, row] of rows.entries()) {
    if (!isPlain(row)) {
      refuse(`${where}: row ${at} is an object of values by column, not ${show(row)}.`);
    }
    for (const name of Object.keys(row)) (found.get(name) ?? kindsOf(name)).see(row[name]);
  }
  return Array.from(found, ([name, kinds]) => {
    const valueOf = valueIn(name);
    const type = kinds.type(rows.length, {
      *[Symbol.iterator]() {
        for (const row of rows) yield valueOf(row);
      },
    });
    let last: Physical | undefined;
    const read = (from: number, to: number): Column => {
      const list = rows.slice(from, to).map(valueOf);
      const column = ofList(list, type, placeOf(name), from, last);
      last = column.values;
      return { name, ...column };
    };
    return { name, type, read };
  });
}

/** A row has what its prototype has, too. */
const valueIn = (name: string): (row: TableRows[number]) => unknown =>
  name in Object.prototype
    ? (row) => Object.hasOwn(row, name) ? row[name] : null
    : (row) => row[name];

/**
 * The column of a list in which what is missing is `null` or `undefined`.
 *
 * @param first The row of the first value.
 * @param used Values of a column before that are of no further use: their array is used again.
 */
function ofList(
  list: ArrayLike<unknown>,
  type: ColumnType,
  place: string,
  first = 0,
  used?: Physical,
): Pick<Column, "type" | "values"> {
  const values = used?.length === list.length && !Array.isArray(used)
    ? used as unknown as unknown[]
    : emptyOf(type, list.length);
  const halves = type === "int64" ? halvesOf(values as unknown as BigInt64Array) : undefined;
  let missing: Uint8Array | undefined;
  for (let row = 0; row < list.length; row++) {
    const value = list[row];
    if (value === null || value === undefined) {
      (missing ??= new Uint8Array(list.length))[row] = 1;
    } else if (typeof value === "number" && type === "float64") values[row] = value;
    else if (halves && Number.isSafeInteger(value)) putWhole(halves, row, value as number);
    else values[row] = toCell(value, type, place, first + row);
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

/**
 * What the values of a column mean: by Parquet's own annotations, and by the Arrow schema and pandas' notes that
 * writers leave beside them for what Parquet has no annotation for.
 *
 * @module
 */
import type { Value } from "../../format/values.ts";
import { damaged, unsupported } from "./bounds.ts";
import type { Leaf, Node, Unit } from "./schema.ts";
import { periodText } from "./period.ts";

/** A value of a dataframe, as it is read. */
export type Cell =
  | Value
  | Temporal.Duration
  | Temporal.PlainTime
  | readonly Cell[]
  | { readonly [key: string]: Cell };

/** What a leaf's values mean. */
export interface Meaning {
  /** Its name, for those who read columns. */
  type: string;
  /** The typed array that holds the numbers of a column; missing where values are no numbers. */
  array?: NumberArray;
  /** A value of a row from one of the array; missing where it is the number itself. */
  toCell?: (value: number | bigint) => Cell;
  /** A value from its bytes, for columns of bytes. */
  fromBytes?: (bytes: Uint8Array) => Cell;
  /** Whether its bytes are text as they stand. */
  texts?: boolean;
}

/** The arrays that columns of numbers are. */
export type NumberArray =
  | Float64ArrayConstructor
  | Float32ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor;

/** What is noted beside a leaf for what Parquet has no annotation for. */
export type Note =
  | { kind: "duration"; unit: Unit }
  | { kind: "period"; frequency: string }
  | { kind: "json" };

const NANOS: Readonly<Record<Unit, bigint>> = { s: 10n ** 9n, ms: 10n ** 6n, us: 1000n, ns: 1n };
const UTF8 = new TextDecoder();

/** What a leaf's values mean. */
export function meaningOf({ node, schemaPath }: Leaf, note: Note | undefined): Meaning {
  if (schemaPath.some(({ logical }) => logical === "VARIANT")) {
    unsupported(`its column "${node.path[0]}" is of variants, which are not read here`);
  }
  const { type } = node.element;
  if (node.logical === "NULL") return { type: "null" };
  if (note?.kind === "json" && type === "BYTE_ARRAY") return JSON_TEXT;
  if (note && note.kind !== "json" && type === "INT64") return noted(note);
  switch (type) {
    case "BOOLEAN":
      return { type: "bool" };
    case "FLOAT":
      return { type: "float32", array: Float32Array };
    case "DOUBLE":
      return { type: "float64", array: Float64Array };
    case "INT96":
      return { ...timestamp("ns", BigInt64Array), fromBytes: nanosOfInt96 };
    case "INT32":
    case "INT64":
      return integer(node, type === "INT64");
  }
  return ofBytes(node, type === "FIXED_LEN_BYTE_ARRAY");
}

function noted(note: Exclude<Note, { kind: "json" }>): Meaning {
  if (note.kind === "period") {
    const { frequency } = note;
    return {
      type: `period[${frequency}]`,
      array: BigInt64Array,
      toCell: (value) => periodText(frequency, value as bigint),
    };
  }
  const nanos = NANOS[note.unit];
  return {
    type: `duration[${note.unit}]`,
    array: BigInt64Array,
    toCell: (value) => durationOf(value as bigint * nanos),
  };
}

/** As `Temporal.Duration`, in days and below: a day of pandas has 24 hours. */
function durationOf(nanoseconds: bigint): Temporal.Duration {
  const part = (unit: bigint, of: bigint) => Number(nanoseconds / unit % of);
  return Temporal.Duration.from({
    days: Number(nanoseconds / 86_400_000_000_000n),
    hours: part(3_600_000_000_000n, 24n),
    minutes: part(60_000_000_000n, 60n),
    seconds: part(1_000_000_000n, 60n),
    milliseconds: part(1_000_000n, 1000n),
    microseconds: part(1000n, 1000n),
    nanoseconds: part(1n, 1000n),
  });
}

const timestamp = (unit: Unit, array: NumberArray): Meaning => ({
  type: `timestamp[${unit}]`,
  array,
  toCell: (value) => {
    try {
      return new Temporal.Instant(BigInt(value) * NANOS[unit]);
    } catch {
      return damaged(`it has a time that is out of range: ${value} ${unit}`);
    }
  },
});

function integer(node: Node, isWide: boolean): Meaning {
  const array = isWide ? BigInt64Array : Int32Array;
  const { logical, unit = "ms", scale, signed } = node;
  switch (logical) {
    case "DATE":
      return { type: "date", array, toCell: (value) => dateOf(Number(value)) };
    case "TIME":
      return {
        type: `time[${unit}]`,
        array,
        toCell: (value) => timeOf(BigInt(value) * NANOS[unit]),
      };
    case "TIMESTAMP":
      return timestamp(unit, array);
    case "DECIMAL":
      return { type: "decimal", array, toCell: (value) => decimalText(BigInt(value), scale) };
  }
  const exact = (value: number | bigint): Cell =>
    Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (signed) {
    return isWide ? { type: "int64", array, toCell: exact } : { type: "int32", array };
  }
  return isWide
    ? { type: "uint64", array: BigUint64Array, toCell: exact }
    : { type: "uint32", array: Uint32Array };
}

function dateOf(days: number): Temporal.PlainDate {
  try {
    return new Temporal.PlainDate(1970, 1, 1).add({ days });
  } catch {
    return damaged(`it has a date that is out of range: ${days} days from 1970`);
  }
}

function timeOf(nanoseconds: bigint): Temporal.PlainTime {
  if (nanoseconds < 0n || nanoseconds >= 86_400_000_000_000n) {
    damaged(`it has a time that no day has: ${nanoseconds} ns`);
  }
  return new Temporal.PlainTime().add(durationOf(nanoseconds));
}

/** As text, since a number would not be what it was: `1.10`. */
function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return unscaled < 0n ? `-${text}` : text;
}

const JSON_TEXT: Meaning = {
  type: "json",
  fromBytes: (bytes) => JSON.parse(UTF8.decode(bytes)) as Cell,
};

function ofBytes(node: Node, isFixed: boolean): Meaning {
  const { logical, scale, width } = node;
  switch (logical) {
    case "STRING":
    case "ENUM":
      return { type: "string", texts: true, fromBytes: (bytes) => UTF8.decode(bytes) };
    case "JSON":
      return JSON_TEXT;
    case "DECIMAL":
      return { type: "decimal", fromBytes: (bytes) => decimalText(bigEndian(bytes), scale) };
    case "UUID":
      return { type: "uuid", fromBytes: uuidOf };
    case "FLOAT16":
      if (width === 2) return { type: "float16", array: Float32Array, fromBytes: halfOf };
      break;
    case "INTERVAL":
      if (width === 12) return { type: "interval", fromBytes: intervalOf };
  }
  // A copy, and no view of the whole file.
  return {
    type: isFixed ? `bytes[${width}]` : "bytes",
    fromBytes: (bytes) => new Uint8Array(bytes),
  };
}

/** A signed number of any length. Decimals have 76 digits at most, which is 32 bytes. */
function bigEndian(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  if (bytes.length > 64) damaged(`it has a decimal of ${bytes.length} bytes`);
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toHex()}`));
}

function uuidOf(bytes: Uint8Array): string {
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const halfOf = (bytes: Uint8Array): number => viewOf(bytes).getFloat16(0, true);

function intervalOf(bytes: Uint8Array): Temporal.Duration {
  const part = (at: number) => viewOf(bytes).getUint32(at, true);
  return Temporal.Duration.from({ months: part(0), days: part(4), milliseconds: part(8) });
}

/** Days of Julius Caesar's calendar and nanoseconds, as Impala and old Spark write times. */
function nanosOfInt96(bytes: Uint8Array): Cell {
  const view = viewOf(bytes);
  const days = BigInt(view.getUint32(8, true)) - 2_440_588n;
  return BigInt.asIntN(64, days * 86_400_000_000_000n + view.getBigInt64(0, true));
}

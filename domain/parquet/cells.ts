/**
 * The values of a dataframe that is written, one by one: what Parquet would silently change is refused.
 *
 * @module
 */
import { refuse, show } from "../check.ts";
import { formatInstant } from "../format/datetime.ts";
import type { ColumnType } from "./types.ts";

/** A cyclic value ends here too. */
const MAX_DEPTH = 500;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** What an integer of Parquet is. */
export const SIGNED = "a signed integer of 64 bits";

/** Whether a value is a list of elements; a DataView has bytes alone. */
export const isList = (value: unknown): value is Iterable<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** A value as Parquet holds it in a column of a type. */
export function toCell(value: unknown, type: ColumnType, column: string, row: number): unknown {
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

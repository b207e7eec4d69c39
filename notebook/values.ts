/**
 * Values as short texts for people.
 *
 * @module
 */
import { isNumpyArray } from "../domain/format/numpy.ts";

/** Longer texts are cut. */
const MAX_LENGTH = 160;
/** Lists longer than this are cut, and so is what is nested deeper. */
const MAX_ITEMS = 12;
const MAX_DEPTH = 4;

/** A number with six significant digits at most. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value) && Math.abs(value) < 1e15) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  return String(Number(value.toPrecision(6)));
}

/** A value as a text. What is missing is the empty text. */
export function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : write(value, 0);
  return text.length > MAX_LENGTH
    ? `${text.slice(0, MAX_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, "")}…`
    : text;
}

function write(value: unknown, depth: number): string {
  if (value === undefined || value === null) return depth === 0 ? "" : "null";
  if (typeof value === "number") return shortNumber(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof Date) return Number.isNaN(+value) ? "invalid date" : value.toISOString();
  if (isTemporal(value)) return String(value);
  if (depth >= MAX_DEPTH) return "…";
  const inner = (item: unknown) => write(item, depth + 1);
  if (value instanceof Set) return list("{", value.size, value, inner, "}");
  if (Array.isArray(value)) return list("[", value.length, value, inner, "]");
  if (isNumpyArray(value)) {
    const { dtype, shape, data } = value;
    const type = typeof dtype === "string" ? dtype : "structured";
    return `${type}, ${shape.join(" × ")}: ${inner(data)}`;
  }
  if (ArrayBuffer.isView(value)) {
    const items = value instanceof DataView ? new Uint8Array(value.buffer) : value;
    return list("[", (items as Uint8Array).length, items as Uint8Array, inner, "]");
  }
  const entries = Object.entries(value);
  return list(
    "{",
    entries.length,
    entries,
    ([key, item]) => `${JSON.stringify(key)}: ${inner(item)}`,
    "}",
  );
}

function list<T>(
  open: string,
  length: number,
  items: Iterable<T>,
  text: (item: T) => string,
  close: string,
): string {
  const some: string[] = [];
  for (const item of items) {
    if (some.length === MAX_ITEMS) break;
    some.push(text(item));
  }
  const rest = length - some.length;
  return `${open}${some.join(", ")}${rest > 0 ? `, … ${rest} more` : ""}${close}`;
}

/** Whether there is no value. */
export const isNothing = (value: unknown): value is null | undefined =>
  value === undefined || value === null;

/** Whether a value is a number of either kind. */
export const isNumber = (value: unknown): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";

/** Whether a value is one of the times and dates that a store gives. */
export const isTemporal = (
  value: object,
): value is Temporal.Instant | Temporal.ZonedDateTime | Temporal.PlainDate =>
  value instanceof Temporal.Instant || value instanceof Temporal.ZonedDateTime ||
  value instanceof Temporal.PlainDate;

/** A time for people: `2026-11-24 00:09:37`. */
export const shortTime = (iso: string): string => iso.slice(0, 19).replace("T", " ");

/** A size in bytes for people. */
export function sizeText(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  if (power === 0) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${units[power]}`;
}

/** A number of things: `1 row`, `2 rows`. */
export const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? "" : "s"}`;

/** A row's own value of a column: one named `constructor` is not what every object inherits. */
export const cellOf = (row: object, column: string): unknown =>
  Object.hasOwn(row, column) ? (row as Record<string, unknown>)[column] : undefined;

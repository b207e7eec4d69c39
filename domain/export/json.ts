/**
 * Values as JSON that any reader takes, for what leaves the store.
 *
 * @module
 */
import { isNumpyArray, type NumpyArray } from "../format/numpy.ts";

/**
 * A value as JSON: times and dates are ISO 8601 texts, NaN and the infinities texts, arrays of all kinds lists, bytes
 * base64, and integers have all their digits.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? String(value) : `"${value}"`;
    case "bigint":
      return String(value);
    case "string":
      return JSON.stringify(value);
    case "boolean":
      return String(value);
    case "object":
      return value === null ? "null" : objectText(value);
    default:
      return "null";
  }
}

function objectText(value: object): string {
  const time = timeText(value);
  if (time !== undefined) return JSON.stringify(time);
  if (isNumpyArray(value)) return numpyText(value, 0, 0);
  if (value instanceof Uint8Array) return JSON.stringify(value.toBase64());
  const isTyped = ArrayBuffer.isView(value) && !(value instanceof DataView);
  if (Array.isArray(value) || value instanceof Set || isTyped) {
    return `[${Array.from(value as Iterable<unknown>, jsonText).join(",")}]`;
  }
  const fields = Object.entries(value).filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`);
  return `{${fields.join(",")}}`;
}

/** A time or a date as text; `undefined` if it is neither. */
export function timeText(value: object): string | undefined {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Temporal.ZonedDateTime) return value.toInstant().toString();
  const isTime = value instanceof Temporal.Instant || value instanceof Temporal.PlainDate;
  return isTime ? value.toString() : undefined;
}

/** The rows of rows of an array, down to its elements. */
function numpyText({ shape, data }: NumpyArray, axis: number, at: number): string {
  const list = data as ArrayLike<unknown>;
  if (axis === shape.length) return jsonText(list[at]);
  const width = shape.slice(axis + 1).reduce((size, one) => size * one, 1);
  const items = Array.from(
    { length: shape[axis]! },
    (_, item) => numpyText({ shape, data } as NumpyArray, axis + 1, at + item * width),
  );
  return `[${items.join(",")}]`;
}

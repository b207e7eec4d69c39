/**
 * Values of the store as cells of JSON.
 *
 * @module
 */
import { isNumpyArray, type NumpyArray } from "../../domain/format/numpy.ts";
import { timeText } from "../../domain/export/json.ts";
import type { Cell } from "../../domain/parquet/parquet.ts";
import { needsWrap } from "../cells.ts";
import type { JsonCell } from "../contract.ts";

/** A value as a cell; what is `undefined` is `null`. */
export function encodeCell(value: Cell | undefined): JsonCell {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : { number: String(value) as "NaN" };
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : { integer: String(value) };
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : encodeObject(value);
    default:
      return null;
  }
}

function encodeObject(value: object): JsonCell {
  if (Array.isArray(value)) return value.map(encodeCell);
  const time = timeText(value);
  if (time !== undefined) return time;
  if (value instanceof Temporal.Duration || value instanceof Temporal.PlainTime) {
    return value.toString();
  }
  if (isNumpyArray(value)) return encodeNumpy(value);
  if (value instanceof Uint8Array) return value.toBase64();
  if (value instanceof Set || ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as Iterable<Cell>, encodeCell);
  }
  // It has no prototype, so that `__proto__` is a key like any other.
  const fields: Record<string, JsonCell> = Object.create(null);
  const keys = Object.keys(value);
  for (const key of keys) fields[key] = encodeCell((value as Record<string, Cell>)[key]);
  return needsWrap(keys) ? { object: fields } : fields;
}

/** An array as lists of lists; in words where JavaScript has no array for its elements. */
function encodeNumpy({ dtype, shape, data }: NumpyArray): JsonCell {
  if (data instanceof Uint8Array && dtype !== "|u1") {
    const type = typeof dtype === "string" ? dtype : "structured";
    return `numpy ${type} ${shape.join("×")}`;
  }
  const list = data as ArrayLike<Cell>;
  const axis = (depth: number, at: number): JsonCell => {
    if (depth === shape.length) return encodeCell(list[at]);
    const width = shape.slice(depth + 1).reduce((size, one) => size * one, 1);
    return Array.from(
      { length: shape[depth]! },
      (_, item) => axis(depth + 1, at + item * width),
    );
  };
  return axis(0, 0);
}

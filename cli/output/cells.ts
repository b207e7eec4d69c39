/**
 * Values as cells of a table for people. JSON has them in full.
 *
 * @module
 */
import { jsonText, timeText } from "../../domain/export/json.ts";
import { plainText } from "./text.ts";

/** So many digits of a number are shown, and of one that stands beside others in its cell. */
const DIGITS = 6;
const FEW_DIGITS = 4;
const BARS = [..."▁▂▃▄▅▆▇█"];
/** So many bars a list has at most. */
const SPARK_WIDTH = 8;

/** A number as people read it: six digits, and integers in full. */
export function numberText(value: number | bigint, digits = DIGITS): string {
  if (typeof value === "bigint" || Number.isInteger(value) && Math.abs(value) < 1e15) {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  const rounded = Number(value.toPrecision(digits));
  // Nobody counts zeros.
  return rounded !== 0 && Math.abs(rounded) < 1e-4 ? rounded.toExponential() : String(rounded);
}

/** A difference: with its sign. */
export const deltaText = (value: number, digits = FEW_DIGITS): string =>
  `${value > 0 ? "+" : ""}${numberText(value, digits)}`;

/** A value on one line. */
export function valueText(value: unknown): string {
  switch (typeof value) {
    case "number":
    case "bigint":
      return numberText(value);
    case "string":
      return plainText(value);
    case "undefined":
      return "";
    case "object":
      return value === null ? "" : objectText(value);
    default:
      return String(value);
  }
}

function objectText(value: object): string {
  const time = timeText(value);
  if (time !== undefined) return time;
  if (Array.isArray(value) && value.length > 1 && value.every(isNumber)) {
    return `${sparkline(value.map(Number), SPARK_WIDTH)} ${numberText(value.at(-1)!, FEW_DIGITS)}`;
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return plainText(value.join(", "));
  }
  return plainText(jsonText(value));
}

export const isNumber = (value: unknown): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";

/**
 * Numbers as bars of their heights, the last bar for the last ones. Each of more numbers than bars is in one bar: its
 * mean shows. A gap is a number that is none.
 */
export function sparkline(values: readonly number[] | Float64Array, width: number): string {
  const count = Math.min(values.length, width);
  const means = Array.from({ length: count }, (_, at) => {
    const from = Math.floor(at * values.length / count);
    const part = Array.from(values.slice(from, Math.floor((at + 1) * values.length / count)))
      .filter(Number.isFinite);
    return part.reduce((sum, one) => sum + one / part.length, 0) / Number(part.length > 0);
  });
  const known = means.filter(Number.isFinite);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return means.map((mean) => {
    if (!Number.isFinite(mean)) return " ";
    const part = most > least ? (mean - least) / (most - least) : 0.5;
    return BARS[Math.min(BARS.length - 1, Math.floor(part * BARS.length))];
  }).join("");
}

/** A time to the minute, in UTC: `2026-11-24 00:09`. */
export const timeCell = (iso: string): string => plainText(iso.slice(0, 16).replace("T", " "));

/** Bytes as people read them. */
export function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1024 ** step;
  return `${step > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}

/** A time span as people read it: `1.2 s`, `3 min 20 s`, `5 h 2 min`. */
export function spanText(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 1) return `${Math.round(milliseconds)} ms`;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

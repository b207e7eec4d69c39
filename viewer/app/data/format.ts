/**
 * Numbers, times and sizes as people read them.
 *
 * @module
 */
import type { RunColumn } from "../types.ts";

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A count, such as 12,345. */
export const count = (value: number): string => grouped.format(value);

/** A count of things: 1 run, 2 runs. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

const trimmed = (text: string): string =>
  text.includes(".") ? text.replace(/\.?0+(?=e|$)/, "") : text;

/** A number with as many digits as tell something. */
export function number(value: number | bigint, digits = 5): string {
  if (typeof value === "bigint") return String(value);
  if (!Number.isFinite(value)) {
    return value > 0 ? "∞" : value < 0 ? "−∞" : "NaN";
  }
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) {
    return size < 10_000 ? signed(String(value)) : signed(grouped.format(value));
  }
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    return signed(trimmed(value.toExponential(digits - 2)).replace("e+", "e"));
  }
  return signed(trimmed(value.toPrecision(digits)));
}

/** A true minus sign is as wide as the digits. */
const signed = (text: string): string => text.replace("-", "−").replace("e−", "e-");

/** How the numbers of a column are written: so that their points are below each other, where that can be. */
export function numbersOf(column: RunColumn): (value: number | bigint) => string {
  const found = formats.get(column);
  if (found) return found;
  const made = makeFormat(column);
  formats.set(column, made);
  return made;
}

const formats = new WeakMap<RunColumn, (value: number | bigint) => string>();

function makeFormat({ kind, numbers }: RunColumn): (value: number | bigint) => string {
  // A setting is shown as it was set.
  if (kind !== "metric") return number;
  const sizes = numbers.filter((value) => Number.isFinite(value)).map(Math.abs)
    .filter((value) => value > 0).sort();
  if (sizes.length === 0 || sizes.every(Number.isInteger)) return number;
  const middle = sizes[sizes.length >> 1]!;
  const [low, high] = [sizes[Math.floor(sizes.length * 0.05)]!, sizes.at(-1)!];
  if (low < 1e-3 || high >= 1e6) return number;
  const order = Math.floor(Math.log10(middle));
  const decimals = Math.max(1, order < -1 ? 5 : order < 1 ? 4 : 4 - order);
  return (value) =>
    typeof value === "number" && Number.isFinite(value)
      ? signed(value.toFixed(decimals))
      : number(value);
}

/** A difference: always with its sign. */
export const delta = (value: number): string =>
  value === 0 ? "±0" : value > 0 ? `+${number(value, 3)}` : number(value, 3);

/** A difference of two cells of a column, written as its cells are. */
export function deltaOf(column: RunColumn, value: number): string {
  if (value === 0) return "±0";
  const text = numbersOf(column)(value);
  // What the column's digits do not show is there nevertheless.
  if (/^[−0.]*$/.test(text)) return delta(value);
  return value > 0 ? `+${text}` : text;
}

/** A part as percent, with its sign; what is far more as a multiple; nothing for what is next to nothing. */
export function percent(value: number): string {
  const size = Math.abs(value * 100);
  if (size < 0.05) return "";
  if (size >= 1000) return `×${number(1 + value, 3)}`;
  return `${value < 0 ? "−" : "+"}${size.toFixed(size < 10 ? 1 : 0)} %`;
}

/** A time that something took, from milliseconds. */
export function duration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return "";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit));
  const two = (value: number) => String(value).padStart(2, "0");
  if (minutes! < 60) return `${minutes}m ${two(seconds % 60)}s`;
  if (hours! < 48) return `${hours}h ${two(minutes! % 60)}m`;
  return `${days}d ${hours! % 24}h`;
}

const absolute = new Intl.DateTimeFormat("en", {
  dateStyle: "medium",
  timeStyle: "medium",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat("en", {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const dayAndYear = new Intl.DateTimeFormat("en", {
  month: "short",
  day: "numeric",
  year: "numeric",
});

/** A time in full, in the reader's own zone. */
export function time(iso: string): string {
  const at = Date.parse(iso.replace(" ", "T"));
  return Number.isNaN(at) ? iso : absolute.format(at);
}

/** How long ago a time was; a date for what is more than a week away. */
export function ago(iso: string, now = Date.now()): string {
  const at = Date.parse(iso.replace(" ", "T"));
  if (Number.isNaN(at)) return iso;
  const seconds = Math.round((now - at) / 1000);
  if (seconds < -60 || seconds >= 7 * 86_400) {
    const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
    return (sameYear ? day : dayAndYear).format(at);
  }
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/** Whether a time is of the last days, so that one asks how long ago it was. */
export const isRecent = (iso: string, now = Date.now()): boolean =>
  Math.abs(now - Date.parse(iso.replace(" ", "T"))) < 7 * 86_400_000;

/** A size in bytes. */
export function bytes(size: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let at = 0;
  while (size >= 1000 && at < units.length - 1) [size, at] = [size / 1000, at + 1];
  return `${at === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[at]}`;
}

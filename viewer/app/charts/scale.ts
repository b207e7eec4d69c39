/**
 * Scales: what a value's place along an axis is, from 0 to 1, and which ticks the axis has.
 *
 * @module
 */
// @ts-types="npm:@types/d3-array@^3.2.2"
import { ticks as linearTicks } from "npm:d3-array@^3.2.4";
import { number } from "../data/format.ts";
import { duration, tickWriter } from "./numbers.ts";
import { dateText, durationStep, tickDate, timeTicks } from "./times.ts";

/** How values lie along an axis. `duration`: milliseconds from a start. `category`: 0, 1, 2 … are the categories. */
export type ScaleKind = "linear" | "log" | "time" | "duration" | "category";

/** A mark along an axis. */
export interface Tick {
  value: number;
  /** Its place, 0 to 1. */
  at: number;
  label: string;
}

/** A scale. Values outside of its domain have places below 0 or above 1. */
export interface Scale {
  kind: ScaleKind;
  domain: readonly [low: number, high: number];
  categories: readonly string[];
  /** The place of a value; NaN where there is none, as for -1 on a logarithmic scale. */
  at(value: number): number;
  /** The value at a place. */
  back(place: number): number;
  /** About so many ticks, rising. */
  ticks(count: number): Tick[];
  /** A value as people read it. */
  text(value: number): string;
}

/** What a scale is made of. */
export interface ScaleOptions {
  kind: ScaleKind;
  /** The lowest and the highest value; what is missing or has no width is made up. */
  domain?: readonly [number, number] | undefined;
  categories?: readonly string[] | undefined;
  /** How much room is left at both ends, as a part of the length. Default: 0. */
  pad?: number | undefined;
  /** All values are whole numbers: there are no ticks between them. */
  whole?: boolean | undefined;
  /** The only values there are, rising, if they are few: the ticks are theirs. */
  marks?: readonly number[] | undefined;
}

/** Makes a scale. */
export function scaleOf(options: ScaleOptions): Scale {
  const { kind, categories = [], pad = 0, whole = false, marks } = options;
  if (kind === "category") return categoryScale(categories);
  const isLog = kind === "log";
  const forth = isLog ? Math.log10 : (value: number) => value;
  const back = isLog ? (value: number) => 10 ** value : (value: number) => value;
  let [low, high] = widened(options.domain, isLog).map(forth) as [number, number];
  const room = (high - low) * pad;
  [low, high] = [low - room, high + room];
  const width = high - low;
  const place = (value: number) => (forth(value) - low) / width;
  const domain = [back(low), back(high)] as const;
  return {
    kind,
    domain,
    categories: [],
    at: place,
    back: (part) => back(low + part * width),
    ticks: (count) => {
      const found = marks && kind !== "time"
        ? apart(marks, place, 1 / Math.max(count, 1) / 2).map((value) => ({
          value,
          label: number(value, 4),
        }))
        : ticksOf(kind, domain, count, whole);
      return found.map((one) => ({ ...one, at: place(one.value) }));
    },
    text: kind === "time" ? dateText : kind === "duration" ? duration : (value) => number(value, 5),
  };
}

/** Of rising values those that are far enough from the one before, the last one first of all. */
function apart(
  marks: readonly number[],
  place: (value: number) => number,
  least: number,
): number[] {
  const kept: number[] = [];
  for (const mark of marks.toReversed()) {
    if (kept.length === 0 || place(kept.at(-1)!) - place(mark) >= least) kept.push(mark);
  }
  return kept.reverse();
}

/** A domain of some width: one value alone gets room on both sides. */
function widened(
  domain: readonly [number, number] | undefined,
  isLog: boolean,
): readonly [number, number] {
  const [low, high] = domain ?? (isLog ? [1, 10] : [0, 1]);
  if (isLog && !(low > 0)) return [high > 0 ? high / 10 : 1, high > 0 ? high : 10];
  if (low < high) return [low, high];
  if (isLog) return [low / 2, low * 2];
  const room = Math.abs(low) / 10 || 1;
  return [low - room, low + room];
}

function categoryScale(categories: readonly string[]): Scale {
  const number = Math.max(categories.length, 1);
  const place = (value: number) => (value + 0.5) / number;
  return {
    kind: "category",
    domain: [-0.5, number - 0.5],
    categories,
    at: place,
    back: (part) => part * number - 0.5,
    ticks: (count) => {
      const every = Math.max(1, Math.ceil(categories.length / Math.max(count, 1)));
      return categories.flatMap((label, value) =>
        value % every === 0 ? [{ value, at: place(value), label }] : []
      );
    },
    text: (value) => categories[Math.round(value)] ?? "",
  };
}

function ticksOf(
  kind: ScaleKind,
  [low, high]: readonly [number, number],
  count: number,
  whole: boolean,
): { value: number; label: string }[] {
  if (kind === "time") {
    return timeTicks(low, high, count).map((value) => ({
      value,
      label: tickDate(new Date(value)),
    }));
  }
  if (kind === "log") return logTicks(low, high, count);
  if (kind === "duration") {
    const step = durationStep((high - low) / Math.max(count, 1));
    const from = Math.ceil(low / step);
    const to = Math.floor(high / step);
    return Array.from({ length: Math.max(to - from + 1, 0) }, (_, at) => (from + at) * step)
      .map((value) => ({ value, label: duration(value) }));
  }
  const found = linearTicks(low, high, whole ? Math.min(count, Math.max(high - low, 1)) : count)
    .filter((value) => !whole || Number.isInteger(value));
  const write = tickWriter(found);
  return found.map((value) => ({ value, label: write(value) }));
}

/** Powers of ten; 2 and 5 of them if those are few; and where there is no decade at all, as on a linear scale. */
function logTicks(low: number, high: number, count: number): { value: number; label: string }[] {
  const from = Math.ceil(Math.log10(low) - 1e-9);
  const to = Math.floor(Math.log10(high) + 1e-9);
  const decades = to - from + 1;
  const name = (value: number) => ({ value, label: logText(value) });
  if (decades > 3 || decades > count) {
    const every = Math.max(1, Math.ceil(decades / Math.max(count, 1)));
    return Array.from(
      { length: Math.ceil(decades / every) },
      (_, at) => name(10 ** (from + at * every)),
    );
  }
  const finer: number[] = [];
  for (let power = from - 1; power <= to; power++) {
    for (const digit of [1, 2, 5]) {
      const value = Number(`${digit}e${power}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) finer.push(value);
    }
  }
  const powers = finer.filter((value) => Math.log10(value) % 1 === 0);
  if (finer.length > count * 1.4 && powers.length > 1) return powers.map(name);
  if (finer.length > 1) return finer.map(name);
  return linearTicks(low, high, Math.min(count, 4)).filter((value) => value > 0)
    .map((value) => ({ value, label: number(value) }));
}

function logText(value: number): string {
  return value >= 1e-3 && value < 1e4
    ? String(Number(value.toPrecision(12)))
    : value.toExponential().replace("e+", "e").replace(/(\.\d{3})\d+/, "$1");
}

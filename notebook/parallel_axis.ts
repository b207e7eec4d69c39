/**
 * The axes of parallel coordinates: each has a scale of its own, from 0 at the bottom to 1 at the top.
 *
 * @module
 */
import { extent } from "./lists.ts";
import { rounded, type Scale, tick } from "./scale.ts";

/** From here on, a column of positive numbers is drawn on a logarithmic axis. */
const LOG_FROM = 1_000;
/** So many categories are written one above the other at most. */
const MAX_LABELS = 20;

/** One axis of parallel coordinates. */
export interface Axis {
  /** Its column. */
  name: string;
  /** Whether it is logarithmic. */
  isLog: boolean;
  /** Where each row is, from 0 to 1. */
  places: (number | undefined)[];
  /** What is written beside it, and where. */
  ticks: { y: number; label: string }[];
}

/** Makes an axis of a column. */
export function axisOf({ name, kind, values, categories }: Scale): Axis {
  if (kind === "category") {
    const place = new Map(
      categories.map((category, at) =>
        [category, categories.length === 1 ? 0.5 : at / (categories.length - 1)] as const
      ),
    );
    // Where there are more than can be written one above the other, some go without.
    const every = Math.ceil(categories.length / MAX_LABELS);
    return {
      name,
      isLog: false,
      places: values.map((value) => place.get(value as string)),
      ticks: categories.filter((_, at) => at % every === 0)
        .map((label) => ({ y: place.get(label)!, label })),
    };
  }
  const numbers = values.map((value) => value === undefined ? undefined : Number(value));
  const there = numbers.filter((number) => number !== undefined);
  const [low, high] = extent(there);
  const isLog = kind === "number" && low > 0 && high / low >= LOG_FROM;
  const [from, to] = isLog ? [Math.log(low), Math.log(high)] : [low, high];
  const place = (number: number) =>
    to === from ? 0.5 : ((isLog ? Math.log(number) : number) - from) / (to - from);
  const distinct = [...new Set(there)].sort((a, b) => a - b);
  const steps = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = from + (to - from) * part;
    return isLog ? Math.exp(at) : at;
  });
  const label = (number: number) =>
    kind === "time"
      ? new Date(number).toISOString().slice(0, 10)
      : tick(isLog ? Number(number.toPrecision(3)) : rounded(number, high - low));
  return {
    name,
    isLog,
    places: numbers.map((number) => number === undefined ? undefined : place(number)),
    ticks: (distinct.length <= 6 ? distinct : steps)
      .map((number) => ({ y: place(number), label: label(number) })),
  };
}

/**
 * Long lists of numbers in a cell: how many there are, the last of them, and a small line of all.
 *
 * @module
 */
import { type Html, markup } from "./html.ts";
import { binned, extent, numbersOf } from "./lists.ts";
import { count, shortNumber } from "./values.ts";

/** Shorter lists are shown by their values. */
const LONG = 9;
const WIDTH = 80;
const HEIGHT = 16;

/** A metric's value in a cell, with the curve that led to it. */
export class WithCurve {
  constructor(
    /** The value. */
    readonly value: unknown,
    /** The points, by step. */
    readonly points: Float64Array,
  ) {}

  /** The curve; of less than two points there is none. */
  get line(): Html | undefined {
    const numbers = numbersOf(this.points) ?? [];
    return numbers.length < 2 ? undefined : lineOf(numbers);
  }
}

/** A list of numbers in short. */
export interface Spark {
  /** `200 values, last 0.21` */
  text: string;
  /** The line. */
  line: Html;
}

/** A long list of numbers in short; `undefined` for anything else. */
export function sparkOf(value: unknown): Spark | undefined {
  const length = (value as { length?: number } | null)?.length;
  if (length !== undefined && length < LONG) return undefined;
  const numbers = numbersOf(value);
  if (!numbers || numbers.length < LONG) return undefined;
  const last = numbers.at(-1);
  const text = `${count(numbers.length, "value")}, last ${
    last === undefined ? "none" : shortNumber(last)
  }`;
  return { text, line: lineOf(numbers) };
}

function lineOf(numbers: readonly (number | undefined)[]): Html {
  const points = binned(numbers, Math.ceil(numbers.length / WIDTH));
  const [low, high] = extent(points.filter((one) => one !== undefined));
  const x = (at: number) => (1 + at * (WIDTH - 2) / Math.max(points.length - 1, 1)).toFixed(1);
  const y = (value: number) =>
    (high === low ? HEIGHT / 2 : 1 + (high - value) * (HEIGHT - 2) / (high - low)).toFixed(1);
  let path = "";
  // A gap stays a gap: the line starts anew after it.
  points.forEach((value, at) => {
    if (value === undefined) return;
    path += `${at === 0 || points[at - 1] === undefined ? "M" : "L"}${x(at)},${y(value)}`;
  });
  const stroke = "fill: none; stroke: currentColor; stroke-width: 1.2; stroke-linecap: round";
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" style="vertical-align: middle; margin-right: 6px" aria-hidden="true"><path d="${path}" style="${stroke}"/></svg>`;
}

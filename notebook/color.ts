/**
 * Colours of values, and the legend that says what they mean.
 *
 * @module
 */
import { extent } from "./lists.ts";
import { rounded, type Scale, tick } from "./scale.ts";
import type { Frame, Swatch } from "./svg.ts";

/** Ten colours that can be told apart, also by most who see fewer: Observable Plot's own. */
const TEN = "4269d0 efb118 ff725c 6cc5b0 3ca951 ff8ab7 a463f2 97bbf5 9c6b4e 9498a0"
  .split(" ").map((hex) => `#${hex}`);
/** Viridis without its brightest part, which is lost on white. */
const VIRIDIS = "440154 46327e 365c8d 277f8e 1fa187 4ac16d a0da39".split(" ");
/** From light to dark, for areas. */
const BLUES = "eef5fb d3e4f3 a8cee5 6fb0d7 3f8fc5 1e6cb1 0a468f".split(" ");
/** What has no value. */
const NONE = "#b5bbc2";
/** So many entries a legend has at most. */
const MAX_SWATCHES = 24;
/** So many steps of a continuous scale a legend shows. */
const STEPS = 6;

/** The first of the ten: for what needs no telling apart. */
export const PLAIN: string = TEN[0]!;

/** Colours by row, and their legend. */
export interface Colors {
  /** The colour of a row. */
  of(at: number): string;
  /** What they mean. */
  legend: NonNullable<Frame["legend"]>;
}

/**
 * The colours of a column: a scale from dark to bright for numbers and times, else one for each category.
 *
 * @param drawn The rows that are drawn. Default: all.
 */
export function colorsOf(
  { name, kind, values, categories }: Scale,
  drawn: Iterable<number> = values.keys(),
): Colors {
  const missing: Swatch[] = Iterator.from(drawn).some((at) => values[at] === undefined)
    ? [{ label: "none", color: NONE }]
    : [];
  if (kind === "category") {
    const colors = categoryColors(categories);
    const byName = new Map(categories.map((category, at) => [category, colors[at]!]));
    return {
      of: (at) => byName.get(values[at] as string) ?? NONE,
      legend: { title: name, swatches: [...swatchesOf(categories, colors), ...missing] },
    };
  }
  const numbers = values.filter((value) => value !== undefined).map(Number);
  const [low, high] = extent(numbers);
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  const isFew = distinct.length <= STEPS;
  const color = isFew ? byRank(distinct) : ramp(low, high, VIRIDIS);
  const steps = isFew
    ? distinct
    : Array.from({ length: STEPS }, (_, at) => low + (high - low) * at / (STEPS - 1));
  const label = (value: number) =>
    kind === "time"
      ? new Date(value).toISOString().slice(0, 16).replace("T", " ")
      : tick(isFew ? value : rounded(value, high - low));
  return {
    of: (at) => values[at] === undefined ? NONE : color(Number(values[at])),
    legend: {
      title: name,
      swatches: [
        ...steps.map((value) => ({ label: label(value), color: color(value) })),
        ...missing,
      ],
    },
  };
}

/** As many colours as there are categories. */
export const categoryColors = (categories: readonly string[]): string[] =>
  categories.map((_, at) =>
    categories.length <= TEN.length
      ? TEN[at]!
      : `hsl(${Math.round(at * 360 / categories.length)}, 65%, ${at % 2 === 0 ? 36 : 56}%)`
  );

/** The legend of categories, which may have more of them than a legend holds. */
export function swatchesOf(categories: readonly string[], colors: readonly string[]): Swatch[] {
  const swatches = categories.map((label, at) => ({ label, color: colors[at]! }));
  const rest = swatches.length - MAX_SWATCHES;
  if (rest <= 0) return swatches;
  return [...swatches.slice(0, MAX_SWATCHES), { label: `and ${rest} more`, color: "none" }];
}

/** The colours of an area's values, and whether a text on one is to be white. */
export function areaColors(
  low: number,
  high: number,
): { of(value: number): string; isDark(value: number): boolean } {
  return {
    of: ramp(low, high, BLUES),
    isDark: (value) => high > low && (value - low) / (high - low) > 0.6,
  };
}

/** Few values are told apart best by colours that are equally far from one another, as of 0.01, 0.1 and 1. */
function byRank(sorted: readonly number[]): (value: number) => string {
  const color = ramp(0, sorted.length - 1, VIRIDIS);
  const ranks = new Map(sorted.map((value, rank) => [value, rank]));
  return (value) => color(ranks.get(value)!);
}

function ramp(low: number, high: number, stops: readonly string[]): (value: number) => string {
  const colors = stops.map((hex) =>
    [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number]
  );
  return (value) => {
    const place = high > low ? (value - low) / (high - low) * (colors.length - 1) : 0;
    const at = Math.min(Math.max(Math.floor(place), 0), colors.length - 2);
    const part = Math.min(Math.max(place - at, 0), 1);
    const mixed = colors[at]!.map((from, channel) =>
      Math.round(from + (colors[at + 1]![channel]! - from) * part)
    );
    return `#${mixed.map((number) => number.toString(16).padStart(2, "0")).join("")}`;
  };
}

/**
 * Numbers, times and durations as short texts, and the few statistics that charts need.
 *
 * @module
 */
import { number } from "../data/format.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How ticks that are `step` apart are written, all in one way: `0.10 0.15`, `10k 20k`, `1e-5 2e-5`. */
export function tickWriter(ticks: readonly number[]): (value: number) => string {
  const largest = Math.max(0, ...ticks.map(Math.abs));
  const step = ticks.length > 1 ? Math.abs(ticks[1]! - ticks[0]!) : largest;
  const power = step > 0 ? Math.floor(Math.log10(step) + 1e-9) : 0;
  if (largest > 0 && (largest < 1e-3 || largest >= 1e15)) {
    const digits = Math.max(0, Math.floor(Math.log10(largest) + 1e-9) - power);
    return (value) => value === 0 ? "0" : value.toExponential(digits).replace("e+", "e");
  }
  if (largest >= 1e4) {
    const [unit, mark] = largest >= 1e12
      ? [1e12, "T"]
      : largest >= 1e9
      ? [1e9, "G"]
      : largest >= 1e6
      ? [1e6, "M"]
      : [1e3, "k"];
    const digits = Math.min(12, Math.max(0, Math.round(Math.log10(unit)) - power));
    return (value) => value === 0 ? "0" : `${(value / unit).toFixed(digits)}${mark}`;
  }
  const digits = Math.min(12, Math.max(0, -power));
  return (value) => (value + 0).toFixed(digits).replace(/^-(0\.?0*)$/, "$1");
}

/** A length of time in milliseconds: `450 ms`, `1.5 s`, `2 m 5 s`, `3 h 10 m`, `2 d 4 h`. */
export function duration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return "";
  if (milliseconds < 0) return `-${duration(-milliseconds)}`;
  if (milliseconds === 0) return "0";
  if (milliseconds < SECOND) return `${number(milliseconds, 3)} ms`;
  if (milliseconds < MINUTE - 50) return `${number(milliseconds / SECOND, 3)} s`;
  // What is rounded up to an hour is 1 h, not 60 m.
  for (
    const [large, small, most, a, b] of [
      [MINUTE, SECOND, HOUR, "m", "s"],
      [HOUR, MINUTE, DAY, "h", "m"],
      [DAY, HOUR, Infinity, "d", "h"],
    ] as const
  ) {
    const whole = Math.round(milliseconds / small) * small;
    if (whole >= most) continue;
    const rest = Math.round((whole % large) / small);
    return `${Math.floor(whole / large)} ${a}${rest === 0 ? "" : ` ${rest} ${b}`}`;
  }
  return "";
}

/** The smallest and the largest finite number; `undefined` where there is none. */
export function extent(values: ArrayLike<number>): [low: number, high: number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value - value !== 0) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** The number below which `part` (0 to 1) of the sorted numbers are. */
export function quantile(sorted: ArrayLike<number>, part: number): number {
  if (sorted.length === 0) return NaN;
  const place = part * (sorted.length - 1);
  const at = Math.floor(place);
  const low = sorted[at]!;
  const high = sorted[Math.min(at + 1, sorted.length - 1)]!;
  return low === high ? low : low + (high - low) * (place - at);
}

/** A straight line through points by least squares, and how well it fits. */
export interface Trend {
  slope: number;
  intercept: number;
  /** Pearson's correlation, -1 to 1. */
  r: number;
}

/** The straight line with the least squares; `undefined` for fewer than two different `x`. Pairs that lack a number do not count. */
export function trend(xs: ArrayLike<number>, ys: ArrayLike<number>): Trend | undefined {
  let count = 0;
  let meanX = 0;
  let meanY = 0;
  let squaresX = 0;
  let squaresY = 0;
  let products = 0;
  for (let at = 0; at < xs.length; at++) {
    const x = xs[at]!;
    const y = ys[at]!;
    if (x - x !== 0 || y - y !== 0) continue;
    // Welford's way, which does not lose digits to large means.
    count++;
    const fromX = x - meanX;
    const fromY = y - meanY;
    meanX += fromX / count;
    meanY += fromY / count;
    squaresX += fromX * (x - meanX);
    squaresY += fromY * (y - meanY);
    products += fromX * (y - meanY);
  }
  if (count < 2 || !(squaresX > 0)) return undefined;
  const slope = products / squaresX;
  return {
    slope,
    intercept: meanY - slope * meanX,
    r: squaresY > 0 ? products / Math.sqrt(squaresX * squaresY) : 0,
  };
}

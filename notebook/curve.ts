/**
 * The points of a metric's history as lines to draw: what lies along x, smoothed, and no more points than pixels show.
 *
 * @module
 */
import type { HistoryColumns } from "../domain/history/history.ts";
import { decimate, GAP } from "../viewer/decimate.ts";
import { smooth } from "../viewer/smooth.ts";

/** What lies along x. */
export const ALONG = ["step", "time", "relative"] as const;

/** All metrics of a run, by their names. */
export type Curves = ReadonlyMap<string, HistoryColumns>;

/** One curve; the lists have one length. */
export interface Curve {
  /** Steps, or milliseconds: since 1970, or since the run's first point of anything. */
  x: Float64Array;
  /** What was logged. */
  raw: Float64Array;
  /** The same, smoothed. */
  smoothed: Float64Array;
}

/** A point that is drawn; where `y` is none the line has a gap. */
export interface CurvePoint {
  /** The index of its curve. */
  curve: number;
  /** Its place. */
  x: number | Date;
  /** Its value. */
  y: number | undefined;
}

/** The curve of one metric, in the order of `x`. */
export function curveOf(
  curves: Curves,
  metric: string,
  along: typeof ALONG[number],
  weight: number,
): Curve | undefined {
  const columns = curves.get(metric);
  if (!columns || columns.values.length === 0) return undefined;
  const { steps, times, values } = columns;
  const smoothed = smooth(values, weight);
  if (along === "step") return { x: steps, raw: values, smoothed };
  // Points of steps that were logged out of order, or by several machines.
  const order = Uint32Array.from(steps.keys()).sort((a, b) => times[a]! - times[b]!);
  const pick = (list: Float64Array) => Float64Array.from(order, (at) => list[at]!);
  const start = along === "relative" ? startOf(curves) : 0;
  return {
    x: pick(times).map((time) => time - start),
    raw: pick(values),
    smoothed: pick(smoothed),
  };
}

function startOf(curves: Curves): number {
  let start = Infinity;
  for (const { times } of curves.values()) for (const time of times) start = Math.min(start, time);
  return start;
}

/**
 * The points that draw a line: of each column of pixels the lowest and the highest.
 *
 * @param range What the whole plot has along x, and how many pixels it has for that.
 * @param at The index of the curve.
 */
export function drawnPoints(
  x: Float64Array,
  y: Float64Array,
  { low, high, pixels }: { low: number; high: number; pixels: number },
  at: number,
): CurvePoint[] {
  const scale = high > low ? pixels / (high - low) : 0;
  return decimate(x.map((value) => (value - low) * scale), y).map((index) => ({
    curve: at,
    x: index === GAP ? low : x[index]!,
    y: index === GAP ? undefined : y[index]!,
  }));
}

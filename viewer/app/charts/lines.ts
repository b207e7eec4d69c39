/**
 * Curves as lines to draw: what lies along x, smoothing, what is in sight, bands of groups.
 *
 * @module
 */
import { decimate, lowerBound } from "../../decimate.ts";
import { type Plot, xOf, yOf } from "./frame.ts";
import type { Curve, Curves } from "./histories.ts";
import { extent, quantile } from "./numbers.ts";
import { smooth } from "../../smooth.ts";

/** What lies along x: steps, time, time since the run's first point, or `m:` and the name of a metric. */
export type AlongX = "step" | "time" | "relative" | `m:${string}`;

/** One line: `x` rises, the three have one length. */
export interface Line {
  x: Float64Array;
  /** What was logged. */
  raw: Float64Array;
  /** What is drawn: smoothed, or the same as `raw`. */
  y: Float64Array;
}

/** Lines as they were made last. All are asked for again whenever another run is there, and curves never change. */
const made = new WeakMap<Curve, { how: string; line: Line | undefined }>();

/** The line of a metric of a run; `undefined` where it has none or nothing to lie along. */
export function lineOf(
  curves: Curves,
  metric: string,
  along: AlongX,
  weight: number,
): Line | undefined {
  const curve = curves.get(metric);
  if (!curve || curve.values.length === 0) return undefined;
  const how = `${weight} ${along}`;
  const known = made.get(curve);
  if (known?.how === how) return known.line;
  const line = newLine(curves, curve, along, weight);
  made.set(curve, { how, line });
  return line;
}

function newLine(
  curves: Curves,
  curve: Curve,
  along: AlongX,
  weight: number,
): Line | undefined {
  const y = smooth(curve.values, weight);
  if (along === "step") return sorted({ x: curve.steps, raw: curve.values, y });
  if (along === "time") return sorted({ x: curve.times, raw: curve.values, y });
  if (along === "relative") {
    const start = startOf(curves);
    return sorted({ x: curve.times.map((time) => time - start), raw: curve.values, y });
  }
  const other = curves.get(along.slice(2));
  return other && sorted({ x: sameSteps(curve, other), raw: curve.values, y });
}

/** When a run logged its first point of anything. */
function startOf(curves: Curves): number {
  const known = starts.get(curves);
  if (known !== undefined) return known;
  let start = Infinity;
  for (const { times } of curves.values()) {
    for (const time of times) if (time < start) start = time;
  }
  starts.set(curves, start);
  return start;
}

const starts = new WeakMap<Curves, number>();

/** The other metric's values at this one's steps, NaN where it has none. */
function sameSteps(curve: Curve, other: Curve): Float64Array {
  const values = new Map<number, number>();
  other.steps.forEach((step, at) => values.set(step, other.values[at]!));
  return curve.steps.map((step) => values.get(step) ?? NaN);
}

/** In the order of `x`, without points that have none. What is in order stays as it is. */
function sorted(line: Line): Line {
  const { x } = line;
  let isSorted = true;
  for (let at = 0; at < x.length && isSorted; at++) {
    isSorted = x[at]! - x[at]! === 0 && (at === 0 || x[at]! >= x[at - 1]!);
  }
  if (isSorted) return line;
  const order = [...x.keys()].filter((at) => Number.isFinite(x[at]!))
    .sort((a, b) => x[a]! - x[b]!);
  const pick = (list: Float64Array) => Float64Array.from(order, (at) => list[at]!);
  return { x: pick(x), raw: pick(line.raw), y: pick(line.y) };
}

/** The indices of a line that a range of x shows, with one on each side for the line that leaves it. */
export function inSight(x: Float64Array, [low, high]: readonly [number, number]): [number, number] {
  const from = lowerBound(x, low);
  const to = lowerBound(x, high);
  let end = to;
  while (end < x.length && x[end] === high) end++;
  return [Math.max(0, from - 1), Math.min(x.length, end + 1)];
}

/** Points as pixels, ready to be drawn. Where `index` is -1 the line has a gap. */
export interface Drawn {
  /** Two numbers a point; NaN for a gap. */
  points: Float64Array;
  /** How many of them are points. */
  count: number;
}

/** Which points of a line were drawn the last time, by its `y`: of a line that is drawn again as it was, they are the same. */
const chosen = new WeakMap<Float64Array, { x: Float64Array; key: string; indices: number[] }>();

/** The pixels of a line in a plot, two points a column of pixels at most. */
export function pixels(x: Float64Array, y: Float64Array, plot: Plot): Drawn {
  const { left, width, x: { kind, domain } } = plot;
  // Which values have a place along y goes by its kind alone, and their order never changes.
  const key = [left, width, kind, ...domain, plot.y.kind].join();
  const known = chosen.get(y);
  const indices = known?.x === x && known.key === key ? known.indices : indicesOf(x, y, plot);
  chosen.set(y, { x, key, indices });
  const points = new Float64Array(indices.length * 2);
  let count = 0;
  indices.forEach((index, at) => {
    points[2 * at] = index < 0 ? NaN : xOf(plot, x[index]!);
    points[2 * at + 1] = index < 0 ? NaN : yOf(plot, y[index]!);
    if (index >= 0) count++;
  });
  return { points, count };
}

function indicesOf(x: Float64Array, y: Float64Array, plot: Plot): number[] {
  const [from, to] = inSight(x, plot.x.domain);
  const px = placesAlong.length < to ? placesAlong = new Float64Array(2 * to) : placesAlong;
  for (let at = from; at < to; at++) px[at] = xOf(plot, x[at]!);
  // Only the order counts along y, and what has no place there.
  return decimate(
    px,
    plot.y.kind === "log" ? y.map((value) => value > 0 ? value : NaN) : y,
    from,
    to,
  );
}

/** Pixels along x of the line that is being looked at: a list for each of a hundred lines is soon garbage. */
let placesAlong = new Float64Array(0);

/** Of a line the lowest and the highest value, and the lowest above zero, where they are known. */
const ends = new WeakMap<Float64Array, readonly [low: number, high: number, above: number]>();

function endsOf(y: Float64Array): readonly [low: number, high: number, above: number] {
  const known = ends.get(y);
  if (known) return known;
  let [low, high, above] = [Infinity, -Infinity, Infinity];
  for (let at = 0; at < y.length; at++) {
    const value = y[at]!;
    if (value - value !== 0) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < above) above = value;
  }
  const found = [low, high, above] as const;
  ends.set(y, found);
  return found;
}

/** The range of what is drawn; without outliers, that of all but the lowest and the highest twentieth. */
export function yRange(
  lists: readonly { x: Float64Array; y: Float64Array }[],
  range: readonly [number, number],
  options: { isLog: boolean; withoutOutliers: boolean },
): [number, number] | undefined {
  const { isLog, withoutOutliers } = options;
  let low = Infinity;
  let high = -Infinity;
  const kept: number[] = [];
  const total = lists.reduce((sum, { y }) => sum + y.length, 0);
  // Of very many values every n-th says where nearly all of them are.
  const every = Math.max(1, Math.floor(total / 50_000));
  for (const { x, y } of lists) {
    const [from, to] = inSight(x, range);
    if (!withoutOutliers && from === 0 && to === x.length) {
      const [least, most, above] = endsOf(y);
      low = Math.min(low, isLog ? above : least);
      if (!isLog || most > 0) high = Math.max(high, most);
      continue;
    }
    for (let at = from; at < to; at++) {
      const value = y[at]!;
      if (value - value !== 0 || isLog && value <= 0) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      if (withoutOutliers && at % every === 0) kept.push(value);
    }
  }
  if (low > high) return undefined;
  if (withoutOutliers && kept.length > 4) {
    kept.sort((a, b) => a - b);
    const [from, to] = [quantile(kept, 0.05), quantile(kept, 0.95)];
    if (from < to) return [from, to];
  }
  return [low, high];
}

/** A group's mean, lowest and highest, at the same places along x. */
export interface Band {
  x: Float64Array;
  mean: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** How many of its lines there are at each place. */
  lines: Float64Array;
}

/**
 * The band of several lines. A line counts from its first to its last point; between its points it is straight.
 *
 * @param places How many places along x, at most; lines that have the very same x keep it.
 */
export function bandOf(
  lines: readonly { x: Float64Array; y: Float64Array }[],
  places: number,
): Band {
  const x = placesOf(lines, places);
  const mean = new Float64Array(x.length);
  const counted = new Float64Array(x.length);
  const low = new Float64Array(x.length).fill(NaN);
  const high = new Float64Array(x.length).fill(NaN);
  for (const line of lines) {
    let at = 0;
    for (let place = 0; place < x.length; place++) {
      const value = valueAt(line, x[place]!, at);
      at = value.at;
      if (value.y - value.y !== 0) continue;
      counted[place]!++;
      mean[place]! += (value.y - mean[place]!) / counted[place]!;
      if (!(low[place]! <= value.y)) low[place] = value.y;
      if (!(high[place]! >= value.y)) high[place] = value.y;
    }
  }
  for (let place = 0; place < x.length; place++) if (counted[place] === 0) mean[place] = NaN;
  return { x, mean, low, high, lines: counted };
}

function placesOf(lines: readonly { x: Float64Array }[], places: number): Float64Array {
  const all = new Set<number>();
  for (const { x } of lines) {
    for (const value of x) all.add(value);
    if (all.size > places) break;
  }
  if (all.size <= places) return Float64Array.from(all).sort();
  const [low, high] = extent(lines.flatMap(({ x }) => [x[0] ?? NaN, x.at(-1) ?? NaN])) ?? [0, 1];
  return Float64Array.from({ length: places }, (_, at) => low + (high - low) * at / (places - 1));
}

/** The value of a line at a place; `from` is an index at or before it. */
function valueAt(
  { x, y }: { x: Float64Array; y: Float64Array },
  place: number,
  from: number,
): { y: number; at: number } {
  let at = from;
  while (at + 1 < x.length && x[at + 1]! <= place) at++;
  if (x.length === 0 || place < x[at]! || place > x.at(-1)!) return { y: NaN, at };
  if (x[at] === place || at + 1 === x.length) return { y: y[at]!, at };
  const part = (place - x[at]!) / (x[at + 1]! - x[at]!);
  return { y: y[at]! + (y[at + 1]! - y[at]!) * part, at };
}

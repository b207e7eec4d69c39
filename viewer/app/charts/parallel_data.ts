/**
 * Which axes parallel coordinates have, and where lines cross them.
 *
 * @module
 */
import type { RunColumn, Runs } from "../types.ts";
import { type Axis, axisOf, isDrawable, isPending, scaleFor, varies } from "./columns.ts";
import { trend } from "./numbers.ts";
import type { Scale } from "./scale.ts";

/** More axes than these are not chosen unless they are asked for. */
const MAX_AXES = 8;
/** A text column with more different texts is a name, not a category. */
const MAX_CATEGORIES = 40;

/** An axis and how it is shown. */
export interface Shown {
  axis: Axis;
  scale: Scale;
  isFlipped: boolean;
  isLog: boolean;
  /** Some runs have no value there: they cross below the axis. */
  hasNone: boolean;
}

/** The metric that gives the colours unless another is chosen: the first that differs. */
export function metricOf(runs: Runs, rows: readonly number[], asked: string | undefined) {
  const column = asked === undefined ? undefined : runs.byKey(asked);
  if (column && isDrawable(column)) return column;
  const metrics = runs.columns.filter((one) => one.kind === "metric" && isDrawable(one));
  return metrics.find((one) => isPending(one) || varies(one, rows)) ?? metrics[0];
}

/** The axes unless others are chosen: parameters that differ, those closest to the metric if there are many, then the metric. */
export function chosenAxes(
  runs: Runs,
  rows: readonly number[],
  metric: RunColumn | undefined,
): { columns: RunColumn[]; of: number } {
  // Of columns that come when they are asked for, the first are asked for.
  let asked = MAX_AXES - 1;
  const parameters = runs.columns.filter((column) => {
    if (column.kind !== "parameter") return false;
    if (isPending(column)) return asked-- > 0;
    return varies(column, rows) && axisOf(column).categories.length <= MAX_CATEGORIES;
  });
  const others = runs.columns.filter((column) =>
    column.kind === "metric" && column !== metric && varies(column, rows)
  );
  const own = parameters.length > 0 ? parameters : others;
  let columns = own;
  if (own.length > MAX_AXES - 1) {
    const target = metric && axisOf(metric);
    const closest = own.map((column) => ({
      column,
      relation: target ? relation(axisOf(column), target, rows) : 0,
    })).sort((a, b) => b.relation - a.relation).slice(0, MAX_AXES - 1);
    const kept = new Set(closest.map(({ column }) => column));
    columns = own.filter((column) => kept.has(column));
  }
  return { columns: metric ? [...columns, metric] : columns, of: own.length };
}

/** How much of the target's variance a column explains, 0 to 1: by a straight line, or by the means of categories. */
export function relation(axis: Axis, target: Axis, rows: readonly number[]): number {
  const pairs = rows.flatMap((row): [number, number][] => {
    const pair: [number, number] = [axis.values[row]!, target.values[row]!];
    return pair.every(Number.isFinite) ? [pair] : [];
  });
  if (axis.type !== "category") {
    const line = trend(pairs.map(([x]) => x), pairs.map(([, y]) => y));
    return line ? line.r ** 2 : 0;
  }
  const mean = (list: readonly [number, number][]) =>
    list.reduce((sum, [, y]) => sum + y, 0) / list.length;
  const all = mean(pairs);
  const total = pairs.reduce((sum, [, y]) => sum + (y - all) ** 2, 0);
  let between = 0;
  for (const group of Map.groupBy(pairs, ([x]) => x).values()) {
    between += group.length * (mean(group) - all) ** 2;
  }
  return total > 0 ? between / total : 0;
}

/** An axis for these rows. */
export function shownOf(
  column: RunColumn,
  rows: readonly number[],
  { isFlipped, isLog }: { isFlipped: boolean; isLog: boolean },
): Shown {
  const axis = axisOf(column);
  const scale = scaleFor(axis, rows, isLog, 0);
  const hasNone = rows.some((row) => !Number.isFinite(scale.at(axis.values[row]!)));
  return { axis, scale, isFlipped, isLog: scale.kind === "log", hasNone };
}

/** So much room is below an axis for runs without a value. */
export const NONE_ROOM = 30;

/** Where the axes are. */
export interface Room {
  top: number;
  height: number;
  /** The pixel of each axis along x. */
  xs: readonly number[];
}

/** The place of a value along an axis in pixels, and the value of a place. */
export function toPixel({ scale, isFlipped }: Shown, { top, height }: Room, value: number): number {
  const place = scale.at(value);
  return top + (isFlipped ? place : 1 - place) * height;
}
export function toValue({ scale, isFlipped }: Shown, { top, height }: Room, pixel: number): number {
  const place = Math.min(1, Math.max(0, (pixel - top) / height));
  return scale.back(isFlipped ? place : 1 - place);
}

/** The lines of a category take this part of its room, and so many pixels at most. */
const SPREAD = 0.55;
const MOST = 64;

/**
 * Where each row's line crosses each axis, in pixels, axis by axis. A row without a value crosses below. Lines of one
 * category lie beside one another in the order of the metric: how many they are and how well they did is seen.
 */
export function crossings(
  shown: readonly Shown[],
  rows: readonly number[],
  room: Room,
  metric: Pick<Axis, "values"> | undefined,
): Float32Array[] {
  const order = metric && [...rows.keys()].sort((a, b) => {
    const [x, y] = [metric.values[rows[a]!]!, metric.values[rows[b]!]!];
    return Number.isNaN(x) ? (Number.isNaN(y) ? a - b : 1) : Number.isNaN(y) ? -1 : y - x || a - b;
  });
  return shown.map((one) => {
    const { values, type, categories } = one.axis;
    const ys = Float32Array.from(rows, (row) => {
      const y = toPixel(one, room, values[row]!);
      return y - y === 0 ? y : room.top + room.height + NONE_ROOM - 6;
    });
    if (type !== "category") return ys;
    const width = Math.min(MOST, room.height / categories.length * SPREAD);
    const groups = Map.groupBy(order ?? rows.keys(), (at) => values[rows[at]!]!);
    groups.delete(NaN);
    for (const members of groups.values()) {
      const taken = Math.min(width, (members.length - 1) * 3);
      members.forEach((at, nth) => {
        ys[at]! += members.length === 1 ? 0 : (nth / (members.length - 1) - 0.5) * taken;
      });
    }
    return ys;
  });
}

/** The line that is nearest to a place: its index among the rows, and how far it is. */
export function nearestLine(
  ys: readonly Float32Array[],
  xs: readonly number[],
  x: number,
  y: number,
  isShown: (at: number) => boolean,
): { at: number; distance: number } | undefined {
  let left = 0;
  while (left + 2 < xs.length && xs[left + 1]! <= x) left++;
  const [from, to] = [ys[left], ys[left + 1]];
  if (!from || !to) return undefined;
  const part = (x - xs[left]!) / (xs[left + 1]! - xs[left]!);
  if (part < -0.02 || part > 1.02) return undefined;
  let best = -1;
  let distance = Infinity;
  for (let at = 0; at < from.length; at++) {
    const slope = to[at]! - from[at]!;
    // Across the line, not straight up: steep lines are as easy to hit as flat ones.
    const away = Math.abs(from[at]! + slope * part - y) /
      Math.hypot(1, slope / (xs[left + 1]! - xs[left]!));
    if (away < distance && isShown(at)) {
      best = at;
      distance = away;
    }
  }
  return best < 0 ? undefined : { at: best, distance };
}

/** All of 0 to `count`, so that any first part of them is spread over the whole. */
export function spread(count: number): Uint32Array {
  const order = new Uint32Array(count);
  // A stride without a common divisor visits each once; the nearest to the golden section spreads best.
  const golden = Math.max(1, Math.round(count * 0.618));
  let away = 0;
  while (divisor(golden + away, count) !== 1) away = away > 0 ? -away : 1 - away;
  const stride = golden + away;
  for (let at = 0; at < count; at++) order[at] = at * stride % count;
  return order;
}

const divisor = (a: number, b: number): number => b === 0 ? a : divisor(b, a % b);

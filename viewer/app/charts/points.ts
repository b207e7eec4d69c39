/**
 * Points of a scatter plot: where they are, and equal ones beside one another.
 *
 * @module
 */
import type { Axis } from "./columns.ts";
import { type Plot, xOf, yOf } from "./frame.ts";
import type { Scale } from "./scale.ts";

/** Points as pixels; `rows[i]` is the run of point `i`. */
export interface Points {
  rows: number[];
  xs: Float64Array;
  ys: Float64Array;
  /** How many points have the very same two values, itself included. */
  same: Uint32Array;
}

/** The golden angle: points along this spiral lie evenly on a disc. */
const ANGLE = Math.PI * (3 - Math.sqrt(5));

/** The place of one of several equal points, on a disc with the radius 1. */
export function onDisc(nth: number, count: number): [dx: number, dy: number] {
  const out = Math.sqrt(nth / Math.max(count - 1, 1));
  return [out * Math.cos(nth * ANGLE), out * Math.sin(nth * ANGLE)];
}

/** How far equal points go from their place, if nothing else is near. */
export const discOf = (count: number, radius: number): number =>
  Math.min(MOST, Math.sqrt(count - 1) * radius * 1.8);

/** Where values are many, equal points do not go farther away than this. */
const MOST = 14;

/** The room between neighbours along one side, if their places are few: the least distance. */
function gapOf(places: readonly number[]): number {
  const sorted = [...new Set(places.map((place) => Math.round(place)))].sort((a, b) => a - b);
  if (sorted.length > 60) return MOST / 0.44;
  let least = Infinity;
  for (let at = 1; at < sorted.length; at++) least = Math.min(least, sorted[at]! - sorted[at - 1]!);
  return least;
}

/** A category's room, also if there are no runs in those beside it. */
const roomOf = ({ kind, categories }: Scale, length: number): number =>
  kind === "category" ? length / Math.max(1, categories.length) : Infinity;

/** The half axes of an ellipse with room for so many points that are `step` apart, within the most there may be. */
function ellipse(
  count: number,
  step: number,
  [mostX, mostY]: readonly [number, number],
): [rx: number, ry: number] {
  const round = Math.sqrt(count - 1) * step;
  const ry = Math.min(round, mostY);
  const rx = Math.min(round * round / Math.max(ry, 1), mostX);
  return [rx, Math.min(mostY, round * round / Math.max(rx, 1))];
}

/**
 * Places points. Those with the same two values lie around their place, as far from it as it takes and neighbours allow,
 * so that each is seen and can be pointed at.
 */
export function pointsOf(
  rows: readonly number[],
  x: Pick<Axis, "values">,
  y: Pick<Axis, "values">,
  plot: Plot,
  radius: number,
): Points {
  const kept = rows.filter((row) =>
    Number.isFinite(plot.x.at(x.values[row]!)) && Number.isFinite(plot.y.at(y.values[row]!))
  );
  const xs = new Float64Array(kept.length);
  const ys = new Float64Array(kept.length);
  const same = new Uint32Array(kept.length);
  const groups = Map.groupBy(kept.keys(), (at) => `${x.values[kept[at]!]} ${y.values[kept[at]!]}`);
  const places = [...groups.values()].map(([first]) => ({
    x: xOf(plot, x.values[kept[first!]!]!),
    y: yOf(plot, y.values[kept[first!]!]!),
  }));
  const wide = Math.min(gapOf(places.map((one) => one.x)), roomOf(plot.x, plot.width));
  const high = Math.min(gapOf(places.map((one) => one.y)), roomOf(plot.y, plot.height));
  let group = 0;
  for (const members of groups.values()) {
    const { x: cx, y: cy } = places[group++]!;
    const [rx, ry] = ellipse(members.length, radius * 1.8, [
      Math.min(wide, 2 * (cx - plot.left), 2 * (plot.left + plot.width - cx)) * 0.44,
      Math.min(high, 2 * (cy - plot.top), 2 * (plot.top + plot.height - cy)) * 0.44,
    ]);
    members.forEach((at, nth) => {
      const [dx, dy] = onDisc(nth, members.length);
      xs[at] = cx + dx * rx;
      ys[at] = cy + dy * ry;
      same[at] = members.length;
    });
  }
  return { rows: kept, xs, ys, same };
}

/** The index of the point that is nearest to a place, at most `reach` pixels away; -1 for none. */
export function pointAt({ xs, ys }: Points, x: number, y: number, reach: number): number {
  let best = -1;
  let least = reach * reach;
  for (let at = 0; at < xs.length; at++) {
    const distance = (xs[at]! - x) ** 2 + (ys[at]! - y) ** 2;
    if (distance <= least) {
      least = distance;
      best = at;
    }
  }
  return best;
}

/** The points' rows that lie within a box of pixels. */
export function within(
  { rows, xs, ys }: Points,
  a: { x: number; y: number },
  b: { x: number; y: number },
): number[] {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)];
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
  return rows.filter((_, at) =>
    xs[at]! >= left && xs[at]! <= right && ys[at]! >= top && ys[at]! <= bottom
  );
}

/** The next point in a direction: of those that lie more that way than sideways, the nearest. */
export function pointBeside(
  { xs, ys }: Points,
  from: number,
  [dx, dy]: readonly [number, number],
): number {
  let best = from;
  let least = Infinity;
  for (let at = 0; at < xs.length; at++) {
    const [x, y] = [xs[at]! - xs[from]!, ys[at]! - ys[from]!];
    const along = x * dx + y * dy;
    const across = Math.abs(x * dy) + Math.abs(y * dx);
    if (at === from || along <= 0 || across > along * 1.5) continue;
    const distance = along + across;
    if (distance < least) {
      least = distance;
      best = at;
    }
  }
  return best;
}

/** The radius of points: the more, the smaller. */
export const radiusFor = (count: number): number =>
  count > 4000 ? 2.25 : count > 1000 ? 3 : count > 200 ? 4 : 5;

/**
 * Points of a scatter plot: where they are, and equal ones beside one another.
 *
 * @module
 */
import type { Axis } from "./columns.ts";
import { type Plot, xOf, yOf } from "./frame.ts";

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

/**
 * Places points. Those with the same two values lie on a disc around their place, as wide as it takes up to `most`
 * pixels, so that each is seen and can be pointed at.
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
  const xs = new Float64Array(kept.length), ys = new Float64Array(kept.length);
  const same = new Uint32Array(kept.length);
  const groups = Map.groupBy(kept.keys(), (at) => `${x.values[kept[at]!]} ${y.values[kept[at]!]}`);
  // Discs of two categories do not touch.
  const room = Math.min(
    plot.x.kind === "category" ? plot.width / Math.max(1, plot.x.categories.length) : Infinity,
    plot.y.kind === "category" ? plot.height / Math.max(1, plot.y.categories.length) : Infinity,
  );
  const most = room < Infinity ? Math.max(radius, room * 0.42) : 14;
  for (const members of groups.values()) {
    const [cx, cy] = [
      xOf(plot, x.values[kept[members[0]!]!]!),
      yOf(plot, y.values[kept[members[0]!]!]!),
    ];
    const widest = Math.sqrt(members.length - 1) || 1;
    const step = Math.min(radius * 1.8, most / widest);
    members.forEach((at, nth) => {
      xs[at] = cx + Math.sqrt(nth) * step * Math.cos(nth * ANGLE);
      ys[at] = cy + Math.sqrt(nth) * step * Math.sin(nth * ANGLE);
      same[at] = members.length;
    });
  }
  return { rows: kept, xs, ys, same };
}

/** The index of the point that is nearest to a place, at most `reach` pixels away; -1 for none. */
export function pointAt({ xs, ys }: Points, x: number, y: number, reach: number): number {
  let best = -1, least = reach * reach;
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
  let best = from, least = Infinity;
  for (let at = 0; at < xs.length; at++) {
    const [x, y] = [xs[at]! - xs[from]!, ys[at]! - ys[from]!];
    const along = x * dx + y * dy, across = Math.abs(x * dy) + Math.abs(y * dx);
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

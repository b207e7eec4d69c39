/**
 * Fewer points that draw the same line.
 *
 * @module
 */

/** Stands between two points that no line joins. */
export const GAP = -1;

/**
 * Which points of a line have to be drawn: of each column of pixels the lowest and the highest, in their order, so at
 * most two a column. A gap (a `y` that is no finite number) between columns stays a gap.
 *
 * @param px Where the points are along x, in pixels, not falling.
 * @param y Their values; only their order counts.
 * @param from The first index, and `to` the one after the last.
 * @returns Indices, rising, with {@linkcode GAP} between them.
 */
export function decimate(
  px: ArrayLike<number>,
  y: ArrayLike<number>,
  from = 0,
  to: number = px.length,
): number[] {
  const drawn: number[] = [];
  let column = NaN;
  let low = GAP;
  let high = GAP;
  let isGap = false;
  const flush = () => {
    if (low === GAP) return;
    drawn.push(Math.min(low, high));
    if (low !== high) drawn.push(Math.max(low, high));
    low = high = GAP;
  };
  for (let at = from; at < to; at++) {
    const value = y[at]!;
    const place = px[at]!;
    if (value - value !== 0 || place - place !== 0) {
      isGap = true;
      continue;
    }
    const here = Math.floor(place);
    if (here !== column) {
      flush();
      if (isGap && drawn.length > 0) drawn.push(GAP);
      column = here;
      low = high = at;
    } else {
      if (value < y[low]!) low = at;
      if (value >= y[high]!) high = at;
    }
    isGap = false;
  }
  flush();
  return drawn;
}

/** The first index whose value is not below `value`; `sorted` rises. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index whose value is nearest to `value`; -1 for an empty list. */
export function nearest(sorted: ArrayLike<number>, value: number): number {
  const at = lowerBound(sorted, value);
  if (at === 0) return sorted.length === 0 ? -1 : 0;
  if (at === sorted.length) return at - 1;
  return value - sorted[at - 1]! <= sorted[at]! - value ? at - 1 : at;
}

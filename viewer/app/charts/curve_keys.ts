/**
 * What keys do on curves.
 *
 * @module
 */
import type { Hit, Series } from "./curve_lines.ts";
import { type Plot, yOf } from "./frame.ts";

/** The point of a series that is nearest to a place along x; its last without one. */
export function nearestIndex({ line }: Series, along: number | undefined): number {
  if (along === undefined) return line.x.length - 1;
  let low = 0;
  let high = line.x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (line.x[middle]! <= along) low = middle;
    else high = middle;
  }
  return Math.abs(line.x[low]! - along) <= Math.abs(line.x[high]! - along) ? low : high;
}

/** What a key does: move the place that is read, zoom, or open a run. */
export function keyed(
  key: string,
  isShifted: boolean,
  { plot, pointer, series, hits }: {
    plot: Plot;
    pointer: { x: number; y: number } | undefined;
    series: readonly Series[];
    hits: readonly Hit[];
  },
):
  | { x: number; y: number }
  | { zoom: [number, number] | undefined }
  | { open: number }
  | undefined {
  const here = pointer ?? { x: plot.left + plot.width / 2, y: plot.top + plot.height / 2 };
  const side = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const range = (from: number, to: number) => ({
    zoom: [plot.x.back(from), plot.x.back(to)] as [number, number],
  });
  if (side !== 0 && isShifted) return range(side / 4, 1 + side / 4);
  if (side !== 0) {
    const first = hits[0];
    const x = Math.min(
      plot.left + plot.width,
      Math.max(plot.left, here.x + side * plot.width / 40),
    );
    if (!first) return { x, y: here.y };
    // Along the run that is read.
    const { line } = series[first.index]!;
    const at = nearestIndex(series[first.index]!, plot.x.back((x - plot.left) / plot.width));
    const y = yOf(plot, line.y[at]!);
    return { x, y: Number.isNaN(y) ? here.y : y };
  }
  if (key === "ArrowUp" || key === "ArrowDown") {
    const ys = hits.map(({ index, at }) => yOf(plot, series[index]!.line.y[at]!))
      .filter((y) => key === "ArrowUp" ? y < here.y - 0.5 : y > here.y + 0.5);
    if (ys.length === 0) return here;
    return { x: here.x, y: key === "ArrowUp" ? Math.max(...ys) : Math.min(...ys) };
  }
  const center = (here.x - plot.left) / plot.width;
  if (key === "+" || key === "=") return range(center - center / 2, center + (1 - center) / 2);
  if (key === "-") return range(-center, 2 - center);
  if (key === "0" || key === "Escape") return { zoom: undefined };
  if (key === "Enter" && hits[0]) return { open: hits[0].index };
  return undefined;
}

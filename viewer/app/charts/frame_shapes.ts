/**
 * What a dataframe plot draws, as pixels: lines, dots or boxes, each of a run.
 *
 * @module
 */
import { layOut, type Plot, xOf, yOf } from "./frame.ts";
import {
  barsOf,
  binEdges,
  counts,
  type FrameColumn,
  lineOfFrame,
  type RunFrame,
} from "./frame_data.ts";
import { pixels } from "./lines.ts";
import { extent } from "./numbers.ts";
import { discOf, onDisc } from "./points.ts";
import { type Scale, scaleOf } from "./scale.ts";
import type { Size } from "./surface.tsx";

/** How dataframes are drawn. */
export type FrameKind = "line" | "scatter" | "bar" | "histogram";

/** Something with a value that can be pointed at. */
export interface Mark {
  row: number;
  x: number;
  y: number;
  /** Its column and value, as people read them. */
  text: string;
}

/** A box of a run. */
export interface Box extends Mark {
  left: number;
  width: number;
  top: number;
  height: number;
}

/** What is drawn. */
export interface FrameShapes {
  plot: Plot;
  lines: { row: number; points: Float64Array }[];
  boxes: Box[];
  dots: Mark[];
  /** All that can be pointed at. */
  marks: readonly Mark[];
}

/** What they are made of. */
export interface FrameInput {
  frames: readonly RunFrame[];
  kind: FrameKind;
  x: FrameColumn;
  y: FrameColumn;
  names: { x: string; y: string };
  logX: boolean;
  logY: boolean;
  size: Size;
}

/** Lays out a plot of dataframes; `undefined` if there is nothing to draw. */
export function shapesOfFrames(input: FrameInput): FrameShapes | undefined {
  switch (input.kind) {
    case "bar":
      return bars(input);
    case "histogram":
      return histogram(input);
    default:
      return points(input);
  }
}

function scale(
  column: FrameColumn,
  isLog: boolean,
  pad: number,
  more: readonly number[] = [],
): Scale | undefined {
  if (column.kind === "category") {
    return column.categories.length > 0
      ? scaleOf({ kind: "category", categories: column.categories })
      : undefined;
  }
  const all = [...column.values.flatMap((list) => [...list]), ...more]
    .filter((value) => !isLog || value > 0);
  const domain = extent(all);
  if (!domain) return undefined;
  const kind = column.kind === "time" ? "time" : isLog ? "log" : "linear";
  return scaleOf({
    kind,
    domain,
    pad,
    whole: column.values.every((list) => list.every((one) => !(one % 1))),
  });
}

function points(input: FrameInput): FrameShapes | undefined {
  const { frames, kind, x, y, names, size } = input;
  const isLine = kind === "line";
  const [xs, ys] = [scale(x, input.logX, isLine ? 0 : 0.04), scale(y, input.logY, 0.05)];
  if (!xs || !ys) return undefined;
  const plot = layOut(size, xs, ys, names);
  const dots: Mark[] = [];
  const lines = frames.map(({ row }, at) => {
    const line = lineOfFrame(x.values[at]!, y.values[at]!);
    const text = (i: number) => `${xs.text(line.x[i]!)}: ${ys.text(line.y[i]!)}`;
    line.x.forEach((value, i) => {
      const [px, py] = [xOf(plot, value), yOf(plot, line.y[i]!)];
      if (Number.isFinite(px) && Number.isFinite(py)) {
        dots.push({ row, x: px, y: py, text: text(i) });
      }
    });
    return { row, points: pixels(line.x, line.y, plot).points };
  });
  const seen = apart(dots, isLine ? undefined : plot);
  return { plot, lines: isLine ? lines : [], boxes: [], dots: isLine ? [] : seen, marks: seen };
}

/** The radius of a dot. */
export const radiusOf = (dots: number): number => dots > 2_000 ? 2 : 3.5;

/** Equal marks say how many they are; dots lie around their place within a plot, so that each is seen. */
function apart(marks: readonly Mark[], plot: Plot | undefined): Mark[] {
  const found = [...marks];
  const radius = radiusOf(marks.length);
  for (
    const same of Map.groupBy(marks.keys(), (at) => `${marks[at]!.x} ${marks[at]!.y}`).values()
  ) {
    if (same.length === 1) continue;
    const out = plot ? discOf(same.length, radius) : 0;
    const { x: cx, y: cy } = marks[same[0]!]!;
    // At an edge there is less room.
    const [rx, ry] = plot
      ? [
        Math.min(out, cx - plot.left - radius, plot.left + plot.width - cx - radius),
        Math.min(out, cy - plot.top - radius, plot.top + plot.height - cy - radius),
      ].map((room) => Math.max(room, 0))
      : [0, 0];
    for (const [nth, at] of same.entries()) {
      const { x, y, text, row } = marks[at]!;
      const [dx, dy] = onDisc(nth, same.length);
      const said = `${text}, ${same.length} points here`;
      found[at] = { row, x: x + dx * rx!, y: y + dy * ry!, text: said };
    }
  }
  return found;
}

function bars({ frames, x, y, names, logY, size }: FrameInput): FrameShapes | undefined {
  const found = frames.map((_, at) => barsOf(x.values[at]!, y.values[at]!));
  const places = [...new Set(found.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
  const heights = found.flatMap((one) => [...one.values()]);
  // Bars start at zero, where there is one.
  const ys = scale({ ...y, values: [] }, logY, 0, logY ? heights : [0, ...heights]);
  if (!ys || places.length === 0) return undefined;
  const label = scale({ ...x, values: [Float64Array.from(places)] }, false, 0)!;
  const categories = x.kind === "category" ? x.categories : places.map(label.text);
  const xs = scaleOf({ kind: "category", categories });
  const top = scaleOf({
    kind: ys.kind,
    domain: logY
      ? [ys.domain[0] / 2, ys.domain[1]]
      : [Math.min(0, ys.domain[0]), Math.max(0, ys.domain[1]) * 1.05],
  });
  const plot = layOut(size, xs, top, names);
  const room = plot.width / Math.max(categories.length, 1) * 0.8;
  const width = room / frames.length;
  const zero = logY ? plot.top + plot.height : yOf(plot, 0);
  const boxes = frames.flatMap(({ row }, at) =>
    [...found[at]!].flatMap(([place, value]): Box[] => {
      const index = x.kind === "category" ? place : places.indexOf(place);
      const y = yOf(plot, value), left = xOf(plot, index) - room / 2 + at * width;
      if (!Number.isFinite(y)) return [];
      const text = `${categories[index]}: ${top.text(value)}`;
      return [box(row, left, width, Math.min(y, zero), Math.abs(y - zero), text)];
    })
  );
  return { plot, lines: [], boxes, dots: [], marks: boxes };
}

function histogram({ frames, y, names, size }: FrameInput): FrameShapes | undefined {
  const edges = binEdges(y.values, y.kind === "category");
  if (edges.length < 2) return undefined;
  const found = y.values.map((list) => counts(list, edges));
  const most = Math.max(...found.flat());
  const xs = y.kind === "category"
    ? scaleOf({ kind: "category", categories: y.categories })
    : scaleOf({ kind: y.kind === "time" ? "time" : "linear", domain: [edges[0]!, edges.at(-1)!] });
  const plot = layOut(
    size,
    xs,
    scaleOf({ kind: "linear", domain: [0, most * 1.05], whole: true }),
    { x: names.y, y: "rows" },
  );
  const zero = yOf(plot, 0);
  const boxes: Box[] = [];
  const lines = frames.map(({ row }, at) => {
    const points: number[] = [];
    found[at]!.forEach((number, bin) => {
      const [left, right] = [xOf(plot, edges[bin]!), xOf(plot, edges[bin + 1]!)];
      const y = yOf(plot, number);
      points.push(left, y, right, y);
      const range = xs.kind === "category"
        ? xs.categories[bin]!
        : `${xs.text(edges[bin]!)} to ${xs.text(edges[bin + 1]!)}`;
      const text = `${range}: ${number}`;
      if (number > 0) boxes.push(box(row, left, right - left, y, zero - y, text));
    });
    const ends = [points[0]!, zero, ...points, points.at(-2)!, zero];
    return { row, points: Float64Array.from(ends) };
  });
  return { plot, lines, boxes, dots: [], marks: boxes };
}

const box = (
  row: number,
  left: number,
  width: number,
  top: number,
  height: number,
  text: string,
): Box => ({ row, left, width, top, height, x: left + width / 2, y: top, text });

/** What is below the pointer: the box that it is in, the lowest first, else the nearest mark. */
export function markAt({ boxes, marks }: FrameShapes, x: number, y: number): Mark | undefined {
  const inside = boxes.filter((one) =>
    x >= one.left && x <= one.left + one.width && y >= one.top - 3 && y <= one.top + one.height + 3
  );
  if (inside.length > 0) return inside.reduce((a, b) => a.height <= b.height ? a : b);
  let best: Mark | undefined;
  let least = 24 * 24;
  for (const mark of marks) {
    const distance = (mark.x - x) ** 2 + (mark.y - y) ** 2;
    if (distance < least) [best, least] = [mark, distance];
  }
  return best;
}

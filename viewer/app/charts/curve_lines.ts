/**
 * What one chart of curves draws: lines or bands, their range, and which of them is below the pointer.
 *
 * @module
 */
import type { RunStyle } from "../types.ts";
import { lowerBound, nearest } from "../../decimate.ts";
import { type Box, clipped, type Plot, xOf, yOf } from "./frame.ts";
import { type Band, type Drawn, type Line, pixels, yRange } from "./lines.ts";
import { extent } from "./numbers.ts";
import type { Paint } from "./paint.ts";
import { type Scale, type ScaleKind, scaleOf } from "./scale.ts";
import type { Pen } from "./surface.tsx";

/** A line or, if runs are grouped, the mean of a group with its band. */
export interface Series {
  /** The run; `undefined` for a group. */
  row: number | undefined;
  name: string;
  style: RunStyle;
  line: Line;
  band?: Band;
}

/** What is in sight, and how. */
export interface View {
  along: ScaleKind;
  logX: boolean;
  logY: boolean;
  withoutOutliers: boolean;
  /** The range of x that was zoomed to. */
  zoom: readonly [number, number] | undefined;
  /** There is a line of what was logged behind the smoothed one. */
  hasRaw: boolean;
}

/** The scales of a chart; `undefined` if there is nothing to draw. */
export function scalesOf(
  series: readonly Series[],
  view: View,
): { x: Scale; y: Scale } | undefined {
  const logX = view.logX && view.along === "linear";
  const whole = series.every(({ line }) => Number.isInteger(line.x[0] ?? 0)) &&
    view.along === "linear";
  const ends = series.flatMap(({ line }) => {
    const from = logX ? line.x[firstAbove(line.x)] : line.x[0];
    return [from ?? NaN, logX && !(line.x.at(-1)! > 0) ? NaN : line.x.at(-1) ?? NaN];
  });
  const domain = view.zoom ?? extent(ends);
  if (!domain) return undefined;
  const x = scaleOf({ kind: logX ? "log" : view.along, domain, whole });
  const lists = series.flatMap(({ line, band }) => [
    { x: line.x, y: line.y },
    ...(view.hasRaw && !band ? [{ x: line.x, y: line.raw }] : []),
    ...(band ? [{ x: band.x, y: band.low }, { x: band.x, y: band.high }] : []),
  ]);
  const found = yRange(lists, x.domain, {
    isLog: view.logY,
    withoutOutliers: view.withoutOutliers,
  });
  if (!found) return undefined;
  const y = scaleOf({ kind: view.logY ? "log" : "linear", domain: found, pad: 0.05 });
  return { x, y };
}

const firstAbove = (x: Float64Array): number => lowerBound(x, Number.MIN_VALUE);

/** A series as pixels. */
export interface Shape {
  series: Series;
  main: Drawn;
  raw?: Drawn;
  low?: Drawn;
  high?: Drawn;
}

/** All series as pixels of a plot. */
export function shapesOf(series: readonly Series[], plot: Plot, hasRaw: boolean): Shape[] {
  const shape = (x: Float64Array, y: Float64Array) => pixels(x, y, plot);
  return series.map((one) => ({
    series: one,
    main: shape(one.line.x, one.line.y),
    ...(hasRaw && !one.band && { raw: shape(one.line.x, one.line.raw) }),
    ...(one.band && {
      low: shape(one.band.x, one.band.low),
      high: shape(one.band.x, one.band.high),
    }),
  }));
}

/** How many points a chart draws. */
export const pointsOf = (shapes: readonly Shape[]): number =>
  shapes.reduce((sum, { main, raw }) => sum + main.count + (raw?.count ?? 0), 0);

/** With more lines dashes are not seen any more, and take long to draw. */
const MAX_DASHED = 24;

/** Draws the series: first what was logged and the bands, then the lines. */
export function drawShapes(pen: Pen, plot: Box, shapes: readonly Shape[]): void {
  const many = shapes.length > MAX_DASHED;
  const isDotted = shapes.reduce((sum, { main }) => sum + main.count, 0) <= 4 * MAX_DOTS &&
    shapes.every(({ main }) => main.count <= MAX_DOTS);
  // The more lines lie on each other, the more each lets through: where most of them run is seen.
  const alpha = many ? Math.max(0.35, Math.min(0.75, 55 / shapes.length)) : 1;
  // A dot on the edge is seen as a whole.
  const { left, top, width, height } = plot;
  clipped(pen, { left: left - 3, top: top - 3, width: width + 6, height: height + 6 }, () => {
    pen.lineJoin = "round";
    for (const { series, raw, low, high } of shapes) {
      pen.strokeStyle = pen.fillStyle = series.style.stroke;
      pen.setLineDash([]);
      if (raw) {
        pen.globalAlpha = many ? alpha / 6 : 0.32;
        pen.lineWidth = 1;
        strokeLine(pen, raw.points);
      }
      if (low && high) {
        pen.globalAlpha = 0.16;
        fillBand(pen, low.points, high.points);
      }
    }
    for (const { series, main } of shapes) {
      pen.globalAlpha = alpha;
      // A line of one pixel takes a canvas without a graphics card a tenth of the time of a wider one.
      pen.lineWidth = series.band ? 2.25 : many ? 1 : 1.75;
      pen.strokeStyle = pen.fillStyle = series.style.stroke;
      pen.setLineDash(many ? [] : series.style.dash as number[]);
      strokeLine(pen, main.points);
      if (isDotted) fillDots(pen, main.points);
    }
    pen.globalAlpha = 1;
    pen.setLineDash([]);
  });
}

/** Of a line with so few points each is seen. */
export const MAX_DOTS = 30;

/** Draws a dot at each point. */
export function fillDots(pen: Pen, points: Float64Array): void {
  pen.beginPath();
  for (let at = 0; at < points.length; at += 2) {
    if (Number.isNaN(points[at]!)) continue;
    pen.moveTo(points[at]! + 2.5, points[at + 1]!);
    pen.arc(points[at]!, points[at + 1]!, 2.5, 0, 2 * Math.PI);
  }
  pen.fill();
}

/** Draws one line; a point between two gaps is a dot. */
export function strokeLine(pen: Pen, points: Float64Array): void {
  const lonely: number[] = [];
  pen.beginPath();
  for (let at = 0; at < points.length; at += 2) {
    const x = points[at]!;
    const y = points[at + 1]!;
    if (Number.isNaN(x)) continue;
    if (at > 0 && !Number.isNaN(points[at - 2]!)) pen.lineTo(x, y);
    else {
      pen.moveTo(x, y);
      if (at + 2 >= points.length || Number.isNaN(points[at + 2]!)) lonely.push(x, y);
    }
  }
  pen.stroke();
  if (lonely.length === 0) return;
  pen.beginPath();
  for (let at = 0; at < lonely.length; at += 2) {
    pen.moveTo(lonely[at]! + 2, lonely[at + 1]!);
    pen.arc(lonely[at]!, lonely[at + 1]!, 2, 0, 2 * Math.PI);
  }
  pen.fill();
}

/** Fills what is between two lines, piece by piece: a gap of the one is a gap of the other. */
function fillBand(pen: Pen, low: Float64Array, high: Float64Array): void {
  const pieces = (points: Float64Array) => {
    const found: number[][] = [[]];
    for (let at = 0; at < points.length; at += 2) {
      if (Number.isNaN(points[at]!)) found.push([]);
      else found.at(-1)!.push(points[at]!, points[at + 1]!);
    }
    return found;
  };
  const [lows, highs] = [pieces(low), pieces(high)];
  lows.forEach((piece, at) => {
    const above = highs[at] ?? [];
    pen.beginPath();
    for (let i = 0; i < piece.length; i += 2) pen.lineTo(piece[i]!, piece[i + 1]!);
    for (let i = above.length - 2; i >= 0; i -= 2) pen.lineTo(above[i]!, above[i + 1]!);
    pen.closePath();
    pen.fill();
  });
}

/** Draws one series so that it is seen before all others. */
export function drawFocus(pen: Pen, paint: Paint, plot: Plot, shape: Shape, at: number): void {
  const { series, main } = shape;
  clipped(pen, plot, () => {
    pen.lineJoin = "round";
    pen.strokeStyle = paint.surface;
    pen.lineWidth = 5;
    strokeLine(pen, main.points);
    pen.strokeStyle = pen.fillStyle = series.style.stroke;
    pen.lineWidth = 2.5;
    pen.setLineDash(series.style.dash as number[]);
    strokeLine(pen, main.points);
    pen.setLineDash([]);
  });
  const x = xOf(plot, series.line.x[at]!);
  const y = yOf(plot, series.line.y[at]!);
  if (x - x !== 0 || y - y !== 0) return;
  pen.beginPath();
  pen.arc(x, y, 4, 0, 2 * Math.PI);
  pen.fillStyle = series.style.stroke;
  pen.fill();
  pen.strokeStyle = paint.surface;
  pen.lineWidth = 1.5;
  pen.stroke();
}

/** A series at a place along x: its nearest point, and how far its line is from a pixel. */
export interface Hit {
  index: number;
  /** Of the series' points. */
  at: number;
  distance: number;
}

/** The series by how far they are from a place, the nearest first. Those that end far from it are left out. */
export function hitsAt(series: readonly Series[], plot: Plot, px: number, py: number): Hit[] {
  const value = plot.x.back((px - plot.left) / plot.width);
  return series.flatMap(({ line }, index): Hit[] => {
    const at = nearest(line.x, value);
    if (at < 0) return [];
    const away = Math.abs(xOf(plot, line.x[at]!) - px);
    const isWithin = value >= line.x[0]! && value <= line.x.at(-1)!;
    if (!isWithin && away > 40) return [];
    const between = yOf(plot, isWithin ? between2(line, value) : line.y[at]!);
    const up = Number.isNaN(between) ? Infinity : Math.abs(between - py);
    return [{ index, at, distance: Math.hypot(up, isWithin ? 0 : away) }];
  }).sort((a, b) => a.distance - b.distance);
}

function between2({ x, y }: Line, value: number): number {
  const at = lowerBound(x, value);
  if (at === 0 || x[at] === value) return y[at]!;
  const part = (value - x[at - 1]!) / (x[at]! - x[at - 1]!);
  return y[at - 1]! + (y[at]! - y[at - 1]!) * part;
}

/**
 * The frame of a chart with two axes: where the plot is, its grid, ticks and names.
 *
 * @module
 */
import type { Paint } from "./paint.ts";
import type { Scale, Tick } from "./scale.ts";
import type { Pen, Size } from "./surface.tsx";

/** Where a plot is, in CSS pixels of its canvas. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A plot: its place, its scales, and their ticks. */
export interface Plot extends Box {
  x: Scale;
  y: Scale;
  xTicks: Tick[];
  yTicks: Tick[];
}

/** About how wide a text of eleven pixels is; exact enough to leave room for it. */
export const textWidth = (text: string): number => text.length * 6.2;

/** Lays out a plot: room for the ticks' texts, and as many ticks as fit. */
export function layOut(
  size: Size,
  x: Scale,
  y: Scale,
  names: { x?: string; y?: string } = {},
): Plot {
  const bottom = names.x === undefined ? 22 : 38;
  const top = names.y === undefined ? 8 : 22;
  const height = Math.max(20, size.height - top - bottom);
  const yTicks = y.ticks(Math.max(2, Math.floor(height / (y.kind === "category" ? 14 : 42))));
  const widest = Math.max(16, ...yTicks.map(({ label }) => textWidth(label)));
  const left = Math.min(Math.ceil(widest) + 12, Math.max(60, size.width * 0.3));
  const width = Math.max(20, size.width - left - 12);
  let xTicks = x.ticks(Math.max(2, Math.floor(width / 80)));
  if (x.kind === "category") {
    const longest = Math.max(...xTicks.map(({ label }) => textWidth(label)), 1);
    xTicks = x.ticks(Math.max(2, Math.floor(width / Math.min(longest + 12, 90))));
  }
  return { left, top, width, height, x, y, xTicks, yTicks };
}

/** The pixel of a value along x, and along y. */
export const xOf = (plot: Plot, value: number): number => plot.left + plot.x.at(value) * plot.width;
export const yOf = (plot: Plot, value: number): number =>
  plot.top + (1 - plot.y.at(value)) * plot.height;

/** A text that is cut so that it takes at most so many pixels. */
export function fitting(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pen.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${text.slice(0, low).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** Draws the grid, the ticks and the names of the axes. */
export function drawFrame(
  pen: Pen,
  paint: Paint,
  plot: Plot,
  names: { x?: string; y?: string } = {},
): void {
  const { left, top, width, height } = plot;
  const bottom = top + height;
  pen.lineWidth = 1;
  pen.setLineDash([]);
  pen.strokeStyle = paint.grid;
  pen.beginPath();
  // Half pixels: a line of one pixel is sharp there.
  for (const { at } of plot.yTicks) {
    const y = Math.round(bottom - at * height) + 0.5;
    pen.moveTo(left, y);
    pen.lineTo(left + width, y);
  }
  if (plot.x.kind !== "category") {
    for (const { at } of plot.xTicks) {
      const x = Math.round(left + at * width) + 0.5;
      pen.moveTo(x, top);
      pen.lineTo(x, bottom);
    }
  }
  pen.stroke();
  pen.strokeStyle = paint.muted;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  pen.moveTo(left, Math.round(bottom) + 0.5);
  pen.lineTo(left + width, Math.round(bottom) + 0.5);
  pen.stroke();
  pen.globalAlpha = 1;
  pen.fillStyle = paint.muted;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const { at, label } of plot.yTicks) {
    pen.fillText(fitting(pen, label, left - 8), left - 6, bottom - at * height);
  }
  pen.textBaseline = "top";
  const room = plot.x.kind === "category" ? width / Math.max(plot.xTicks.length, 1) - 6 : width;
  for (const { at, label } of plot.xTicks) {
    const text = fitting(pen, label, room);
    const half = pen.measureText(text).width / 2;
    const x = Math.min(left + at * width, left + width + 10 - half);
    pen.textAlign = "center";
    pen.fillText(text, Math.max(x, half), bottom + 6);
  }
  pen.fillStyle = paint.ink;
  if (names.x !== undefined) {
    pen.textAlign = "right";
    pen.fillText(fitting(pen, names.x, width), left + width, bottom + 22);
  }
  if (names.y !== undefined) {
    pen.textAlign = "left";
    pen.fillText(fitting(pen, names.y, left + width - 4), 4, 3);
  }
}

/** Draws within the plot only. */
export function clipped(pen: Pen, { left, top, width, height }: Box, draw: () => void): void {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  draw();
  pen.restore();
}

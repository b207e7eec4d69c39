/**
 * Draws the lines and axes of parallel coordinates on a canvas.
 *
 * @module
 */
import { fitting } from "./frame.ts";
import type { Paint } from "./paint.ts";
import { NONE_ROOM, type Room, type Shown } from "./parallel_data.ts";
import type { Pen } from "./surface.tsx";

/** Lines as pixels: of each axis one `y` a line. */
export interface Lines {
  xs: readonly number[];
  ys: readonly Float32Array[];
  /** Index of a line's colour. */
  shades: Uint8Array;
  colours: readonly string[];
}

/** Strokes lines, a path a colour. */
export function strokeLines(
  pen: Pen,
  { xs, ys, shades, colours }: Lines,
  which: ArrayLike<number>,
): void {
  const buckets = new Map<number, number[]>();
  for (let at = 0; at < which.length; at++) {
    const line = which[at]!;
    const shade = shades[line]!;
    const bucket = buckets.get(shade);
    if (bucket) bucket.push(line);
    else buckets.set(shade, [line]);
  }
  for (const [shade, lines] of buckets) {
    pen.strokeStyle = colours[shade]!;
    // Short paths: one of thousands of crossing lines takes long to fill in.
    for (let from = 0; from < lines.length; from += 40) {
      pen.beginPath();
      for (const line of lines.slice(from, from + 40)) {
        pen.moveTo(xs[0]!, ys[0]![line]!);
        for (let axis = 1; axis < xs.length; axis++) pen.lineTo(xs[axis]!, ys[axis]![line]!);
      }
      pen.stroke();
    }
  }
}

/** The more lines, the fainter each. */
export const alphaFor = (count: number): number =>
  Math.min(0.9, Math.max(0.12, 6 / Math.sqrt(Math.max(count, 1)) + 0.08));

/** Draws the axes with their ticks. */
export function drawAxes(pen: Pen, paint: Paint, shown: readonly Shown[], room: Room): void {
  const { top, height, xs } = room;
  const gap = xs.length > 1 ? xs[1]! - xs[0]! : 200;
  pen.textBaseline = "middle";
  pen.setLineDash([]);
  shown.forEach(({ scale, isFlipped, hasNone }, at) => {
    const x = Math.round(xs[at]!) + 0.5;
    pen.strokeStyle = paint.muted;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, top);
    pen.lineTo(x, top + height);
    const isLast = at === shown.length - 1 && at > 0;
    const ticks = scale.ticks(
      Math.max(2, Math.floor(height / (scale.kind === "category" ? 18 : 44))),
    );
    for (const tick of ticks) {
      const y = Math.round(top + (isFlipped ? tick.at : 1 - tick.at) * height) + 0.5;
      pen.moveTo(x - 3, y);
      pen.lineTo(x + 3, y);
    }
    pen.stroke();
    // Texts are read before lines: they get a ground.
    const write = (text: string, y: number, colour: string) => {
      const cut = fitting(pen, text, isLast ? 46 : gap - 14);
      const width = pen.measureText(cut).width;
      const left = x + 6;
      pen.fillStyle = paint.surface;
      pen.globalAlpha = 0.78;
      pen.fillRect(left - 2, y - 7, width + 4, 14);
      pen.globalAlpha = 1;
      pen.fillStyle = colour;
      pen.textAlign = "left";
      pen.fillText(cut, left, y);
    };
    for (const tick of ticks) {
      write(tick.label, top + (isFlipped ? tick.at : 1 - tick.at) * height, paint.ink);
    }
    if (hasNone) write("none", top + height + NONE_ROOM - 6, paint.muted);
  });
}

/**
 * A layer of lines: few are stroked at once, many become pixels over several frames.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { useLayoutEffect, useMemo, useRef } from "npm:preact@^11.2.0/hooks";
import { type Paint, paintOf } from "./paint.ts";
import { alphaFor, type Lines, strokeLines } from "./parallel_draw.ts";
import { Raster } from "./raster.ts";
import { penOf, type Size } from "./surface.tsx";

/** So many lines a canvas strokes within a frame. */
const MAX_STROKED = 300;
/** So many milliseconds of a frame are for lines, of all layers together: the rest is the page's. */
const BUDGET = 10;
/** Each layer gets on by so many of them. */
const LEAST = 2;
/** Lines that are not all there yet are shown once in so many milliseconds: showing them takes as long as many of them. */
const SHOWN_AFTER = 60;

/** What is left of the budget of the frame that began at a time. */
const budget = { frame: 0, left: BUDGET };

/** A layer of lines. Its `data-drawn` says how many are on it once it is done. */
export function LineLayer(
  { size, lines, which, theme, isGround, isShown }: {
    size: Size;
    lines: Lines;
    /** The lines to draw. */
    which: ArrayLike<number>;
    theme: string;
    /** All lines, in grey, behind those that are selected. */
    isGround: boolean;
    isShown: boolean;
  },
): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isMany = lines.shades.length > MAX_STROKED;
  // Made when it is first drawn, and anew when the lines are others.
  const raster = useMemo<Kept>(() => ({ shownAt: 0 }), [size, lines, theme, isGround]);
  useLayoutEffect(() => {
    let frame = requestAnimationFrame(function draw(now) {
      const element = canvas.current;
      if (!element) return;
      delete element.dataset.drawn;
      const isDone = !isShown
        ? penOf(element, size) !== null
        : isMany
        ? rasterized(element, raster, which, isGround, { size, lines, theme }, now)
        : stroked(element, which, isGround, { size, lines, theme });
      if (isDone) element.dataset.drawn = String(isShown ? which.length : 0);
      else frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [size, lines, which, theme, isGround, isShown, isMany, raster]);
  return (
    <canvas
      ref={canvas}
      class={isGround ? "chart-layer chart-ground" : "chart-layer"}
      aria-hidden="true"
    />
  );
}

/** What is kept of a layer with many lines. */
interface Kept {
  made?: Raster;
  image?: ImageData;
  /** When its lines were shown last. */
  shownAt: number;
}

interface Shown {
  size: Size;
  lines: Lines;
  theme: string;
}

const coloursOf = ({ colours }: Lines, paint: Paint, isGround: boolean): readonly string[] =>
  isGround ? colours.map(() => paint.muted) : colours;

function stroked(
  canvas: HTMLCanvasElement,
  which: ArrayLike<number>,
  isGround: boolean,
  { size, lines, theme }: Shown,
): boolean {
  const pen = penOf(canvas, size);
  if (!pen) return true;
  const paint = paintOf(canvas, theme);
  pen.lineWidth = isGround ? 1 : 1.25;
  pen.globalAlpha = alphaFor(which.length);
  strokeLines(pen, { ...lines, colours: coloursOf(lines, paint, isGround) }, which);
  return true;
}

/** Draws as much as a frame takes, and says whether that was all. */
function rasterized(
  canvas: HTMLCanvasElement,
  kept: Kept,
  which: ArrayLike<number>,
  isGround: boolean,
  { size, lines, theme }: Shown,
  now: number,
): boolean {
  const begun = performance.now();
  if (budget.frame !== now) Object.assign(budget, { frame: now, left: BUDGET });
  const until = begun + Math.max(LEAST, budget.left);
  const ratio = globalThis.devicePixelRatio || 1;
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  const { made } = kept;
  const raster = made?.width === width && made.height === height
    ? made
    : rasterOf(lines, width, height, ratio, coloursOf(lines, paintOf(canvas, theme), isGround));
  kept.made = raster;
  raster.want(which);
  raster.work(() => performance.now() > until);
  budget.left -= performance.now() - begun;
  const isDone = raster.pending === 0;
  if (!isDone && now - kept.shownAt < SHOWN_AFTER) return false;
  kept.shownAt = now;
  if (canvas.width !== width || canvas.height !== height) penOf(canvas, size);
  const pen = canvas.getContext("2d");
  if (!pen) return true;
  if (raster !== made || !kept.image) kept.image = pen.createImageData(width, height);
  raster.write(kept.image.data, alphaFor(which.length));
  pen.putImageData(kept.image, 0, 0);
  return isDone;
}

function rasterOf(
  { xs, ys, shades }: Lines,
  width: number,
  height: number,
  ratio: number,
  colours: readonly string[],
): Raster {
  const channels = channelsOf(colours);
  return new Raster(width, height, {
    xs: xs.map((x) => x * ratio),
    ys: ratio === 1 ? ys : ys.map((list) => list.map((y) => y * ratio)),
    colourOf: (line) => channels[shades[line]!]!,
  });
}

/** Colours of any spelling as numbers: a canvas knows all of them. */
function channelsOf(colours: readonly string[]): [number, number, number][] {
  const canvas = document.createElement("canvas");
  canvas.width = colours.length;
  canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) return colours.map(() => [128, 128, 128]);
  colours.forEach((colour, at) => {
    pen.fillStyle = colour;
    pen.fillRect(at, 0, 1, 1);
  });
  const { data } = pen.getImageData(0, 0, colours.length, 1);
  return colours.map((_, at) => [data[4 * at]!, data[4 * at + 1]!, data[4 * at + 2]!]);
}

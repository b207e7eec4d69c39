/**
 * Buttons that save a chart: as SVG, to be worked on, or as PNG, to be pasted.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { save } from "../data/load.ts";
import { paintOf } from "./paint.ts";
import { svgOf } from "./picture.ts";
import type { Draw, Size } from "./surface.tsx";

/** A canvas has so many pixels along a side at most, and so many in all. */
const MOST_ALONG = 16_000;
const MOST_IN_ALL = 6e7;

/** The two buttons. */
export function SavePicture({ what, name, size, draw, below, theme }: {
  /** For people: `Download … as PNG`. */
  what: string;
  /** What the file is called. */
  name: string;
  size: Size;
  draw: Draw;
  /** An element of the chart, for its colours. */
  below: { current: HTMLElement | null };
  theme: string;
}): JSX.Element {
  const file = (kind: string) =>
    `${name.replace(/[^\p{L}\p{N}._ -]+/gu, "-").slice(0, 100)}.${kind}`;
  const asSvg = () =>
    save(
      new Blob([svgOf(size, draw, below.current!, theme)], { type: "image/svg+xml" }),
      file("svg"),
    );
  const asPng = () =>
    pngOf(size, draw, below.current!, theme).toBlob((blob) => save(blob!, file("png")));
  return (
    <span class="chart-saves">
      {([["SVG", asSvg], ["PNG", asPng]] as const).map(([kind, act]) => (
        <button
          key={kind}
          type="button"
          class="chart-icon"
          aria-label={`Download ${what} as ${kind}`}
          title={`Download ${what} as ${kind}`}
          onClick={act}
        >
          {kind}
        </button>
      ))}
    </span>
  );
}

/** The chart on a canvas, twice as fine as a usual screen. */
function pngOf(
  { width, height }: Size,
  draw: Draw,
  below: HTMLElement,
  theme: string,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const ratio = Math.min(
    2,
    MOST_ALONG / Math.max(width, height),
    Math.sqrt(MOST_IN_ALL / (width * height)),
  );
  canvas.width = Math.floor(width * ratio);
  canvas.height = Math.floor(height * ratio);
  const pen = canvas.getContext("2d")!;
  const paint = paintOf(below, theme);
  pen.scale(ratio, ratio);
  pen.fillStyle = paint.surface;
  pen.fillRect(0, 0, width, height);
  pen.font = `11px ${paint.font}`;
  draw(pen, paint);
  return canvas;
}

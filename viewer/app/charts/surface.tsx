/**
 * A canvas that is sharp, knows its size, and draws again when what it shows changes.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "npm:preact@^11.2.0";
import { useLayoutEffect, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { type Paint, paintOf } from "./paint.ts";

/** What charts draw with; the same calls make an SVG. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "closePath"
  | "rect"
  | "arc"
  | "stroke"
  | "fill"
  | "fillRect"
  | "fillText"
  | "measureText"
  | "save"
  | "restore"
  | "clip"
  | "translate"
  | "rotate"
  | "setLineDash"
  | "strokeStyle"
  | "fillStyle"
  | "lineWidth"
  | "lineJoin"
  | "globalAlpha"
  | "font"
  | "textAlign"
  | "textBaseline"
>;

/** Width and height in CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

/** Draws a picture of that size. */
export type Draw = (pen: Pen, paint: Paint) => void;

/** An element's size, followed while it is shown; `undefined` until it is known. */
export function useSize<Shown extends HTMLElement>(): [
  { current: Shown | null },
  Size | undefined,
] {
  const element = useRef<Shown | null>(null);
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    const shown = element.current;
    if (!shown) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = shown;
      if (width > 0 && height > 0) {
        setSize((now) => now?.width === width && now.height === height ? now : { width, height });
      }
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(shown);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}

/** One layer. It draws in the next frame, and again whenever `draw` is another function. */
export function Layer(
  { size, draw, theme, dim = false }: { size: Size; draw: Draw; theme: string; dim?: boolean },
): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = size;
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current) paintLayer(canvas.current, { width, height }, draw, theme);
    });
    return () => cancelAnimationFrame(frame);
  }, [width, height, draw, theme]);
  return (
    <canvas
      ref={canvas}
      class={dim ? "chart-layer chart-dim" : "chart-layer"}
      aria-hidden="true"
    />
  );
}

/** Clears a canvas and draws on it, in CSS pixels whatever the screen's resolution is. */
export function paintLayer(canvas: HTMLCanvasElement, size: Size, draw: Draw, theme: string): void {
  const pen = penOf(canvas, size);
  if (!pen) return;
  const paint = paintOf(canvas.parentElement ?? document.body, theme);
  pen.font = `11px ${paint.font}`;
  draw(pen, paint);
}

/** A cleared canvas of that size. */
export function penOf(
  canvas: HTMLCanvasElement,
  { width, height }: Size,
): CanvasRenderingContext2D | null {
  const ratio = globalThis.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen?.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen?.clearRect(0, 0, width, height);
  return pen;
}

/** What a chart says where there is nothing to draw, and what to do about it. */
export function Empty({ children }: { children: ComponentChildren }): JSX.Element {
  return <p class="chart-empty">{children}</p>;
}

/**
 * A chart as an SVG file: the calls that draw it on a canvas, written down.
 *
 * @module
 */
import { paintOf } from "./paint.ts";
import type { Draw, Pen, Size } from "./surface.tsx";

const NAMESPACE = "http://www.w3.org/2000/svg";
const round = (value: number) => Math.round(value * 10) / 10;

/** A pen that makes the elements of an SVG. Every text is a text node: nothing of a store becomes markup. */
class SvgPen {
  strokeStyle: CanvasRenderingContext2D["strokeStyle"] = "black";
  fillStyle: CanvasRenderingContext2D["fillStyle"] = "black";
  lineWidth = 1;
  lineJoin: CanvasLineJoin = "round";
  globalAlpha = 1;
  font = "11px sans-serif";
  textAlign: CanvasTextAlign = "left";
  textBaseline: CanvasTextBaseline = "alphabetic";
  #path = "";
  #dash: readonly number[] = [];
  #clips = 0;
  readonly #groups: Element[];
  readonly #measure: CanvasRenderingContext2D;

  constructor(root: Element, measure: CanvasRenderingContext2D) {
    this.#groups = [root];
    this.#measure = measure;
  }

  #add(name: string, attributes: Record<string, string | number>): Element {
    const element = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (this.globalAlpha < 1) element.setAttribute("opacity", String(this.globalAlpha));
    this.#groups.at(-1)!.append(element);
    return element;
  }
  #group(): Element {
    const group = document.createElementNS(NAMESPACE, "g");
    this.#groups.at(-1)!.append(group);
    return group;
  }

  beginPath() {
    this.#path = "";
  }
  moveTo(x: number, y: number) {
    this.#path += `M${round(x)} ${round(y)}`;
  }
  lineTo(x: number, y: number) {
    this.#path += `${this.#path === "" ? "M" : "L"}${round(x)} ${round(y)}`;
  }
  closePath() {
    if (this.#path !== "") this.#path += "Z";
  }
  rect(x: number, y: number, width: number, height: number) {
    this.#path += `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}Z`;
  }
  arc(x: number, y: number, radius: number) {
    const r = round(radius);
    this.#path += `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${
      -2 * r
    } 0`;
  }
  stroke() {
    if (this.#path === "") return;
    this.#add("path", {
      d: this.#path,
      fill: "none",
      stroke: String(this.strokeStyle),
      "stroke-width": this.lineWidth,
      "stroke-linejoin": this.lineJoin,
      ...(this.#dash.length > 0 && { "stroke-dasharray": this.#dash.join(" ") }),
    });
  }
  fill() {
    if (this.#path !== "") this.#add("path", { d: this.#path, fill: String(this.fillStyle) });
  }
  fillRect(x: number, y: number, width: number, height: number) {
    this.#add("rect", {
      x: round(x),
      y: round(y),
      width: round(width),
      height: round(height),
      fill: String(this.fillStyle),
    });
  }
  fillText(text: string, x: number, y: number) {
    const anchor = { right: "end", center: "middle" }[this.textAlign as string] ?? "start";
    const baseline = { top: "hanging", middle: "central" }[this.textBaseline as string] ?? "auto";
    this.#add("text", {
      x: round(x),
      y: round(y),
      "text-anchor": anchor,
      "dominant-baseline": baseline,
      fill: String(this.fillStyle),
      style: `font: ${this.font}`,
    }).textContent = text;
  }
  measureText(text: string): TextMetrics {
    this.#measure.font = this.font;
    return this.#measure.measureText(text);
  }
  setLineDash(dash: readonly number[]) {
    this.#dash = dash;
  }
  save() {
    this.#groups.push(this.#group());
  }
  restore() {
    this.#groups.pop();
  }
  clip() {
    const id = `clip${this.#clips++}`;
    const clip = document.createElementNS(NAMESPACE, "clipPath");
    const path = document.createElementNS(NAMESPACE, "path");
    clip.id = id;
    path.setAttribute("d", this.#path);
    clip.append(path);
    this.#groups.at(-1)!.append(clip);
    const group = this.#group();
    group.setAttribute("clip-path", `url(#${id})`);
    this.#groups[this.#groups.length - 1] = group;
  }
  translate(x: number, y: number) {
    this.#transform(`translate(${round(x)} ${round(y)})`);
  }
  rotate(angle: number) {
    this.#transform(`rotate(${round(angle * 180 / Math.PI)})`);
  }
  #transform(how: string) {
    const group = this.#groups.at(-1)!;
    group.setAttribute("transform", `${group.getAttribute("transform") ?? ""} ${how}`.trim());
  }
}

/** The chart as the text of an SVG. */
export function svgOf(
  { width, height }: Size,
  draw: Draw,
  below: HTMLElement,
  theme: string,
): string {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  const measure = document.createElement("canvas").getContext("2d")!;
  const paint = paintOf(below, theme);
  const pen = new SvgPen(svg, measure);
  pen.font = `11px ${paint.font}`;
  pen.fillStyle = paint.surface;
  pen.fillRect(0, 0, width, height);
  draw(pen as unknown as Pen, paint);
  return new XMLSerializer().serializeToString(svg);
}

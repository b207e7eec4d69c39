/**
 * Plots as SVG that needs nothing else: Observable Plot draws into xmldom's document, and a frame with a title
 * and a legend goes around it.
 *
 * @module
 */
import { printable } from "./html.ts";
import type { Displayed } from "./mime.ts";
import { fitting, textWidth } from "./text.ts";

/** Observable Plot, loaded by the first plot. */
export type Plot = typeof import("npm:@observablehq/plot@0.6.17");
type XmlDocument = import("npm:@xmldom/xmldom@0.9.12").Document;
type XmlElement = import("npm:@xmldom/xmldom@0.9.12").Element;

const SVG = "http://www.w3.org/2000/svg";
/** Dark on white of its own, so that it can be read on any notebook's background. */
export const INK = "#24292f";
/** The frame's border. */
const LINE = "#d0d7de";
/** How large the texts in a plot are. */
export const FONT_SIZE = 11;
/** The frame's margin. */
const PAD = 14;

/** One entry of a legend. */
export interface Swatch {
  /** What it stands for. */
  label: string;
  /** Its colour. */
  color: string;
}

/** What goes around a plot. */
export interface Frame {
  /** What is to be seen. */
  title: string;
  /** What is worth knowing beside it, such as what was left out. */
  notes: readonly string[];
  /** What the colours mean, where one cannot know. */
  legend?: { title?: string; swatches: readonly Swatch[] };
  /** The plot's size. */
  width: number;
  /** The plot's size. */
  height: number;
}

/** How a plot is drawn: its options for Observable Plot, made once that is loaded. */
export type Draw = (plot: Plot) => Record<string, unknown> & { marks: unknown[] };

/** Draws a plot and puts the frame around it. */
export async function drawSvg(frame: Frame, draw: Draw): Promise<string> {
  const [plot, xml] = await Promise.all([
    import("npm:@observablehq/plot@0.6.17"),
    import("npm:@xmldom/xmldom@0.9.12"),
  ]);
  const document = new xml.DOMImplementation().createDocument(SVG, "svg", null);
  const { width, height } = frame;
  const drawn = plot.plot(
    {
      width,
      height,
      ...draw(plot),
      // What Plot uses of a document is what xmldom has.
      document: document as unknown as
        & NonNullable<Parameters<Plot["plot"]>[0]>["document"]
        & object,
    } as Parameters<Plot["plot"]>[0],
  ) as unknown as XmlElement;
  // Its style sheet would reach into the page around it; nothing in here needs it.
  for (const style of Array.from(drawn.getElementsByTagName("style"))) {
    style.parentNode!.removeChild(style);
  }
  drawn.removeAttribute("class");
  drawn.setAttribute("font-size", String(FONT_SIZE));
  const root = framed(document, drawn, frame);
  return printable(new xml.XMLSerializer().serializeToString(root));
}

/** A plot as what a notebook shows, and what a terminal shows in its place. */
export const svgBundle = (
  svg: string,
  title: string,
  notes: readonly string[],
): Displayed<"image/svg+xml">["mime"] => ({
  "image/svg+xml": svg,
  "text/plain": printable([`plot: ${title}`, ...notes].join("\n")),
});

function framed(document: XmlDocument, drawn: XmlElement, frame: Frame): XmlElement {
  const { title, notes, legend, width, height } = frame;
  const add = (
    parent: XmlElement,
    name: string,
    attributes: Record<string, string | number>,
    text?: string,
  ) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    if (text !== undefined) element.appendChild(document.createTextNode(text));
    parent.appendChild(element);
    return element;
  };
  const root = document.documentElement!;
  const content = document.createElementNS(SVG, "g");
  let y = PAD;
  const say = (text: string, size: number, more: Record<string, string> = {}) => {
    y += size + 2;
    const shown = fitting(text, size, width);
    const element = add(content, "text", { x: PAD, y, "font-size": size, ...more }, shown);
    if (shown !== text) add(element, "title", {}, text);
    y += 4;
  };
  say(title, 15, { "font-weight": "600" });
  for (const note of notes) say(note, 12, { "fill-opacity": "0.75" });
  if (legend) {
    if (legend.title !== undefined) say(legend.title, 12);
    y += 12;
    let x = PAD;
    for (const { label, color } of legend.swatches) {
      const shown = fitting(label, 11, 180);
      const size = textWidth(shown, 11) + 30;
      if (x > PAD && x + size > width + PAD) {
        x = PAD;
        y += 17;
      }
      add(content, "rect", {
        x,
        y: y - 9,
        width: 11,
        height: 11,
        rx: 2,
        fill: color,
        stroke: LINE,
      });
      const text = add(content, "text", { x: x + 16, y, "font-size": 11 }, shown);
      if (shown !== label) add(text, "title", {}, label);
      x += size;
    }
    y += 6;
  }
  y += 8;
  drawn.setAttribute("x", String(PAD));
  drawn.setAttribute("y", String(y));
  const [outerWidth, outerHeight] = [width + 2 * PAD, y + height + PAD];
  const attributes = {
    width: outerWidth,
    height: outerHeight,
    viewBox: `0 0 ${outerWidth} ${outerHeight}`,
    role: "img",
    "aria-label": title,
    "font-family": "system-ui, sans-serif",
    color: INK,
    fill: INK,
    style: "max-width: 100%; height: auto",
  };
  for (const [key, value] of Object.entries(attributes)) root.setAttribute(key, String(value));
  add(root, "rect", {
    width: outerWidth,
    height: outerHeight,
    rx: 6,
    fill: "#ffffff",
    stroke: LINE,
  });
  root.appendChild(content);
  root.appendChild(drawn);
  return root;
}

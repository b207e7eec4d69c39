/**
 * Series as lines, dots or bars.
 *
 * @module
 */
import { categoryColors, swatchesOf } from "./color.ts";
import { axisOptions, type Drawable, margins, type Scale } from "./scale.ts";
import { drawSvg, FONT_SIZE, type Frame, type Plot } from "./svg.ts";
import { fitting } from "./text.ts";

/** One line, or the dots or bars of one colour. */
export interface Series {
  /** What the legend calls it. */
  name: string;
  /** The values along the bottom. */
  x: unknown[];
  /** As many values along the side. */
  y: unknown[];
}

/** One point of a series, in the order of its rows. */
interface Point {
  series: number;
  x: Drawable;
  y: Drawable;
}

/** Draws series; the scales have the values of all of them, one series after the other. */
export async function drawSeries(
  as: "line" | "dot" | "bar",
  series: readonly Series[],
  x: Scale,
  y: Scale,
  frame: Frame,
): Promise<string> {
  const of = series.flatMap((one, at) => one.x.map(() => at));
  const points = of.map((at, index): Point => ({
    series: at,
    x: x.values[index],
    y: y.values[index],
  })).filter((point) => point.x !== undefined && (as === "line" || point.y !== undefined));
  const colors = categoryColors(series.map(({ name }) => name));
  const legend = series.length === 1 ? {} : {
    legend: { swatches: swatchesOf(series.map(({ name }) => name), colors) },
  };
  const edges = margins(y);
  const room = frame.width - edges.marginLeft;
  const fill = ({ series }: Point) => colors[series]!;
  const xAxis = axisOptions(x, "x", false, room);
  return await drawSvg({ ...frame, ...legend }, (plot) => ({
    ...edges,
    y: { ...axisOptions(y, "y", false, frame.width), grid: true },
    color: { type: "identity" },
    ...(as === "bar"
      ? bars(plot, points, x, room, series.length, fill)
      : { x: xAxis, marks: [mark(plot, as, points, fill)] }),
  }));
}

const mark = (plot: Plot, as: "line" | "dot", points: Point[], color: (point: Point) => string) =>
  as === "line"
    ? plot.line(points, { x: "x", y: "y", z: "series", stroke: color, strokeWidth: 1.75 })
    : plot.dot(points, { x: "x", y: "y", fill: color, r: 3.5, fillOpacity: 0.8 });

/** Bars side by side: a facet for each place along the bottom, and in it a band for each series. */
function bars(
  plot: Plot,
  points: Point[],
  x: Scale,
  room: number,
  series: number,
  fill: (point: Point) => string,
): { marks: unknown[] } & Record<string, unknown> {
  const label = (value: Drawable) =>
    value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
  const places = [...new Set(points.map((point) => label(point.x)))];
  const each = room / Math.max(places.length, 1);
  const every = Math.ceil(30 / each);
  return {
    fx: {
      domain: places,
      padding: 0.15,
      axis: "bottom",
      label: fitting(x.name, FONT_SIZE, room),
      labelArrow: "none",
      labelAnchor: "center",
      ticks: places.filter((_, at) => at % every === 0),
      tickFormat: (text: string) => fitting(text, FONT_SIZE, each * every - 4),
    },
    x: { type: "band", domain: Array.from({ length: series }, (_, at) => at), axis: null },
    marks: [
      plot.barY(points, { fx: (point: Point) => label(point.x), x: "series", y: "y", fill }),
      plot.ruleY([0]),
    ],
  };
}

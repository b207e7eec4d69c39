/**
 * A metric against a parameter, one dot an experiment.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { colorsOf, PLAIN } from "./color.ts";
import { type Displayed, displayed } from "./mime.ts";
import {
  checkColumn,
  checkPlot,
  leftOut,
  type PlotOptions,
  type PlotSource,
  ringsOf,
  rowName,
  tableOf,
} from "./plot_source.ts";
import { axisOptions, checkLog, margins, scaleOf } from "./scale.ts";
import { drawSvg, svgBundle } from "./svg.ts";
import { cellOf, count, textOf } from "./values.ts";

/** Options of {@linkcode plotScatter}. */
export interface PlotScatterOptions extends PlotOptions {
  /** The column along the bottom, most often a parameter. */
  x: string;
  /** The column along the side, most often a metric. */
  y: string;
  /** The column that gives the colours. Default: none. */
  color?: string;
  /** Default: `linear`. */
  xScale?: "linear" | "log";
  /** Default: `linear`. */
  yScale?: "linear" | "log";
}

/**
 * Plots one column of a project's table against another, such as a metric against a parameter: one dot an experiment.
 * Texts and booleans are categories.
 *
 * @param source A project, or a table from `toTable`.
 * @throws {RubiconException} `invalid-argument` for a column that is not there.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "../mod.ts";
 * import { plotScatter } from "../notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "plotScatter" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { parameters: { depth: 3 }, metrics: { accuracy: 0.8 } });
 * const plot = await plotScatter(rubicon, project, { x: "depth", y: "accuracy" });
 * if (!plot.mime["image/svg+xml"].includes("<circle")) throw new Error("a dot");
 * ```
 */
export function plotScatter(
  rubicon: Composite,
  source: PlotSource,
  options: PlotScatterOptions,
): Promise<Displayed<"image/svg+xml">> {
  return displayed(scatter(rubicon, source, options));
}

async function scatter(rubicon: Composite, source: PlotSource, options: PlotScatterOptions) {
  const where = "plotScatter";
  checkPlot(rubicon, options, ["x", "y", "color", "xScale", "yScale"], where);
  const { columns, rows, about } = await tableOf(rubicon, source, options, where);
  const column = (name: string) => {
    checkColumn(columns, name, where);
    return scaleOf(name, rows.map((row) => cellOf(row, name)));
  };
  const [x, y] = [column(options.x), column(options.y)];
  const [xLog, yLog] = [checkLog(x, options.xScale, where), checkLog(y, options.yScale, where)];
  const drawn = [...rows.keys()].filter((at) =>
    x.values[at] !== undefined && y.values[at] !== undefined
  );
  const rings = ringsOf(drawn.map((at) => JSON.stringify([x.values[at], y.values[at]])));
  const ring = new Map(drawn.map((at, index) => [at, rings[index]!]));
  const equal = rings.filter(({ rank }) => rank > 0).length;
  const colors = options.color === undefined ? undefined : colorsOf(column(options.color), drawn);
  const title = options.title ?? `${y.name} by ${x.name}`;
  const named = [x, y].map(({ name }) => name).concat(options.color ?? []);
  const tip = (at: number) =>
    [rowName(rows[at]!), ...named.map((name) => `${name}: ${textOf(cellOf(rows[at]!, name))}`)]
      .join("\n");
  const notes = [about, ...leftOut(rows.length - drawn.length, "without both values")];
  if (equal > 0) notes.push(`${count(equal, "experiment")} with the values of another one: rings.`);
  const frame = {
    title,
    notes,
    width: options.width ?? 640,
    height: options.height ?? 400,
    ...(colors && { legend: colors.legend }),
  };
  const edges = margins(y);
  const svg = await drawSvg(frame, (plot) => ({
    ...edges,
    x: { ...axisOptions(x, "x", xLog, frame.width - edges.marginLeft), grid: true },
    y: { ...axisOptions(y, "y", yLog, frame.width), grid: true },
    color: { type: "identity" },
    r: { type: "identity" },
    marks: [
      plot.dot(drawn.toSorted((a, b) => ring.get(b)!.rank - ring.get(a)!.rank), {
        x: (at: number) => x.values[at],
        y: (at: number) => y.values[at],
        fill: colors ? (at: number) => colors.of(at) : PLAIN,
        // Of equal ones each is a ring around the one before.
        r: (at: number) => 4.5 + ring.get(at)!.wider,
        fillOpacity: 0.85,
        stroke: "#ffffff",
        strokeWidth: 0.75,
        title: tip,
      }),
    ],
  }));
  return svgBundle(svg, title, notes);
}

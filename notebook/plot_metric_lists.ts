/**
 * Metrics that are lists, such as a loss by epoch, of several experiments beside one another.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { checkTexts, refuse, show } from "../domain/check.ts";
import { type Colors, colorsOf } from "./color.ts";
import { heatmap, type Row } from "./heatmap.ts";
import { numbersOf } from "./lists.ts";
import { type Displayed, displayed } from "./mime.ts";
import {
  checkColumn,
  checkPlot,
  leftOut,
  type PlotOptions,
  type PlotSource,
  rowName,
  tableOf,
} from "./plot_source.ts";
import { axisOptions, margins, type Scale, scaleOf } from "./scale.ts";
import { drawSvg, type Frame, svgBundle } from "./svg.ts";
import { cellOf } from "./values.ts";

/** Options of {@linkcode plotMetricLists}. */
export interface PlotMetricListsOptions extends PlotOptions {
  /** The metric. Default: the first whose values are lists of numbers. */
  metric?: string;
  /** One row of coloured cells an experiment, or one line. Default: `heatmap`. */
  as?: "heatmap" | "lines";
  /** For `heatmap`: what stands below the columns. Default: 0, 1, 2 … */
  columnNames?: readonly string[];
  /** For `lines`: the column that gives the colours. Default: one for each experiment. */
  color?: string;
}

/**
 * Plots metrics that are lists of numbers, such as an accuracy by epoch: one row or line an experiment.
 *
 * @param source A project, or a table from `toTable`.
 * @throws {RubiconException} `invalid-argument` where no experiment has such a list.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "../mod.ts";
 * import { plotMetricLists } from "../notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "plotMetricLists" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { name: "tree", metrics: { losses: [0.9, 0.5, 0.4] } });
 * await logExperiment(rubicon, project, { name: "forest", metrics: { losses: [0.8, 0.3, 0.2] } });
 * const plot = await plotMetricLists(rubicon, project, { metric: "losses" });
 * if (!plot.mime["image/svg+xml"].includes(">forest<")) throw new Error("a row for each");
 * ```
 */
export function plotMetricLists(
  rubicon: Composite,
  source: PlotSource,
  options: PlotMetricListsOptions = {},
): Promise<Displayed<"image/svg+xml">> {
  return displayed(metricLists(rubicon, source, options));
}

async function metricLists(
  rubicon: Composite,
  source: PlotSource,
  options: PlotMetricListsOptions,
) {
  const where = "plotMetricLists";
  checkPlot(rubicon, options, ["metric", "as", "columnNames", "color"], where);
  const { as = "heatmap" } = options;
  if (as !== "heatmap" && as !== "lines") {
    refuse(`${where}: as must be "heatmap" or "lines", not ${show(as)}.`);
  }
  const columnNames = options.columnNames === undefined
    ? undefined
    : checkTexts(options.columnNames, `${where}: columnNames`);
  const { columns, logged, rows, about } = await tableOf(rubicon, source, options, where);
  const hasLists = (name: string) => rows.some((row) => numbersOf(cellOf(row, name)) !== undefined);
  const metric = options.metric === undefined
    ? logged.find(hasLists)
    : checkColumn(columns, options.metric, where);
  if (metric === undefined || !hasLists(metric)) {
    return refuse(
      `${where}: no experiment has a list of numbers ` +
        `${metric === undefined ? "as a metric" : `as ${show(metric)}`}.`,
    );
  }
  const lists: Row[] = rows.flatMap((row, at) => {
    const numbers = numbersOf(cellOf(row, metric));
    return numbers ? [{ name: rowName(row), at, numbers }] : [];
  });
  const title = options.title ?? metric;
  const notes = [about, ...leftOut(rows.length - lists.length, "without such a list")];
  const frame = { title, notes, width: options.width ?? 720 };
  if (as === "heatmap") {
    return await heatmap(lists, metric, columnNames, frame, options.height);
  }
  const color = options.color === undefined
    ? scaleOf("experiment", lists.map(({ name }) => name))
    : scaleOf(
      checkColumn(columns, options.color, where),
      lists.map(({ at }) => cellOf(rows[at]!, options.color!)),
    );
  const shade = colorsOf(color);
  return await lines(lists, metric, shade, { ...frame, height: options.height ?? 360 });
}

async function lines(lists: readonly Row[], metric: string, shade: Colors, frame: Frame) {
  const points = lists.flatMap(({ numbers, name }, row) =>
    numbers.map((value, element) => ({ element, value, row, name }))
  );
  const column = (name: string, values: Scale["values"]): Scale => scaleOf(name, values);
  const x = column("element", points.map(({ element }) => element));
  const y = column(metric, points.map(({ value }) => value));
  const edges = margins(y);
  const svg = await drawSvg({ ...frame, legend: shade.legend }, (plot) => ({
    ...edges,
    x: axisOptions(x, "x", false, frame.width - edges.marginLeft),
    y: { ...axisOptions(y, "y", false, frame.width), grid: true },
    color: { type: "identity" },
    marks: [
      plot.line(points, {
        x: "element",
        y: "value",
        z: "row",
        stroke: ({ row }: { row: number }) => shade.of(row),
        strokeWidth: 1.75,
        title: ({ name }: { name: string }) => name,
      }),
    ],
  }));
  return svgBundle(svg, frame.title, frame.notes);
}

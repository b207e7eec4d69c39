/**
 * Metrics that are lists, such as a loss by epoch, of several experiments beside one another.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { checkTexts, refuse, show } from "../domain/check.ts";
import { areaColors, type Colors, colorsOf, extent } from "./color.ts";
import { binned, numbersOf } from "./lists.ts";
import { type Displayed, displayed } from "./mime.ts";
import {
  checkColumn,
  checkPlot,
  leftOut,
  OWN_COLUMNS,
  type PlotOptions,
  type PlotSource,
  rowName,
  tableOf,
} from "./plot_source.ts";
import { axisOptions, margins, rounded, type Scale, scaleOf, tick } from "./scale.ts";
import { drawSvg, FONT_SIZE, type Frame, INK, svgBundle } from "./svg.ts";
import { fitting, textWidth } from "./text.ts";
import { shortNumber } from "./values.ts";

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

/** Lists longer than this are drawn as means of several elements. */
const MAX_CELLS = 120;
/** Where cells have this much room, their number is written into them. */
const CELL_FOR_TEXT = 34;

/** One experiment's list. */
interface Row {
  name: string;
  /** Its row in the table. */
  at: number;
  numbers: (number | undefined)[];
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
    refuse(`${where}: as is "heatmap" or "lines", not ${show(as)}.`);
  }
  const columnNames = options.columnNames === undefined
    ? undefined
    : checkTexts(options.columnNames, `${where}: columnNames`);
  const { columns, rows, about } = await tableOf(rubicon, source, options, where);
  const hasLists = (name: string) => rows.some((row) => numbersOf(row[name]) !== undefined);
  const metric = options.metric === undefined
    ? columns.find((name) => !OWN_COLUMNS.has(name) && hasLists(name))
    : checkColumn(columns, options.metric, where);
  if (metric === undefined || !hasLists(metric)) {
    return refuse(
      `${where}: no experiment has a list of numbers ` +
        `${metric === undefined ? "as a metric" : `as ${show(metric)}`}.`,
    );
  }
  const lists: Row[] = rows.flatMap((row, at) => {
    const numbers = numbersOf(row[metric]);
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
      lists.map(({ at }) => rows[at]![options.color!]),
    );
  const shade = colorsOf(color);
  return await lines(lists, metric, shade, { ...frame, height: options.height ?? 360 });
}

async function heatmap(
  lists: readonly Row[],
  metric: string,
  columnNames: readonly string[] | undefined,
  frame: Omit<Frame, "height">,
  height: number | undefined,
) {
  const longest = Math.max(...lists.map(({ numbers }) => numbers.length));
  const bin = Math.ceil(longest / MAX_CELLS);
  const notes = bin === 1
    ? frame.notes
    : [...frame.notes, `Each cell is the mean of ${bin} elements in a row.`];
  const cells = lists.flatMap(({ numbers, name }, row) =>
    binned(numbers, bin).map((value, column) => ({ row, column, value, name }))
  ).filter((cell) => cell.value !== undefined) as {
    row: number;
    column: number;
    value: number;
    name: string;
  }[];
  const [low, high] = extent(cells.map(({ value }) => value));
  const shade = areaColors(low, high);
  const label = (at: number) => columnNames?.[at * bin] ?? String(at * bin);
  const width = Math.ceil(longest / bin);
  const left = Math.max(
    40,
    ...lists.map(({ name }) => textWidth(fitting(name, FONT_SIZE, 150), FONT_SIZE) + 14),
  );
  const tall = height ?? Math.min(Math.max(lists.length * 22, 44) + 44, 1_400);
  const cellWidth = (frame.width - left - 10) / width;
  const cellHeight = (tall - 44) / lists.length;
  const everyRow = Math.ceil(11 / cellHeight);
  const everyColumn = Math.ceil(
    Math.max(
      ...Array.from(
        { length: width },
        (_, at) => textWidth(fitting(label(at), FONT_SIZE, 90), FONT_SIZE),
      ),
    ) / cellWidth * 1.2,
  );
  const steps = low === high
    ? [low]
    : [0, 0.25, 0.5, 0.75, 1].map((part) => low + (high - low) * part);
  const legend = {
    title: metric,
    swatches: steps.map((value) => ({
      label: tick(rounded(value, high - low)),
      color: shade.of(value),
    })),
  };
  const svg = await drawSvg({ ...frame, notes, legend, height: tall }, (plot) => ({
    marginTop: 6,
    marginLeft: Math.ceil(left),
    marginRight: 10,
    marginBottom: 38,
    padding: cellHeight > 8 && cellWidth > 8 ? 0.06 : 0,
    x: {
      type: "band",
      domain: Array.from({ length: width }, (_, at) => at),
      ticks: Array.from({ length: width }, (_, at) => at).filter((at) => at % everyColumn === 0),
      tickFormat: (at: number) => fitting(label(at), FONT_SIZE, 90),
      tickSize: 0,
      label: columnNames ? null : "element",
      labelArrow: "none",
      labelAnchor: "center",
    },
    y: {
      type: "band",
      domain: [...lists.keys()],
      ticks: [...lists.keys()].filter((at) => at % everyRow === 0),
      tickFormat: (at: number) => fitting(lists[at]!.name, FONT_SIZE, 150),
      tickSize: 0,
      label: null,
    },
    color: { type: "identity" },
    marks: [
      plot.cell(cells, {
        x: "column",
        y: "row",
        fill: ({ value }: { value: number }) => shade.of(value),
        title: ({ name, column, value }: typeof cells[number]) =>
          `${name}\n${label(column)}: ${shortNumber(value)}`,
      }),
      ...(cellWidth >= CELL_FOR_TEXT && cellHeight >= 14
        ? [plot.text(cells, {
          x: "column",
          y: "row",
          text: ({ value }: { value: number }) => tick(rounded(value, high - low)),
          fill: ({ value }: { value: number }) => shade.isDark(value) ? "#ffffff" : INK,
        })]
        : []),
    ],
  }));
  return svgBundle(svg, frame.title, notes);
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

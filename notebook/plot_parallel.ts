/**
 * Parallel coordinates: one axis a parameter or metric, one line an experiment.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { checkTexts, refuse } from "../domain/check.ts";
import { colorsOf } from "./color.ts";
import { type Displayed, displayed } from "./mime.ts";
import { axisOf } from "./parallel_axis.ts";
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
import { scaleOf } from "./scale.ts";
import { drawSvg, FONT_SIZE, INK, svgBundle } from "./svg.ts";
import { fitting } from "./text.ts";
import { cellOf, count, textOf } from "./values.ts";

/** Options of {@linkcode plotParallel}. */
export interface PlotParallelOptions extends PlotOptions {
  /** The columns, from left to right. Default: the parameters and metrics whose values differ, twelve at most. */
  columns?: readonly string[];
  /** The column that gives the colours. Default: the last of `columns`. */
  color?: string;
}

/** More axes than this are not told apart. */
const MAX_AXES = 12;

/**
 * Plots the parameters and metrics of a project's experiments as parallel coordinates: which settings lead to which
 * results. One line is one experiment.
 *
 * @param source A project, or a table from `toTable`.
 * @throws {RubiconException} `invalid-argument` for a column that is not there, or where there are not two.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "../mod.ts";
 * import { plotParallel } from "../notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "plotParallel" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * for (const depth of [1, 2, 3]) {
 *   await logExperiment(rubicon, project, {
 *     parameters: { depth },
 *     metrics: { accuracy: depth / 4 },
 *   });
 * }
 * const plot = await plotParallel(rubicon, project);
 * if (!plot.mime["image/svg+xml"].includes("<path")) throw new Error("three lines");
 * ```
 */
export function plotParallel(
  rubicon: Composite,
  source: PlotSource,
  options: PlotParallelOptions = {},
): Promise<Displayed<"image/svg+xml">> {
  return displayed(parallel(rubicon, source, options));
}

async function parallel(rubicon: Composite, source: PlotSource, options: PlotParallelOptions) {
  const where = "plotParallel";
  checkPlot(rubicon, options, ["columns", "color"], where);
  const { columns, logged, rows, about } = await tableOf(rubicon, source, options, where);
  const asked = options.columns && checkTexts(options.columns, `${where}: columns`);
  asked?.forEach((name) => checkColumn(columns, name, where));
  const scaleFor = (name: string) => scaleOf(name, rows.map((row) => cellOf(row, name)));
  const found = (asked ?? logged.filter((name) => differs(rows, name)))
    .map(scaleFor);
  // The metrics come last, and are what one looks for.
  const axes = (asked ? found : found.slice(-MAX_AXES)).map(axisOf);
  if (axes.length < 2) {
    refuse(
      `${where} needs two columns at least whose values differ, and there ` +
        `${axes.length === 1 ? "is one" : "is none"}: log more, or say columns.`,
    );
  }
  const drawn = [...rows.keys()].filter((at) =>
    axes.filter(({ places }) => places[at] !== undefined).length > 1
  );
  const colored = options.color === undefined
    ? axes.at(-1)!.name
    : checkColumn(columns, options.color, where);
  const shade = colorsOf(scaleFor(colored), drawn);
  const title = options.title ?? `${axes.length} columns of ${about}`;
  // Of lines that lie on one another each is wider than the one that is drawn over it.
  const rings = ringsOf(drawn.map((at) => axes.map(({ places }) => places[at]).join()));
  const ring = new Map(drawn.map((at, index) => [at, rings[index]!]));
  const equal = rings.filter(({ rank }) => rank > 0).length;
  const notes = [
    ...(options.title === undefined ? [] : [about]),
    ...(axes.length < found.length
      ? [`${axes.length} of ${found.length} columns: the option columns takes others.`]
      : []),
    ...leftOut(rows.length - drawn.length, "with a value in one column at most"),
    ...(equal > 0
      ? [`${count(equal, "experiment")} with the values of another one: wider lines.`]
      : []),
  ];
  const width = options.width ?? Math.max(640, axes.length * 112);
  const height = options.height ?? 380;
  const widestFirst = drawn.toSorted((a, b) => ring.get(b)!.rank - ring.get(a)!.rank);
  const points = widestFirst.flatMap((at) =>
    axes.map(({ places }, axis) => ({ at, axis, y: places[at] as number | undefined }))
  );
  const ticks = axes.flatMap(({ ticks }, axis) => ticks.map((one) => ({ ...one, axis })));
  const room = width / axes.length - 8;
  const tip = ({ at }: { at: number }) =>
    [rowName(rows[at]!), ...axes.map(({ name }) => `${name}: ${textOf(cellOf(rows[at]!, name))}`)]
      .join("\n");
  const svg = await drawSvg({ title, notes, width, height, legend: shade.legend }, (plot) => ({
    marginTop: 48,
    marginBottom: 14,
    marginLeft: 0,
    // The last axis has its numbers on the right as well.
    marginRight: 24,
    x: { type: "point", domain: [...axes.keys()], padding: 0.5, axis: null },
    y: { domain: [0, 1], axis: null },
    color: { type: "identity" },
    marks: [
      plot.ruleX(axes.keys(), { x: (axis: number) => axis, stroke: INK, strokeOpacity: 0.5 }),
      plot.line(points, {
        x: "axis",
        y: "y",
        z: "at",
        stroke: ({ at }: { at: number }) => shade.of(at),
        strokeOpacity: 0.65,
        strokeWidth: ({ at }: { at: number }) => 1.75 + ring.get(at)!.wider,
        title: tip,
      }),
      plot.dot(points.filter(({ y }) => y !== undefined), {
        x: "axis",
        y: "y",
        r: 2.5,
        fill: ({ at }: { at: number }) => shade.of(at),
        title: tip,
      }),
      plot.text(ticks, {
        x: "axis",
        y: "y",
        text: ({ label }: { label: string }) => fitting(label, FONT_SIZE, room - 8),
        dx: 6,
        textAnchor: "start",
        stroke: "#ffffff",
        strokeWidth: 3,
        fill: INK,
      }),
      plot.text(axes.keys(), {
        x: (axis: number) => axis,
        frameAnchor: "top",
        dy: -30,
        text: (axis: number) => fitting(axes[axis]!.name, FONT_SIZE, room),
        title: (axis: number) => axes[axis]!.name,
        fontWeight: 600,
      }),
      plot.text(axes.keys(), {
        x: (axis: number) => axis,
        frameAnchor: "top",
        dy: -16,
        text: (axis: number) => axes[axis]!.isLog ? "log" : "",
        fontSize: 9,
      }),
    ],
  }));
  return svgBundle(svg, title, notes);
}

/** Whether a column has two values at least that can be placed along an axis. */
function differs(rows: readonly Record<string, unknown>[], name: string): boolean {
  const seen = new Set<string>();
  for (const row of rows) {
    const value = cellOf(row, name);
    if (value === undefined || value === null) continue;
    if (Array.isArray(value) || ArrayBuffer.isView(value) || isNested(value)) return false;
    seen.add(textOf(value));
  }
  return seen.size > 1;
}

/** Lists and tables are no places along an axis; times and dates are. */
const isNested = (value: unknown) =>
  typeof value === "object" && scaleOf("", [value]).kind === "category";

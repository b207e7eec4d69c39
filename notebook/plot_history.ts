/**
 * The curves of metrics that were logged by step: one line a run.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { checkExperiment, checkText, refuse, show } from "../domain/check.ts";
import { readHistoryColumns } from "../domain/history/history.ts";
import { CALL_FIELDS } from "../domain/inputs.ts";
import { pooled } from "../domain/pool.ts";
import type { Experiment } from "../domain/format/entities.ts";
import { categoryColors, swatchesOf } from "./color.ts";
import { inCount } from "./columns.ts";
import { ALONG, type Curve, curveOf, type CurvePoint, type Curves, drawnPoints } from "./curve.ts";
import { extent } from "./lists.ts";
import { type Displayed, displayed } from "./mime.ts";
import { checkPlot, type PlotOptions } from "./plot_source.ts";
import { axisOptions, margins, scaleOf } from "./scale.ts";
import { drawSvg, svgBundle } from "./svg.ts";
import { count } from "./values.ts";

/** Options of {@linkcode plotHistory}. */
export interface PlotHistoryOptions extends PlotOptions {
  /** The metric. Default: the first that one of the runs has. */
  metric?: string;
  /**
   * What lies along the bottom: the step, the time, or the time since the run's first point of anything.
   * Default: `step`.
   */
  x?: "step" | "time" | "relative";
  /**
   * How much of what was before counts, from 0 (nothing is smoothed) to 0.999: the exponential moving average without
   * its bias at the start, as TensorBoard and W&B have it. What was logged stays behind it, pale. Default: 0.
   */
  smoothing?: number;
  /** Whether the values lie on a logarithmic scale. Default: `false`. */
  log?: boolean;
}

/** The names of its own options. */
export const HISTORY_FIELDS = ["metric", "x", "smoothing", "log"] as const;

/**
 * Plots how a metric went during runs: one line an experiment. However many points there are, peaks stay in sight.
 *
 * @param experiments One experiment or several; those without the metric are named below the title.
 * @throws {RubiconException} `invalid-argument` where none of them has such points.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, withRun } from "../mod.ts";
 * import { plotHistory } from "../notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "plotHistory" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await withRun(rubicon, project, { name: "net" }, (run) => {
 *   for (let step = 0; step < 100; step++) run.log({ loss: 1 / (step + 1) });
 *   return run.experiment;
 * });
 * const plot = await plotHistory(rubicon, experiment, { metric: "loss", smoothing: 0.9, log: true });
 * if (!plot.mime["image/svg+xml"].includes("<path")) throw new Error("a line");
 * ```
 */
export function plotHistory(
  rubicon: Composite,
  experiments: Experiment | readonly Experiment[],
  options: PlotHistoryOptions = {},
): Promise<Displayed<"image/svg+xml">> {
  return displayed(plotted(rubicon, experiments, options));
}

async function plotted(
  rubicon: Composite,
  experiments: Experiment | readonly Experiment[],
  options: PlotHistoryOptions,
) {
  const where = "plotHistory";
  const runs = checkHistory(rubicon, experiments, options, where);
  const { bundle, metrics } = await historyPlot(rubicon, runs, options);
  if (bundle) return bundle;
  const { metric } = options;
  return refuse(
    `${where}: ${runs.length === 1 ? "the experiment has" : "no experiment has"} ${
      runs.length === 1 ? "no points" : "points"
    }${metric === undefined ? "" : ` of ${show(metric)} that can be drawn`}. ${
      metrics.length > 0
        ? `There is: ${metrics.join(", ")}.`
        : "They are logged by run.log, or by logMetric with a step."
    }`,
  );
}

/** Checks the arguments, and gives the experiments as a list. */
export function checkHistory(
  rubicon: Composite,
  experiments: Experiment | readonly Experiment[],
  options: PlotHistoryOptions,
  where: string,
  more: readonly string[] = [],
): Experiment[] {
  checkPlot(rubicon, options, [...HISTORY_FIELDS, ...more], where);
  const { metric, x, smoothing, log } = options;
  if (metric !== undefined) checkText(metric, `${where}: metric`);
  if (x !== undefined && !ALONG.includes(x)) {
    refuse(`${where}: x must be "step", "time" or "relative", not ${show(x)}.`);
  }
  if (smoothing !== undefined && !(smoothing >= 0 && smoothing <= 0.999)) {
    refuse(`${where}: smoothing must be a number from 0 to 0.999, not ${show(smoothing)}.`);
  }
  if (log !== undefined && typeof log !== "boolean") {
    refuse(`${where}: log must be true or false, not ${show(log)}.`);
  }
  const runs = [experiments].flat() as Experiment[];
  if (runs.length === 0) refuse(`${where} takes one experiment at least.`);
  return runs.map((run) => checkExperiment(run, where));
}

/** The plot, missing where nothing can be drawn; and the metrics that there are. */
export async function historyPlot(
  rubicon: Composite,
  runs: readonly Experiment[],
  options: PlotHistoryOptions,
): Promise<{ bundle?: Displayed<"image/svg+xml">["mime"]; metrics: string[] }> {
  const call = Object.fromEntries(
    Object.entries(options).filter(([name]) => CALL_FIELDS.has(name)),
  );
  const all = await pooled(runs, (run) => readHistoryColumns(rubicon, run, call));
  const metrics = [...new Set(all.flatMap((curves) => [...curves.keys()]))].sort(inCount);
  const metric = options.metric ?? metrics[0];
  if (metric === undefined) return { metrics };
  const bundle = await drawn(runs, all, metric, options);
  return { metrics, ...(bundle && { bundle }) };
}

interface Named {
  name: string;
  curve: Curve;
}

async function drawn(
  runs: readonly Experiment[],
  all: readonly Curves[],
  metric: string,
  options: PlotHistoryOptions,
): Promise<Displayed<"image/svg+xml">["mime"] | undefined> {
  const { x: along = "step", smoothing = 0, log = false, width = 720, height = 360 } = options;
  const named: Named[] = [];
  const without: string[] = [];
  runs.forEach((run, at) => {
    const name = run.name ?? run.id.slice(-8);
    const curve = curveOf(all[at]!, metric, along, smoothing);
    if (curve) named.push({ name, curve });
    else without.push(name);
  });
  const isDrawn = (value: number) => value - value === 0 && !(log && value <= 0);
  const total = named.reduce((sum, { curve }) => sum + curve.raw.length, 0);
  const left = named.reduce((sum, { curve }) => sum + curve.raw.filter(not(isDrawn)).length, 0);
  if (left === total) return undefined;
  const ends = named.flatMap(({ curve: { x } }) => [x[0]!, x.at(-1)!]);
  const [low, high] = extent(ends);
  const edgeless = { low, high, pixels: width };
  const { name: xName, place } = placeOf(along, high);
  const lines = (of: "raw" | "smoothed") =>
    named.flatMap(({ curve }, at) =>
      drawnPoints(curve.x, curve[of].map((y) => isDrawn(y) ? y : NaN), edgeless, at)
        .map((point) => ({ ...point, x: place(point.x as number) }))
    );
  const [behind, front] = [smoothing > 0 ? lines("raw") : [], lines("smoothed")];
  const title = options.title ?? metric;
  const notes = [
    `${count(named.length, "run")}, ${count(total, "point")}` +
    (smoothing > 0 ? `, smoothed by ${smoothing}` : ""),
    ...(left > 0
      ? [
        `${count(left, "point")} ${
          log ? "not above zero or not finite" : "not finite"
        }: not drawn.`,
      ]
      : []),
    ...(without.length > 0 ? [`Without ${metric}: ${without.join(", ")}`] : []),
  ];
  const colors = categoryColors(named.map(({ name }) => name));
  const legend = named.length === 1
    ? {}
    : { legend: { swatches: swatchesOf(named.map(({ name }) => name), colors) } };
  const both = [...behind, ...front];
  const x = scaleOf(xName, both.map((point) => point.x));
  const y = scaleOf(metric, both.map((point) => point.y));
  const edges = margins(y);
  const color = ({ curve }: CurvePoint) => colors[curve]!;
  const line = { x: "x", y: "y", z: "curve", stroke: color };
  const svg = await drawSvg({ title, notes, width, height, ...legend }, (plot) => ({
    ...edges,
    x: axisOptions(x, "x", false, width - edges.marginLeft),
    y: { ...axisOptions(y, "y", log, width), grid: true },
    color: { type: "identity" },
    marks: [
      plot.line(behind, { ...line, strokeWidth: 1, strokeOpacity: 0.3 }),
      plot.line(front, {
        ...line,
        strokeWidth: 1.75,
        title: ({ curve }: CurvePoint) => named[curve]!.name,
      }),
      // A line of one point is none.
      plot.dot(front.filter(({ curve }) => named[curve]!.curve.x.length === 1), {
        ...{ x: "x", y: "y", fill: color, r: 3.5 },
        title: ({ curve }: CurvePoint) => named[curve]!.name,
      }),
    ],
  }));
  return svgBundle(svg, title, notes);
}

const not = (is: (value: number) => boolean) => (value: number) => !is(value);

/** How x is called, and where its values lie: time that has passed in the unit that fits. */
function placeOf(
  along: typeof ALONG[number],
  high: number,
): { name: string; place: (x: number) => number | Date } {
  if (along === "step") return { name: "step", place: (x) => x };
  if (along === "time") return { name: "time (UTC)", place: (x) => new Date(x) };
  const units = [["hours", 3_600_000], ["minutes", 60_000], ["seconds", 1_000]] as const;
  const [unit, size] = units.find(([, size]) => high >= 2 * size) ?? units[2];
  return { name: `${unit} since the run's first point`, place: (x) => x / size };
}

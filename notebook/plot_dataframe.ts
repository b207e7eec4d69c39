/**
 * Plots of logged dataframes.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { checkComposite, checkEntity, checkTexts, refuse, show } from "../domain/check.ts";
import { readDataframe } from "../domain/dataframe.ts";
import { experimentFolder } from "../domain/format/layout.ts";
import type { Table } from "../domain/parquet/parquet.ts";
import { pooled } from "../domain/pool.ts";
import { readEntity } from "../domain/reading/entity_files.ts";
import { CALL_FIELDS } from "../domain/inputs.ts";
import type { Dataframe } from "../domain/format/entities.ts";
import { type Displayed, displayed } from "./mime.ts";
import { checkColumn, checkPlot, type PlotOptions } from "./plot_source.ts";
import { scaleOf } from "./scale.ts";
import { drawSeries, type Series } from "./series.ts";
import { svgBundle } from "./svg.ts";
import { cellOf, count } from "./values.ts";

/** Options of {@linkcode plotDataframe}. */
export interface PlotDataframeOptions extends PlotOptions {
  /** The column along the bottom. Default: the number of the row. */
  x?: string;
  /** The column or columns along the side. Default: all with numbers but `x`. */
  y?: string | readonly string[];
  /** How it is drawn. Default: `line`. */
  as?: "line" | "dot" | "bar";
}

/**
 * Plots a logged dataframe, or several with the same columns (one of each experiment, say) in one picture.
 *
 * @throws {RubiconException} `invalid-argument` for a column that is not there or has no numbers.
 *
 * @example
 * ```ts
 * import { createProject, logDataframe, openComposite } from "../mod.ts";
 * import { plotDataframe } from "../notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "plotDataframe" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const dataframe = await logDataframe(rubicon, project, {
 *   name: "losses",
 *   columns: { epoch: [1, 2, 3], loss: [0.9, 0.5, 0.4] },
 * });
 * const plot = await plotDataframe(rubicon, dataframe, { x: "epoch", y: "loss" });
 * if (!plot.mime["image/svg+xml"].includes("<path")) throw new Error("a line");
 * ```
 */
export function plotDataframe(
  rubicon: Composite,
  dataframe: Dataframe | readonly Dataframe[],
  options: PlotDataframeOptions = {},
): Promise<Displayed<"image/svg+xml">> {
  return displayed(plotted(rubicon, dataframe, options));
}

async function plotted(
  rubicon: Composite,
  given: Dataframe | readonly Dataframe[],
  options: PlotDataframeOptions,
) {
  const where = "plotDataframe";
  checkPlot(rubicon, options, ["x", "y", "as"], where);
  const { as = "line" } = options;
  if (!["line", "dot", "bar"].includes(as)) {
    refuse(`${where}: as must be "line", "dot" or "bar", not ${show(as)}.`);
  }
  const dataframes = [given].flat() as Dataframe[];
  if (dataframes.length === 0) refuse(`${where} takes one dataframe at least.`);
  for (const dataframe of dataframes) checkEntity(dataframe, ["dataframe"], where);
  const call = Object.fromEntries(
    Object.entries(options).filter(([name]) => CALL_FIELDS.has(name)),
  );
  const tables = await pooled(dataframes, (dataframe) => readDataframe(rubicon, dataframe, call));
  const names = await pooled(dataframes, (dataframe) => ownerOf(rubicon, dataframe, call));
  const series = tables.flatMap((table, at) =>
    seriesOf(table, options, where).map((one) => ({ ...one, owner: names[at]! }))
  );
  const columns = [...new Set(series.map(({ name }) => name))];
  const named = series.map(({ name, owner, ...rest }): Series => ({
    ...rest,
    name: dataframes.length === 1 ? name : columns.length === 1 ? owner : `${owner}: ${name}`,
  }));
  const first = dataframes[0]!;
  const title = options.title ?? first.name ?? `dataframe ${first.id.slice(-8)}`;
  const rows = tables.reduce((sum, table) => sum + table.rows.length, 0);
  const notes = [
    dataframes.length === 1
      ? `${count(rows, "row")} of ${names[0]}`
      : `${count(rows, "row")} of ${count(dataframes.length, "dataframe")}`,
  ];
  const frame = {
    title,
    notes,
    width: options.width ?? 640,
    height: options.height ?? 360,
  };
  const x = scaleOf(options.x ?? "row", named.flatMap((one) => one.x));
  const y = scaleOf(columns.join(", "), named.flatMap((one) => one.y));
  const svg = await drawSeries(as, named, x, y, frame);
  return svgBundle(svg, title, notes);
}

/** What a dataframe belongs to, for people. */
async function ownerOf(
  rubicon: Composite,
  { projectName, experimentId }: Dataframe,
  options: Record<string, unknown>,
): Promise<string> {
  if (experimentId === null) return projectName;
  checkComposite(rubicon, "plotDataframe");
  const { name } = await readEntity(
    rubicon,
    "experiment",
    experimentFolder(projectName, experimentId),
    { projectName },
    `experiment ${experimentId} of project "${projectName}"`,
    options,
  );
  return name ?? experimentId.slice(-8);
}

function seriesOf(
  { columns, rows }: Table,
  options: PlotDataframeOptions,
  where: string,
): Series[] {
  if (options.x !== undefined) checkColumn(columns, options.x, where);
  const column = (name: string) => rows.map((row) => cellOf(row, name));
  const isNumbers = (name: string) => scaleOf(name, column(name)).kind === "number";
  const asked = options.y === undefined ? undefined : checkTexts([options.y].flat(), `${where}: y`);
  for (const name of asked ?? []) {
    checkColumn(columns, name, where);
    if (!isNumbers(name)) refuse(`${where}: column ${show(name)} has no numbers to draw.`);
  }
  const found = asked ?? columns.filter((name) => name !== options.x && isNumbers(name));
  if (found.length === 0) refuse(`${where}: the dataframe has no column of numbers to draw.`);
  const x = options.x === undefined ? [...rows.keys()] : column(options.x);
  return found.map((name) => ({ name, x, y: column(name) }));
}

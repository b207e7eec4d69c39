/**
 * Projects, experiments and lists of entities to look at.
 *
 * @module
 */
import { listArtifacts } from "../domain/artifact.ts";
import { listDataframes, readDataframe } from "../domain/dataframe.ts";
import { listExperiments } from "../domain/experiment.ts";
import { listFeatures } from "../domain/feature.ts";
import { type HistoryColumns, readHistoryColumns } from "../domain/history/history.ts";
import { listMetrics } from "../domain/metric.ts";
import { listParameters } from "../domain/parameter.ts";
import type { IndexLevel } from "../domain/parquet/parquet.ts";
import type { AnyTable } from "../domain/query/table.ts";
import { pooled } from "../domain/pool.ts";
import { toTable } from "../domain/table.ts";
import type { Dataframe, Entity, Experiment, Kind, Project } from "../domain/format/entities.ts";
import type { CallOptions, Composite } from "../composite.ts";
import { type Block, grid, heading, line, MAX_COLUMNS } from "./block.ts";
import { askedColumns, projectColumns, shownColumns } from "./columns.ts";
import { WithCurve } from "./spark.ts";
import { cellOf, shortTime, textOf } from "./values.ts";

/** The fields that a table of entities shows, by kind. */
const COLUMNS: Readonly<Record<Kind, readonly string[]>> = {
  project: ["name", "description", "githubUrl", "createdAt", "id"],
  experiment: ["name", "tags", "description", "modelName", "createdAt", "id"],
  metric: ["name", "value", "directionality", "description", "tags"],
  parameter: ["name", "value", "description", "tags"],
  feature: ["name", "importance", "description", "tags"],
  artifact: ["name", "description", "tags", "createdAt", "id"],
  dataframe: ["name", "description", "tags", "createdAt", "id"],
};
/** Those that are shown even where no entity has any. */
const ALWAYS = new Set(["kind", "name", "value"]);

/** Entities of one kind or of several as one table; columns without any value are left out. */
export function entitiesTable(entities: readonly Entity[], limit: number, title?: string): Block {
  const kinds = [...new Set(entities.map(({ kind }) => kind))];
  const fields = new Set(kinds.flatMap((kind) => COLUMNS[kind]));
  const columns = [...(kinds.length > 1 ? ["kind"] : []), ...fields].filter((field) =>
    ALWAYS.has(field) || entities.some((entity) => textOf(fieldOf(entity, field)) !== "")
  );
  return grid({
    ...(title !== undefined && { title }),
    columns,
    rows: entities.map((entity) => columns.map((field) => fieldOf(entity, field))),
    limit,
    what: kinds.length === 1 ? kinds[0]! : "item",
  });
}

function fieldOf(entity: Entity, field: string): unknown {
  const value = field === "name" ? entity.name ?? entity.id : cellOf(entity, field);
  return Array.isArray(value) && value.length === 0 && field === "tags" ? null : value;
}

const listed = (entities: readonly Entity[], limit: number, title: string): Block[] =>
  entities.length === 0 ? [] : [entitiesTable(entities, limit, title)];

/** A project with its newest experiments as a table, and its own artifacts and dataframes. */
export async function projectBlocks(
  rubicon: Composite,
  project: Project,
  { limit, curves }: { limit: number; curves: boolean },
  options: CallOptions,
  columns?: readonly string[],
): Promise<Block[]> {
  const [experiments, table, artifacts, dataframes] = await Promise.all([
    listExperiments(rubicon, project, options),
    toTable(rubicon, project, { ...options, limit }),
    listArtifacts(rubicon, project, options),
    listDataframes(rubicon, project, options),
  ]);
  const isFilled = (column: string) =>
    table.rows.some((row) => !["", "[]"].includes(textOf(cellOf(row, column))));
  const all = projectColumns(table.columns, isFilled);
  const names = columns
    ? askedColumns(table.columns, columns, "display")
    : all.slice(0, MAX_COLUMNS);
  const metrics = new Map(
    table.columns.filter(({ name, kind }) => kind === "metric" && names.includes(name))
      .map(({ name, label }) => [name, label]),
  );
  const runs = table.rows.map((row) =>
    // What has no status was not run, and has no history.
    curves && metrics.size > 0 && row.status !== null
      ? experiments.find(({ id }) => id === row.id)
      : undefined
  );
  const histories = await pooled(
    runs,
    async (run) => run && await readHistoryColumns(rubicon, run, options),
  );
  const cellIn = (row: object, at: number, name: string): unknown => {
    const points = histories[at]?.get(metrics.get(name) ?? "")?.values;
    return points ? new WithCurve(cellOf(row, name), points) : runCell(row, name);
  };
  return [
    heading("project", project.name, [
      project.description ?? "",
      project.githubUrl ?? "",
      shortTime(project.createdAt),
    ]),
    grid({
      title: "experiments, newest first",
      columns: names,
      ...(!columns && { totalColumns: all.length }),
      rows: table.rows.map((row, at) => names.map((name) => cellIn(row, at, name))),
      total: experiments.length,
      limit,
      what: "experiment",
    }),
    ...listed(artifacts, limit, "artifacts"),
    ...listed(dataframes, limit, "dataframes"),
  ];
}

/** A cell of an experiment's row: one without a name is called by its id. */
const runCell = (row: object, name: string): unknown => {
  const value = cellOf(row, name);
  return name === "name" && value === null ? cellOf(row, "id") : value;
};

/** An experiment with all that was logged to it. */
export async function experimentBlocks(
  rubicon: Composite,
  experiment: Experiment,
  limit: number,
  options: CallOptions,
): Promise<Block[]> {
  const [parameters, metrics, features, artifacts, dataframes, history] = await Promise.all([
    listParameters(rubicon, experiment, options),
    listMetrics(rubicon, experiment, options),
    listFeatures(rubicon, experiment, options),
    listArtifacts(rubicon, experiment, options),
    listDataframes(rubicon, experiment, options),
    readHistoryColumns(rubicon, experiment, options),
  ]);
  const { projectName, description, modelName, branchName, commitHash } = experiment;
  const code = [branchName, commitHash].filter((text) => text !== null).join(" ");
  const parts = [
    ...listed(parameters, limit, "parameters"),
    ...listed(metrics, limit, "metrics"),
    ...curvesOf(history, limit),
    ...listed(features, limit, "features"),
    ...listed(artifacts, limit, "artifacts"),
    ...listed(dataframes, limit, "dataframes"),
  ];
  return [
    heading("experiment", experiment.name ?? experiment.id, [
      `project ${projectName}, ${shortTime(experiment.createdAt)}, ${experiment.id}`,
      description ?? "",
      modelName === null ? "" : `model ${modelName}`,
      code === "" ? "" : `code ${code}`,
      ...experiment.comments,
    ], experiment.tags),
    ...(parts.length > 0 ? parts : [line("Nothing is logged to it yet.", true)]),
  ];
}

/** The curves of metrics as a table. */
const curvesOf = (history: Map<string, HistoryColumns>, limit: number): Block[] =>
  history.size === 0 ? [] : [
    grid({
      title: "curves",
      columns: ["name", "points", "last step", "last"],
      rows: [...history].map(([name, { steps, values }]) => [
        name,
        values.length,
        steps.at(-1),
        new WithCurve(values.at(-1), values),
      ]),
      limit,
      what: "metric",
    }),
  ];

/** A dataframe with the first rows of its table. */
export async function dataframeBlocks(
  rubicon: Composite,
  dataframe: Dataframe,
  limit: number,
  options: CallOptions,
  asked?: readonly string[],
): Promise<Block[]> {
  const table = await readDataframe(rubicon, dataframe, options);
  const { columns, rows } = table;
  return [
    heading("dataframe", dataframe.name ?? dataframe.id, [
      `${rows.length} × ${columns.length}, ${shortTime(dataframe.createdAt)}`,
      dataframe.description ?? "",
    ], dataframe.tags),
    tableGrid(table, limit, asked),
  ];
}

/** A table; where pandas gave its rows labels without a name, they stand before them. */
export function tableGrid(
  table: AnyTable & { index?: IndexLevel[] },
  limit: number,
  asked?: readonly string[],
): Block {
  const { rows, columns, index = [] } = table;
  const names = asked
    ? askedColumns(columns, asked, "display")
    : shownColumns(columns, MAX_COLUMNS);
  const isOfRuns = columns.some((column) => typeof column !== "string");
  const labels = index.filter(({ name }) => name === null);
  return grid({
    columns: [...labels.map(() => ""), ...names],
    rows: rows.map((row, at) => [
      ...labels.map(({ values }) => values[at]),
      ...names.map((name) => isOfRuns ? runCell(row, name) : cellOf(row, name)),
    ]),
    ...(!asked && { totalColumns: labels.length + columns.length }),
    limit,
  });
}

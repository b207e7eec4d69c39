/**
 * Projects, experiments and lists of entities to look at.
 *
 * @module
 */
import { listArtifacts } from "../domain/artifact.ts";
import { listDataframes, readDataframe } from "../domain/dataframe.ts";
import { listExperiments } from "../domain/experiment.ts";
import { listFeatures } from "../domain/feature.ts";
import { listMetrics } from "../domain/metric.ts";
import { listParameters } from "../domain/parameter.ts";
import type { IndexLevel } from "../domain/parquet/parquet.ts";
import { type AnyTable, columnName } from "../domain/query/table.ts";
import { toTable } from "../domain/table.ts";
import type { Dataframe, Entity, Experiment, Kind, Project } from "../domain/format/entities.ts";
import type { CallOptions, Composite } from "../composite.ts";
import { type Block, grid, heading, line } from "./block.ts";
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
  const value = cellOf(entity, field);
  return Array.isArray(value) && value.length === 0 && field === "tags" ? null : value;
}

const listed = (entities: readonly Entity[], limit: number, title: string): Block[] =>
  entities.length === 0 ? [] : [entitiesTable(entities, limit, title)];

/** A project with its newest experiments as a table, and its own artifacts and dataframes. */
export async function projectBlocks(
  rubicon: Composite,
  project: Project,
  limit: number,
  options: CallOptions,
): Promise<Block[]> {
  const [experiments, table, artifacts, dataframes] = await Promise.all([
    listExperiments(rubicon, project, options),
    toTable(rubicon, project, { ...options, limit }),
    listArtifacts(rubicon, project, options),
    listDataframes(rubicon, project, options),
  ]);
  const filled = (column: string) =>
    table.rows.some((row) => !["", "[]"].includes(textOf(cellOf(row, column))));
  // What tells rows apart for people comes first; times and ids are for a second look.
  const last = ["createdAt", "id"];
  const columns = [
    ...table.columns.map(({ name }) => name).filter((name) => !last.includes(name) && filled(name)),
    ...last,
  ];
  return [
    heading("project", project.name, [
      project.description ?? "",
      project.githubUrl ?? "",
      shortTime(project.createdAt),
    ]),
    grid({
      title: "experiments, newest first",
      columns,
      rows: table.rows.map((row) => columns.map((column) => cellOf(row, column))),
      total: experiments.length,
      limit,
      what: "experiment",
    }),
    ...listed(artifacts, limit, "artifacts"),
    ...listed(dataframes, limit, "dataframes"),
  ];
}

/** An experiment with all that was logged to it. */
export async function experimentBlocks(
  rubicon: Composite,
  experiment: Experiment,
  limit: number,
  options: CallOptions,
): Promise<Block[]> {
  const [parameters, metrics, features, artifacts, dataframes] = await Promise.all([
    listParameters(rubicon, experiment, options),
    listMetrics(rubicon, experiment, options),
    listFeatures(rubicon, experiment, options),
    listArtifacts(rubicon, experiment, options),
    listDataframes(rubicon, experiment, options),
  ]);
  const { projectName, description, modelName, branchName, commitHash } = experiment;
  const code = [branchName, commitHash].filter((text) => text !== null).join(" ");
  const parts = [
    ...listed(parameters, limit, "parameters"),
    ...listed(metrics, limit, "metrics"),
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

/** A dataframe with the first rows of its table. */
export async function dataframeBlocks(
  rubicon: Composite,
  dataframe: Dataframe,
  limit: number,
  options: CallOptions,
): Promise<Block[]> {
  const table = await readDataframe(rubicon, dataframe, options);
  const { columns, rows } = table;
  return [
    heading("dataframe", dataframe.name ?? dataframe.id, [
      `${rows.length} × ${columns.length}, ${shortTime(dataframe.createdAt)}`,
      dataframe.description ?? "",
    ], dataframe.tags),
    tableGrid(table, limit),
  ];
}

/** A table; where pandas gave its rows labels without a name, they stand before them. */
export function tableGrid(table: AnyTable & { index?: IndexLevel[] }, limit: number): Block {
  const { rows, index = [] } = table;
  const names = table.columns.map(columnName);
  const labels = index.filter(({ name }) => name === null);
  return grid({
    columns: [...labels.map(() => ""), ...names],
    rows: rows.map((row, at) => [
      ...labels.map(({ values }) => values[at]),
      ...names.map((name) => cellOf(row, name)),
    ]),
    limit,
  });
}

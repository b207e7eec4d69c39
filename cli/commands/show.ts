/**
 * `rubicon show`: one experiment or project, whole.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import type { Composite } from "../../composite/types.ts";
import { listArtifacts } from "../../domain/artifact.ts";
import { listDataframes } from "../../domain/dataframe.ts";
import { listChildExperiments, listParentExperiments } from "../../domain/family.ts";
import { listFeatures } from "../../domain/feature.ts";
import type { Experiment, Project } from "../../domain/format/entities.ts";
import type { ExperimentStatus } from "../../domain/history/state.ts";
import { experimentStatus } from "../../domain/history/status.ts";
import { listMetrics } from "../../domain/metric.ts";
import { listParameters } from "../../domain/parameter.ts";
import type { Cli } from "../context.ts";
import { findExperiment, findProject } from "../find.ts";
import { spanText, valueText } from "../output/cells.ts";
import { painted } from "../output/style.ts";
import { drawTable, type TableCell } from "../output/table.ts";
import { addProject } from "../selection.ts";

export function define(command: Command): void {
  command.argument("[experiment]", "id, start of an id, name, or latest; without it, the project");
  addProject(command);
}

export async function run(
  cli: Cli,
  options: { project?: string },
  [given]: [string | undefined],
): Promise<void> {
  const rubicon = await cli.open();
  const project = await findProject(cli, rubicon, options.project);
  if (given === undefined) return await showProject(cli, rubicon, project);
  const experiment = await findExperiment(cli, rubicon, project, given);
  await showExperiment(cli, rubicon, project, experiment);
}

async function showProject(cli: Cli, rubicon: Composite, project: Project): Promise<void> {
  const { signal } = cli;
  const { listExperiments } = await import("../../domain/experiment.ts");
  const [experiments, artifacts, dataframes] = await Promise.all([
    listExperiments(rubicon, project, { signal }),
    listArtifacts(rubicon, project, { signal }),
    listDataframes(rubicon, project, { signal }),
  ]);
  const value = { project, experiments: experiments.length, artifacts, dataframes };
  await cli.answer({
    value,
    text: async () => [
      ...await fields(cli, [
        ["project", project.name],
        ["id", project.id],
        ["created", `${project.createdAt.slice(0, 19)}Z`],
        ["description", project.description],
        ["github", project.githubUrl],
        ["training metadata", project.trainingMetadata],
        ["experiments", experiments.length],
      ]),
      ...await section(cli, "Artifacts", ["NAME", "ID", "TAGS"], artifacts.map(attached)),
      ...await section(cli, "Dataframes", ["NAME", "ID", "TAGS"], dataframes.map(attached)),
    ],
  });
}

async function showExperiment(
  cli: Cli,
  rubicon: Composite,
  project: Project,
  experiment: Experiment,
): Promise<void> {
  const call = { signal: cli.signal };
  const [parameters, metrics, features, artifacts, dataframes, parents, children, status] =
    await Promise.all([
      listParameters(rubicon, experiment, call),
      listMetrics(rubicon, experiment, call),
      listFeatures(rubicon, experiment, call),
      listArtifacts(rubicon, experiment, call),
      listDataframes(rubicon, experiment, call),
      listParentExperiments(rubicon, experiment, call),
      listChildExperiments(rubicon, experiment, call),
      experimentStatus(rubicon, experiment, call),
    ]);
  const value = { experiment, parameters, metrics, features, artifacts, dataframes };
  const family = (all: readonly Experiment[]) =>
    all.map(({ id, name }) => name === null ? id : `${name} (${id})`).join(", ");
  await cli.answer({
    value: { ...value, parents, children, status: status ?? null },
    text: async () => [
      ...await fields(cli, [
        ["experiment", experiment.name],
        ["id", experiment.id],
        ["project", project.name],
        ["created", `${experiment.createdAt.slice(0, 19)}Z`],
        ["description", experiment.description],
        ["model", experiment.modelName],
        ["branch", experiment.branchName],
        ["commit", experiment.commitHash],
        ["status", status && statusText(status)],
        ["tags", experiment.tags],
        ["training metadata", experiment.trainingMetadata],
        ["parents", family(parents)],
        ["children", family(children)],
        ...experiment.comments.map((text): [string, unknown] => ["comment", text]),
      ]),
      ...await section(cli, "Parameters", ["NAME", "VALUE"], parameters.map(named)),
      ...await section(
        ...[cli, "Metrics", ["NAME", "VALUE", "BETTER"]] as const,
        metrics.map((one) => [...named(one), one.directionality === "loss" ? "lower" : "higher"]),
      ),
      ...await section(
        ...[cli, "Features", ["NAME", "IMPORTANCE"]] as const,
        features.map(({ name, importance }) => [valueText(name), valueText(importance)]),
      ),
      ...await section(cli, "Artifacts", ["NAME", "ID", "TAGS"], artifacts.map(attached)),
      ...await section(cli, "Dataframes", ["NAME", "ID", "TAGS"], dataframes.map(attached)),
    ],
  });
}

function statusText({ state, durationMs, reason }: ExperimentStatus): string {
  const took = durationMs === null ? "" : `, ${spanText(durationMs)}`;
  return `${state}${took}${reason === null ? "" : `: ${reason}`}`;
}

const named = ({ name, value }: { name: string; value: unknown }): TableCell[] => [
  valueText(name),
  valueText(value),
];

const attached = (
  { name, id, tags }: { name: string | null; id: string; tags: string[] },
): TableCell[] => [valueText(name), id, valueText(tags)];

/** Fields, a line each; those that are empty are left out. */
async function fields(cli: Cli, all: readonly [string, unknown][]): Promise<string[]> {
  const { screen } = cli;
  const rows = all.map(([title, value]): [string, string] => [title, valueText(value)])
    .filter(([, text]) => text !== "");
  const { lines } = await drawTable(
    [{ title: "", rank: 2 }, { title: "", rank: 1 }],
    rows.map(([title, text]) => [{ text: title, paint: "dim" }, text]),
    { ...screen, width: undefined },
  );
  return lines.slice(1).map((line) => `${line}\n`);
}

/** A heading and a table; nothing where nothing is in it. A number stands where a text does, so that none is cut. */
async function section(
  cli: Cli,
  title: string,
  titles: readonly string[],
  rows: readonly (readonly TableCell[])[],
): Promise<string[]> {
  if (rows.length === 0) return [];
  const { screen } = cli;
  const used = titles.map((_, at) => at).filter((at) => rows.some((row) => row[at] !== ""));
  const { lines } = await drawTable(
    used.map((at) => ({ title: titles[at]!, rank: titles.length - at })),
    rows.map((row) => used.map((at) => row[at]!)),
    screen,
  );
  const heading = `${title} (${rows.length})`;
  return [
    "\n",
    `${screen.color ? painted(heading, "bold") : heading}\n`,
    ...lines.map((line) => `  ${line}\n`),
  ];
}

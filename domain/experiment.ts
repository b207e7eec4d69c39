/**
 * Experiments: one run each, with what went in and what came out.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import type { Core, Step } from "../composite/plan.ts";
import { encodeEntity, ownCopy } from "./format/codec.ts";
import { checkComposite, checkFields, checkId, checkProject, checkText, refuse } from "./check.ts";
import { type ChildKind, prepareAll } from "./writing/child.ts";
import type { FeatureInputs } from "./feature.ts";
import { compileQuery } from "./query/query.ts";
import type { OrderBy, Where } from "./query/where.ts";
import { checkFilter, type Choice, FILTER_FIELDS } from "./reading/filter.ts";
import { experimentFolder } from "./format/layout.ts";
import type { MetricInputs } from "./metric.ts";
import type { ParameterInputs } from "./parameter.ts";
import { build, create, type Made, stepOf } from "./writing/create.ts";
import { refuseTaken } from "./writing/taken.ts";
import type { Experiment, Project } from "./format/entities.ts";
import { CALL_FIELDS, inputFields, type ListFilter, type LogInput, readOnly } from "./inputs.ts";

/** What {@linkcode logExperiment} takes. */
export type ExperimentInput = LogInput<Experiment> & {
  /** Parameters to log with it. */
  parameters?: ParameterInputs;
  /** Metrics to log with it. */
  metrics?: MetricInputs;
  /** Features to log with it. */
  features?: FeatureInputs;
};

/** How to find one experiment: by its id, or by its name (the last one that was logged with it). */
export type ExperimentQuery = ({ name: string } | { id: string }) & CallOptions;

/** The fields that an experiment is logged with. */
export const EXPERIMENT_FIELDS: ReadonlySet<string> = inputFields("experiment", [
  ...["parameters", "metrics", "features"],
]);
const QUERY = new Set(["name", "id", ...CALL_FIELDS]);
const FILTER = new Set([...FILTER_FIELDS, "where", "orderBy", ...CALL_FIELDS]);

/** Which experiments, and in which order. */
export interface ExperimentFilter extends ListFilter {
  /**
   * What has to be true: `{ "metrics.accuracy": { gte: 0.9 }, tags: { has: "base*" } }`, or an expression such as
   * `metrics.accuracy >= 0.9 and tags.has("base*")`; MLflow's filters are such expressions. A missing value makes a
   * comparison false, also `!=`. What an experiment's own fields and tags decide is decided before its metrics and
   * parameters are read.
   */
  where?: Where | string | undefined;
  /** What to sort by, the most important first: `[{ "metrics.accuracy": "best" }, "-createdAt"]`. Default: `order`. */
  orderBy?: OrderBy | readonly OrderBy[] | undefined;
}

/**
 * Logs an experiment to a project, in every backend, with any parameters, metrics and features.
 *
 * @throws {RubiconException} with the experiment as `entity` where it was not written as it should be:
 * pass that to this function again to complete it.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logExperiment" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, {
 *   name: "forest",
 *   tags: ["baseline"],
 *   parameters: { n_estimators: 20 },
 *   metrics: { accuracy: 0.8 },
 *   features: ["year"],
 * });
 * ```
 */
export async function logExperiment(
  rubicon: Composite,
  project: Project,
  input: ExperimentInput = {},
): Promise<Experiment> {
  const where = "logExperiment";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(input, EXPERIMENT_FIELDS, where);
  const prepared = prepareExperiment(rubicon, project, input, where);
  if (input.id !== undefined) await refuseTaken(rubicon, prepared.experiment, input);
  return await createExperiment(rubicon, prepared, input);
}

/** An experiment that is checked, and its children, ready to be written. */
export interface PreparedExperiment {
  /** The experiment. */
  experiment: Experiment;
  /** Its children. */
  children: Made[];
  /** What a failure carries. */
  entity: unknown;
}

/** Checks an experiment with its children. Nothing is written. */
export function prepareExperiment(
  rubicon: Composite,
  project: Project,
  input: ExperimentInput,
  where: string,
): PreparedExperiment {
  const experiment = build("experiment", { projectName: project.name }, input, where);
  const encoding = rubicon.options;
  const place = { projectName: project.name, experimentId: experiment.id };
  const all = <K extends ChildKind>(kind: K, inputs: unknown, what: string) =>
    prepareAll(kind, place, inputs ?? [], `${where}: ${what}`, encoding);
  const parameters = all("parameter", input.parameters, "parameters");
  const metrics = all("metric", input.metrics, "metrics");
  const features = all("feature", input.features, "features");
  const children = [...parameters, ...metrics, ...features];
  return {
    experiment,
    children,
    entity: children.length === 0 ? experiment : {
      ...experiment,
      parameters: parameters.map(({ entity }) => entity),
      metrics: metrics.map(({ entity }) => entity),
      features: features.map(({ entity }) => entity),
    },
  };
}

/** Writes an experiment with its children, and what else is beside it. */
export async function createExperiment(
  rubicon: Core,
  { experiment, children, entity }: PreparedExperiment,
  call: CallOptions,
  beside: readonly Step[] = [],
): Promise<Experiment> {
  const step = stepOf(experiment, encodeEntity(experiment, rubicon.options));
  return await create(rubicon, experiment, call, [], step, { below: children, beside, entity });
}

/**
 * Gets one experiment of a project, by id or by name. Of several with one name it is the last logged.
 *
 * @throws {RubiconException} `not-found` where no backend has it.
 *
 * @example
 * ```ts
 * import { createProject, getExperiment, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getExperiment" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const { id } = await logExperiment(rubicon, project, { name: "forest" });
 * const experiment = await getExperiment(rubicon, project, { id });
 * if (experiment.name !== "forest") throw new Error("it is the one that was logged");
 * ```
 */
export async function getExperiment(
  rubicon: Composite,
  project: Project,
  query: ExperimentQuery,
): Promise<Experiment> {
  const where = "getExperiment";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(query, QUERY, where);
  const { name, id } = query as { name?: string; id?: string };
  if ((name === undefined) === (id === undefined)) refuse(`${where} takes a name or an id.`);
  if (name !== undefined) {
    checkText(name, `${where}: name`);
    const what = `experiment with the name "${name}" in project "${project.name}"`;
    const place = { projectName: project.name };
    const choice: Choice = { passes: (one) => one.name === name, newest: true, limit: 1 };
    const [{ findLast, findNamed }, { readEntities }] = await Promise.all([
      import("./reading/find.ts"),
      import("./reading/list.ts"),
    ]);
    const list = async (more: CallOptions) =>
      (await readEntities(rubicon, "experiment", place, what, { ...query, ...more }, choice))
        .map(ownCopy);
    return await findNamed(
      `experiment of project "${project.name}"`,
      name,
      () => findLast(rubicon, query, list, what),
      () => listExperiments(rubicon, project, readOnly(query)),
    );
  }
  checkId(id, `${where}: id`);
  const { readEntity } = await import("./reading/entity_files.ts");
  return await readEntity(
    rubicon,
    "experiment",
    experimentFolder(project.name, id!),
    { projectName: project.name },
    `experiment ${id} of project "${project.name}"`,
    query,
  );
}

/**
 * The experiments of a project, oldest first unless the filter says otherwise.
 *
 * @throws {RubiconException} if no backend is able to read; `invalid-argument` for a query that cannot be understood, or
 * that names a column that no experiment has.
 *
 * @example
 * ```ts
 * import { createProject, listExperiments, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listExperiments" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { tags: ["model:forest"] });
 * await logExperiment(rubicon, project, { tags: ["model:tree"] });
 * const forests = await listExperiments(rubicon, project, { tags: ["model:f*"] });
 * if (forests.length !== 1) throw new Error("one is a forest");
 * const [latest] = await listExperiments(rubicon, project, { order: "newest", limit: 1 });
 * if (latest?.tags[0] !== "model:tree") throw new Error("the last one that was logged");
 * const trees = await listExperiments(rubicon, project, { where: "tags.model = 'tree'" });
 * if (trees[0]?.id !== latest.id) throw new Error("the same one");
 * ```
 */
export async function listExperiments(
  rubicon: Composite,
  project: Project,
  filter: ExperimentFilter = {},
): Promise<Experiment[]> {
  const where = "listExperiments";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(filter, FILTER, where);
  const choice = checkFilter(filter, where);
  const query = compileQuery(filter.where, filter.orderBy, where);
  const needs = { children: false, status: false };
  const { readQueried } = await import("./reading/queried.ts");
  const runs = await readQueried(rubicon, project, query, choice, filter, needs);
  return runs.map(({ experiment }) => ownCopy(experiment));
}

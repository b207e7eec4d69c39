/**
 * Experiments: one run each, with what went in and what came out.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { type Receipt, RubiconException } from "../errors.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkId,
  checkProject,
  checkText,
  refuse,
} from "./check.ts";
import { createAll, prepareAll } from "./child.ts";
import { encodeEntity } from "./codec.ts";
import type { FeatureInputs } from "./feature.ts";
import { checkFilter, FILTER_FIELDS } from "./filter.ts";
import { findLast } from "./find.ts";
import { experimentFolder } from "./layout.ts";
import type { MetricInputs } from "./metric.ts";
import type { ParameterInputs } from "./parameter.ts";
import { readEntities } from "./list.ts";
import { readEntity } from "./read.ts";
import { CALL_FIELDS, inputFields } from "./schema.ts";
import { build, create } from "./store.ts";
import { addTags } from "./tags.ts";
import type { Experiment, ListFilter, LogInput, Project } from "./types.ts";

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

const INPUT = inputFields("experiment", ["parameters", "metrics", "features"]);
const QUERY = new Set(["name", "id", ...CALL_FIELDS]);
const FILTER = new Set([...FILTER_FIELDS, ...CALL_FIELDS]);

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
  checkFields(input, INPUT, where);
  const experiment = build("experiment", { projectName: project.name }, input, where);
  const source = encodeEntity(experiment);
  const place = { projectName: project.name, experimentId: experiment.id };
  const parameters = prepareAll("parameter", place, input.parameters ?? [], `${where}: parameters`);
  const metrics = prepareAll("metric", place, input.metrics ?? [], `${where}: metrics`);
  const features = prepareAll("feature", place, input.features ?? [], `${where}: features`);
  const receipts: Receipt[] = [];
  const call = {
    ...pickCall(input),
    onReceipts: (some: readonly Receipt[]) => void receipts.push(...some),
  };
  const children = [...parameters, ...metrics, ...features];
  try {
    await create(rubicon, experiment, call, [], source);
    const writing = [createAll(rubicon, children, call)] as Promise<unknown>[];
    if (rubicon.backends.some(({ driver }) => driver.listsChecksums)) {
      const { writeDigest } = await import("./digest.ts");
      const written = [{ entity: experiment, source }, ...children];
      writing.push(writeDigest(rubicon, experiment, written, call));
    }
    await Promise.all(writing);
    input.onReceipts?.(receipts);
  } catch (error) {
    if (!(error instanceof RubiconException) || children.length === 0) throw error;
    throw new RubiconException(error.code, error.message, {
      cause: error,
      receipts: error.receipts,
      entity: {
        ...experiment,
        parameters: parameters.map(({ entity }) => entity),
        metrics: metrics.map(({ entity }) => entity),
        features: features.map(({ entity }) => entity),
      },
    });
  }
  return experiment;
}

function pickCall(input: CallOptions): CallOptions {
  return Object.fromEntries(Object.entries(input).filter(([name]) => CALL_FIELDS.has(name)));
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
    const filter = { ...query as ListFilter, order: "newest", limit: 1 } as const;
    return await findLast(
      rubicon,
      query,
      (more) => listExperiments(rubicon, project, { ...filter, ...more }),
      `experiment with the name "${name}" in project "${project.name}"`,
    );
  }
  checkId(id, `${where}: id`);
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
 * @throws {RubiconException} where no backend is able to read.
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
 * ```
 */
export async function listExperiments(
  rubicon: Composite,
  project: Project,
  filter: ListFilter = {},
): Promise<Experiment[]> {
  const where = "listExperiments";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(filter, FILTER, where);
  const choice = checkFilter(filter, where);
  const place = { projectName: project.name };
  const what = `the experiments of project "${project.name}"`;
  return await readEntities(rubicon, "experiment", place, what, filter, choice);
}

/**
 * Marks an experiment as a child of another one of its project, by rubicon-ml's `child:` and `parent:` tags.
 *
 * @returns Both, with their new tags.
 * @throws {RubiconException} `invalid-argument` where they are of two projects, or one and the same.
 *
 * @example
 * ```ts
 * import {
 *   addChildExperiment,
 *   createProject,
 *   listChildExperiments,
 *   logExperiment,
 *   openComposite,
 * } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "family" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const search = await logExperiment(rubicon, project, { name: "search" });
 * const trial = await logExperiment(rubicon, project, { name: "trial 1" });
 * const { parent } = await addChildExperiment(rubicon, search, trial);
 * const [child] = await listChildExperiments(rubicon, parent);
 * if (child?.id !== trial.id) throw new Error("the trial is the child");
 * ```
 */
export async function addChildExperiment(
  rubicon: Composite,
  parent: Experiment,
  child: Experiment,
  options: CallOptions = {},
): Promise<{ parent: Experiment; child: Experiment }> {
  const where = "addChildExperiment";
  checkComposite(rubicon, where);
  checkExperiment(parent, `${where}: parent`);
  checkExperiment(child, `${where}: child`);
  if (parent.projectName !== child.projectName) {
    refuse(
      `${where}: one is of project "${parent.projectName}", the other of "${child.projectName}".`,
    );
  }
  if (parent.id === child.id) refuse(`${where}: an experiment is not its own child.`);
  const [tagged, taggedChild] = await Promise.all([
    addTags(rubicon, parent, [`child:${child.id}`], options),
    addTags(rubicon, child, [`parent:${parent.id}`], options),
  ]);
  return { parent: tagged, child: taggedChild };
}

async function related(
  rubicon: Composite,
  experiment: Experiment,
  key: "child" | "parent",
  options: CallOptions,
  where: string,
): Promise<Experiment[]> {
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(options, CALL_FIELDS, where);
  const ids = tagValues(experiment.tags, key);
  const place = { projectName: experiment.projectName };
  return await Promise.all(ids.map((id) =>
    readEntity(
      rubicon,
      "experiment",
      experimentFolder(place.projectName, checkId(id, `${where}: the tag ${key}:…`)),
      place,
      `experiment ${id}, a ${key} of ${experiment.id}`,
      options,
    )
  ));
}

/**
 * The values of `key:value` tags.
 *
 * @example
 * ```ts
 * import { tagValues } from "../mod.ts";
 *
 * if (tagValues(["model:forest", "baseline"], "model")[0] !== "forest") throw new Error("a value");
 * ```
 */
export function tagValues(tags: readonly string[], key: string): string[] {
  return tags.filter((tag) => tag.startsWith(`${key}:`)).map((tag) => tag.slice(key.length + 1));
}

/**
 * The experiments that an experiment's tags name as its children.
 *
 * @throws {RubiconException} `not-found` where no backend has one of them.
 *
 * @example See {@linkcode addChildExperiment}
 */
export async function listChildExperiments(
  rubicon: Composite,
  experiment: Experiment,
  options: CallOptions = {},
): Promise<Experiment[]> {
  return await related(rubicon, experiment, "child", options, "listChildExperiments");
}

/**
 * The experiments that an experiment's tags name as its parents.
 *
 * @throws {RubiconException} `not-found` where no backend has one of them.
 *
 * @example
 * ```ts
 * import {
 *   addChildExperiment,
 *   createProject,
 *   listParentExperiments,
 *   logExperiment,
 *   openComposite,
 * } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listParents" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const sweep = await logExperiment(rubicon, project, { name: "sweep" });
 * const run = await logExperiment(rubicon, project, { name: "run" });
 * const { child } = await addChildExperiment(rubicon, sweep, run);
 * const [parent] = await listParentExperiments(rubicon, child);
 * if (parent?.id !== sweep.id) throw new Error("it is the sweep");
 * ```
 */
export async function listParentExperiments(
  rubicon: Composite,
  experiment: Experiment,
  options: CallOptions = {},
): Promise<Experiment[]> {
  return await related(rubicon, experiment, "parent", options, "listParentExperiments");
}

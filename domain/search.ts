/**
 * JSONPath over projects and experiments: rubicon-ml's `RubiconJSON`.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { listArtifacts } from "./artifact.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  checkText,
  refuse,
  show,
} from "./check.ts";
import { listDataframes } from "./dataframe.ts";
import { listExperiments } from "./experiment.ts";
import { listFeatures } from "./feature.ts";
import { FIELDS } from "./format/schema.ts";
import { CALL_FIELDS } from "./inputs.ts";
import { listMetrics } from "./metric.ts";
import { listParameters } from "./parameter.ts";
import { pooled } from "./pool.ts";
import { listProjects } from "./project.ts";
import type { Entity, Experiment, Project } from "./format/entities.ts";

/** What is searched. */
export interface SearchScope {
  /** These projects, with all of their experiments, under `project`. */
  projects?: readonly Project[] | undefined;
  /** These experiments, under `experiment`. */
  experiments?: readonly Experiment[] | undefined;
}

/**
 * Finds values by a JSONPath, as `RubiconJSON.search` does, in its structure: `project` and `experiment` are lists; an
 * experiment has its fields in snake case and the lists `feature`, `parameter`, `metric`, `artifact` and `dataframe`. All of
 * it is read, so a `where` of `listExperiments` is the faster way if it can say what you look for.
 *
 * The dialect is jsonpath-ng's: `$..experiment[?(@.tags[*]=='large')].name`. docs/from-rubicon-ml.md says which of Python's
 * defects it does not have.
 *
 * @param scope The projects and experiments to search. All projects if none are given.
 * @returns The values that were found, in the order of the document. Times are ISO 8601 texts.
 * @throws {RubiconException} `invalid-argument` for a path that cannot be understood, with the place.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite, search } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "search" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { name: "forest", metrics: { accuracy: 0.8 } });
 * const path = "$..experiment[?(@.metric[?(@.name=='accuracy' & @.value>0.5)])].name";
 * const [name] = await search(rubicon, { projects: [project] }, path);
 * if (name !== "forest") throw new Error("the one with the accuracy");
 * ```
 */
export async function search<T = unknown>(
  rubicon: Composite,
  scope: SearchScope,
  path: string,
  options: CallOptions = {},
): Promise<T[]> {
  const where = "search";
  checkComposite(rubicon, where);
  checkFields(scope, new Set(["projects", "experiments"]), where);
  const { projects, experiments } = scope;
  const checked = {
    projects: checkList(projects, checkProject, `${where}: projects`),
    experiments: checkList(experiments, checkExperiment, `${where}: experiments`),
  };
  checkFields(options, CALL_FIELDS, where);
  // Few ask for it, so it is no part of each start.
  const [{ parsePath }, { find }] = await Promise.all([
    import("./query/jsonpath/parse.ts"),
    import("./query/jsonpath/find.ts"),
  ]);
  const parsed = parsePath(checkText(path, `${where}: path`), `${where}: path`);
  if (!projects && !experiments) checked.projects = await listProjects(rubicon, options);
  const document = {
    ...((projects || !experiments) && {
      project: await pooled(checked.projects, (one) => projectJson(rubicon, one, options)),
    }),
    ...(experiments && {
      experiment: await pooled(checked.experiments, (one) => experimentJson(rubicon, one, options)),
    }),
  };
  return find(parsed, document, `${where}: path`) as T[];
}

function checkList<T>(
  list: readonly T[] | undefined,
  check: (value: unknown, where: string) => T,
  where: string,
): T[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) refuse(`${where} must be a list, not ${show(list)}.`);
  return list.map((one, at) => check(one, `${where}[${at}]`));
}

/** An entity's fields as rubicon-ml names them. */
const fieldsOf = (entity: Entity): Record<string, unknown> =>
  Object.fromEntries(
    FIELDS[entity.kind].map(({ name, key }) => [key, entity[name as keyof Entity]]),
  );

async function projectJson(rubicon: Composite, project: Project, options: CallOptions) {
  const [artifacts, dataframes, experiments] = await Promise.all([
    listArtifacts(rubicon, project, options),
    listDataframes(rubicon, project, options),
    listExperiments(rubicon, project, options),
  ]);
  return {
    ...fieldsOf(project),
    artifact: artifacts.map(fieldsOf),
    dataframe: dataframes.map(fieldsOf),
    experiment: await pooled(experiments, (one) => experimentJson(rubicon, one, options)),
  };
}

async function experimentJson(rubicon: Composite, experiment: Experiment, options: CallOptions) {
  const [feature, parameter, metric, artifact, dataframe] = await Promise.all([
    listFeatures(rubicon, experiment, options),
    listParameters(rubicon, experiment, options),
    listMetrics(rubicon, experiment, options),
    listArtifacts(rubicon, experiment, options),
    listDataframes(rubicon, experiment, options),
  ]);
  return {
    ...fieldsOf(experiment),
    feature: feature.map(fieldsOf),
    parameter: parameter.map(fieldsOf),
    metric: metric.map(fieldsOf),
    artifact: artifact.map(fieldsOf),
    dataframe: dataframe.map(fieldsOf),
  };
}

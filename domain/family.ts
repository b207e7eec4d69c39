/**
 * Parent and child experiments, by rubicon-ml's `child:` and `parent:` tags.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { checkComposite, checkExperiment, checkFields, checkId, refuse } from "./check.ts";
import { experimentFolder } from "./format/layout.ts";
import { CALL_FIELDS } from "./inputs.ts";
import { addTags } from "./annotations.ts";
import type { Experiment } from "./format/entities.ts";

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
 * await addChildExperiment(rubicon, search, trial);
 * const [child] = await listChildExperiments(rubicon, search);
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
      `${where}: the parent is in project "${parent.projectName}", the child in "${child.projectName}". Both must be in one project.`,
    );
  }
  if (parent.id === child.id) refuse(`${where}: an experiment cannot be its own child.`);
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
  const place = { projectName: experiment.projectName };
  const { readEntity } = await import("./reading/entity_files.ts");
  const { tags } = await readEntity(
    rubicon,
    "experiment",
    experimentFolder(place.projectName, experiment.id),
    place,
    `experiment ${experiment.id}`,
    options,
  );
  const ids = tagValues(tags, key);
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
 * The experiments that an experiment's tags name as its children. The tags are read from the store: the experiment that
 * is passed may be older than they are.
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
 * The experiments that an experiment's tags, as the store has them, name as its parents.
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
 * await addChildExperiment(rubicon, sweep, run);
 * const [parent] = await listParentExperiments(rubicon, run);
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

/**
 * Deleting experiments and projects, and bringing them back.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkId,
  checkName,
  checkProject,
} from "../check.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { experimentFolder, projectFolder } from "../format/layout.ts";
import { CALL_FIELDS } from "../inputs.ts";

export {
  type EmptiedTrash,
  emptyTrash,
  type EmptyTrashOptions,
  listTrash,
  type Trashed,
} from "./trash_list.ts";

/** Most programs delete nothing. */
const moving = () => Promise.all([import("./trash/list.ts"), import("./trash/move.ts")]);

/**
 * Moves an experiment to the trash, with all that belongs to it. It shows nowhere any more, in no backend, to no program
 * and not in rubicon-ml; {@linkcode restoreExperiment} brings it back until {@linkcode emptyTrash}. A backend that is
 * away gets to know of it by `repair`, by its outbox, or by this call once more. What is still logged to it is refused,
 * or hidden and kept with the rest: a process that has logged to it before learns of it late.
 *
 * @throws {RubiconException} `not-found` if there is no such experiment; any other if the write policy is not met: call
 * it again to finish.
 *
 * @example
 * ```ts
 * import { createProject, deleteExperiment, listExperiments, logExperiment, openComposite } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "deleteExperiment" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project, { metrics: { accuracy: 0.8 } });
 * await deleteExperiment(rubicon, experiment);
 * if ((await listExperiments(rubicon, project)).length !== 0) throw new Error("it is in the trash");
 * ```
 */
export async function deleteExperiment(
  rubicon: Composite,
  experiment: Experiment,
  options: CallOptions = {},
): Promise<void> {
  const where = "deleteExperiment";
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(options, CALL_FIELDS, where);
  const folder = experimentFolder(experiment.projectName, experiment.id);
  const [{ targetOf }, { moveToTrash }] = await moving();
  await moveToTrash(rubicon, await targetOf(rubicon, folder, experiment, options), options, where);
}

/**
 * Brings an experiment back from the trash, as it was. It shows once all of it is there.
 *
 * @returns The experiment.
 * @throws {RubiconException} `not-found` if it is not in the trash, or that was emptied.
 *
 * @example
 * ```ts
 * import {
 *   createProject,
 *   deleteExperiment,
 *   listMetrics,
 *   logExperiment,
 *   openComposite,
 *   restoreExperiment,
 * } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "restoreExperiment" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const { id } = await logExperiment(rubicon, project, { metrics: { accuracy: 0.8 } })
 *   .then(async (experiment) => (await deleteExperiment(rubicon, experiment), experiment));
 * const experiment = await restoreExperiment(rubicon, project, { id });
 * if ((await listMetrics(rubicon, experiment)).length !== 1) throw new Error("all of it is back");
 * ```
 */
export async function restoreExperiment(
  rubicon: Composite,
  project: Project,
  query: { id: string } & CallOptions,
): Promise<Experiment> {
  const where = "restoreExperiment";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(query, new Set(["id", ...CALL_FIELDS]), where);
  const { id, ...call } = query;
  checkId(id, `${where}: id`);
  const folder = experimentFolder(project.name, id);
  const [{ targetOf }, { moveBack }] = await moving();
  await moveBack(rubicon, await targetOf(rubicon, folder, { id }, call), call, where);
  const place = { projectName: project.name };
  const { readEntity } = await import("../reading/entity_files.ts");
  return await readEntity(rubicon, "experiment", folder, place, `experiment ${id}`, call);
}

/**
 * Moves a project to the trash, with all its experiments. Its name stays taken: {@linkcode createProject} refuses it until
 * the trash is emptied. See {@linkcode deleteExperiment} for what holds of both.
 *
 * @throws {RubiconException} `not-found` if there is no such project; any other if the write policy is not met: call it
 * again to finish.
 *
 * @example
 * ```ts
 * import { createProject, deleteProject, listProjects, openComposite, restoreProject } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "deleteProject" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await deleteProject(rubicon, project);
 * if ((await listProjects(rubicon)).length !== 0) throw new Error("it is in the trash");
 * const { id } = await restoreProject(rubicon, { name: "Iris" });
 * if (id !== project.id) throw new Error("it is the same one");
 * ```
 */
export async function deleteProject(
  rubicon: Composite,
  project: Project,
  options: CallOptions = {},
): Promise<void> {
  const where = "deleteProject";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, CALL_FIELDS, where);
  const folder = projectFolder(project.name);
  const [{ targetOf }, { moveToTrash }] = await moving();
  await moveToTrash(rubicon, await targetOf(rubicon, folder, project, options), options, where);
}

/**
 * Brings a project back from the trash, as it was.
 *
 * @returns The project.
 * @throws {RubiconException} `not-found` if it is not in the trash, or that was emptied.
 *
 * @example See {@linkcode deleteProject}.
 * ```ts
 * import { createProject, deleteProject, openComposite, restoreProject } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "restoreProject" });
 * await deleteProject(rubicon, await createProject(rubicon, { name: "Iris" }));
 * const project = await restoreProject(rubicon, { name: "Iris" });
 * if (project.name !== "Iris") throw new Error("it is back");
 * ```
 */
export async function restoreProject(
  rubicon: Composite,
  query: { name: string } & CallOptions,
): Promise<Project> {
  const where = "restoreProject";
  checkComposite(rubicon, where);
  checkFields(query, new Set(["name", ...CALL_FIELDS]), where);
  const { name, ...call } = query;
  checkName(name, `${where}: name`);
  const folder = projectFolder(name);
  const [{ targetOf }, { moveBack }] = await moving();
  await moveBack(rubicon, await targetOf(rubicon, folder, { name }, call), call, where);
  const { readEntity } = await import("../reading/entity_files.ts");
  return await readEntity(
    rubicon,
    "project",
    folder,
    { projectName: name },
    `project "${name}"`,
    call,
  );
}

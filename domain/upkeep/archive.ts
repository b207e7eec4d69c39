/**
 * Experiments as zips in the store, as rubicon-ml makes them.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Step } from "../../composite/plan.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  refuse,
  show,
} from "../check.ts";
import { archivesFolder, experimentsFolder, metadataKey, projectFolder } from "../format/layout.ts";
import { markOf } from "../format/trash.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import { CALL_FIELDS } from "../inputs.ts";
import { above } from "../writing/above.ts";
import type { Experiment, Project } from "../format/entities.ts";

export { restoreArchives, type RestoreOptions } from "./restore.ts";

/** Options of {@linkcode archiveProject}. */
export interface ArchiveOptions extends CallOptions, ProgressOption {
  /** The store that gets the archive: rubicon-ml's `remote_rubicon`. Default: the project's own. */
  to?: Composite;
  /** Only these. Default: all experiments of the project. */
  experiments?: readonly Experiment[];
}

const ARCHIVE = new Set(["experiments", "to", "onProgress", ...CALL_FIELDS]);

/**
 * Archives a project's experiments as one zip in the store, which rubicon-ml's `experiments_from_archive` reads.
 *
 * @returns The archive's key.
 * @throws {RubiconException} `not-found` if there are no experiments, `corrupt` if no backend has some object whole.
 *
 * @example
 * ```ts
 * import { archiveProject, createProject, logExperiment, openComposite } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "archive" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project);
 * const key = await archiveProject(rubicon, project);
 * if (!key.startsWith("iris/archives/archive-")) throw new Error("where rubicon-ml looks for it");
 * ```
 */
export async function archiveProject(
  rubicon: Composite,
  project: Project,
  options: ArchiveOptions = {},
): Promise<string> {
  const where = "archiveProject";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, ARCHIVE, where);
  const { experiments, to, onProgress: _onProgress, ...rest } = options;
  const { report, ...signal } = reporter("objects", options, where);
  const call = { ...rest, ...signal };
  if (to !== undefined) checkComposite(to, `${where}: to`);
  if (experiments !== undefined && !Array.isArray(experiments)) {
    refuse(`${where}: experiments is a list of experiments, not ${show(experiments)}.`);
  }
  const [{ bytesOf, inventory, listed }, { partsOf, zipOf }, { steady }] = await Promise.all([
    import("./inventory.ts"),
    import("./packing.ts"),
    import("../files/steady.ts"),
  ]);
  const folder = experimentsFolder(project.name);
  const ids = experiments?.map((one) => `${folder}/${checkExperiment(one, where).id}`);
  const isWanted = (key: string) =>
    key.startsWith(`${folder}/`) && !markOf(key) &&
    (!ids || ids.some((id) => key.startsWith(`${id}/`)));
  const source = await inventory(rubicon, projectFolder(project.name), call);
  const parts = await partsOf(source, isWanted, call.signal);
  if (parts.length === 0) {
    throw new RubiconException("not-found", `${where}: "${project.name}" has no such experiments.`);
  }
  const odd = source.foreign.filter((key) => key.startsWith(`${folder}/`));
  if (odd.length > 0) {
    rubicon.options.onWarning(
      `${where}: ${odd.length} objects belong to no experiment and are left out: ${listed(odd)}.`,
    );
  }
  const date = new Date();
  const what = `archive "${project.name}"`;
  const key = `${archivesFolder(project.name)}/archive-${(date.getTime() / 1000).toFixed(6)}.zip`;
  const own = metadataKey(projectFolder(project.name));
  const steps: Step[] = [];
  if (to) {
    // rubicon-ml takes the project from where the archive is.
    const held = source.objects.get(own);
    const bytes = held && await bytesOf(held, call.signal);
    if (!bytes) throw new RubiconException("not-found", `${where}: ${own} is not there.`);
    steps.push({ key: own, source: bytes, present: "keep" });
  }
  const damaged = new Set<string>();
  // Each backend makes the zip anew, at its own pace: the fastest is told of, but for the end.
  const zip = () =>
    zipOf(parts, folder, date, {
      damaged,
      signal: call.signal,
      onEntry: (at) => report(what, at, parts.length),
    });
  while (true) {
    const known = damaged.size;
    try {
      await (to ?? rubicon).write({
        what: `the archive of "${project.name}"`,
        waves: [steps, [{ key, source: steady(zip, what) }]],
        ...(!to && above({ projectName: project.name })),
      }, call);
      break;
    } catch (error) {
      // Another backend may have whole what was found to be damaged on the way.
      if (damaged.size === known) throw error;
    }
  }
  report(what, parts.length, parts.length);
  return key;
}

/**
 * Experiments back from zips in the store, rubicon-ml's too.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import { checkComposite, checkFields, checkProject, isComposite } from "../check.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import { CALL_FIELDS } from "../inputs.ts";
import type { Project } from "../format/entities.ts";

/** Options of {@linkcode restoreArchives}. */
export interface RestoreOptions extends CallOptions, ProgressOption {
  /** The store that gets the experiments. Default: the one that has the archives. */
  to?: Composite;
  /** Only the archive that was made last. */
  latestOnly?: boolean;
}

const RESTORE = new Set(["to", "latestOnly", "onProgress", ...CALL_FIELDS]);

/**
 * Brings experiments back from the archives of a project, rubicon-ml's too: rubicon-ml's
 * `experiments_from_archive`. What is there already is left alone, and what was deleted stays deleted. Archives are
 * read where they are, entry by entry.
 *
 * @param from The store that has the archives.
 * @returns The ids of the experiments that are in the archives.
 * @throws {RubiconException} `not-found` if there is no archive; `corrupt` if an entry is damaged, or would lead out of
 * its folder, or none is part of an experiment: in the last two cases nothing is written.
 *
 * @example
 * ```ts
 * import {
 *   archiveProject,
 *   createProject,
 *   listExperiments,
 *   logExperiment,
 *   openComposite,
 *   restoreArchives,
 * } from "../../mod.ts";
 *
 * await using here = await openComposite({ persistence: "memory", rootDir: "restore-here" });
 * await using there = await openComposite({ persistence: "memory", rootDir: "restore-there" });
 * const project = await createProject(here, { name: "Iris" });
 * await logExperiment(here, project);
 * await archiveProject(here, project);
 * await restoreArchives(here, project, { to: there });
 * if ((await listExperiments(there, project)).length !== 1) throw new Error("it is back");
 * ```
 */
export function restoreArchives(
  from: Composite,
  project: Project,
  options?: RestoreOptions,
): Promise<string[]>;
/**
 * The same, as it was called first: with the store that gets the experiments in front.
 *
 * @deprecated Pass the store that has the archives first, and `{ to }`.
 */
export function restoreArchives(
  to: Composite,
  project: Project,
  from: Composite,
  options?: RestoreOptions,
): Promise<string[]>;
export async function restoreArchives(
  first: Composite,
  project: Project,
  third: Composite | RestoreOptions = {},
  fourth: RestoreOptions = {},
): Promise<string[]> {
  const where = "restoreArchives";
  checkComposite(first, where);
  checkProject(project, where);
  const [from, options]: [Composite, RestoreOptions] = isComposite(third)
    ? [third, { ...fourth, to: first }]
    : [first, third];
  checkComposite(from, `${where}: the third argument`);
  checkFields(options, RESTORE, where);
  const { to = from, latestOnly = false, onProgress: _onProgress, ...rest } = options;
  checkComposite(to, `${where}: to`);
  const { report, ...signal } = reporter("objects", options, where);
  const call = { ...rest, ...signal };
  const { unpack } = await import("./restoring.ts");
  return await unpack(from, project, to, latestOnly, call, report);
}

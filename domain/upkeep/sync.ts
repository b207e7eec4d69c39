/**
 * Whole projects from one store to another.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import { checkComposite, checkFields, checkProject, isComposite } from "../check.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import { CALL_FIELDS } from "../inputs.ts";
import type { Project } from "../format/entities.ts";
import type { Synced } from "./syncing.ts";

export type { Synced } from "./syncing.ts";

/** Options of {@linkcode syncProject}. */
export interface SyncOptions extends CallOptions, ProgressOption {
  /** The store that gets the project. */
  to?: Composite;
}

const OPTIONS = new Set(["to", "onProgress", ...CALL_FIELDS]);

/**
 * Copies a project with all that belongs to it to another store, byte for byte. It can be run again: what is
 * there already is left alone, except for tags and comments, which become as they are in `from`. What was deleted in
 * the other store stays deleted.
 *
 * @returns How many objects were copied, how many were there, and how many bytes were written to a backend.
 * @throws {RubiconException} `already-exists` if the other store has something else under a key, `corrupt` if no
 * backend has some object whole.
 *
 * @example
 * ```ts
 * import { createProject, listProjects, openComposite, syncProject } from "../../mod.ts";
 *
 * await using here = await openComposite({ persistence: "memory", rootDir: "sync-here" });
 * await using there = await openComposite({ persistence: "memory", rootDir: "sync-there" });
 * const project = await createProject(here, { name: "Iris" });
 * await syncProject(here, project, { to: there });
 * if ((await listProjects(there))[0]?.id !== project.id) throw new Error("it is copied");
 * ```
 */
export function syncProject(
  from: Composite,
  project: Project,
  options: SyncOptions & { to: Composite },
): Promise<Synced>;
/**
 * The same, as it was called first.
 *
 * @deprecated Pass `{ to }`.
 */
export function syncProject(
  from: Composite,
  project: Project,
  to: Composite,
  options?: SyncOptions,
): Promise<Synced>;
export async function syncProject(
  from: Composite,
  project: Project,
  third: Composite | SyncOptions,
  fourth: SyncOptions = {},
): Promise<Synced> {
  const where = "syncProject";
  checkComposite(from, where);
  checkProject(project, where);
  const options = isComposite(third) ? { ...fourth, to: third } : third;
  checkFields(options, OPTIONS, where);
  const { to, onProgress: _onProgress, ...rest } = options;
  checkComposite(to!, `${where}: to`);
  const { report, ...signal } = reporter("objects", options, where);
  const call = { ...rest, ...signal };
  const { copyProject } = await import("./syncing.ts");
  return await copyProject(from, project, to!, call, report);
}

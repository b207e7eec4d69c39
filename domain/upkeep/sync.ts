/**
 * Whole projects from one store to another.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import { checkComposite, checkFields, checkProject } from "../check.ts";
import { keysBelow, openKey, writeKeys } from "./copying.ts";
import { projectFolder } from "../format/layout.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import { CALL_FIELDS } from "../format/schema.ts";
import type { Project } from "../format/entities.ts";

/** Options of {@linkcode syncProject}. */
export interface SyncOptions extends CallOptions, ProgressOption {}

const OPTIONS = new Set(["onProgress", ...CALL_FIELDS]);

/**
 * Copies a project with all that belongs to it to another store, byte for byte. It can be run again: what is
 * there already is left alone, except for tags and comments, which become as they are in `from`.
 *
 * @returns How many objects were copied, how many were there, and how many bytes were written to a backend.
 * @throws {RubiconException} `already-exists` where the other store has something else under a key.
 *
 * @example
 * ```ts
 * import { createProject, listProjects, openComposite, syncProject } from "../../mod.ts";
 *
 * await using here = await openComposite({ persistence: "memory", rootDir: "sync-here" });
 * await using there = await openComposite({ persistence: "memory", rootDir: "sync-there" });
 * const project = await createProject(here, { name: "Iris" });
 * await syncProject(here, project, there);
 * if ((await listProjects(there))[0]?.id !== project.id) throw new Error("it is copied");
 * ```
 */
export async function syncProject(
  from: Composite,
  project: Project,
  to: Composite,
  options: SyncOptions = {},
): Promise<{ copied: number; skipped: number; bytes: number }> {
  const where = "syncProject";
  checkComposite(from, where);
  checkProject(project, where);
  checkComposite(to, `${where}: the third argument`);
  checkFields(options, OPTIONS, where);
  const { onProgress: _onProgress, ...rest } = options;
  const { report, ...signal } = reporter("objects", options, where);
  const call = { ...rest, ...signal };
  const keys = await keysBelow(from, projectFolder(project.name), call);
  if (keys.length === 0) {
    throw new RubiconException("not-found", `${where}: there is no project "${project.name}".`);
  }
  const open = (key: string) => () => openKey(from, key, call);
  return await writeKeys(to, keys, open, "replace", call, report);
}

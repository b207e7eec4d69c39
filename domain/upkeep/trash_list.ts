/**
 * What is in the trash, and emptying it.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import { checkComposite, checkFields, checkProject, refuse, show } from "../check.ts";
import type { Project } from "../format/entities.ts";
import { CALL_FIELDS } from "../inputs.ts";
import type { Trashed } from "./trash/list.ts";

export type { Trashed } from "./trash/list.ts";

/** Options of {@linkcode emptyTrash}. */
export interface EmptyTrashOptions extends CallOptions {
  /** Only what was deleted so many milliseconds ago, or before. Default: all. */
  olderThanMs?: number | undefined;
  /** Only says what would be gone. */
  dryRun?: boolean | undefined;
}

/** What {@linkcode emptyTrash} did. */
export interface EmptiedTrash {
  /** What is gone for good (for a dry run: would be). */
  emptied: Trashed[];
  /** How many bytes that frees in each backend, with those of what was restored before. */
  bytes: number;
}

/**
 * What is in the trash: the experiments of a project that were deleted, or the projects. The last that was deleted comes
 * first.
 *
 * @param project Missing: the projects.
 *
 * @example
 * ```ts
 * import { createProject, deleteExperiment, listTrash, logExperiment, openComposite } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listTrash" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await deleteExperiment(rubicon, await logExperiment(rubicon, project, { name: "forest" }));
 * const [trashed] = await listTrash(rubicon, project);
 * if (trashed?.name !== "forest") throw new Error("it is there");
 * ```
 */
export async function listTrash(
  rubicon: Composite,
  project?: Project,
  options: CallOptions = {},
): Promise<Trashed[]> {
  const where = "listTrash";
  checkComposite(rubicon, where);
  if (project !== undefined) checkProject(project, where);
  checkFields(options, CALL_FIELDS, where);
  const { deletions, told } = await import("./trash/list.ts");
  const { found } = await deletions(rubicon, project, options);
  return await told(rubicon, found.filter(({ isRestored }) => !isRestored), options);
}

const EMPTY = new Set(["olderThanMs", "dryRun", ...CALL_FIELDS]);

/**
 * Empties the trash in all backends: what is gone then, no repair and no copy brings back. A mark of each stays, so that
 * a backend that is away loses it as soon as it is repaired.
 *
 * @param project Whose experiments; `undefined`: the projects that were deleted.
 * @throws {RubiconException} if the write policy is not met, in looking or in writing: call it again to finish.
 *
 * @example
 * ```ts
 * import {
 *   createProject,
 *   deleteExperiment,
 *   emptyTrash,
 *   listTrash,
 *   logExperiment,
 *   openComposite,
 * } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "emptyTrash" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await deleteExperiment(rubicon, await logExperiment(rubicon, project));
 * const month = 30 * 24 * 3_600_000;
 * const { emptied } = await emptyTrash(rubicon, project, { olderThanMs: month });
 * if (emptied.length !== 0) throw new Error("it was deleted just now");
 * await emptyTrash(rubicon, project);
 * if ((await listTrash(rubicon, project)).length !== 0) throw new Error("it is gone for good");
 * ```
 */
export async function emptyTrash(
  rubicon: Composite,
  project?: Project,
  options: EmptyTrashOptions = {},
): Promise<EmptiedTrash> {
  const where = "emptyTrash";
  checkComposite(rubicon, where);
  if (project !== undefined) checkProject(project, where);
  checkFields(options, EMPTY, where);
  const { olderThanMs = 0, dryRun = false, ...call } = options;
  if (typeof olderThanMs !== "number" || !(olderThanMs >= 0)) {
    refuse(
      `${where}: olderThanMs must be a number of milliseconds from 0, not ${show(olderThanMs)}.`,
    );
  }
  if (typeof dryRun !== "boolean") {
    refuse(`${where}: dryRun must be true or false, not ${show(dryRun)}.`);
  }
  const { deletions, emptyOne, sizeOf, told, tooFew } = await import("./trash/list.ts");
  const before = Date.now() - olderThanMs;
  const { found, asked } = await deletions(rubicon, project, call);
  // A store's clock may be ahead.
  const wanted = found.filter(({ deletedAt }) => olderThanMs === 0 || deletedAt <= before);
  const emptied = await told(rubicon, wanted.filter(({ isRestored }) => !isRestored), call);
  const report = { emptied, bytes: wanted.reduce((sum, one) => sum + sizeOf(one), 0) };
  if (dryRun) return report;
  const failure = tooFew(rubicon, asked, call, where);
  // The composite decides whether that ends the program.
  if (failure) await rubicon.write(() => Promise.reject(failure));
  for (const one of wanted) await emptyOne(rubicon, one, call);
  return report;
}

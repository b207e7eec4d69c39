/**
 * Comments of experiments and all that belongs to them.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { annotate } from "./writing/annotate.ts";
import type { Taggable } from "./format/entities.ts";

/**
 * Adds comments to an entity, in every backend.
 *
 * @returns The entity with the change.
 * @throws {RubiconException} where the write policy is not met, or the entity is in no backend.
 *
 * @example
 * ```ts
 * import { addComments, createProject, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "addComments" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * const added = await addComments(rubicon, experiment, ["worth another look"]);
 * if (added.comments.length !== 1) throw new Error("it comes back changed");
 * ```
 */
export async function addComments<E extends Taggable>(
  rubicon: Composite,
  entity: E,
  comments: readonly string[],
  options: CallOptions = {},
): Promise<E> {
  return await annotate(rubicon, entity, "comments", "added", comments, options, "addComments");
}

/**
 * Removes comments from an entity, in every backend.
 *
 * @returns The entity with the change.
 * @throws {RubiconException} where the write policy is not met, or the entity is in no backend.
 *
 * @example
 * ```ts
 * import { addComments, createProject, logExperiment, openComposite, removeComments } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "removeComments" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * const added = await addComments(rubicon, experiment, ["worth another look"]);
 * const removed = await removeComments(rubicon, added, ["worth another look"]);
 * if (removed.comments.length !== 0) throw new Error("it comes back changed");
 * ```
 */
export async function removeComments<E extends Taggable>(
  rubicon: Composite,
  entity: E,
  comments: readonly string[],
  options: CallOptions = {},
): Promise<E> {
  return await annotate(
    rubicon,
    entity,
    "comments",
    "removed",
    comments,
    options,
    "removeComments",
  );
}

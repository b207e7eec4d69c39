/**
 * Tags of experiments and all that belongs to them.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { annotate } from "./writing/annotate.ts";
import type { Taggable } from "./format/entities.ts";

/**
 * Adds tags to an entity, in every backend.
 *
 * @returns The entity with the change.
 * @throws {RubiconException} where the write policy is not met, or the entity is in no backend.
 *
 * @example
 * ```ts
 * import { addTags, createProject, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "addTags" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * const added = await addTags(rubicon, experiment, ["baseline"]);
 * if (added.tags.length !== 1) throw new Error("it comes back changed");
 * ```
 */
export async function addTags<E extends Taggable>(
  rubicon: Composite,
  entity: E,
  tags: readonly string[],
  options: CallOptions = {},
): Promise<E> {
  return await annotate(rubicon, entity, "tags", "added", tags, options, "addTags");
}

/**
 * Removes tags from an entity, in every backend.
 *
 * @returns The entity with the change.
 * @throws {RubiconException} where the write policy is not met, or the entity is in no backend.
 *
 * @example
 * ```ts
 * import { addTags, createProject, logExperiment, openComposite, removeTags } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "removeTags" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * const added = await addTags(rubicon, experiment, ["baseline"]);
 * const removed = await removeTags(rubicon, added, ["baseline"]);
 * if (removed.tags.length !== 0) throw new Error("it comes back changed");
 * ```
 */
export async function removeTags<E extends Taggable>(
  rubicon: Composite,
  entity: E,
  tags: readonly string[],
  options: CallOptions = {},
): Promise<E> {
  return await annotate(rubicon, entity, "tags", "removed", tags, options, "removeTags");
}

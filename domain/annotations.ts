/**
 * Tags and comments of experiments and all that belongs to them.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import {
  advice,
  checkComposite,
  checkEntity,
  checkFields,
  checkTexts,
  refuse,
  show,
} from "./check.ts";
import type { What } from "./format/annotations.ts";
import type { Change } from "./format/codec.ts";
import type { Kind, Taggable } from "./format/entities.ts";
import { FIELDS } from "./format/schema.ts";
import { CALL_FIELDS } from "./inputs.ts";

const TAGGABLE = (Object.keys(FIELDS) as Kind[]).filter((kind) => kind !== "project");

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
  return await change(rubicon, entity, "tags", "added", tags, options, "addTags");
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
  return await change(rubicon, entity, "tags", "removed", tags, options, "removeTags");
}

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
  return await change(rubicon, entity, "comments", "added", comments, options, "addComments");
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
  return await change(
    rubicon,
    entity,
    "comments",
    "removed",
    comments,
    options,
    "removeComments",
  );
}

/** Checks a change, and writes it. Returns the entity with the change. */
async function change<E extends Taggable>(
  rubicon: Composite,
  entity: E,
  what: What,
  verb: keyof Change,
  texts: readonly string[],
  options: CallOptions,
  where: string,
): Promise<E> {
  checkComposite(rubicon, where);
  checkEntity(entity, TAGGABLE, where);
  checkFields(options, CALL_FIELDS, where);
  if (!Array.isArray(texts) || texts.length === 0) {
    refuse(`${where} takes a list of ${what}, not ${show(texts)}.${advice(texts, where)}`);
  }
  const checked = checkTexts(texts, `${where}: ${what}`);
  if (checked.includes("")) refuse(`${where}: the ${what} must not have an empty text.`);
  const own = checkTexts(entity[what], `${where}: the ${entity.kind}'s ${what}`);
  const { annotate } = await import("./writing/annotate.ts");
  const change: Change = { added: [], removed: [], [verb]: checked };
  return { ...entity, [what]: await annotate(rubicon, entity, what, own, change, options) };
}

/**
 * Adding and removing tags and comments.
 *
 * @module
 */
import type { CallOptions, Composite, Step } from "../../composite.ts";
import { type ChangeFile, changeName, fold, type What } from "../format/annotations.ts";
import {
  advice,
  checkComposite,
  checkEntity,
  checkFields,
  checkTexts,
  refuse,
  show,
} from "../check.ts";
import { type Change, describe, encodeChange } from "../format/codec.ts";
import { entityFolder, metadataKey, parentKeys } from "../format/layout.ts";
import { changesOf } from "../reading/entity_files.ts";
import { CALL_FIELDS, FIELDS } from "../format/schema.ts";
import { placeOf, write } from "./create.ts";
import type { Kind, Taggable } from "../format/entities.ts";

const TAGGABLE = (Object.keys(FIELDS) as Kind[]).filter((kind) => kind !== "project");

/** Adds to or removes from an entity's tags or comments. Returns the entity with the change. */
export async function annotate<E extends Taggable>(
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
  const folder = entityFolder(entity);
  const place = placeOf(entity)!;
  await write(rubicon, entity, async () => {
    const changes = await rubicon.read({
      what: `the ${what} of ${describe(entity)}`,
      run: async (backend, signal) => ({
        value: await changesOf(backend, what, folder, signal ? { signal } : {}),
      }),
      merge: leastOf,
    }, { ...options, read: "merge" });
    const steps: Step[] = [
      { key: `${folder}/${changeName(what)}`, source: encodeChange(what, { [verb]: checked }) },
      ...takenBack(changes, what, verb, checked),
    ];
    await rubicon.write({
      what: `${what} of ${describe(entity)}`,
      steps,
      parents: [...new Set([...parentKeys(place), metadataKey(folder)])],
      entity,
    }, options);
  });
  const change: Change = { added: [], removed: [], [verb]: checked };
  return { ...entity, [what]: fold(what, own, [change]) };
}

/**
 * Every file once. Files only ever lose texts, so of several versions what all of them have is what is left: else what
 * one backend missed would be written to the others again.
 */
function leastOf(lists: readonly ChangeFile[][]): ChangeFile[] {
  const files = new Map<string, ChangeFile>();
  for (const file of lists.flat()) {
    const other = files.get(file.key)?.change ?? file.change;
    const both = (verb: keyof Change) =>
      file.change[verb].filter((text) => other[verb].includes(text));
    files.set(file.key, { ...file, change: { added: both("added"), removed: both("removed") } });
  }
  return [...files.values()];
}

/**
 * Older files that say the opposite, without what is now taken back. rubicon-ml orders files by the
 * store's times, which a copy of the store changes: so no two files may disagree on a text.
 */
function takenBack(
  changes: readonly { key: string; change: Change }[],
  what: What,
  verb: keyof Change,
  texts: readonly string[],
): Step[] {
  const opposite = verb === "added" ? "removed" : "added";
  return changes
    .filter(({ change }) => change[opposite].some((text) => texts.includes(text)))
    .map(({ key, change }) => ({
      key,
      source: encodeChange(what, {
        ...(change[verb].length > 0 && { [verb]: change[verb] }),
        [opposite]: change[opposite].filter((text) => !texts.includes(text)),
      }),
      present: "replace",
    }));
}

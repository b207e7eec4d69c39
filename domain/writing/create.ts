/**
 * Entities to and from a composite: what all kinds have in common.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import { equal } from "../../drivers/same.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core, Step } from "../../composite/plan.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { pooled } from "../pool.ts";
import {
  checkId,
  checkName,
  checkOptionalText,
  checkText,
  checkTexts,
  checkTime,
  refuse,
  show,
  withArticle,
} from "../check.ts";
import { encodeCell } from "../format/cell.ts";
import { newId, now } from "../format/clock.ts";
import { describe, encodeEntity, identify, isSameEntity } from "../format/codec.ts";
import { entityFolder, metadataKey, type Place, placeFolder } from "../format/layout.ts";
import { type Field, FIELDS } from "../format/schema.ts";
import { slugify } from "../format/slug.ts";
import type { Entity, EntityOf, Kind } from "../format/entities.ts";
import { decodeTrainingMetadata, encodeTrainingMetadata, parseJson } from "../format/values.ts";
import { readOnly } from "../inputs.ts";
import { notedDeletion, noteLiving } from "../reading/deleted.ts";
import { above, refuseTrashed } from "./above.ts";

/** Makes an entity from what a caller passed, with all fields there and checked. */
export function build<K extends Kind>(
  kind: K,
  place: Place | undefined,
  input: object,
  where: string,
): EntityOf<K> {
  const given = input as Record<string, unknown>;
  if (given.kind !== undefined && given.kind !== kind) {
    refuse(`${where} takes ${withArticle(kind)}, not ${show(given)}.`);
  }
  const entity: Record<string, unknown> = { kind };
  if (place) {
    sameOrMissing(given, "projectName", place.projectName, where);
    entity.projectName = place.projectName;
    if (kind !== "experiment") {
      sameOrMissing(given, "experimentId", place.experimentId ?? null, where);
      entity.experimentId = place.experimentId ?? null;
    }
  }
  for (const field of FIELDS[kind]) {
    if (field.name in entity) continue;
    entity[field.name] = checkField(field, given[field.name], `${where}: ${field.name}`);
  }
  return entity as unknown as EntityOf<K>;
}

/** An entity of another place would otherwise be copied to this one by mistake. */
function sameOrMissing(
  given: Record<string, unknown>,
  field: string,
  value: unknown,
  where: string,
): void {
  if (given[field] === undefined || given[field] === value) return;
  refuse(
    `${where}: ${field} is ${show(given[field])}, but it would be logged to ${
      show(value)
    }. Leave out ${field}.`,
  );
}

function checkField({ shape }: Field, value: unknown, where: string): unknown {
  switch (shape) {
    case "name":
      return checkName(value, where);
    case "text": {
      const text = checkText(value, where);
      return text === "" ? refuse(`${where} is empty.`) : text;
    }
    case "optional-text":
      return checkOptionalText(value, where);
    case "texts":
      return checkTexts(value, where);
    case "time":
      return value === undefined ? now() : checkTime(value, where);
    case "id":
      return value === undefined ? newId() : checkId(value, where);
    case "directionality":
      if (value === undefined || value === "score" || value === "loss") return value ?? "score";
      return refuse(`${where} must be "score" (more is better) or "loss", not ${show(value)}.`);
    case "importance":
      return value ?? null;
    case "training":
      if (value === undefined || value === null) return null;
      // There and back, so that what is returned is what will be read.
      return decodeTrainingMetadata(parseJson(encodeTrainingMetadata(value, where)));
    case "value":
      // A missing value is more often a slip than a null; null can be said.
      return value === undefined ? refuse(`${where} is missing.`) : value;
  }
}

/** Where an entity is, as far as its parents go. */
export function placeOf(entity: Entity): Place | undefined {
  if (entity.kind === "project") return undefined;
  if (entity.kind === "experiment") return { projectName: entity.projectName };
  return { projectName: entity.projectName, experimentId: entity.experimentId };
}

/** An entity, and the bytes of its own file. */
export interface Made {
  /** The entity. */
  entity: Entity;
  /** The bytes. */
  source: Uint8Array;
}

/** An entity's own file, as the object of a write. */
export function stepOf(entity: Entity, source: Uint8Array = encodeEntity(entity)): Step {
  return {
    key: metadataKey(entityFolder(entity)),
    source,
    what: describe(entity),
    conflict: (existing) => conflict(entity, existing),
    ...(entity.kind === "metric" || entity.kind === "parameter"
      ? { cell: () => encodeCell(entity) }
      : entity.kind === "feature"
      ? { cell: () => undefined }
      : {}),
  };
}

/**
 * Writes a new entity to all backends, after its data if it has some. One that is already there in another form (other
 * times, Python's escapes) is the same one.
 *
 * @param call The options of the call.
 * @param data What has to be there before the entity shows.
 * @param step The entity's own file, if it is made already.
 * @param more What comes after it, and what a failure carries in place of the entity.
 */
export async function create<E extends Entity>(
  rubicon: Core,
  entity: E,
  call: CallOptions,
  data: readonly Step[] = [],
  step: Step = stepOf(entity, encodeEntity(entity, rubicon.options)),
  more: { below?: readonly Made[]; beside?: readonly Step[]; entity?: unknown } = {},
): Promise<E> {
  const { below = [], beside = [] } = more;
  const place = placeOf(entity);
  const write = (own: Step, children: readonly Step[]) =>
    rubicon.write({
      what: own.what ?? describe(entity),
      waves: [
        ...(data.length > 0 ? [data] : []),
        [own],
        ...(children.length + beside.length > 0 ? [[...beside, ...children]] : []),
      ],
      folder: entityFolder(entity),
      ...(place && above(place)),
      decide: entity.kind === "project",
      entity: more.entity ?? entity,
    }, call);
  if (place && notedDeletion(rubicon, placeFolder(place)) !== undefined) {
    await rubicon.write(async () => await refuseTrashed(rubicon, entity, place), call);
    return entity;
  }
  try {
    await write(step, below.map(({ entity, source }) => stepOf(entity, source)));
  } catch (error) {
    if (!hasCode(error, "already-exists")) throw error;
    const made: Made[] = [{ entity, source: step.source as Uint8Array }, ...below];
    const forms = await pooled(made, (one) => otherForm(rubicon, one, call));
    if (forms.every((form) => form === undefined)) throw error;
    // What goes by name alone was taken back from where it is new. The rest goes by id: all there is, is this one.
    const present = data.length > 0 || below.length > 0 ? "replace" : "keep";
    const [own, ...children] = made.map(({ entity, source }, at): Step => {
      const form = forms[at];
      return form ? { ...stepOf(entity, form), present } : stepOf(entity, source);
    });
    await write(own!, children);
  }
  // What is new has no past.
  if (entity.kind === "project" || entity.kind === "experiment") {
    noteLiving(rubicon.backends, [entityFolder(entity)]);
  }
  return entity;
}

/**
 * The bytes of this very entity in another form, from Python or with other times, if every backend that can be read has
 * this entity or nothing: then all get that form, so that the copies are the same.
 */
async function otherForm(
  rubicon: Core,
  { entity, source }: Made,
  call: CallOptions,
): Promise<Bytes | undefined> {
  const key = metadataKey(entityFolder(entity));
  const found = await rubicon.read<Bytes[]>({
    what: describe(entity),
    run: async ({ driver }) => ({ value: [(await driver.get(key)).bytes] }),
    merge: (all) => all.flat(),
  }, { ...readOnly(call), read: "merge" });
  if (!found.every((bytes) => isSameEntity(entity, bytes))) return undefined;
  return found.find((bytes) => !equal(bytes, source));
}

/** Says what is in the way of an entity. */
function conflict(entity: Entity, existing: Uint8Array): string {
  const { id, name, ...rest } = identify(existing) as Record<string, unknown>;
  // Experiments, artifacts and dataframes go by id: of them nothing else is ever in the way.
  if (id === entity.id) {
    const isSame = (one: unknown, other: unknown) => (one ?? null) === (other ?? null);
    const other = [
      ...(isSame(name, entity.name) ? [] : ["name"]),
      ...(isSame(rest.description, entity.description) ? [] : ["description"]),
    ];
    if (other.length > 0 && entity.kind !== "project") {
      return `${describe(entity)} already exists with the same id and different content: another ${
        other.join(" and ")
      }. Names and descriptions are written once: rubicon-ml reads them from one file, which cannot be changed in ` +
        "all copies at once. Say it by addComments or addTags, or leave out `id` to log a new one.";
    }
    return `${describe(entity)} already exists with the same id and different content. ` +
      `Leave out \`id\` to log a new one.`;
  }
  if (typeof name === "string" && name !== entity.name) {
    return `${describe(entity)} and ${show(name)}, which already exists, have one key ` +
      `(${slugify(entity.name ?? "")}). Use a name that differs in letters or digits.`;
  }
  const next = entity.kind === "metric"
    ? '. A metric has one value. Log the points of a curve with a step ("step" of logMetric(), or startRun() and ' +
      "run.log()), or use another name."
    : "";
  return `${describe(entity)} already exists, with the id ${show(id)}${next}`;
}

/**
 * Entities as rubicon-ml's metadata.json and back: the only file that knows the JSON.
 *
 * @module
 */
import { SmallBytes } from "../../drivers/small.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import { legacyForm } from "./datetime.ts";
import type { Place } from "./layout.ts";
import { type Field, FIELDS } from "./schema.ts";
import type { Entity, EntityOf, Experiment, Kind } from "./entities.ts";
import {
  decodeTrainingMetadata,
  encodeTrainingMetadata,
  encodeValue,
  type Encoding,
  ownValue,
  parseDatetime,
  parseJson,
  reviveValue,
} from "./values.ts";

const made = new SmallBytes();
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The bytes of an entity's metadata.json. The same entity always gives the same bytes. */
export function encodeEntity(entity: Entity, encoding: Encoding = {}): Uint8Array<ArrayBuffer> {
  const record = entity as unknown as Record<string, unknown>;
  let text = "";
  for (const [field, start] of STARTS[entity.kind]) {
    const value = record[field.name];
    text += start;
    text += value === null ? "null" : encodeField(field, value, entity, encoding);
  }
  return made.encode(`${text}}`);
}

/** Each field with the text before its value. */
const STARTS = Object.fromEntries(
  Object.entries(FIELDS).map(([kind, fields]) => [
    kind,
    fields.map((field, at) => [field, `${at === 0 ? "{" : ", "}"${field.key}": `] as const),
  ]),
) as Record<Kind, (readonly [Field, string])[]>;

function encodeField({ name, shape }: Field, value: unknown, entity: Entity, encoding: Encoding) {
  switch (shape) {
    case "time": {
      const time = encoding.legacyTimes ? legacyForm(value as string) : value;
      return `{"_type": "datetime", "value": "${time}"}`;
    }
    case "value":
    case "importance":
      if (typeof value === "number") return encodeValue(value, "", encoding); // None is refused.
      return encodeValue(value, `${describe(entity)}: ${name}`, encoding);
    case "training":
      return encodeTrainingMetadata(value, `${describe(entity)}: ${name}`, encoding);
    case "texts":
      return (value as string[]).length === 0 ? "[]" : JSON.stringify(value);
    default:
      return JSON.stringify(value);
  }
}

/** Says which entity is meant, for messages. */
export function describe(entity: Entity): string {
  const name = entity.name === null ? entity.id : JSON.stringify(entity.name);
  return `${entity.kind} ${name}`;
}

/**
 * An entity from its metadata.json. Fields that are missing get their defaults, fields that are
 * unknown are passed over. Names and other texts that are not text (`log_experiment(name=1)`) come as text.
 *
 * @throws {RubiconException} `corrupt` if it is not such an entity.
 */
export function decodeEntity<K extends Kind>(
  kind: K,
  bytes: Uint8Array,
  place: Place,
  key: string,
): EntityOf<K> {
  return entityFrom(kind, parseObject(bytes, key), place, key);
}

/** An entity from what its metadata.json holds, by the rules of {@linkcode decodeEntity}. */
export function entityFrom<K extends Kind>(
  kind: K,
  found: Record<string, unknown>,
  place: Place,
  key: string,
): EntityOf<K> {
  const entity: Record<string, unknown> = { kind };
  if (kind !== "project") {
    entity.projectName = place.projectName;
    if (kind !== "experiment") entity.experimentId = place.experimentId ?? null;
  }
  for (const field of FIELDS[kind]) {
    const value = decodeAt(key, field, found[field.key]);
    if (value !== undefined) entity[field.name] = value;
    else if (!(field.name in entity)) {
      throw new RubiconException(
        "corrupt",
        `${key} is not a valid ${kind}: its field "${field.key}" ${
          field.key in found ? "has another type" : "is missing"
        }.`,
      );
    }
  }
  return entity as unknown as EntityOf<K>;
}

/** Whether bytes are this very entity, in whatever form: Python escapes texts, and older versions have other times. */
export function isSameEntity(entity: Entity, bytes: Uint8Array): boolean {
  const place = entity.kind === "project" ? { projectName: entity.name } : entity;
  try {
    const there = encodeEntity(decodeEntity(entity.kind, bytes, place, ""));
    return decoder.decode(there) === decoder.decode(encodeEntity(entity));
  } catch (error) {
    if (!hasCode(error, "corrupt")) throw error;
    return false; // Whatever it is, it is not this entity.
  }
}

/** Decodes a field, and says of which object it is if it is broken. */
function decodeAt(key: string, field: Field, value: unknown): unknown {
  try {
    return decodeField(field, value);
  } catch (error) {
    if (!hasCode(error, "corrupt")) throw error;
    throw new RubiconException("corrupt", `${key}: ${error.message}`, { cause: error });
  }
}

/** A field's value, its default if it is missing, or `undefined` if it has neither. */
function decodeField({ shape }: Field, value: unknown): unknown {
  switch (shape) {
    case "value":
    case "importance":
      return value === undefined ? null : reviveValue(value);
    case "time":
      return decodeTime(value);
    case "texts":
      return value == null ? [] : decodeTexts(value);
    case "directionality":
      if (value === undefined) return "score";
      return value === "score" || value === "loss" ? value : undefined;
    case "training":
      return value == null ? null : decodeTrainingMetadata(value);
    case "optional-text":
      return value == null ? null : asText(value);
    case "name":
    case "text":
      return value == null ? undefined : asText(value);
    case "id":
      return typeof value === "string" ? value : undefined;
  }
}

/**
 * What Python took for a text, as one: rubicon-ml checks neither names nor descriptions. Numbers and times as they are
 * read, lists and objects as JSON.
 */
function asText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object") return String(value);
  const json = JSON.stringify(value, (_, item) => typeof item === "bigint" ? `${item}` : item);
  try {
    const revived = reviveValue(value);
    const isPlain = Array.isArray(revived) || revived === value || ArrayBuffer.isView(revived) ||
      revived instanceof Set || (typeof revived === "object" && "dtype" in revived!);
    return isPlain ? json : String(revived);
  } catch (error) {
    if (!hasCode(error, "corrupt")) throw error;
    return json; // It is for people to read, so no type has to be right.
  }
}

function decodeTime(value: unknown): string | undefined {
  const text = (value as { value?: unknown } | null | undefined)?.value;
  if (typeof text !== "string") return undefined;
  try {
    return parseDatetime(text);
  } catch {
    return undefined; // The caller names the key and the field.
  }
}

const decodeTexts = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.map(asText) : undefined;

/** What a tags or comments file does. */
export interface Change {
  /** What it adds, before it removes. */
  added: string[];
  /** What it removes. */
  removed: string[];
}

/** The bytes of a tags or comments file. The same change always gives the same bytes. */
export function encodeChange(
  what: "tags" | "comments",
  { added = [], removed = [] }: Partial<Change>,
): Uint8Array<ArrayBuffer> {
  return encoder.encode(JSON.stringify({
    ...((added.length > 0 || removed.length === 0) && { [`added_${what}`]: added }),
    ...(removed.length > 0 && { [`removed_${what}`]: removed }),
  }));
}

/** A tags or comments file from its bytes. */
export function decodeChange(what: "tags" | "comments", bytes: Uint8Array, key: string): Change {
  const found = parseObject(bytes, key);
  const [added, removed] = ["added", "removed"].map((verb) =>
    decodeTexts(found[`${verb}_${what}`] ?? [])
  );
  if (added && removed) return { added, removed };
  throw new RubiconException("corrupt", `${key} does not hold lists of ${what}.`);
}

/** The tags or comments that an entity's metadata.json has itself. */
export function ownTexts(what: "tags" | "comments", bytes: Uint8Array): string[] {
  return decodeTexts(parseObject(bytes, "")[what]) ?? [];
}

/** The id and the name in an object that is in the way, if it is an entity. */
export function identify(bytes: Uint8Array): { id?: unknown; name?: unknown } {
  try {
    return parseObject(bytes, "");
  } catch {
    return {}; // Whatever is in the way need not be an entity.
  }
}

/** Whether bytes are an object in JSON at all: one that was cut short is not. */
export function isWhole(bytes: Uint8Array): boolean {
  try {
    parseObject(bytes, "");
    return true;
  } catch {
    return false; // That is the answer.
  }
}

/** The object in JSON that bytes hold. */
export function parseObject(bytes: Uint8Array, key: string): Record<string, unknown> {
  let found: unknown;
  try {
    found = parseJson(decoder.decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RubiconException("corrupt", `${key} is not JSON: ${why}`, { cause });
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) {
    return found as Record<string, unknown>;
  }
  throw new RubiconException("corrupt", `${key} does not hold a JSON object.`);
}

/** An experiment that its owner may change. */
export function ownCopy(experiment: Experiment): Experiment {
  const copy = { ...experiment, tags: [...experiment.tags], comments: [...experiment.comments] };
  if (copy.trainingMetadata) copy.trainingMetadata = ownValue(copy.trainingMetadata);
  return copy;
}

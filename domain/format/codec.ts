/**
 * Entities as rubicon-ml's metadata.json and back: the only file that knows the JSON.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { Place } from "./layout.ts";
import { type Field, FIELDS } from "./schema.ts";
import type { Entity, EntityOf, Kind } from "./entities.ts";
import {
  decodeTrainingMetadata,
  encodeTrainingMetadata,
  encodeValue,
  parseDatetime,
  parseJson,
  reviveValue,
} from "./values.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The bytes of an entity's metadata.json. The same entity always gives the same bytes. */
export function encodeEntity(entity: Entity): Uint8Array<ArrayBuffer> {
  const where = describe(entity);
  const record = entity as unknown as Record<string, unknown>;
  let text = "{";
  for (const { name, key, shape } of FIELDS[entity.kind]) {
    const value = record[name];
    text += `${text.length > 1 ? ", " : ""}"${key}": `;
    if (shape === "time") text += `{"_type": "datetime", "value": "${value}"}`;
    else if (shape === "value") text += encodeValue(value, `${where}: ${name}`);
    else if (shape === "training" && value !== null) {
      text += encodeTrainingMetadata(value, `${where}: ${name}`);
    } else text += JSON.stringify(value);
  }
  return encoder.encode(`${text}}`);
}

/** Says which entity is meant, for messages. */
export function describe(entity: Entity): string {
  const name = entity.name === null ? entity.id : JSON.stringify(entity.name);
  return `${entity.kind} ${name}`;
}

/**
 * An entity from its metadata.json. Fields that are missing get their defaults, fields that are
 * unknown are passed over.
 *
 * @throws {RubiconException} `corrupt` where it is no such entity.
 */
export function decodeEntity<K extends Kind>(
  kind: K,
  bytes: Uint8Array,
  place: Place,
  key: string,
): EntityOf<K> {
  const found = parseObject(bytes, key);
  const entity: Record<string, unknown> = { kind };
  if (kind !== "project") {
    entity.projectName = place.projectName;
    if (kind !== "experiment") entity.experimentId = place.experimentId ?? null;
  }
  for (const field of FIELDS[kind]) {
    const value = decodeAt(key, () => decodeField(field, found[field.key]));
    if (value === undefined) {
      throw new RubiconException(
        "corrupt",
        `${key} is no ${kind}: its field "${field.key}" is ${
          field.key in found ? "of another type" : "missing"
        }.`,
      );
    }
    entity[field.name] = value;
  }
  return entity as unknown as EntityOf<K>;
}

/** Says of which object something is broken. */
function decodeAt<T>(key: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!hasCode(error, "corrupt")) throw error;
    throw new RubiconException("corrupt", `${key}: ${error.message}`, { cause: error });
  }
}

/** A field's value, its default where it is missing, or `undefined` where it is neither. */
function decodeField({ shape }: Field, value: unknown): unknown {
  switch (shape) {
    case "value":
      return value === undefined ? null : reviveValue(value);
    case "time":
      return decodeTime(value);
    case "texts":
      return value == null ? [] : isTexts(value) ? value : undefined;
    case "directionality":
      if (value === undefined) return "score";
      return value === "score" || value === "loss" ? value : undefined;
    case "importance":
      return value == null ? null : typeof value === "number" ? value : undefined;
    case "training":
      return value == null ? null : decodeTrainingMetadata(value);
    case "optional-text":
      return value == null ? null : typeof value === "string" ? value : undefined;
    default:
      return typeof value === "string" ? value : undefined;
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

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === "string");

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
  const [added, removed] = ["added", "removed"].map((verb) => found[`${verb}_${what}`] ?? []);
  if (isTexts(added) && isTexts(removed)) return { added, removed };
  throw new RubiconException("corrupt", `${key} does not hold lists of ${what}.`);
}

/** The tags or comments that an entity's metadata.json has itself. */
export function ownTexts(what: "tags" | "comments", bytes: Uint8Array): string[] {
  const own = parseObject(bytes, "")[what];
  return isTexts(own) ? own : [];
}

/** The id and the name in an object that is in the way, where it is an entity. */
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

function parseObject(bytes: Uint8Array, key: string): Record<string, unknown> {
  let found: unknown;
  try {
    found = parseJson(decoder.decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RubiconException("corrupt", `${key} is no JSON: ${why}`, { cause });
  }
  if (typeof found === "object" && found !== null && !Array.isArray(found)) {
    return found as Record<string, unknown>;
  }
  throw new RubiconException("corrupt", `${key} does not hold a JSON object.`);
}

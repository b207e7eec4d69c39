/**
 * Values as rubicon-ml types them in JSON: times, dates, sets and numpy arrays.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { formatInstant, legacyForm, parseInstant } from "./datetime.ts";
import { MAX_DIGITS } from "./json.ts";
import { decodeNumpy, dtypeOf, encodeNumpy, isNumpyArray, type NumpyArray } from "./numpy.ts";

/** What an experiment was trained on: a list of tuples, each of any JSON values. */
export type TrainingMetadata = readonly (readonly Value[])[];

export type { NumpyArray } from "./numpy.ts";
export { parseDatetime } from "./datetime.ts";
export { parseJson } from "./json.ts";

/**
 * What a metric, a parameter or a feature's importance can hold. When it is read back, an integer is a `number` if
 * that can hold it and a `bigint` otherwise, a time is a `Temporal.Instant` and a date a `Temporal.PlainDate`.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Temporal.Instant
  | Temporal.ZonedDateTime
  | Temporal.PlainDate
  | NumpyArray
  | ArrayBufferView
  | ReadonlySet<Value>
  | readonly Value[]
  | { readonly [key: string]: Value };

/** How entities and values are written. */
export interface Encoding {
  /** Whether times are written as rubicon-ml 0.13 and older do: `YYYY-MM-DD HH:MM:SS.ffffff`, in UTC. */
  legacyTimes?: boolean | undefined;
}

/** Types that the decoder gives a meaning. An object of one of them would not come back as it is. */
const TYPED = new Set(["datetime", "date", "set", "numpy", "training_metadata"]);
/** Python's json gives up at about a thousand levels. */
const MAX_DEPTH = 500;

/** A container on the way to what is encoded, and which of its items that is. */
interface Path {
  readonly parent: Path | undefined;
  readonly value: object;
  readonly depth: number;
  /** An index, or a key with its dot. Changes from item to item. */
  step: number | string;
}

/** What holds for all of a value. */
interface Context extends Encoding {
  /** What it is the value of, for messages. */
  readonly where: string;
}

/**
 * A value as JSON text.
 *
 * @param where What it is the value of, for messages.
 * @throws {RubiconException} `invalid-argument` if Python could not read it back, with its path.
 */
export function encodeValue(value: unknown, where: string, encoding: Encoding = {}): string {
  return encode(value, undefined, { where, legacyTimes: encoding.legacyTimes });
}

function encode(value: unknown, path: Path | undefined, context: Context): string {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) {
        refuse(path, context, "it has half a surrogate pair, which UTF-8 cannot hold");
      }
      return JSON.stringify(value);
    case "number":
      return encodeNumber(value);
    case "boolean":
      return value ? "true" : "false";
    case "bigint": {
      const digits = String(value);
      if (digits.length > MAX_DIGITS) {
        refuse(path, context, `it has more than ${MAX_DIGITS} digits, which Python cannot read`);
      }
      return digits;
    }
    case "object":
      return value === null ? "null" : encodeObject(value, path, context);
    default:
      return refuse(path, context, `a store cannot hold ${typeof value}`);
  }
}

function encodeNumber(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  // Digits alone would come back as an integer of another size.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential();
  return String(value); // NaN and Infinity as Python writes them.
}

function encodeObject(value: object, parent: Path | undefined, context: Context): string {
  for (let at = parent; at; at = at.parent) {
    if (at.value === value) refuse(parent, context, "it is cyclic: it holds itself");
  }
  const depth = (parent?.depth ?? 0) + 1;
  if (depth > MAX_DEPTH) refuse(parent, context, `it is nested deeper than ${MAX_DEPTH} levels`);
  const path: Path = { parent, value, depth, step: 0 };
  if (Array.isArray(value)) return `[${encodeItems(value, path, context)}]`;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return encodeInstance(value, path, context);
  }
  if (isNumpyArray(value)) return encodeNumpy(value, () => place(parent, context));
  if (Object.hasOwn(value, "_type")) {
    checkType((value as { _type: unknown })._type, parent, context);
  }
  let text = "";
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) refuse(parent, context, "it has a key with half a surrogate pair");
    path.step = `.${key}`;
    const item = encode((value as Record<string, unknown>)[key], path, context);
    text += `${text === "" ? "" : ", "}${JSON.stringify(key)}: ${item}`;
  }
  return `{${text}}`;
}

/** The items of a list. Holes are visited too: they are undefined, and refused. */
function encodeItems(items: readonly unknown[], path: Path, context: Context): string {
  let text = "";
  for (let at = 0; at < items.length; at++) {
    path.step = at;
    text += `${at === 0 ? "" : ", "}${encode(items[at], path, context)}`;
  }
  return text;
}

/** Refuses a `_type` that would be read back as something else, or that Python's decoder cannot compare. */
function checkType(type: unknown, path: Path | undefined, context: Context): void {
  if (typeof type === "string" && TYPED.has(type)) {
    refuse(
      path,
      context,
      `an object with the _type ${JSON.stringify(type)} would be read back as something else. ` +
        "Pass the thing itself (a Temporal value, a Set, a typed array), or use another key",
    );
  }
  if (
    typeof type === "object" && type !== null && (ArrayBuffer.isView(type) || isNumpyArray(type))
  ) {
    refuse(
      path,
      context,
      "an object whose _type is a numpy array cannot be read by rubicon-ml. Use another key",
    );
  }
}

function encodeInstance(value: object, path: Path, context: Context): string {
  const { parent } = path;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) refuse(parent, context, "it is an invalid date");
    return encodeInstant(
      Temporal.Instant.fromEpochMilliseconds(value.getTime()),
      parent,
      context,
    );
  }
  if (value instanceof Temporal.Instant) return encodeInstant(value, parent, context);
  if (value instanceof Temporal.ZonedDateTime) {
    return encodeInstant(value.toInstant(), parent, context);
  }
  if (value instanceof Temporal.PlainDate) {
    const text = value.toString({ calendarName: "never" });
    if (!/^\d{4}-/.test(text) || text.startsWith("0000")) {
      refuse(parent, context, `${text} is not in the years 1 to 9999`);
    }
    return `{"_type": "date", "value": "${text}"}`;
  }
  if (value instanceof Set) {
    const items = [...value];
    const odd = items.findIndex((item) => !isHashable(item));
    if (odd >= 0) {
      path.step = odd;
      refuse(path, context, "Python's sets cannot hold lists or objects");
    }
    return `{"_type": "set", "value": [${encodeItems(items, path, context)}]}`;
  }
  if (ArrayBuffer.isView(value)) {
    const dtype = dtypeOf(value);
    if (dtype === undefined) {
      return refuse(parent, context, `a ${value.constructor.name} has no numpy type`);
    }
    const shape = [(value as Uint8Array).length];
    // A clamped array is a view of another kind on the same bytes.
    const data = value instanceof Uint8ClampedArray
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : value;
    return encodeNumpy({ dtype, shape, data }, () => place(parent, context));
  }
  const hint = value instanceof Map ? ". Use an object: Object.fromEntries(map)" : "";
  const name = value.constructor?.name ?? "object of a class";
  return refuse(parent, context, `a store cannot hold a ${name}${hint}`);
}

const isHashable = (value: unknown): boolean =>
  typeof value !== "object" || value === null || value instanceof Date ||
  value instanceof Temporal.Instant || value instanceof Temporal.ZonedDateTime ||
  value instanceof Temporal.PlainDate;

function encodeInstant(
  instant: Temporal.Instant,
  path: Path | undefined,
  context: Context,
): string {
  try {
    const text = formatInstant(instant);
    return `{"_type": "datetime", "value": "${context.legacyTimes ? legacyForm(text) : text}"}`;
  } catch (cause) {
    return refuse(path, context, `${instant} is not in the years 1 to 9999`, cause);
  }
}

/** What is encoded, as text for messages: `metric "m": value.a[1]`. */
function place(path: Path | undefined, { where }: Context): string {
  let steps = "";
  for (let at = path; at; at = at.parent) {
    steps = (typeof at.step === "number" ? `[${at.step}]` : at.step) + steps;
  }
  return `${where}${steps}`;
}

function refuse(path: Path | undefined, context: Context, why: string, cause?: unknown): never {
  throw new RubiconException(
    "invalid-argument",
    `${place(path, context)}: ${why}.`,
    cause ? { cause } : {},
  );
}

/**
 * Gives what {@linkcode parseJson} parsed its types: times, dates, sets and numpy arrays.
 *
 * @throws {RubiconException} `corrupt` if something typed has no such value.
 */
export function reviveValue(value: unknown): Value {
  return revive(value, 0);
}

function revive(value: unknown, depth: number): Value {
  if (typeof value !== "object" || value === null) return value as Value;
  if (depth > 2 * MAX_DEPTH) {
    throw new RubiconException("corrupt", `It is nested deeper than ${2 * MAX_DEPTH} levels.`);
  }
  if (Array.isArray(value)) {
    value.forEach((item, at) => {
      if (typeof item === "object") value[at] = revive(item, depth + 1);
    });
    return value;
  }
  const found = value as Record<string, unknown>;
  for (const key of Object.keys(found)) {
    const item = found[key];
    if (typeof item !== "object" || item === null) continue;
    const revived = revive(item, depth + 1);
    if (revived === item) continue;
    // A plain assignment to `__proto__` would not make a property.
    const property = { value: revived, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(found, key, property);
  }
  return Object.hasOwn(found, "_type") ? reviveTyped(found) : found as Value;
}

function reviveTyped(found: Record<string, unknown>): Value {
  const { _type: type, value } = found;
  switch (type) {
    case "datetime":
      if (typeof value === "string") return parseInstant(value);
      break;
    case "date":
      try {
        return Temporal.PlainDate.from(value as string);
      } catch (cause) {
        throw new RubiconException("corrupt", `${JSON.stringify(value)} is not a date.`, { cause });
      }
    case "set":
      if (Array.isArray(value)) return new Set(value);
      break;
    case "training_metadata":
      if (Array.isArray(value)) return value;
      break;
    case "numpy":
      return decodeNumpy(found);
    default:
      return found as Value;
  }
  throw new RubiconException("corrupt", `It has a ${type} without such a value.`);
}

/**
 * Training metadata, a list of tuples, as JSON text.
 *
 * @throws {RubiconException} `invalid-argument` if it is not a list of lists.
 */
export function encodeTrainingMetadata(
  value: unknown,
  where: string,
  encoding: Encoding = {},
): string {
  if (!Array.isArray(value) || !value.every(Array.isArray)) {
    throw new RubiconException(
      "invalid-argument",
      `${where} must be a list of lists, such as [["s3://bucket/a.parquet", "SELECT *"]].`,
    );
  }
  return `{"_type": "training_metadata", "value": ${encodeValue(value, where, encoding)}}`;
}

/** Training metadata from what {@linkcode parseJson} parsed; `undefined` if it is not a list of lists. */
export function decodeTrainingMetadata(value: unknown): TrainingMetadata | undefined {
  const found = reviveValue(value);
  return Array.isArray(found) && found.every(Array.isArray) ? found : undefined;
}

/** A value whose lists and objects its owner may change. Everything else in it never changes, but for bytes. */
export function ownValue<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(ownValue) as T;
  if (value instanceof Set) return new Set(value) as T;
  if (ArrayBuffer.isView(value)) return (value as unknown as Uint8Array).slice() as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, ownValue(one)])) as T;
}

/**
 * Values in the JSON that Python's `json` writes and rubicon-ml types: bare `NaN` and `Infinity`, integers
 * of any size, times, dates, sets and numpy arrays.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { formatInstant, parseInstant } from "./datetime.ts";
import { decodeNumpy, dtypeOf, encodeNumpy, isNumpyArray, type NumpyArray } from "./numpy.ts";

/** What an experiment was trained on: a list of tuples, each of any JSON values. */
export type TrainingMetadata = readonly (readonly Value[])[];

export type { NumpyArray } from "./numpy.ts";
export { parseDatetime } from "./datetime.ts";

/**
 * What a metric or parameter can hold. Where it is read back, an integer is a `number` if that can hold it
 * and a `bigint` otherwise, a time is a `Temporal.Instant` and a date a `Temporal.PlainDate`.
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

/** Types that the decoder gives a meaning. An object of one of them would not come back as it is. */
const TYPED = new Set(["datetime", "date", "set", "numpy", "training_metadata"]);
/** Python's json gives up at about a thousand levels. */
const MAX_DEPTH = 500;
/** Python's `sys.int_info.default_max_str_digits`; a sign counts here too, which loses one digit. */
const MAX_DIGITS = 4300;

/**
 * A value as JSON text.
 *
 * @param where What it is the value of, for messages.
 * @throws {RubiconException} `invalid-argument` for what Python could not read back, with its path.
 */
export function encodeValue(value: unknown, where: string): string {
  return encode(value, where, 0, undefined);
}

type Path = { parent: Path; value: object } | undefined;

function encode(value: unknown, where: string, depth: number, path: Path): string {
  switch (typeof value) {
    case "string":
      if (!value.isWellFormed()) {
        refuse(where, "it has half a surrogate pair, which UTF-8 cannot hold");
      }
      return JSON.stringify(value);
    case "number":
      return encodeNumber(value);
    case "boolean":
      return String(value);
    case "bigint": {
      const digits = String(value);
      if (digits.length > MAX_DIGITS) {
        refuse(where, `it has more than ${MAX_DIGITS} digits, which Python does not read`);
      }
      return digits;
    }
    case "object":
      if (value === null) return "null";
      return encodeObject(value, where, depth, path);
    default:
      return refuse(where, `${typeof value} is nothing that a store can hold`);
  }
}

function encodeNumber(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  // Digits alone would come back as an integer of another size.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential();
  return String(value); // NaN and Infinity as Python writes them.
}

function encodeObject(value: object, where: string, depth: number, parent: Path): string {
  for (let at = parent; at; at = at.parent) {
    if (at.value === value) refuse(where, "it is cyclic: it holds itself");
  }
  if (depth >= MAX_DEPTH) refuse(where, `it is nested deeper than ${MAX_DEPTH} levels`);
  const path: Path = { parent, value };
  if (Array.isArray(value)) {
    // Array.from also visits holes, which are refused as undefined.
    const items = Array.from(value, (item, at) => encode(item, `${where}[${at}]`, depth + 1, path));
    return `[${items.join(", ")}]`;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return encodeInstance(value, where, depth, path);
  }
  if (isNumpyArray(value)) return encodeNumpy(value, where);
  const type = (value as { _type?: unknown })._type;
  if (typeof type === "string" && TYPED.has(type) && Object.hasOwn(value, "_type")) {
    refuse(
      where,
      `an object whose _type is ${
        JSON.stringify(type)
      } would be read back as something else. Pass ` +
        "the thing itself (a Temporal value, a Set, a typed array), or use another key",
    );
  }
  const fields = Object.entries(value).map(([key, item]) => {
    if (!key.isWellFormed()) refuse(where, "it has a key with half a surrogate pair");
    return `${JSON.stringify(key)}: ${encode(item, `${where}.${key}`, depth + 1, path)}`;
  });
  return `{${fields.join(", ")}}`;
}

function encodeInstance(value: object, where: string, depth: number, path: Path): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) refuse(where, "it is an invalid date");
    return encodeInstant(Temporal.Instant.fromEpochMilliseconds(value.getTime()), where);
  }
  if (value instanceof Temporal.Instant) return encodeInstant(value, where);
  if (value instanceof Temporal.ZonedDateTime) return encodeInstant(value.toInstant(), where);
  if (value instanceof Temporal.PlainDate) {
    const text = value.toString({ calendarName: "never" });
    if (!/^\d{4}-/.test(text) || text.startsWith("0000")) {
      refuse(where, `${text} is not of the years 1 to 9999`);
    }
    return `{"_type": "date", "value": "${text}"}`;
  }
  if (value instanceof Set) {
    const items = Array.from(value, (item, at) => {
      const place = `${where}[${at}]`;
      if (!isHashable(item)) refuse(place, "Python's sets cannot hold lists or objects");
      return encode(item, place, depth + 1, path);
    });
    return `{"_type": "set", "value": [${items.join(", ")}]}`;
  }
  if (ArrayBuffer.isView(value)) {
    const dtype = dtypeOf(value);
    if (dtype === undefined) return refuse(where, `a ${value.constructor.name} has no numpy type`);
    const shape = [(value as Uint8Array).length];
    // A clamped array is a view of another kind on the same bytes.
    const data = value instanceof Uint8ClampedArray
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : value;
    return encodeNumpy({ dtype, shape, data }, where);
  }
  const hint = value instanceof Map ? ". Use an object: Object.fromEntries(map)" : "";
  const name = value.constructor?.name ?? "object of a class";
  return refuse(where, `${name} is nothing that a store can hold${hint}`);
}

const isHashable = (value: unknown): boolean =>
  typeof value !== "object" || value === null || value instanceof Date ||
  value instanceof Temporal.Instant || value instanceof Temporal.ZonedDateTime ||
  value instanceof Temporal.PlainDate;

function encodeInstant(instant: Temporal.Instant, where: string): string {
  try {
    return `{"_type": "datetime", "value": "${formatInstant(instant)}"}`;
  } catch (cause) {
    return refuse(where, `${instant} is not of the years 1 to 9999`, cause);
  }
}

function refuse(where: string, why: string, cause?: unknown): never {
  throw new RubiconException("invalid-argument", `${where}: ${why}.`, cause ? { cause } : {});
}

/** Texts that JSON.parse refuses, or reads with a loss. May be found inside of strings too. */
const SPECIAL = /NaN|Infinity|(?<![.\d])\d{16}/;

/** What a reviver is told of a number beside its value: the text it was read from. */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * JSON as Python's `json` writes it. Integers beyond what a number holds are bigints.
 *
 * @throws {SyntaxError} where it is no JSON.
 */
export function parseJson(text: string): unknown {
  if (!SPECIAL.test(text)) return JSON.parse(text);
  // A number that the text does not have stands for NaN: nothing in it can be mistaken for one.
  let nan = "1e-999";
  while (text.includes(nan)) nan += "9";
  let special = false;
  const standard = outsideStrings(text, (word) => {
    const named = /^(?:NaN|-?Infinity)$/.test(word);
    special ||= named || /^-?\d{16,}$/.test(word);
    if (!named) return word;
    return word === "NaN" ? nan : word.replace("Infinity", "1e999");
  });
  if (!special) return JSON.parse(text);
  const reviver: Reviver = (_, value, { source = "" }) => {
    if (typeof value !== "number") return value;
    if (source === nan) return NaN;
    return Number.isSafeInteger(value) || !/^-?\d+$/.test(source) ? value : BigInt(source);
  };
  return JSON.parse(standard, reviver as (key: string, value: unknown) => unknown);
}

/** Replaces words and numbers, but none in strings: one expression for both overflows on long strings. */
function outsideStrings(text: string, replace: (word: string) => string): string {
  let result = "";
  for (let at = 0; at < text.length;) {
    const open = text.indexOf('"', at);
    const end = open === -1 ? text.length : open;
    result += text.slice(at, end).replace(/[-+.\w]+/g, replace);
    if (open === -1) break;
    at = endOfString(text, open);
    result += text.slice(open, at);
  }
  return result;
}

function endOfString(text: string, open: number): number {
  for (let at = open + 1;; at++) {
    at = text.indexOf('"', at);
    if (at === -1) return text.length; // JSON.parse says what is wrong.
    let first = at;
    while (text[first - 1] === "\\") first--;
    if ((at - first) % 2 === 0) return at + 1;
  }
}

/**
 * Gives what {@linkcode parseJson} parsed its types: times, dates, sets and numpy arrays.
 *
 * @throws {RubiconException} `corrupt` where something typed has no such value.
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
        throw new RubiconException("corrupt", `${JSON.stringify(value)} is no date.`, { cause });
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
 * @throws {RubiconException} `invalid-argument` where it is none.
 */
export function encodeTrainingMetadata(value: unknown, where: string): string {
  if (!Array.isArray(value) || !value.every(Array.isArray)) {
    refuse(where, 'it is a list of lists, such as [["s3://bucket/a.parquet", "SELECT *"]]');
  }
  return `{"_type": "training_metadata", "value": ${encodeValue(value, where)}}`;
}

/** Training metadata from what {@linkcode parseJson} parsed; `undefined` where it is none. */
export function decodeTrainingMetadata(value: unknown): TrainingMetadata | undefined {
  const found = reviveValue(value);
  return Array.isArray(found) && found.every(Array.isArray) ? found : undefined;
}

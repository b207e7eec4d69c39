/**
 * Whether an object is a schema.
 *
 * @module
 */
import { checkFields, isPlain, refuse, show } from "../check.ts";
import { nearest } from "../../messages.ts";
import type { Schema } from "./types.ts";

type Part =
  | "features"
  | "parameters"
  | "metrics"
  | "artifacts"
  | "dataframes"
  | "schema"
  | "children";

const VALUE = [
  "value_attr",
  "value_dict",
  "value_key",
  "value_env",
  "value_func",
  "each_attr",
  "each_func",
];

/** What an item of each part may have, and of which it needs one. */
const PARTS: Record<Part, { takes: readonly string[]; oneOf: readonly string[] }> = {
  features: {
    takes: ["importances_attr", "importance_attr"],
    oneOf: ["names_attr", "name_attr"],
  },
  parameters: { takes: ["name"], oneOf: VALUE },
  metrics: { takes: ["name", "directionality"], oneOf: VALUE },
  artifacts: { takes: ["name"], oneOf: ["data_object_attr", "data_object_func", "self"] },
  dataframes: { takes: ["name"], oneOf: ["df_attr", "df_func"] },
  schema: { takes: ["name"], oneOf: ["attr"] },
  children: { takes: ["name"], oneOf: ["attr"] },
};

const NAMES = Object.keys(PARTS) as Part[];

/** A schema inside another one. */
export type CheckedNested = { name: string; attr: string; optional?: boolean | undefined };

/** A schema of which all is known to make sense, its nested ones as one item each. */
export type CheckedSchema =
  & Pick<
    Schema,
    "name" | "extends" | "features" | "parameters" | "metrics" | "artifacts" | "dataframes"
  >
  & { schema: readonly CheckedNested[]; children: readonly CheckedNested[] };

/**
 * Checks a schema. What else a file says at its top is passed over, as in Python, unless it looks like a slip.
 *
 * @throws {RubiconException} `invalid-argument`, which names the item.
 */
export function checkSchema(schema: unknown, where: string): CheckedSchema {
  if (!isPlain(schema)) {
    refuse(`${where} must be a schema, which is an object, not ${show(schema)}.`);
  }
  for (const key of Object.keys(schema)) {
    if (key === "name" || key === "extends" || NAMES.includes(key as Part)) continue;
    const near = nearest(key, [...NAMES, "extends"]);
    if (near) refuse(`${where} has no ${show(key)}. Did you mean \`${near}\`?`);
  }
  for (const key of ["name", "extends"]) {
    const value = schema[key];
    if (value != null && typeof value !== "string") {
      refuse(`${where}: ${key} must be text, not ${show(value)}.`);
    }
  }
  const parts = Object.fromEntries(NAMES.map((part) => {
    const items = schema[part] ?? [];
    if (!Array.isArray(items)) refuse(`${where}: ${part} must be a list, not ${show(items)}.`);
    const whole = part === "schema" || part === "children" ? joined(items) : items;
    whole.forEach((item, at) => checkItem(part, item, `${where}: ${part}[${at}]`));
    return [part, whole];
  }));
  return { ...schema, ...parts } as unknown as CheckedSchema;
}

function checkItem(part: Part, item: unknown, where: string): void {
  if (part === "artifacts" && item === "self") return;
  if (!isPlain(item)) refuse(`${where} must be an object, not ${show(item)}.`);
  const { takes, oneOf } = PARTS[part];
  // What a logger takes is its own business.
  if (!("self" in item)) checkFields(item, new Set([...takes, ...oneOf, "optional"]), where);
  const given = oneOf.filter((key) => item[key] !== undefined);
  if (given.length === 0) refuse(`${where} needs one of ${oneOf.join(", ")}.`);
  for (const key of [...given, ...takes.filter((key) => item[key] != null)]) {
    if (typeof item[key] !== "string" || item[key] === "") {
      refuse(`${where}: ${key} must be text, not ${show(item[key])}.`);
    }
  }
  const isNamed = takes.includes("name") && !("self" in item) &&
    !given.some((key) => key.startsWith("each_"));
  if (isNamed && item.name == null) refuse(`${where} needs a name.`);
  if (given.includes("value_key") !== given.includes("value_dict")) {
    refuse(`${where}: value_dict and value_key go together.`);
  }
  const { optional = false, directionality = "score" } = item;
  if (directionality !== "score" && directionality !== "loss") {
    refuse(`${where}: directionality must be score or loss, not ${show(directionality)}.`);
  }
  if (typeof optional !== "boolean") {
    refuse(`${where}: optional must be true or false, not ${show(optional)}.`);
  }
}

/** rubicon-ml's manual has the name and the property of a nested schema as two items. */
function joined(items: readonly unknown[]): unknown[] {
  const whole: unknown[] = [];
  for (const item of items) {
    const last = whole.at(-1);
    const isRest = isPlain(item) && item.name === undefined && isPlain(last) &&
      last.attr === undefined;
    if (isRest) whole[whole.length - 1] = { ...last, ...item };
    else whole.push(item);
  }
  return whole;
}

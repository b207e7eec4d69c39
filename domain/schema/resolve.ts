/**
 * What a schema finds in an object, before anything is written.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { isPlain, refuse, show } from "../check.ts";
import type { Value } from "../format/values.ts";
import { type CheckedSchema, checkSchema } from "./check_schema.ts";
import { classNames, findSchema, inferSchema } from "./registry.ts";
import type { SchemaArtifact, SchemaFeature, SchemaValue, SchemaValues } from "./types.ts";

/** What is to be logged of one object. */
export interface Found {
  features: { name: string; importance: number | null }[];
  parameters: { name: string; value: Value }[];
  metrics: { name: string; value: Value; directionality?: "score" | "loss" }[];
  artifacts: FoundArtifact[];
  dataframes: { name: string; table: unknown }[];
  children: Found[];
}

/** An artifact's data, or who logs it. */
export type FoundArtifact =
  | { name: string; data: unknown }
  | { logger: string; object: unknown; args: Record<string, unknown> };

type DataItem = Exclude<SchemaArtifact, "self" | { self: string }>;

/** Schemas in schemas go no deeper: one that leads back to itself would have no end. */
const MAX_DEPTH = 30;

const nothing = (): Found => ({
  ...{ features: [], parameters: [], metrics: [], artifacts: [], dataframes: [], children: [] },
});

/** Reads all that a schema names. */
export async function resolve(
  object: unknown,
  schema: CheckedSchema,
  where: string,
): Promise<Found> {
  const found = nothing();
  await into(found, object, schema, where, 0);
  return found;
}

async function into(
  found: Found,
  object: unknown,
  schema: CheckedSchema,
  where: string,
  depth: number,
): Promise<void> {
  if (depth > MAX_DEPTH) {
    refuse(`${where}: the schema ${show(schema.name)} leads to itself again and again.`);
  }
  const source = new Source(object, `${where}: ${schema.name ?? "the schema"}`);
  const named = (name: string, of: unknown) =>
    checkSchema(
      name === "infer" ? inferSchema(of, where) : findSchema(name, where),
      `${where}: ${name}`,
    );
  if (schema.extends != null) {
    await into(found, object, named(schema.extends, object), where, depth + 1);
  }
  for (const item of schema.features ?? []) found.features.push(...features(source, item));
  for (const item of schema.parameters ?? []) found.parameters.push(...await values(source, item));
  for (const item of schema.metrics ?? []) found.metrics.push(...await values(source, item));
  for (const item of schema.artifacts ?? []) {
    if (item === "self") {
      found.artifacts.push({ name: classNames(object)[0] ?? "self", data: object });
    } else if ("self" in item) {
      const { self, ...args } = item;
      found.artifacts.push({ logger: self as string, object, args });
    } else {
      const { name, data_object_attr: attr, data_object_func: func, optional } = item as DataItem;
      const data = await source.get(attr, func, optional);
      if (data != null) found.artifacts.push({ name, data });
    }
  }
  for (const { name, df_attr: attr, df_func: func, optional } of schema.dataframes ?? []) {
    const table = await source.get(attr, func, optional);
    if (table != null) found.dataframes.push({ name, table });
  }
  for (const { name, attr, optional } of schema.schema) {
    const inner = source.attr(attr, optional);
    if (inner != null) await into(found, inner, named(name, inner), where, depth + 1);
  }
  for (const { name, attr, optional } of schema.children) {
    const list = source.attr(attr, optional) ?? [];
    if (!isList(list)) return source.odd(attr, "a list", list);
    for (const child of list) {
      const inner = nothing();
      await into(inner, child, named(name, child), where, depth + 1);
      found.children.push(inner);
    }
  }
}

const isList = (value: unknown): value is Iterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.iterator in value;

/** Features: without importances each name is logged all the same. */
function features(source: Source, item: SchemaFeature): Found["features"] {
  const { names_attr: names, name_attr: name, optional } = item;
  const importance = (value: unknown) => typeof value === "bigint" ? Number(value) : value ?? null;
  if (names === undefined) {
    const one = source.attr(name!, optional);
    if (one == null) return [];
    const { importance_attr: attr } = item;
    const value = attr === undefined ? null : source.attr(attr, optional);
    return [{ name: String(one), importance: importance(value) as number | null }];
  }
  const list = source.attr(names, optional);
  if (list == null) return [];
  if (!isList(list)) return source.odd(names, "a list", list);
  const { importances_attr: attr } = item;
  const weights = attr === undefined ? undefined : source.attr(attr, optional) ?? undefined;
  if (weights !== undefined && !isList(weights)) return source.odd(attr!, "a list", weights);
  const [all, known] = [[...list], weights && [...weights]];
  if (known && known.length !== all.length) {
    source.odd(attr!, `a list of ${all.length}, one for each name`, `one of ${known.length}`);
  }
  return all.map((name, at) => ({
    name: String(name),
    importance: importance(known?.[at]) as number | null,
  }));
}

/** One value by its name, or each of an object's. */
async function values(
  source: Source,
  item: SchemaValue | SchemaValues,
): Promise<Found["metrics"]> {
  const { optional } = item;
  if ("each_attr" in item || "each_func" in item) {
    const { each_attr: attr, each_func: func } = item;
    const all = await source.get(attr, func, optional);
    if (all == null) return [];
    const entries = all instanceof Map ? [...all] : isPlain(all) ? Object.entries(all) : undefined;
    if (!entries) return source.odd((attr ?? func)!, "an object", all);
    return entries.map((
      [name, value],
    ) => ({ name: String(name), value: value ?? null } as Found["metrics"][number]));
  }
  const { name, value_attr, value_dict, value_key, value_env, value_func, directionality } =
    item as SchemaValue;
  let value: unknown;
  if (value_attr !== undefined) value = source.attr(value_attr, optional);
  if (value_key !== undefined) {
    const held = source.attr(value_dict!, optional);
    value = held instanceof Map
      ? held.get(value_key)
      : isPlain(held) && Object.hasOwn(held, value_key)
      ? held[value_key]
      : undefined;
  }
  if (value_env !== undefined) value = source.env(value_env, optional);
  if (value_func !== undefined) value = await source.call(value_func, optional);
  return [{ name, value: (value ?? null) as Value, ...(directionality && { directionality }) }];
}

/** An object that is read by names. */
class Source {
  constructor(readonly object: unknown, readonly where: string) {}

  /** What a method gives, or a property has. */
  async get(attr: string | undefined, func: string | undefined, optional?: boolean) {
    return func === undefined ? this.attr(attr!, optional) : await this.call(func, optional);
  }

  attr(name: string, optional = false): unknown {
    const value = this.object == null ? undefined : (this.object as Record<string, unknown>)[name];
    if (value === undefined && !optional) {
      refuse(
        `${this.where}: the object has no ${
          show(name)
        }. Set it, or say \`optional: true\` in the schema.`,
      );
    }
    return value;
  }

  /** A method of the object, which may take its time. What it throws is an error, unless it may be missing. */
  async call(name: string, optional = false): Promise<unknown> {
    const method = this.attr(name, optional);
    if (method == null) return undefined;
    if (typeof method !== "function") this.odd(name, "a method", method);
    try {
      return await method.call(this.object);
    } catch (cause) {
      if (optional) return undefined;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new RubiconException("invalid-argument", `${this.where}: ${name}() failed: ${why}`, {
        cause,
      });
    }
  }

  env(name: string, optional = false): string | undefined {
    let value: string | undefined;
    try {
      value = Deno.env.get(name);
    } catch (cause) {
      throw new RubiconException(
        "permission-denied",
        `${this.where}: the variable ${name} may not be read. Run with --allow-env=${name}.`,
        { cause },
      );
    }
    if (value === undefined && !optional) {
      refuse(`${this.where}: the variable ${name} is not set. Set it, or say \`optional: true\`.`);
    }
    return value;
  }

  odd(name: string, wanted: string, value: unknown): never {
    refuse(`${this.where}: ${show(name)} must be ${wanted}, not ${show(value)}.`);
  }
}

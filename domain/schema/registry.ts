/**
 * Schemas by name.
 *
 * @module
 */
import { checkText, refuse, show } from "../check.ts";
import { suggest } from "../../messages.ts";
import { checkSchema } from "./check_schema.ts";
import { SHIPPED } from "./shipped.ts";
import type { Schema } from "./types.ts";

const registry = new Map<string, Schema>(SHIPPED.map((schema) => [schema.name!, schema]));

/**
 * Makes a schema known by a name, such as `my_lib__Model`; one that had the name is replaced.
 *
 * @throws {RubiconException} `invalid-argument` for what is no schema.
 *
 * @example
 * ```ts
 * import { getSchema, registerSchema } from "../../mod.ts";
 *
 * registerSchema("my_lib__Model", { parameters: [{ name: "alpha", value_attr: "alpha" }] });
 * if (getSchema("my_lib__Model").parameters?.length !== 1) throw new Error("it is known now");
 * ```
 */
export function registerSchema(name: string, schema: Schema): void {
  if (checkText(name, "registerSchema: name") === "") {
    refuse("registerSchema: name must not be empty.");
  }
  checkSchema(schema, `registerSchema: ${name}`);
  // A copy, since what the caller does to the object later was not checked.
  registry.set(name, structuredClone(schema));
}

/**
 * The names of all schemas that are known, in alphabetical order.
 *
 * @example
 * ```ts
 * import { availableSchemas, registerSchema } from "../../mod.ts";
 *
 * registerSchema("my_lib__Other", { metrics: [{ name: "auc", value_func: "auc" }] });
 * if (!availableSchemas().includes("my_lib__Other")) throw new Error("it is among them");
 * ```
 */
export function availableSchemas(): string[] {
  return [...registry.keys()].sort();
}

/**
 * A schema by its name, as a copy.
 *
 * @throws {RubiconException} `invalid-argument` if there is none.
 *
 * @example
 * ```ts
 * import { getSchema, registerSchema } from "../../mod.ts";
 *
 * registerSchema("my_lib__Third", { extends: "my_lib__Model", artifacts: ["self"] });
 * if (getSchema("my_lib__Third").extends !== "my_lib__Model") throw new Error("the same schema");
 * ```
 */
export function getSchema(name: string): Schema {
  return structuredClone(findSchema(name, "getSchema"));
}

/** A schema by its name. */
export function findSchema(name: string, where: string): Schema {
  const found = registry.get(checkText(name, `${where}: name`));
  if (!found) {
    refuse(
      `${where}: there is no schema ${show(name)}.${suggest(name, availableSchemas())} ` +
        "Make it known by registerSchema.",
    );
  }
  return found;
}

/** The names of an object's class and of those that it extends, nearest first. */
export function classNames(object: unknown): string[] {
  const names: string[] = [];
  if (typeof object !== "object" || object === null) return names;
  for (
    let at = Object.getPrototypeOf(object);
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    // tfjs keeps its names through minifiers in a static property.
    const { className, name } = at.constructor ?? {};
    const own = typeof className === "string" ? className : name;
    if (own && !names.includes(own)) names.push(own);
  }
  return names;
}

/**
 * The schema of an object's class. JavaScript does not tell which library a class is from, so the class alone decides, or the
 * nearest that it extends; the caller's own schemas come before those that are shipped.
 */
export function inferSchema(object: unknown, where: string): Schema {
  const names = classNames(object);
  for (const name of names) {
    const all = availableSchemas().filter((one) => one.endsWith(`__${name}`));
    const own = all.filter((one) => !SHIPPED.includes(registry.get(one)!));
    const found = own.length > 0 ? own : all;
    if (found.length === 1) return registry.get(found[0]!)!;
    if (found.length > 1) {
      refuse(
        `${where}: the class ${name} may be ${found.join(" or ")}. Pass the one that is meant.`,
      );
    }
  }
  const what = names[0] ?? show(object);
  refuse(
    `${where}: no schema is set, and none is known for ${what}. Pass \`schema\`, or make one known as ` +
      `"<library>__${names[0] ?? "Class"}" by registerSchema.`,
  );
}

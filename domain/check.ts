/**
 * Checks of what callers pass, all before anything is written.
 *
 * @module
 */
import { validate } from "jsr:@std/uuid@^1.1.1/common";
import { RubiconException } from "../errors.ts";
import { nearest, refuse, show, withArticle } from "../messages.ts";
import type { Core } from "../composite/plan.ts";
import type { Composite } from "../composite/types.ts";
import { slugify } from "./format/slug.ts";
import { usage } from "./usage.ts";
import type { Entity, Experiment, Kind, Parent, Project } from "./format/entities.ts";
import { parseDatetime } from "./format/values.ts";

export { refuse, show, withArticle };

/** What to do next for whoever passed the wrong argument. The most common slip of all is a forgotten await. */
export const advice = (value: unknown, where: string): string =>
  value instanceof Promise ? ' Is an "await" missing?' : usage(where);

/** The composite itself: the first argument is easily forgotten. */
export function checkComposite(rubicon: Composite, what: string): asserts rubicon is Core {
  const { write, read } = (rubicon ?? {}) as Partial<Core>;
  if (typeof write !== "function" || typeof read !== "function") {
    refuse(
      `${what} takes a composite first, from openComposite(), not ${show(rubicon)}.` +
        advice(rubicon, what),
    );
  }
  if (rubicon.closed) {
    throw new RubiconException("closed", `${what}: the composite is closed. Open one again.`);
  }
}

/** The options object, and that all it has is known. */
export function checkFields(input: unknown, known: ReadonlySet<string>, where: string): void {
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  if (!isObject || input instanceof Promise) {
    refuse(
      `${where} takes one object with its options, not ${show(input)}.${advice(input, where)}`,
    );
  }
  for (const field of Object.keys(input)) {
    if (known.has(field)) continue;
    const near = nearest(field, known);
    refuse(
      `${where} has no option ${show(field)}.${near ? ` Did you mean \`${near}\`?` : ""} ` +
        `It takes: ${[...known].join(", ")}.`,
    );
  }
}

/** Whether a value is an object of values by name. A `Map` or a `Set` has none, and would be taken for an empty one. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Where a file is: a path or a URL. */
export function checkAddress(at: unknown, where: string): asserts at is string | URL {
  if (at instanceof URL || typeof at === "string" && at !== "") return;
  refuse(`${where} takes a path or a URL, not ${show(at)}.`);
}

/** Text that UTF-8 can hold. */
export function checkText(value: unknown, where: string): string {
  if (typeof value !== "string") refuse(`${where} must be text, not ${show(value)}.`);
  if (!value.isWellFormed()) refuse(`${where} has half a surrogate pair, which UTF-8 cannot hold.`);
  return value;
}

/** Text, or `null` where there is none. */
export const checkOptionalText = (value: unknown, where: string): string | null =>
  value === undefined || value === null ? null : checkText(value, where);

/** S3 takes keys of 1,024 bytes and file systems names of 255; slugs beyond that fit no store. */
const MAX_SLUG_BYTES = 255;

/** A name that is a key: its slug must not be empty. */
export function checkName(value: unknown, where: string): string {
  const name = checkText(value, where);
  const slug = slugify(name);
  if (slug === "") {
    refuse(
      `${where} ${
        show(name)
      } is not a valid name: its key in the store is empty without punctuation and white space. ` +
        "Use a name with letters or digits.",
    );
  }
  if (slug.length * 3 > MAX_SLUG_BYTES && new TextEncoder().encode(slug).length > MAX_SLUG_BYTES) {
    refuse(`${where} ${show(name)} is longer than ${MAX_SLUG_BYTES} bytes. Use a shorter name.`);
  }
  // A slug is one segment of a key: what the store cannot take must not be tried.
  if (slug.includes("\0")) refuse(`${where} ${show(name)} has a NUL character.`);
  return name;
}

/** A UUID of any version. */
export function checkId(value: unknown, where: string): string {
  if (typeof value !== "string" || !validate(value)) {
    refuse(`${where} must be a UUID, not ${show(value)}.`);
  }
  return value;
}

/** A list of texts; what it returns is a copy. */
export function checkTexts(value: unknown, where: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) refuse(`${where} must be a list of texts, not ${show(value)}.`);
  // A copy that has no holes: those are undefined in it, and would be null in the store.
  return [...value].map((text, at) => checkText(text, `${where}[${at}]`));
}

/** An ISO 8601 time, in the form in which it is kept. */
export function checkTime(value: unknown, where: string): string {
  if (typeof value !== "string") {
    refuse(`${where} must be an ISO 8601 text such as "2026-11-24T00:09:37Z", not ${show(value)}.`);
  }
  try {
    return parseDatetime(value);
  } catch (cause) {
    throw new RubiconException(
      "invalid-argument",
      `${where} must be an ISO 8601 text such as "2026-11-24T00:09:37Z", not ${show(value)}.`,
      { cause },
    );
  }
}

/** A project, as plain data. */
export function checkProject(value: unknown, where: string): Project {
  const project = checkKind(value, ["project"], where) as Project;
  checkName(project.name, `${where}: the project's name`);
  checkId(project.id, `${where}: the project's id`);
  return project;
}

/** An experiment, as plain data. */
export function checkExperiment(value: unknown, where: string): Experiment {
  const experiment = checkKind(value, ["experiment"], where) as Experiment;
  checkName(experiment.projectName, `${where}: the experiment's projectName`);
  checkId(experiment.id, `${where}: the experiment's id`);
  return experiment;
}

/** A project or an experiment. */
export function checkParent(value: unknown, where: string): Parent {
  const { kind } = checkKind(value, ["project", "experiment"], where);
  return kind === "project" ? checkProject(value, where) : checkExperiment(value, where);
}

/** An entity that is none of the above needs its place: names and ids that are keys. */
export function checkEntity(value: unknown, kinds: readonly Kind[], where: string): Entity {
  const entity = checkKind(value, kinds, where);
  if (entity.kind === "project") return checkProject(entity, where);
  if (entity.kind === "experiment") return checkExperiment(entity, where);
  checkName(entity.projectName, `${where}: the ${entity.kind}'s projectName`);
  checkId(entity.id, `${where}: the ${entity.kind}'s id`);
  const attached = entity.kind === "artifact" || entity.kind === "dataframe";
  if (!attached) checkName(entity.name, `${where}: the ${entity.kind}'s name`);
  if (!attached || entity.experimentId !== null) {
    checkId(entity.experimentId, `${where}: the ${entity.kind}'s experimentId`);
  }
  return entity;
}

function checkKind(value: unknown, kinds: readonly Kind[], where: string): Entity {
  const kind = (value as Entity | null | undefined)?.kind;
  if (typeof value !== "object" || kind === undefined || !kinds.includes(kind)) {
    refuse(
      `${where} takes ${kinds.map(withArticle).join(" or ")} as returned by this module, not ` +
        `${show(value)}.${advice(value, where)}`,
    );
  }
  return value as Entity;
}

/** Whether a value is a composite, as functions between two stores took it once where options are now. */
export const isComposite = (value: object): value is Composite =>
  "backends" in value && Array.isArray(value.backends);

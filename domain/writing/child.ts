/**
 * What metrics, parameters and features have in common: they belong to an experiment and go by name.
 *
 * @module
 */
import { isRubiconException, type Receipt, RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import {
  advice,
  checkComposite,
  checkExperiment,
  checkFields,
  checkId,
  checkName,
  isPlain,
  refuse,
  show,
} from "../check.ts";
import { describe, encodeEntity } from "../format/codec.ts";
import { checkFilter, FILTER_FIELDS } from "../reading/filter.ts";
import { kindFolder, type Place, placeIn } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import { slugify } from "../format/slug.ts";
import { build, create, stepOf } from "./create.ts";
import type { EntityOf, Experiment } from "../format/entities.ts";
import type { Encoding } from "../format/values.ts";
import { CALL_FIELDS, inputFields, type ListFilter, readOnly } from "../inputs.ts";

/** The kinds that belong to an experiment and go by name. */
export type ChildKind = "metric" | "parameter" | "feature";

/** How to find one of them: by its name or by its id. */
export type ChildQuery = ({ name: string } | { id: string }) & CallOptions;

const INPUTS = {
  metric: inputFields("metric"),
  parameter: inputFields("parameter"),
  feature: inputFields("feature"),
};
const QUERY = new Set(["name", "id", ...CALL_FIELDS]);
const FILTER = new Set([...FILTER_FIELDS, ...CALL_FIELDS]);

/** Checks one input and makes its entity. Nothing is written. */
function prepare<K extends ChildKind>(
  kind: K,
  place: Place,
  input: unknown,
  where: string,
  encoding: Encoding,
) {
  checkFields(input, INPUTS[kind], where);
  const entity = build(kind, place, input as object, where);
  return { entity, source: encodeEntity(entity, encoding) };
}

/** Logs one. */
export async function logChild<K extends ChildKind>(
  rubicon: Composite,
  kind: K,
  experiment: Experiment,
  input: CallOptions,
  where: string,
): Promise<EntityOf<K>> {
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  const { entity, source } = prepare(kind, placeIn(experiment), input, where, rubicon.options);
  return await create(rubicon, entity, input, [], stepOf(entity, source));
}

/** Entities that are checked and encoded, ready to be written. */
export type Prepared<K extends ChildKind> = { entity: EntityOf<K>; source: Uint8Array }[];

/** Checks many inputs and makes their entities, so that nothing is written where one is refused. */
export function prepareAll<K extends ChildKind>(
  kind: K,
  place: Place,
  inputs: unknown,
  where: string,
  encoding: Encoding,
): Prepared<K> {
  const field = kind === "feature" ? "importance" : "value";
  let list: [at: string, input: unknown][];
  if (Array.isArray(inputs)) {
    // A copy, which has no holes: those are undefined in it.
    list = [...inputs].map((one, at) => [
      `${where}[${at}]`,
      typeof one === "string" && kind === "feature" ? { name: one } : one,
    ]);
  } else if (isPlain(inputs)) {
    list = Object.entries(inputs).map(([name, value]) => [
      `${where}: ${name}`,
      { name, [field]: value },
    ]);
  } else {
    refuse(
      `${where} takes a list, or an object of ${field}s by name, not ${show(inputs)}.` +
        advice(inputs, where),
    );
  }
  const prepared = list.map(([at, input]) => prepare(kind, place, input, at, encoding));
  const slugs = new Map<string, string>();
  for (const { entity: { name } } of prepared) {
    const slug = slugify(name);
    const taken = slugs.get(slug);
    if (taken !== undefined) {
      refuse(
        `${where}: ${show(taken)} and ${show(name)} have one key in the store ("${slug}"). ` +
          "Use names that differ in letters or digits.",
      );
    }
    slugs.set(slug, name);
  }
  return prepared;
}

/**
 * Writes what was prepared, many at once. Where some fail the others are written all the same, and
 * one exception tells of all that failed.
 */
export async function createAll<K extends ChildKind>(
  rubicon: Core,
  prepared: Prepared<K>,
  call: CallOptions,
): Promise<EntityOf<K>[]> {
  const failures: RubiconException[] = [];
  const receipts: Receipt[] = [];
  const entities = prepared.map(({ entity }) => entity);
  const each: CallOptions = { ...call, onReceipts: (some) => receipts.push(...some) };
  await pooled(prepared, async ({ entity, source }) => {
    try {
      await create(rubicon, entity, each, [], stepOf(entity, source));
    } catch (error) {
      if (!isRubiconException(error)) throw error;
      failures.push(error);
    }
  });
  call.onReceipts?.(receipts);
  if (failures.length === 0) return entities;
  const codes = new Set(failures.map(({ code }) => code));
  throw new RubiconException(
    codes.size === 1 ? failures[0]!.code : "write-failed",
    `${failures.length} of ${entities.length} were not written as they should be. The first:\n${
      failures[0]!.message
    }`,
    {
      cause: failures[0],
      entity: entities,
      receipts: failures.flatMap((failure) => failure.receipts),
    },
  );
}

/** Logs many at once. */
export async function logChildren<K extends ChildKind>(
  rubicon: Composite,
  kind: K,
  experiment: Experiment,
  inputs: unknown,
  call: CallOptions,
  where: string,
): Promise<EntityOf<K>[]> {
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(call, CALL_FIELDS, where);
  const prepared = prepareAll(kind, placeIn(experiment), inputs, where, rubicon.options);
  return await createAll(rubicon, prepared, call);
}

/** Gets one, by name or by id. */
export async function getChild<K extends ChildKind>(
  rubicon: Composite,
  kind: K,
  experiment: Experiment,
  query: ChildQuery,
  where: string,
): Promise<EntityOf<K>> {
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(query, QUERY, where);
  const { name, id } = query as { name?: string; id?: string };
  if ((name === undefined) === (id === undefined)) refuse(`${where} takes a name or an id.`);
  const place = placeIn(experiment);
  if (id !== undefined) {
    checkId(id, `${where}: id`);
    const { id: _id, ...call } = query as { id: string } & CallOptions;
    const withId = async (more: CallOptions) =>
      (await listChildren(rubicon, kind, experiment, { ...call, ...more }, where))
        .filter((one) => one.id === id);
    const { findLast } = await import("../reading/find.ts");
    return await findLast(rubicon, call, withId, `${kind} with the id ${id}`);
  }
  checkName(name, `${where}: name`);
  const folder = `${kindFolder(kind, place)}/${slugify(name!)}`;
  const [{ findNamed }, { readEntity }] = await Promise.all([
    import("../reading/find.ts"),
    import("../reading/entity_files.ts"),
  ]);
  return await findNamed(
    `${kind} of ${describe(experiment)}`,
    name!,
    () => readEntity(rubicon, kind, folder, place, `${kind} "${name}"`, query),
    () => listChildren(rubicon, kind, experiment, readOnly(query), where),
  );
}

/** All of one kind in an experiment, oldest first. */
export async function listChildren<K extends ChildKind>(
  rubicon: Composite,
  kind: K,
  experiment: Experiment,
  filter: ListFilter,
  where: string,
): Promise<EntityOf<K>[]> {
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(filter, FILTER, where);
  const choice = checkFilter(filter, where);
  const what = `the ${kind}s of experiment ${experiment.id}`;
  const { readEntities } = await import("../reading/list.ts");
  return await readEntities(rubicon, kind, placeIn(experiment), what, filter, choice);
}

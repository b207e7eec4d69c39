/**
 * What artifacts and dataframes have in common: they belong to a project or an experiment, go by id,
 * and have data beside their metadata.
 *
 * @module
 */
import { hasCode, isRubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Core, Step } from "../../composite/plan.ts";
import {
  checkComposite,
  checkEntity,
  checkFields,
  checkId,
  checkParent,
  checkText,
  refuse,
} from "../check.ts";
import { now } from "../format/clock.ts";
import { describe } from "../format/codec.ts";
import { ALL, checkFilter, type Choice, FILTER_FIELDS } from "../reading/filter.ts";
import {
  gone,
  hasTrace,
  isNotedDeletion,
  noteDeletion,
  readAttached,
  traceOf,
} from "../reading/deleted.ts";
import { entityFolder, kindFolder, metadataKey, placeIn } from "../format/layout.ts";
import { above, refuseTrashed } from "./above.ts";
import { build, create, placeOf } from "./create.ts";
import type { EntityOf, Parent } from "../format/entities.ts";
import { CALL_FIELDS, type ListFilter, readOnly } from "../inputs.ts";

/** The kinds that belong to a project or an experiment and go by id. */
export type AttachedKind = "artifact" | "dataframe";

/** How to find one of them: by its id, or by its name (the last one that was logged with it). */
export type AttachedQuery = ({ name: string } | { id: string }) & CallOptions;

const QUERY = new Set(["name", "id", ...CALL_FIELDS]);
const FILTER = new Set([...FILTER_FIELDS, ...CALL_FIELDS]);

/** Checks the fields and makes the entity. Nothing is written. */
export function prepareAttached<K extends AttachedKind>(
  kind: K,
  parent: Parent,
  input: object,
  where: string,
): EntityOf<K> {
  const parentId = (input as { parentId?: unknown }).parentId ?? parent.id;
  if (parentId !== parent.id) {
    refuse(`${where}: parentId is ${parentId}, but the parent passed is ${parent.id}.`);
  }
  return build(kind, placeIn(parent), { ...input, parentId }, where);
}

/**
 * Refuses an id that was deleted: its trace would make a repair delete what is logged under it again. Only ids that
 * a caller gives are looked up; new ones have no past.
 */
async function refuseDeleted(
  rubicon: Core,
  entity: EntityOf<AttachedKind>,
  call: CallOptions,
): Promise<void> {
  const folder = entityFolder(entity);
  let isDeleted = isNotedDeletion(rubicon, folder);
  try {
    isDeleted ||= await rubicon.read({
      what: `whether ${describe(entity)} was deleted`,
      run: async (backend) => ({ value: await hasTrace(backend, folder) }),
      merge: (found) => found.includes(true),
    }, { ...readOnly(call), read: "merge" });
  } catch (error) {
    // No backend can be read: then the write says what is the matter, under the composite's failure mode.
    if (!isRubiconException(error) || hasCode(error, "closed", "invalid-config")) {
      throw error;
    }
  }
  if (isDeleted) {
    refuse(`${describe(entity)} was deleted. Log it without its id, as a new one.`);
  }
}

/** Writes the data, then the entity. */
export async function createAttached<E extends EntityOf<AttachedKind>>(
  rubicon: Core,
  entity: E,
  data: { name: string; source: Step["source"] },
  call: CallOptions & { id?: unknown },
): Promise<E> {
  if (call.id !== undefined) await refuseDeleted(rubicon, entity, call);
  const key = `${entityFolder(entity)}/${data.name}`;
  return await create(rubicon, entity, call, [{ key, source: data.source }]);
}

/** Gets one, by id or by name. */
export async function getAttached<K extends AttachedKind>(
  rubicon: Composite,
  kind: K,
  parent: Parent,
  query: AttachedQuery,
  where: string,
): Promise<EntityOf<K>> {
  checkComposite(rubicon, where);
  checkParent(parent, where);
  checkFields(query, QUERY, where);
  const { name, id } = query as { name?: string; id?: string };
  if ((name === undefined) === (id === undefined)) refuse(`${where} takes a name or an id.`);
  if (name !== undefined) {
    checkText(name, `${where}: name`);
    const what = `${kind} with the name "${name}" in ${describe(parent)}`;
    const choice: Choice = { ...ALL, passes: (entity) => entity.name === name };
    const [{ findLast, findNamed }, { readEntities }] = await Promise.all([
      import("../reading/find.ts"),
      import("../reading/list.ts"),
    ]);
    const list = (more: Pick<CallOptions, "read">) =>
      readEntities(rubicon, kind, placeIn(parent), what, { ...query, ...more }, choice);
    return await findNamed(
      `${kind} of ${describe(parent)}`,
      name,
      () => findLast(rubicon, query, list, what),
      () => listAttached(rubicon, kind, parent, readOnly(query), where),
    );
  }
  checkId(id, `${where}: id`);
  const place = placeIn(parent);
  const folder = `${kindFolder(kind, place)}/${id}`;
  const what = `${kind} ${id}`;
  const { entityIn } = await import("../reading/entity_files.ts");
  return await readAttached(rubicon, folder, what, async (backend) => {
    const [answer, isGone] = await Promise.all([
      entityIn(backend, kind, folder, place),
      // A deletion that stopped half-way has left its trace, and the entity.
      hasTrace(backend, folder),
    ]);
    if (isGone) throw gone(what);
    return answer;
  }, query);
}

/** All of one kind that belong to a project itself or to an experiment, oldest first. */
export async function listAttached<K extends AttachedKind>(
  rubicon: Composite,
  kind: K,
  parent: Parent,
  filter: ListFilter,
  where: string,
): Promise<EntityOf<K>[]> {
  checkComposite(rubicon, where);
  checkParent(parent, where);
  checkFields(filter, FILTER, where);
  const choice = checkFilter(filter, where);
  const what = `the ${kind}s of ${describe(parent)}`;
  const { readEntities } = await import("../reading/list.ts");
  return await readEntities(rubicon, kind, placeIn(parent), what, filter, choice);
}

/**
 * Deletes one from every backend: first a trace is left, so that no repair brings it back, then the
 * metadata goes, so that nobody sees it without its data, then the rest.
 */
export async function deleteAttached(
  rubicon: Composite,
  kind: AttachedKind,
  entity: EntityOf<AttachedKind>,
  call: CallOptions,
  where: string,
): Promise<void> {
  checkComposite(rubicon, where);
  checkEntity(entity, [kind], where);
  checkFields(call, CALL_FIELDS, where);
  const folder = entityFolder(entity);
  const place = placeOf(entity)!;
  const metadata = metadataKey(folder);
  await rubicon.write(async (write) => {
    await refuseTrashed(rubicon, entity, place);
    const keys = await rubicon.read({
      what: `the data of ${describe(entity)}`,
      async run({ driver }) {
        const found: string[] = [];
        for await (const { key } of driver.list(folder)) found.push(key);
        return { value: found };
      },
      merge: (lists) => lists.flat(),
    }, { ...call, read: "merge" });
    await write({
      what: `the deletion of ${describe(entity)}`,
      waves: [[{
        key: traceOf(folder),
        source: new TextEncoder().encode(JSON.stringify({ id: entity.id, deleted_at: now() })),
        present: "keep",
      }]],
      deletes: [...new Set([metadata, ...keys])],
      ...above(place),
      entity,
    }, call);
  }, call);
  noteDeletion(rubicon, folder);
}

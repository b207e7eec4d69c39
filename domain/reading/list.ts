/**
 * Lists of entities: what there is of one kind at one place, and what of it is wanted.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import { decodeEntity } from "../format/codec.ts";
import { ALL, type Choice } from "./filter.ts";
import { kindFolder, parentKeys, type Place } from "../format/layout.ts";
import { byAge, type Files, filesByFolder, readAll } from "./entity_files.ts";
import type { Entity, EntityOf, Kind } from "../format/entities.ts";

/** The entities of one kind at one place that are wanted. */
export async function readEntities<K extends Kind>(
  rubicon: Core,
  kind: K,
  place: Place,
  what: string,
  call: CallOptions,
  choice: Choice = ALL,
): Promise<EntityOf<K>[]> {
  const { list, deleted } = await rubicon.read<Found<EntityOf<K>>>({
    what,
    async run(backend) {
      const deleted = new Set<string>();
      const answer = await entitiesIn(backend, kind, place, choice, deleted);
      return { ...answer, value: { list: answer.value, deleted } };
    },
    merge: (all) => ({
      list: union(all.map(({ list }) => list)),
      deleted: new Set(all.flatMap(({ deleted }) => [...deleted])),
    }),
  }, call);
  return choose(list.filter(({ id }) => !deleted.has(id)), choice);
}

/** What one backend has, and what it knows to be deleted: another one may have missed that. */
interface Found<E> {
  list: E[];
  deleted: ReadonlySet<string>;
}

/** What is wanted of a list, in the order that is wanted. */
function choose<E extends Entity>(list: readonly E[], { passes, newest, limit }: Choice): E[] {
  const chosen = byAge(list.filter(passes));
  return (newest ? chosen.reverse() : chosen).slice(0, limit);
}

async function entitiesIn<K extends Kind>(
  backend: Backend,
  kind: K,
  place: Place,
  choice: Choice,
  deleted: Set<string>,
): Promise<Answer<EntityOf<K>[]>> {
  const folder = kindFolder(kind, place);
  const found = kind === "project"
    ? await projectFiles(backend)
    : await filesByFolder(backend, folder, { depth: 2, deleted });
  if (found.size === 0) {
    if (kind === "project") return { value: [], weak: "empty" };
    // Nothing is an answer only where the parent is, and another one may still have more: this backend may have
    // lost it all, and have got the parent again since.
    await readParent(backend, place);
    return { value: [], weak: "bare" };
  }
  return choice.newest
    ? await readNewest(backend, kind, place, found, choice)
    : await readAll(backend, kind, place, found);
}

/**
 * Reads the newest entities that are wanted. What the store has from before the oldest of them was created cannot
 * be newer, and is not read.
 */
export async function readNewest<K extends Kind>(
  backend: Backend,
  kind: K,
  place: Place,
  found: ReadonlyMap<string, Partial<Files>>,
  choice: Choice,
): Promise<Answer<EntityOf<K>[]>> {
  const latest = [...found].map((one) => ({ one, time: latestTime(one[1]) }))
    .sort((a, b) => b.time - a.time);
  const answer: Answer<EntityOf<K>[]> = { value: [] };
  for (let at = 0; at < latest.length;) {
    const oldest = answer.value[choice.limit - 1];
    if (choice.limit === 0 || oldest && latest[at]!.time < Date.parse(oldest.createdAt)) break;
    const some = latest.slice(at, at += Math.max(choice.limit, at));
    const { value, weak, damage = [] } = await readAll(
      backend,
      kind,
      place,
      new Map(some.map(({ one }) => one)),
    );
    if (weak) answer.weak = weak;
    answer.damage = [...answer.damage ?? [], ...damage];
    answer.value = choose([...answer.value, ...value], { ...choice, newest: true });
  }
  return answer;
}

/**
 * When an entity was stored, at the latest: some stores tell whole seconds, cut, and file systems go by a clock that
 * is some milliseconds late.
 */
function latestTime({ metadata }: Partial<Files>): number {
  if (!metadata) return Infinity;
  const time = metadata.lastModified.getTime();
  return time + (time % 1000 === 0 ? 999 : 20);
}

/** Throws where a backend does not have what the entities of a place belong to, whole. */
export async function readParent(
  backend: Backend,
  place: Place,
): Promise<void> {
  const kind = place.experimentId == null ? "project" : "experiment";
  const key = parentKeys(place).at(-1)!;
  const { bytes } = await backend.driver.get(key);
  decodeEntity(kind, bytes, place, `${backend.label}: ${key}`);
}

/** Projects are found by their folders: a listing of all that is below would be the whole store. */
async function projectFiles(
  backend: Backend,
): Promise<Map<string, Partial<Files>>> {
  const names = await backend.driver.folders("");
  return new Map(names.map((name) => [name, {}]));
}

/** Every entity once, by id; earlier lists win. */
function union<E extends { id: string }>(lists: readonly E[][]): E[] {
  const all = new Map<string, E>();
  for (const entity of lists.flat()) if (!all.has(entity.id)) all.set(entity.id, entity);
  return [...all.values()];
}

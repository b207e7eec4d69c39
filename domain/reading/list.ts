/**
 * Lists of entities: what there is of one kind at one place, and what of it is wanted.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import { ALL, type Choice } from "./filter.ts";
import { entityFolder, kindFolder, type Place, placeFolder } from "../format/layout.ts";
import {
  Deletions,
  hasNotedDeletions,
  isNotedDeletion,
  noteLiving,
  readAttached,
} from "./deleted.ts";
import {
  byAge,
  checkRead,
  type Files,
  filesByFolder,
  type ListAnswer,
  readAll,
} from "./entity_files.ts";
import { newestOf } from "./newest.ts";
import { readParent } from "./parent.ts";
import type { Entity, EntityOf, Experiment, Kind } from "../format/entities.ts";

/** The entities of one kind at one place that are wanted. Others may have the same experiments: hand out copies. */
export async function readEntities<K extends Kind>(
  rubicon: Core,
  kind: K,
  place: Place,
  what: string,
  call: CallOptions,
  choice: Choice = ALL,
): Promise<EntityOf<K>[]> {
  // What any backend that is asked knows to be deleted: another one may have missed that.
  const deleted = new Deletions();
  const run = async (backend: Backend) => {
    const answer = await entitiesIn(backend, kind, place, choice, deleted);
    // The listing had their marks, if they had any.
    if (kind === "experiment") noteLiving([backend], answer.value.map(entityFolder));
    return answer;
  };
  const list = kind === "project"
    ? await rubicon.read<EntityOf<K>[]>({ what, run, merge: union }, call)
    : await readAttached(rubicon, placeFolder(place), what, run, call, union);
  const isGone = (entity: Entity) => {
    const folder = entityFolder(entity);
    return deleted.has(folder) || isNotedDeletion(rubicon, folder);
  };
  const isNothingGone = deleted.isEmpty && !hasNotedDeletions(rubicon);
  return choose(isNothingGone ? list : list.filter((entity) => !isGone(entity)), choice);
}

/** What is wanted of a list, in the order that is wanted. */
function choose<E extends Entity>(list: readonly E[], { passes, newest, limit }: Choice): E[] {
  const chosen = byAge(list.filter((entity) => passes(entity)));
  return (newest ? chosen.reverse() : chosen).slice(0, limit);
}

async function entitiesIn<K extends Kind>(
  backend: Backend,
  kind: K,
  place: Place,
  choice: Choice,
  deleted: Deletions,
): Promise<Answer<EntityOf<K>[]>> {
  if (kind === "experiment") {
    const found = await experimentsFrom(backend, place, choice, deleted);
    if (found) return found as Answer<EntityOf<K>[]>;
  }
  const folder = kindFolder(kind, place);
  const found = kind === "project"
    ? await projectFiles(backend, deleted)
    : await filesByFolder(backend, folder, { depth: 2, deleted });
  for (const name of [...found.keys()]) {
    if (deleted.has(folder === "" ? name : `${folder}/${name}`)) found.delete(name);
  }
  if (found.size === 0) {
    if (kind === "project") return { value: [], weak: "empty" };
    // Nothing is an answer only where the parent is, and another one may still have more: this backend may have
    // lost it all, and have got the parent again since.
    await readParent(backend, place);
    return { value: [], weak: "bare" };
  }
  const answer = choice.newest
    ? await readNewest(backend, kind, place, found, choice)
    : await readAll(backend, kind, place, found);
  checkRead(answer);
  return answer;
}

/** Experiments from a backend that reads many things at once; nothing if it does not. */
async function experimentsFrom(
  backend: Backend,
  place: Place,
  choice: Choice,
  deleted: Deletions,
): Promise<Answer<Experiment[]> | undefined> {
  const wanted = { children: false, status: "none" } as const;
  if (!backend.driver.bulk) return undefined;
  const { folderRuns } = await import("./folder_list.ts");
  const answer = await folderRuns(backend, place, wanted, choice, deleted);
  return answer && { ...answer, value: answer.value.map(({ experiment }) => experiment) };
}

/** Reads the newest entities that are wanted, from their files. */
export async function readNewest<K extends Kind>(
  backend: Backend,
  kind: K,
  place: Place,
  found: ReadonlyMap<string, Partial<Files>>,
  choice: Choice,
): Promise<ListAnswer<EntityOf<K>>> {
  const stored = Array.from(found, ([name, { metadata }]) => ({
    name,
    time: metadata?.lastModified.getTime(),
  }));
  const times = await backend.driver.times?.();
  return await newestOf(stored, times, choice, (entity) => entity, (names) => {
    const some = new Map(names.map((name) => [name, found.get(name)!]));
    return readAll(backend, kind, place, some);
  });
}

/** Projects are found by their folders: a listing of all that is below would be the whole store. */
async function projectFiles(
  { driver }: Backend,
  deleted: Deletions,
): Promise<Map<string, Partial<Files>>> {
  const [names, keys] = await Promise.all([
    driver.folders(""),
    Array.fromAsync(driver.list("", { depth: 1 }), ({ key }) => key),
  ]);
  for (const key of keys) deleted.add(key);
  return new Map(names.map((name) => [name, {}]));
}

/** Every entity once, by id; earlier lists win. */
function union<E extends { id: string }>(lists: readonly E[][]): E[] {
  const all = new Map<string, E>();
  for (const entity of lists.flat()) if (!all.has(entity.id)) all.set(entity.id, entity);
  return [...all.values()];
}

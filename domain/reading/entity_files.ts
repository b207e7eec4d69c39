/**
 * Reading entities back, from the files that are known of them.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import type { ListEntry } from "../../drivers/driver.ts";
import { type ChangeFile, fold, type What } from "../format/annotations.ts";
import { decodeChange, decodeEntity } from "../format/codec.ts";
import { isStatusName, kindFolder, metadataKey, partOf, type Place } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import type { EntityOf, Kind, Taggable } from "../format/entities.ts";
import { type Deletions, gone, isTrashedIn, noteLiving, readAttached } from "./deleted.ts";

/** The files of one entity, as a listing gives them. */
export interface Files {
  /** Its metadata.json. */
  metadata?: ListEntry;
  /** Its tags files. */
  tags: ListEntry[];
  /** Its comments files. */
  comments: ListEntry[];
  /** Its latest status file, if it is an experiment. */
  status?: ListEntry;
  /** When the store got the latest of the files in this folder that are no entity's. */
  heard?: number;
}

/** Reads one entity from its folder, from the first backend that is able. */
export function readEntity<K extends Kind>(
  rubicon: Core,
  kind: K,
  folder: string,
  place: Place,
  what: string,
  call: CallOptions,
): Promise<EntityOf<K>> {
  return readAttached(
    rubicon,
    folder,
    what,
    kind === "experiment" || kind === "project"
      ? (backend) => livingIn(backend, kind, folder, place, what)
      : (backend) => entityIn(backend, kind, folder, place),
    call,
  );
}

/** Reads an experiment or a project, unless it is in the trash: a deletion that stopped half-way leaves both. */
async function livingIn<K extends Kind>(
  backend: Backend,
  kind: K,
  folder: string,
  place: Place,
  what: string,
): Promise<Answer<EntityOf<K>>> {
  const [answer, isTrashed] = await Promise.all([
    entityIn(backend, kind, folder, place),
    isTrashedIn(backend, folder),
  ]);
  if (isTrashed) throw gone(what, folder);
  noteLiving([backend], [folder]);
  return answer;
}

/** Reads one entity from its folder in one backend. */
export async function entityIn<K extends Kind>(
  backend: Backend,
  kind: K,
  folder: string,
  place: Place,
): Promise<Answer<EntityOf<K>>> {
  const key = metadataKey(folder);
  const [{ bytes }, files] = await Promise.all([
    backend.driver.get(key),
    kind === "project" ? undefined : filesIn(backend, folder),
  ]);
  const entity = decodeEntity(kind, bytes, place, `${backend.label}: ${key}`);
  if (files) await annotate(backend, entity as Taggable, files);
  return { value: entity };
}

/** The files directly in one entity's folder. */
async function filesIn(backend: Backend, folder: string): Promise<Files> {
  const files: Files = { tags: [], comments: [] };
  for await (const entry of backend.driver.list(folder, { depth: 1 })) {
    sortIn(files, entry, entry.key.slice(folder.length + 1));
  }
  return files;
}

function sortIn(files: Files, entry: ListEntry, name: string): void {
  const part = partOf(name);
  if (part === "metadata") files.metadata = entry;
  else if (part) files[part].push(entry);
  else {
    files.heard = Math.max(files.heard ?? 0, entry.lastModified.getTime());
    if (isStatusName(name) && !(files.status && files.status.key > entry.key)) files.status = entry;
  }
}

/** Brings an entity's tags and comments up to date with the files beside it. */
async function annotate(
  backend: Backend,
  entity: Taggable,
  files: Pick<Files, What>,
): Promise<void> {
  for (const what of ["tags", "comments"] as const) {
    if (files[what].length === 0) continue;
    const changes = await readChanges(backend, what, files[what]);
    entity[what] = fold(what, entity[what], changes);
  }
}

/** Tags or comments files. */
async function readChanges(
  backend: Backend,
  what: What,
  entries: readonly ListEntry[],
): Promise<ChangeFile[]> {
  return await pooled(entries, async (entry): Promise<ChangeFile> => {
    const { key, lastModified } = entry;
    const bytes = await backend.driver.read(key, entry.checksum);
    const change = decodeChange(what, bytes, `${backend.label}: ${key}`);
    return { key, lastModified, change };
  });
}

/** Reads the tags or comments files of one entity. */
export async function changesOf(
  backend: Backend,
  what: What,
  folder: string,
): Promise<ChangeFile[]> {
  return await readChanges(backend, what, (await filesIn(backend, folder))[what]);
}

/**
 * The entities' files below a folder, by the path of the entity's own folder.
 *
 * @param more How many segments to go below the folder (2 for the entities directly in it), what gets to know what was
 * deleted, and the one entity that is looked for, if it is not all of them.
 */
export async function filesByFolder(
  backend: Backend,
  folder: string,
  { depth, deleted, of }: { depth?: number; deleted?: Deletions; of?: string } = {},
): Promise<Map<string, Files>> {
  const found = new Map<string, Files>();
  const prefix = of === undefined ? folder : `${folder}/${of}`;
  const walk = backend.driver.list(prefix, depth === undefined ? {} : { depth });
  for await (const entry of walk) {
    const end = entry.key.lastIndexOf("/");
    if (end <= folder.length) {
      deleted?.add(entry.key);
      continue;
    }
    const name = entry.key.slice(folder.length + 1, end);
    let files = found.get(name);
    if (!files) found.set(name, files = { tags: [], comments: [] });
    sortIn(files, entry, entry.key.slice(end + 1));
  }
  return found;
}

/**
 * Whether an error is about one object alone, so that the backend can still answer for the others: what is there is not
 * whole, the disk cannot read it (`EIO`), or it is somebody else's (`EACCES`).
 */
export function isOfOneObject(error: unknown): error is RubiconException {
  if (hasCode(error, "corrupt", "permission-denied")) return true;
  if (!hasCode(error, "unavailable")) return false;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as { code?: unknown }).code === "EIO") return true;
  }
  return false;
}

/** What one backend has of a list, and how the reading of its objects went. */
export interface ListAnswer<E> extends Answer<E[]> {
  /** How many objects were read. */
  read: number;
  /** Why objects could not be read that may be whole: the first reason. */
  denied?: RubiconException;
}

/** Throws if a backend could not read one object of a list: then it is not able, rather than damaged. */
export function checkRead({ read, denied }: ListAnswer<unknown>): void {
  if (read === 0 && denied) throw denied;
}

/**
 * Reads the entities whose files were found. One that cannot be read is left out, and makes the
 * answer a damaged one, so that other backends are asked for it.
 */
export async function readAll<K extends Kind>(
  backend: Backend,
  kind: K,
  place: Place,
  found: ReadonlyMap<string, Partial<Files>>,
): Promise<ListAnswer<EntityOf<K>>> {
  const folder = kindFolder(kind, place);
  let damaged = false;
  const damage: RubiconException[] = [];
  const entities = await pooled([...found], async ([name, files]) => {
    const key = metadataKey(folder === "" ? name : `${folder}/${name}`);
    try {
      const bytes = await backend.driver.read(key, files.metadata?.checksum);
      const entity = decodeEntity(kind, bytes, place, `${backend.label}: ${key}`);
      if (kind !== "project" && files.tags && files.comments) {
        await annotate(backend, entity as Taggable, files as Files);
      }
      return entity;
    } catch (error) {
      // A folder at the root without metadata.json need not be a project at all.
      if (hasCode(error, "not-found")) damaged ||= kind !== "project";
      else if (isOfOneObject(error)) damage.push(error);
      else throw error;
      return undefined;
    }
  });
  const list = byAge(entities.filter((entity) => entity !== undefined));
  const answer: ListAnswer<EntityOf<K>> = { value: list, read: list.length };
  const denied = damage.find((error) => !hasCode(error, "corrupt"));
  if (denied) answer.denied = denied;
  if (damaged || damage.length > 0) {
    answer.weak = "damaged";
    answer.damage = damage.map(({ message }) => message);
  } else if (kind === "project" && list.length === 0) answer.weak = "empty";
  return answer;
}

/** Oldest first; what was created in the same microsecond goes by id, so that the order is stable. */
export function byAge<E extends Aged>(entities: E[]): E[] {
  return entities.sort(olderFirst);
}

interface Aged {
  createdAt: string;
  id: string;
}

/** The order of {@linkcode byAge}. */
export const olderFirst = (a: Aged, b: Aged): number =>
  a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1;

/** The last of the entities that have a name; there must be one. */
export function lastNamed<E extends { name: string | null }>(
  entities: readonly E[],
  what: string,
): E {
  const found = entities.at(-1);
  if (found) return found;
  throw new RubiconException(
    "not-found",
    `There is no ${what}. Look at what the list function gives.`,
  );
}

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
import { deletedBy, kindFolder, metadataKey, partOf, type Place } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import type { EntityOf, Kind, Taggable } from "../format/entities.ts";

/** The files of one entity, as a listing gives them. */
export interface Files {
  /** Its metadata.json. */
  metadata?: ListEntry;
  /** Its tags files. */
  tags: ListEntry[];
  /** Its comments files. */
  comments: ListEntry[];
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
  const key = metadataKey(folder);
  return rubicon.read({
    what,
    async run(backend) {
      const [{ bytes }, files] = await Promise.all([
        backend.driver.get(key),
        kind === "project" ? undefined : filesIn(backend, folder),
      ]);
      const entity = decodeEntity(kind, bytes, place, `${backend.label}: ${key}`);
      if (files) await annotate(backend, entity as Taggable, files);
      return { value: entity };
    },
  }, call);
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
 * @param more How many segments to go below the folder (2 for the entities directly in it), and what gets the ids of
 * those that left a trace of their deletion.
 */
export async function filesByFolder(
  backend: Backend,
  folder: string,
  { depth, deleted }: { depth?: number; deleted?: Set<string> } = {},
): Promise<Map<string, Files>> {
  const found = new Map<string, Files>();
  const walk = backend.driver.list(folder, depth === undefined ? {} : { depth });
  for await (const entry of walk) {
    const end = entry.key.lastIndexOf("/");
    if (end <= folder.length) {
      const gone = deleted && deletedBy(entry.key);
      if (gone !== undefined) deleted?.add(gone.slice(folder.length + 1));
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
 * Reads the entities whose files were found. One that cannot be read is left out, and makes the
 * answer a damaged one, so that other backends are asked for it.
 */
export async function readAll<K extends Kind>(
  backend: Backend,
  kind: K,
  place: Place,
  found: ReadonlyMap<string, Partial<Files>>,
): Promise<Answer<EntityOf<K>[]>> {
  const folder = kindFolder(kind, place);
  let damaged = false;
  const damage: string[] = [];
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
      else if (hasCode(error, "corrupt")) damage.push(error.message);
      else throw error;
      return undefined;
    }
  });
  const list = byAge(entities.filter((entity) => entity !== undefined));
  if (damaged || damage.length > 0) return { value: list, weak: "damaged", damage };
  return kind === "project" && list.length === 0 ? { value: list, weak: "empty" } : { value: list };
}

/** Oldest first; what was created in the same microsecond goes by id, so that the order is stable. */
export function byAge<E extends { createdAt: string; id: string }>(entities: E[]): E[] {
  return entities.sort((a, b) =>
    a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1
  );
}

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

/**
 * The trash: keys of what says that experiments and projects were deleted, and of the zips that hold them since. What is
 * in force follows from which keys there are, so that the marks of several backends are joined by having all of them.
 *
 * @module
 */
import { extractTimestamp, generate as uuidV7, validate } from "jsr:@std/uuid@^1.1.1/v7";
import { growing } from "./clock.ts";
import { deletedBy } from "./layout.ts";

/** What a mark says of the n-th time that something was deleted. */
export type Mark = "deleted" | "restored" | "emptied";

const MARK = /^([^/]+\/experiments\/)?(deleted|restored|emptied)_([^/_]+)_([1-9]\d{0,5})\.json$/;
const PACK = /^(?:([^/]+)\/trash\/|trash_)([^/_]+)_([1-9]\d{0,5})_([0-9a-f-]{36})\.zip$/;

/** The folder that marks are in, with a slash, and the name that they are about. */
function split(folder: string): { above: string; name: string } {
  const end = folder.lastIndexOf("/") + 1;
  return { above: folder.slice(0, end), name: folder.slice(end) };
}

/** The key of a mark: beside the folder of the experiment or the project that it is about. */
export function markKey(mark: Mark, folder: string, time: number): string {
  const { above, name } = split(folder);
  return `${above}${mark}_${name}_${time}.json`;
}

/** What a key marks; nothing if it is no mark. */
export function markOf(key: string): { mark: Mark; folder: string; time: number } | undefined {
  const [, above = "", mark, name, time] = MARK.exec(key) ?? [];
  if (mark === undefined) return undefined;
  return { mark: mark as Mark, folder: `${above}${name}`, time: Number(time) };
}

/**
 * A new key for a zip of what was deleted. Those of a project are at the root, since rubicon-ml warns of a folder there.
 */
export function packKey(folder: string, time: number): string {
  const { above, name } = split(folder);
  const file = `${name}_${time}_${uuidV7(growing())}.zip`;
  return above === "" ? `trash_${file}` : `${above.slice(0, above.indexOf("/"))}/trash/${file}`;
}

/** What a zip holds; nothing if a key is of no such zip. */
export function packOf(key: string): { folder: string; time: number; id: string } | undefined {
  const [, slug, name, time, id] = PACK.exec(key) ?? [];
  if (id === undefined || !validate(id)) return undefined;
  const folder = slug === undefined ? name! : `${slug}/experiments/${name}`;
  return { folder, time: Number(time), id };
}

/** The folder that the zips of deleted experiments are in; the root for those of projects. */
export const packsFolder = (folder: string): string => {
  const { above } = split(folder);
  return above === "" ? "" : `${above.slice(0, above.indexOf("/"))}/trash`;
};

/** When a zip was begun, in milliseconds since 1970, by its key. */
export const packTime = (key: string): number => extractTimestamp(packOf(key)!.id);

/** The longest name that marks and zips have room for, in bytes. */
const MOST_NAME = 200;

/** Whether marks can say anything of a folder: each has a name of 255 bytes at most. */
export const hasMarks = (folder: string): boolean =>
  new TextEncoder().encode(split(folder).name).length <= MOST_NAME;

/** Whether a key at the root is of the trash. */
export const isRootTrash = (key: string): boolean =>
  !key.includes("/") && (markOf(key) ?? packOf(key)) !== undefined;

/** The keys of marks that were seen, and what they say. */
export class Marks {
  /** By folder: how often it was deleted, how often that was taken back, and which times were emptied. */
  readonly #lives = new Map<string, { deleted: number; restored: number; emptied: Set<number> }>();

  /** Marks from keys, of which others are passed over. */
  static from(keys: Iterable<string>): Marks {
    const marks = new Marks();
    for (const key of keys) marks.add(key);
    return marks;
  }

  /** Takes a key. Says whether it is a mark. */
  add(key: string): boolean {
    const found = markOf(key);
    if (!found) return false;
    const { mark, folder, time } = found;
    let life = this.#lives.get(folder);
    if (!life) {
      this.#lives.set(folder, life = { deleted: 0, restored: 0, emptied: new Set() });
    }
    if (mark === "emptied") life.emptied.add(time);
    else life[mark] = Math.max(life[mark], time);
    return true;
  }

  /** The folders that marks were seen of. */
  get folders(): string[] {
    return [...this.#lives.keys()];
  }

  /** How often a folder was deleted. */
  times(folder: string): number {
    return this.#lives.get(folder)?.deleted ?? 0;
  }

  /** Whether a folder is in the trash, or was when that was emptied. */
  isTrashed(folder: string): boolean {
    const life = this.#lives.get(folder);
    return life !== undefined && life.deleted > life.restored;
  }

  /** Whether what was deleted that time is gone for good. */
  isEmptied(folder: string, time: number): boolean {
    return this.#lives.get(folder)?.emptied.has(time) ?? false;
  }
}

/** What marks of the first so many times have to be there, so that the marks of a folder can be looked up one by one. */
export function marksBefore(folder: string, time: number): string[] {
  return Array.from({ length: time - 1 }, (_, at) => at + 1)
    .flatMap((at) => [markKey("deleted", folder, at), markKey("restored", folder, at)]);
}

/** The folders of entities that were deleted, by the keys of their traces and marks. */
export function deletedBelow(keys: Iterable<string>): Set<string> {
  const deleted = new Set<string>();
  const marks = new Marks();
  for (const key of keys) {
    const folder = deletedBy(key);
    if (folder !== undefined) deleted.add(folder);
    else marks.add(key);
  }
  return deleted.union(new Set(marks.folders.filter((folder) => marks.isTrashed(folder))));
}

/**
 * A store's folder, and from keys to paths. All paths are the root's own with the key behind it, never resolved ones:
 * Deno's permissions go by how a path is written, and a root may itself be a symbolic link.
 *
 * @module
 */
import type { StoreTimes } from "../driver.ts";
import { exception } from "./errors.ts";

/** A store's folder. */
export interface Root {
  /** `filesystem:` and the folder as it was given. */
  readonly label: string;
  /** The folder as it was given. */
  readonly given: string;
  /** The absolute path. */
  readonly path: string;
  /** Whether writes are on the disk itself before they count. */
  readonly durable: boolean;
  /** Where `path` leads, once that is known. */
  real?: string;
  /** Folders that were looked at, and until when they need no other look. */
  seen: Map<string, number>;
  /** The same, by the thousand: the last few lots, the newest first. */
  lots: Lot[];
  /** What the folder is, and when it needs another look. See `identity.ts`. */
  health: Health;
}

/** What is known of a root's folder. */
export interface Health {
  /** The folder as it was when the store was first used; nothing while there is none. */
  identity?: Identity | undefined;
  /** Until when no other look is needed, by `performance.now()`. */
  freshUntil: number;
  /** A look that is under way: all wait for the same one, so that a root that hangs holds one thread alone. */
  look?: Promise<Trouble> | undefined;
  /** Whether the folders above the root are on the disk itself, where that is asked for. */
  isFlushed?: boolean;
  /** What its times are worth, and until when that counts, by `performance.now()`. See `times.ts`. */
  times?: { measured: StoreTimes & { folders: boolean }; until: number };
}

/** What tells one folder from another. */
export interface Identity {
  readonly dev: number;
  readonly ino: number | null;
  readonly born: number | undefined;
}

/** What is wrong with a root. Each verb that waited makes an error of its own, with its caller's line. */
export type Trouble = (() => unknown) | undefined;

/** A staged file, or a staged folder with one: not an object yet. No other name looks like this. */
const STAGED = /^\.staged-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A name that no other staged file has. */
export const stagedName = (): string => `.staged-${crypto.randomUUID()}`;

/** Whether a file or folder is staged. */
export const isStaged = (name: string): boolean => name.startsWith(".staged-") && STAGED.test(name);

/** Whether a key has a name that belongs to staged files. Nothing is ever stored there. */
export const isReserved = (key: string): boolean =>
  key.includes(".staged-") && key.split("/").some(isStaged);

/** The path of a key; of the root for the empty key. */
export const pathOf = (root: Root, key: string): string =>
  key === "" ? root.path : `${root.path}/${key}`;

/** The key of the folder that a key is in. */
export const folderOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf("/")));

/** Whether Deno may look at a path, without asking a person for it. */
export const mayRead = (path: string): boolean =>
  Deno.permissions.querySync({ name: "read", path }).state === "granted";

/** Refuses a key that could never be stored. */
export function checkStorable(root: Root, key: string): void {
  if (isReserved(key)) {
    throw exception("invalid-key", root, `${key}: names like this are kept for staged files`);
  }
}

/**
 * For so long, in milliseconds, a folder that was looked at is taken to be what it was. Resolving a path takes
 * longer than writing a small file, and a folder has many of them.
 */
export const FRESH = 100;
const MOST_SEEN = 4_096;

/** Folders that were looked at together. Most of them are never asked for again, so they are put in order if one is. */
interface Lot {
  readonly folders: readonly string[];
  readonly until: number;
  sorted?: Set<string>;
}
const MOST_LOTS = 4;

/** Forgets what folders were: one of them is not there any more. */
export function forgetFolders(root: Root): void {
  root.seen.clear();
  root.lots = [];
}

/** Forgets what one folder was, which is not there any more: what is made in its place is new. */
export function forgetFolder(root: Root, folder: string): void {
  root.seen.delete(folder);
  for (const lot of root.lots) (lot.sorted ??= new Set(lot.folders)).delete(folder);
}

/** Whether a folder was looked at a moment ago. */
export function wasSeen(root: Root, folder: string): boolean {
  const now = performance.now();
  if ((root.seen.get(folder) ?? 0) > now) return true;
  if (root.lots.length > 0) root.lots = root.lots.filter(({ until }) => until > now);
  return root.lots.some((lot) => (lot.sorted ??= new Set(lot.folders)).has(folder));
}

/** Notes that a folder is there, and that no link leads out of the root by it. */
export function folderSeen(root: Root, folder: string): void {
  if (root.seen.size >= MOST_SEEN) root.seen.clear();
  // A whole number takes no object of its own.
  root.seen.set(folder, Math.floor(performance.now()) + FRESH);
}

/** Notes the same of many folders. Of too many the last look is long ago once most of them are asked for. */
export function foldersSeen(root: Root, folders: readonly string[], since: number): void {
  if (folders.length === 0 || folders.length > MOST_SEEN) return;
  root.lots = [{ folders, until: since + FRESH }, ...root.lots.slice(0, MOST_LOTS - 1)];
}

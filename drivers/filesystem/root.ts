/**
 * From keys to paths. All paths are the root's own with the key behind it, never resolved ones:
 * Deno's permissions go by how a path is written, and a root may itself be a symbolic link.
 *
 * @module
 */
import { SEPARATOR } from "jsr:@std/path@^1.1.6/constants";
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
}

/** A staged file, or a staged folder with one: not an object yet. No other name looks like this. */
const STAGED = /^\.staged-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A name that no other staged file has. */
export const stagedName = (): string => `.staged-${crypto.randomUUID()}`;

/** Whether a file or folder is staged. */
export const isStaged = (name: string): boolean => STAGED.test(name);

/** Whether a key has a name that belongs to staged files. Nothing is ever stored there. */
export const isReserved = (key: string): boolean =>
  key.includes(".staged-") && key.split("/").some(isStaged);

/** The path of a key; of the root for the empty key. */
export const pathOf = (root: Root, key: string): string =>
  key === "" ? root.path : `${root.path}/${key}`;

/** The key of the folder that a key is in. */
export const folderOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf("/")));

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
const FRESH = 100;
const MOST_SEEN = 1000;

/**
 * The path of a key that is there, after a look at where it leads: no symbolic link takes a key out
 * of the root. (Links that somebody changes between this look and the use are not defended against.)
 *
 * @throws {RubiconException} `permission-denied` where it leads out.
 * @throws {Deno.errors.NotFound} where there is nothing.
 */
export function locate(root: Root, key: string): string {
  const path = pathOf(root, key);
  if (key === "") resolve(root, key, path);
  else {
    locateFolder(root, folderOf(key));
    if (Deno.lstatSync(path).isSymlink) resolve(root, key, path);
  }
  return path;
}

/** Forgets what folders were: one of them is not there any more. */
export const forgetFolders = (root: Root): void => root.seen.clear();

/** Whether a folder was looked at a moment ago. */
export const wasSeen = (root: Root, folder: string): boolean =>
  (root.seen.get(folder) ?? 0) > performance.now();

/** Notes that a folder is there, and that no link leads out of the root by it. */
export function folderSeen(root: Root, folder: string): void {
  if (root.seen.size >= MOST_SEEN) root.seen.clear();
  root.seen.set(folder, performance.now() + FRESH);
}

/** Looks where a folder leads, as `locate` does, unless that was done a moment ago. */
export function locateFolder(root: Root, folder: string): void {
  if (wasSeen(root, folder)) return;
  locate(root, folder);
  folderSeen(root, folder);
}

/** Makes a folder, or looks where the one that is there leads. */
export function makeFolder(root: Root, folder: string): void {
  try {
    Deno.mkdirSync(pathOf(root, folder));
    folderSeen(root, folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      Deno.mkdirSync(pathOf(root, folder), { recursive: true });
    } else if (error instanceof Deno.errors.AlreadyExists) locateFolder(root, folder);
    else throw error;
  }
}

/** Looks where a path leads in the end. */
function resolve(root: Root, key: string, path: string): void {
  const real = Deno.realPathSync(path);
  if (root.real !== undefined && isInside(real, root.real)) return;
  // Asked again, since the root may be a link that leads elsewhere by now.
  root.real = Deno.realPathSync(root.path);
  if (isInside(real, root.real)) return;
  throw exception(
    "permission-denied",
    root,
    `${key}: a symbolic link leads out of the root. Replace it by what it leads to`,
  );
}

/** Whether a resolved path is a folder or something in it. */
export function isInside(real: string, folder: string): boolean {
  return real === folder ||
    real.startsWith(folder.endsWith(SEPARATOR) ? folder : folder + SEPARATOR);
}

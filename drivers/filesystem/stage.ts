/**
 * Staging what is to become an object: in the folder where it is to be, or in the closest one above that exists.
 *
 * @module
 */
import { makeRoot } from "./identity.ts";
import { locateFolder } from "./locate.ts";
import { discard } from "./remove.ts";
import { folderOf, forgetFolders, pathOf, type Root, stagedName, wasSeen } from "./root.ts";

/** How often a folder may be pruned by others in the middle of a put. */
const ATTEMPTS = 100;

/** Something that is staged: not an object yet. */
export interface Staged<T> {
  path: string;
  /** Whether the target's folder was there. */
  beside: boolean;
  /** What was made there. */
  made: T;
}

/** Makes something at a new staged path. Where that fails nothing is left there. */
export function stage<T>(root: Root, key: string, make: (path: string) => T): Staged<T> {
  const target = folderOf(key);
  for (let attempt = 1;; attempt++) {
    // Most objects are the first of a folder of their own: only one that was just seen is looked for.
    const folder = wasSeen(root, target) ? target : closestFolder(root, folderOf(target));
    const path = `${pathOf(root, folder)}/${stagedName()}`;
    try {
      return { path, beside: folder === target, made: make(path) };
    } catch (error) {
      if (!wasPruned(error, attempt)) {
        discard(path);
        throw error;
      }
      forgetFolders(root);
    }
  }
}

/** The key of a folder, or of the closest one above it that exists. The root is made. */
function closestFolder(root: Root, folder: string): string {
  while (true) {
    try {
      locateFolder(root, folder);
      return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      if (folder === "") makeRoot(root);
      folder = folderOf(folder);
    }
  }
}

/** Whether a step failed since others pruned a folder meanwhile, and is to be tried again. */
export function wasPruned(error: unknown, attempt: number): boolean {
  return error instanceof Deno.errors.NotFound && attempt < ATTEMPTS;
}

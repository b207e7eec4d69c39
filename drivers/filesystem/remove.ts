/**
 * Removing objects, folders that nothing is in any more, and staged files that were left behind.
 *
 * @module
 */
import { rmdirSync } from "node:fs";
import { codeOf, isMissing } from "./errors.ts";
import { folderOf, isReserved, locate, pathOf, type Root } from "./root.ts";

/** How long a staged file may be without a write before its process counts as dead. */
const STALE_MILLISECONDS = 3_600_000;

/** Removes an object, and the folders that are empty without it. */
export function remove(root: Root, key: string): void {
  if (isReserved(key)) return;
  try {
    locate(root, folderOf(key));
    Deno.removeSync(pathOf(root, key));
  } catch (error) {
    // A folder is no object: there is none by this name.
    if (!isMissing(error) && codeOf(error) !== "ENOTEMPTY") throw error;
  }
  prune(root, folderOf(key));
}

/**
 * Removes a folder and those above it as long as they are empty, never the root. What cannot be
 * removed stays: others may be writing there, and an empty folder is no error.
 */
export function prune(root: Root, folder: string): void {
  while (folder !== "") {
    try {
      // Not Deno.removeSync, which would remove an object that has taken the folder's place.
      rmdirSync(pathOf(root, folder));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") return;
    }
    folder = folderOf(folder);
  }
}

/** Removes a staged file. Where that fails, nothing is lost: `sweep` tries again later. */
export function discard(staged: string): void {
  try {
    Deno.removeSync(staged);
  } catch {
    // Whoever calls has something more important to report.
  }
}

/** Removes a staged folder with what is in it, by the rules of {@linkcode discard}. */
export function discardFolder(staged: string): void {
  try {
    Deno.removeSync(staged, { recursive: true });
  } catch {
    // As above.
  }
}

/**
 * Removes a staged file or folder that a killed process left behind: one that nobody has written to for an
 * hour. Listings call it for those that they walk past; where they may not remove it, it stays.
 */
export function sweep(root: Root, folder: string, name: string): void {
  const path = `${pathOf(root, folder)}/${name}`;
  try {
    const { mtime } = Deno.lstatSync(path);
    if (!mtime || Date.now() - mtime.getTime() < STALE_MILLISECONDS) return;
    Deno.removeSync(path, { recursive: true });
  } catch {
    return; // Gone already, or this process may only read.
  }
  prune(root, folder);
}

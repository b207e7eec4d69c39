/**
 * Removing objects, folders that nothing is in any more, and staged files that were left behind.
 *
 * @module
 */
import fs from "node:fs";
import { codeOf, isMissing } from "./errors.ts";
import { locate } from "./locate.ts";
import { folderOf, forgetFolder, isReserved, pathOf, type Root, stagedName } from "./root.ts";

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
      fs.rmdirSync(pathOf(root, folder));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") return;
    }
    forgetFolder(root, folder);
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
 * hour, by the clock of the store. Listings call it for those that they walk past; where they may not remove it, it
 * stays.
 */
export function sweep(root: Root, folder: string, name: string): void {
  const within = pathOf(root, folder);
  const path = `${within}/${name}`;
  try {
    const written = Deno.lstatSync(path).mtime?.getTime() ?? Infinity;
    // This machine's clock is the cheap look. It may be hours ahead of the store's.
    if (Date.now() - written < STALE_MILLISECONDS) return;
    if (timeIn(within) - written < STALE_MILLISECONDS) return;
    // Out of the way first: who may be at it after all must not make an object of what is half removed.
    const away = `${within}/${stagedName()}`;
    Deno.renameSync(path, away);
    Deno.removeSync(away, { recursive: true });
  } catch {
    return; // Gone already, or this process may only read.
  }
  prune(root, folder);
}

/** The time in a folder, by the clock of the store: that of a file that is made for it. */
function timeIn(folder: string): number {
  const path = `${folder}/${stagedName()}`;
  Deno.writeFileSync(path, new Uint8Array(), { createNew: true });
  try {
    return Deno.lstatSync(path).mtime?.getTime() ?? -Infinity;
  } finally {
    discard(path);
  }
}

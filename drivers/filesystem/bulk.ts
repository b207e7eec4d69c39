/**
 * Many small reads in one call. Each system call of a folder takes a few microseconds, and a promise for each of
 * them would take longer than that.
 *
 * @module
 */
import type { BulkObject, BulkReader, FolderEntries } from "../driver.ts";
import { isMissing } from "./errors.ts";
import { folderOf, isReserved, locate, locateFolder, pathOf, type Root } from "./root.ts";
import { timesOf } from "./times.ts";
import { entriesIn } from "./walk.ts";

/** The bulk reads of a root. The caller names the errors. */
export function bulkOf(root: Root): BulkReader {
  return {
    // deno-lint-ignore require-await -- what it throws becomes a rejection.
    times: async (keys) => timesOf(root, keys),
    // deno-lint-ignore require-await -- as above.
    list: async (folders) => folders.map((folder) => entriesIn(root, folder)),
    // deno-lint-ignore require-await -- as above.
    get: async (keys) => keys.map((key) => read(root, key)),
  };
}

/** An object, if it is there and a regular file: a pipe of that name would never end. */
function read(root: Root, key: string): BulkObject | undefined {
  if (isReserved(key)) return undefined;
  try {
    locateFolder(root, folderOf(key));
    const path = pathOf(root, key);
    const info = Deno.lstatSync(path);
    const { isFile, mtime, ctime } = info.isSymlink ? Deno.statSync(locate(root, key)) : info;
    if (!isFile) return undefined;
    const bytes = Deno.readFileSync(path);
    return { bytes, modified: mtime!.getTime(), changed: ctime!.getTime() };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

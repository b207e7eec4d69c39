/**
 * What the times of folders are worth. A folder's time changes when something directly in it comes or goes, which
 * tells in one system call that nothing did. Only file systems of this machine say so at once: over a network a time
 * may be some seconds old.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import type { Times } from "../driver.ts";
import { isMissing } from "./errors.ts";
import { folderOf, folderSeen, isReserved, locateFolder, pathOf, type Root } from "./root.ts";

/** ext2 to ext4, XFS, Btrfs, tmpfs, overlayfs, ZFS and F2FS, as `statfs` of Linux calls them. */
const LOCAL = new Set([
  0xef53,
  0x58465342,
  0x9123683e,
  0x01021994,
  0x794c7630,
  0x2fc12fc1,
  0xf2f52010,
]);

/** Whether a root's folders tell at once that something in them has changed. */
function isTrusted(root: Root): boolean {
  if (Deno.build.os === "windows") return false;
  const { dev } = Deno.lstatSync(root.path);
  if (root.trusted?.dev === dev) return root.trusted.times;
  // A block device of its own is a disk of this machine. What has none may be one, and Linux tells which.
  const times = dev >> 8 !== 0 || LOCAL.has(typeOf(root.path));
  root.trusted = { dev, times };
  return times;
}

function typeOf(path: string): number {
  try {
    return statfsSync(path).type;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || Deno.build.os !== "linux") return 0;
    throw error;
  }
}

/** The times of objects and folders, as {@linkcode BulkReader.times} says. */
export function timesOf(root: Root, keys: readonly string[]): (Times | undefined)[] {
  let trusted: boolean | undefined;
  return keys.map((key) => {
    if (isReserved(key)) return undefined;
    try {
      locateFolder(root, folderOf(key));
      const info = Deno.lstatSync(pathOf(root, key));
      trusted ??= isTrusted(root);
      // A link has no time to go by: what it leads to has.
      if (info.isSymlink || info.isDirectory && !trusted) return UNKNOWN;
      if (info.isDirectory) folderSeen(root, key);
      return { modified: info.mtime!.getTime(), changed: info.ctime!.getTime() };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

const UNKNOWN: Times = { modified: NaN, changed: NaN };

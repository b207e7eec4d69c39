/**
 * What `durable` adds: bytes, names and folders are on the disk itself before a put counts.
 *
 * @module
 */
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { codeOf } from "./errors.ts";
import { find } from "./locate.ts";
import { folderOf, mayRead, pathOf, type Root } from "./root.ts";

/** Flushes an object that is there, and its name. */
export async function flushObject(root: Root, key: string): Promise<void> {
  const { path, info } = find(root, key);
  if (info.isFile) await flush(path);
  await flushFolders(root, folderOf(key));
}

/** Flushes a folder and each one on the way to it: a name is durable only if all of them are. */
export async function flushFolders(root: Root, folder: string): Promise<void> {
  if (Deno.build.os === "windows") return; // It opens no folders, and its names need no help.
  for (; folder !== ""; folder = folderOf(folder)) await flush(pathOf(root, folder));
  await flush(root.path);
  if (root.health.isFlushed) return;
  await flushAbove(root);
  root.health.isFlushed = true;
}

/**
 * Flushes the folders above a root, which may all be new, once. Deno often has permission for the root alone; the
 * usual file systems keep a new folder's name together with what is in it then.
 */
async function flushAbove({ path }: Root): Promise<void> {
  const { dev } = await Deno.stat(path);
  for (let [below, folder] = [path, dirname(path)]; folder !== below && mayRead(folder);) {
    // Another disk's folder was there before: nothing is mounted on one that was just made.
    if ((await Deno.stat(folder)).dev !== dev) return;
    try {
      await flush(folder);
    } catch (error) {
      if (codeOf(error) === "EACCES") return; // It is another user's, and so not new.
      throw error;
    }
    [below, folder] = [folder, dirname(folder)];
  }
}

async function flush(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync();
}

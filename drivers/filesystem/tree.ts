/**
 * Small objects that are the first of their folder, as an entity's metadata.json is: they are staged together with the
 * folder, and one rename makes all of it.
 *
 * A rename replaces no folder that something is in, so that it is as exclusive as the link of the other way.
 * The staged folder is beside the parent of the new one, and never in the root: where rubicon-ml looks for entities it
 * would warn of it.
 *
 * @module
 */
import type { PutTreeOptions } from "../driver.ts";
import { append } from "./append.ts";
import { locateFolder, makeFolder } from "./locate.ts";
import { SMALL_BYTES } from "./read.ts";
import { discardFolder } from "./remove.ts";
import { checkStorable, folderOf, folderSeen, type Root } from "./root.ts";
import { pathOf, stagedName, wasSeen } from "./root.ts";
import { checkWritten } from "./written.ts";

/**
 * Creates a folder with these objects, where there is no such folder yet.
 *
 * @returns Whether it did. Where it did not nothing has changed, and `put` tells what is in the way.
 */
export function putTree(
  root: Root,
  folder: string,
  objects: readonly (readonly [path: string, bytes: Uint8Array])[],
  { modified, line }: PutTreeOptions = {},
): boolean {
  const parent = folderOf(folder);
  const above = folderOf(parent);
  if (above === "" || root.durable || wasSeen(root, folder)) return false;
  let size = 0;
  for (const [path, { length }] of objects) {
    checkStorable(root, `${folder}/${path}`);
    size += length;
  }
  if (size > SMALL_BYTES) return false;
  const staged = `${pathOf(root, above)}/${stagedName()}`;
  const made = new Set([""]);
  try {
    locateFolder(root, above);
    if (!wasSeen(root, parent)) makeFolder(root, parent);
    Deno.mkdirSync(staged);
    for (const [path, bytes] of objects) {
      makeFolders(staged, folderOf(path), made);
      const file = `${staged}/${path}`;
      Deno.writeFileSync(file, bytes, { createNew: true });
      checkWritten(root, `${folder}/${path}`, file, bytes.length);
    }
    if (modified !== undefined) {
      const time = new Date(modified);
      for (const below of made) Deno.utimeSync(`${staged}/${below}`, time, time);
    }
    Deno.renameSync(staged, pathOf(root, folder));
  } catch {
    discardFolder(staged);
    return false;
  }
  for (const below of made) folderSeen(root, below === "" ? folder : `${folder}/${below}`);
  const bytes = line?.bytes();
  if (bytes) append(root, line!.key, bytes);
  return true;
}

/** Makes the folders of a path below a staged one, each once. */
function makeFolders(staged: string, path: string, made: Set<string>): void {
  if (made.has(path)) return;
  makeFolders(staged, folderOf(path), made);
  Deno.mkdirSync(`${staged}/${path}`);
  made.add(path);
}

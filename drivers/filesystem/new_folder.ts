/**
 * The short way to put a small object that is the first of its folder, as an entity's metadata.json is: it is
 * staged together with its folder, and one rename makes both.
 *
 * A rename replaces no folder that something is in, so that it is as exclusive as the link of the other way.
 * The staged folder is two levels above the object, and never in the root: where rubicon-ml looks for entities
 * it would warn of it.
 *
 * @module
 */
import { discardFolder } from "./remove.ts";
import { folderOf, folderSeen, type Root } from "./root.ts";
import { locateFolder, makeFolder, pathOf, stagedName, wasSeen } from "./root.ts";

/**
 * Puts an object with its folder, where there is no such folder yet.
 *
 * @returns Whether it did. Where it did not nothing has changed, and the other way tells what is in the way.
 */
export function putWithFolder(root: Root, key: string, bytes: Uint8Array): boolean {
  const folder = folderOf(key);
  const parent = folderOf(folder);
  const above = folderOf(parent);
  if (above === "" || wasSeen(root, folder)) return false;
  const staged = `${pathOf(root, above)}/${stagedName()}`;
  try {
    locateFolder(root, above);
    if (!wasSeen(root, parent)) makeFolder(root, parent);
    Deno.mkdirSync(staged);
  } catch {
    return false;
  }
  try {
    Deno.writeFileSync(`${staged}${key.slice(folder.length)}`, bytes, { createNew: true });
    Deno.renameSync(staged, pathOf(root, folder));
  } catch {
    discardFolder(staged);
    return false;
  }
  folderSeen(root, folder);
  return true;
}

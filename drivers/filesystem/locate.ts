/**
 * Where keys and folders lead: no symbolic link takes a key out of the root.
 *
 * @module
 */
import { SEPARATOR } from "jsr:@std/path@^1.1.6/constants";
import { exception } from "./errors.ts";
import { makeRoot } from "./identity.ts";
import { folderOf, folderSeen, pathOf, type Root, wasSeen } from "./root.ts";

/**
 * The path of a key that is there, after a look at where it leads: no symbolic link takes a key out
 * of the root. (Links that somebody changes between this look and the use are not defended against.)
 *
 * @throws {RubiconException} `permission-denied` where it leads out.
 * @throws {Deno.errors.NotFound} where there is nothing.
 */
export function locate(root: Root, key: string): string {
  if (key !== "") return find(root, key).path;
  resolve(root, key, root.path);
  return root.path;
}

/** As {@linkcode locate}, with what is there. The key is not empty. */
export function find(root: Root, key: string): { path: string; info: Deno.FileInfo } {
  const path = pathOf(root, key);
  locateFolder(root, folderOf(key));
  const info = Deno.lstatSync(path);
  if (!info.isSymlink) return { path, info };
  resolve(root, key, path);
  return { path, info: Deno.statSync(path) };
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
      makeRoot(root);
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

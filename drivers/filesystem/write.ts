/**
 * Putting objects: a staged file first, then one step that makes it the object.
 *
 * The staged file is beside the target, or in the closest folder above that exists: folders are made
 * only once the bytes are there, so that a put that fails or is killed leaves no folder behind. A small
 * object that is the first of its folder has a shorter way, see `new_folder.ts`.
 *
 * @module
 */
import type { PutOptions, PutResult, Source } from "../driver.ts";
import { breathe, chunksOf } from "../source.ts";
import { codeOf, exception, isMissing } from "./errors.ts";
import { putWithFolder } from "./new_folder.ts";
import { discard, prune } from "./remove.ts";
import {
  checkStorable,
  folderOf,
  forgetFolders,
  locateFolder,
  makeFolder,
  pathOf,
  type Root,
  stagedName,
  wasSeen,
} from "./root.ts";
import { SMALL_BYTES } from "./read.ts";

/** How often a folder may be pruned by others in the middle of a put. */
const ATTEMPTS = 100;
/** Only one writer at a time has it. See {@linkcode renameIfAbsent}. */
const CLAIM = ".staged-00000000-0000-4000-8000-000000000000";
/** How often a claim is tried for, a turn of the event loop apart. */
const CLAIM_ATTEMPTS = 2000;

interface Staged {
  path: string;
  file: Deno.FsFile;
  /** Whether the target's folder was there. */
  beside: boolean;
}

/** Stores an object, as the contract says. */
export async function put(
  root: Root,
  key: string,
  source: Source,
  { ifAbsent = false, signal }: PutOptions = {},
): Promise<PutResult> {
  checkStorable(root, key);
  const small = source instanceof Uint8Array && source.length <= SMALL_BYTES;
  if (ifAbsent && small && !root.durable && putWithFolder(root, key, source)) {
    return { size: source.length };
  }
  // Looked at first where something may well be there, so that nothing is read or staged for nothing; what
  // counts is the link.
  const likely = !small || !wasSeen(root, folderOf(key));
  if (ifAbsent && likely && isThere(root, key)) throw taken(root, key);
  const staged = stage(root, key);
  try {
    const size = await fill(root, staged.file, source, small, signal);
    signal?.throwIfAborted();
    await publish(root, key, staged, ifAbsent);
    return { size };
  } catch (error) {
    discard(staged.path);
    prune(root, folderOf(key));
    throw error;
  }
}

function stage(root: Root, key: string): Staged {
  const target = folderOf(key);
  for (let attempt = 1;; attempt++) {
    // Most objects are the first of a folder of their own: only one that was just seen is looked for.
    const folder = wasSeen(root, target) ? target : closestFolder(root, folderOf(target));
    const path = `${pathOf(root, folder)}/${stagedName()}`;
    try {
      const file = Deno.openSync(path, { write: true, createNew: true });
      return { path, file, beside: folder === target };
    } catch (error) {
      if (!wasPruned(error, attempt)) throw error;
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
      if (folder === "") Deno.mkdirSync(root.path, { recursive: true });
      folder = folderOf(folder);
    }
  }
}

/** Writes the bytes, and closes the file in any case. Returns how many. */
async function fill(
  { durable }: Root,
  file: Deno.FsFile,
  source: Source,
  small: boolean,
  signal?: AbortSignal,
): Promise<number> {
  let size = 0;
  try {
    if (small && source instanceof Uint8Array) {
      while (size < source.length) size += file.writeSync(source.subarray(size));
    } else {
      for await (const chunk of chunksOf(source, signal)) {
        for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
        size += chunk.length;
      }
    }
    if (durable) await file.sync();
    return size;
  } finally {
    file.close();
  }
}

/** Makes a staged file the object, in one step. */
async function publish(
  root: Root,
  key: string,
  staged: Staged,
  ifAbsent: boolean,
): Promise<void> {
  const target = pathOf(root, key);
  for (let attempt = 1;; attempt++) {
    try {
      if (!staged.beside || attempt > 1) makeFolder(root, folderOf(key));
      if (!ifAbsent) Deno.renameSync(staged.path, target);
      else if (!link(staged.path, target)) await renameIfAbsent(root, key, staged.path, target);
      break;
    } catch (error) {
      // A folder in the way is another matter than an object that is there already.
      if (ifAbsent && codeOf(error) === "EEXIST" && kindOf(target) !== "folder") {
        throw taken(root, key, error);
      }
      if (!wasPruned(error, attempt)) throw error;
      forgetFolders(root);
    }
  }
  if (root.durable) await syncFolders(root, key);
}

/** Whether the file system was able to link. The link fails where something is there. */
function link(staged: string, target: string): boolean {
  try {
    Deno.linkSync(staged, target);
  } catch (error) {
    const unable = ["EPERM", "EACCES", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];
    if (unable.includes(codeOf(error) ?? "")) return false;
    throw error;
  }
  discard(staged);
  return true;
}

/**
 * Where files cannot be linked (FAT, some network file systems): whoever creates the folder's claim
 * is the only one that looks and renames. Nothing else happens while a claim is held, so that it is
 * there for a moment only, except where the process is killed right then.
 */
async function renameIfAbsent(
  root: Root,
  key: string,
  staged: string,
  target: string,
): Promise<void> {
  const claim = `${pathOf(root, folderOf(key))}/${CLAIM}`;
  for (let attempt = 1;; attempt++) {
    try {
      Deno.openSync(claim, { write: true, createNew: true }).close();
      break;
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
      if (attempt === CLAIM_ATTEMPTS) {
        const next = `Where no other process writes there, remove ${claim}`;
        throw exception("unavailable", root, `${key}: another writer is at it. ${next}`, error);
      }
      await breathe();
    }
  }
  try {
    // Renaming to a folder fails by itself.
    if (kindOf(target) === "object") throw taken(root, key);
    Deno.renameSync(staged, target);
  } finally {
    discard(claim);
  }
}

/** A name is durable only once every folder on the way to it is. */
async function syncFolders(root: Root, key: string): Promise<void> {
  if (Deno.build.os === "windows") return; // It opens no folders, and its names need no help.
  for (let folder = folderOf(key);; folder = folderOf(folder)) {
    using handle = await Deno.open(pathOf(root, folder));
    await handle.sync();
    if (folder === "") return;
  }
}

function wasPruned(error: unknown, attempt: number): boolean {
  return error instanceof Deno.errors.NotFound && attempt < ATTEMPTS;
}

/** Whether an object is there by this key, in the root. */
function isThere(root: Root, key: string): boolean {
  try {
    locateFolder(root, folderOf(key));
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  return kindOf(pathOf(root, key)) === "object";
}

/** What is at a path, if anything. */
function kindOf(path: string): "object" | "folder" | undefined {
  try {
    return Deno.lstatSync(path).isDirectory ? "folder" : "object";
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

const taken = (root: Root, key: string, cause?: unknown) =>
  exception("already-exists", root, `${key} is there already`, cause);

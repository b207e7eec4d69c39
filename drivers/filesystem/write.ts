/**
 * Putting objects: a staged file first, then one step that makes it the object.
 *
 * The staged file is beside the target, or in the closest folder above that exists: folders are made
 * only once the bytes are there, so that a put that fails or is killed leaves no folder behind. A small
 * object that is the first of its folder has a shorter way, see `tree.ts`.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import type { PutOptions, PutResult, Source } from "../driver.ts";
import { chunksOf } from "../source.ts";
import { flushFolders, flushObject } from "./durable.ts";
import { codeOf, exception, isMissing } from "./errors.ts";
import { kindOf, moveIfAbsent, taken } from "./exclusive.ts";
import { locateFolder, makeFolder } from "./locate.ts";
import { SMALL_BYTES } from "./read.ts";
import { discard, prune } from "./remove.ts";
import { checkStorable, folderOf, forgetFolders, pathOf, type Root, wasSeen } from "./root.ts";
import { stage, type Staged, wasPruned } from "./stage.ts";
import { putTree } from "./tree.ts";
import { checkWritten } from "./written.ts";

/** Stores an object, as the contract says. */
export async function put(
  root: Root,
  key: string,
  source: Source,
  options: PutOptions = {},
): Promise<PutResult> {
  checkStorable(root, key);
  const small = source instanceof Uint8Array && source.length <= SMALL_BYTES;
  const folder = folderOf(key);
  const { ifAbsent = false } = options;
  if (ifAbsent && small && putTree(root, folder, [[key.slice(folder.length + 1), source]])) {
    return { size: source.length };
  }
  try {
    // Looked at first where something may well be there, so that nothing is read or staged for nothing; what
    // counts is the link.
    const likely = !small || !wasSeen(root, folder);
    if (ifAbsent && likely && isThere(root, key)) throw taken(root, key);
    return small && !root.durable
      ? await putSmall(root, key, source, ifAbsent)
      : await putLarge(root, key, source, options);
  } catch (error) {
    // Callers count what is there already as stored, and its writer may not have come to flush it.
    if (root.durable && hasCode(error, "already-exists")) await flushObject(root, key);
    throw error;
  }
}

/** Bytes that one call writes. */
async function putSmall(
  root: Root,
  key: string,
  source: Uint8Array,
  ifAbsent: boolean,
): Promise<PutResult> {
  const staged = stage(root, key, (path) => {
    Deno.writeFileSync(path, source, { createNew: true });
  });
  return await publish(root, key, staged, source.length, ifAbsent);
}

/** Bytes that are written piece by piece, or flushed. */
async function putLarge(
  root: Root,
  key: string,
  source: Source,
  { ifAbsent = false, signal }: PutOptions,
): Promise<PutResult> {
  const staged = stage(
    root,
    key,
    (path) => Deno.openSync(path, { write: true, createNew: true }),
  );
  let size: number;
  try {
    size = await fill(root, staged.made, source, signal);
    signal?.throwIfAborted();
  } catch (error) {
    discard(staged.path);
    prune(root, folderOf(key));
    throw error;
  }
  return await publish(root, key, staged, size, ifAbsent);
}

/** Writes the bytes, and closes the file in any case. Returns how many. */
async function fill(
  { durable }: Root,
  file: Deno.FsFile,
  source: Source,
  signal?: AbortSignal,
): Promise<number> {
  let size = 0;
  try {
    for await (const chunk of chunksOf(source, signal)) {
      for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
      size += chunk.length;
    }
    if (durable) await file.sync();
    return size;
  } finally {
    file.close();
  }
}

/** Makes a staged file the object, in one step. Where that fails nothing is left of it. */
async function publish(
  root: Root,
  key: string,
  staged: Staged<unknown>,
  size: number,
  ifAbsent: boolean,
): Promise<PutResult> {
  try {
    checkWritten(root, key, staged.path, size);
    const target = pathOf(root, key);
    for (let attempt = 1;; attempt++) {
      try {
        if (!staged.beside || attempt > 1) makeFolder(root, folderOf(key));
        if (ifAbsent) await moveIfAbsent(root, key, staged.path, target);
        else Deno.renameSync(staged.path, target);
        break;
      } catch (error) {
        // A folder in the way is another matter than an object that is there already.
        if (ifAbsent && codeOf(error) === "EEXIST" && kindOf(target) !== "folder") {
          throw taken(root, key, error);
        }
        if (!wasPruned(error, attempt)) throw error;
        if (kindOf(staged.path) === undefined) throw swept(root, key, error);
        forgetFolders(root);
      }
    }
    if (root.durable) await flushFolders(root, folderOf(key));
    return { size };
  } catch (error) {
    discard(staged.path);
    prune(root, folderOf(key));
    throw error;
  }
}

const swept = (root: Root, key: string, cause: unknown) =>
  exception(
    "unavailable",
    root,
    `${key}: its staged file was removed, as one without a write for an hour is. Write it again`,
    cause,
  );

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

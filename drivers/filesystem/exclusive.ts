/**
 * Making an object of a staged file only where nothing is there yet: of any number of racing writers one succeeds.
 *
 * @module
 */
import type { RubiconException } from "../../errors.ts";
import { breathe } from "../source.ts";
import { codeOf, exception, isMissing } from "./errors.ts";
import { discard } from "./remove.ts";
import { folderOf, pathOf, type Root } from "./root.ts";

/** Only one writer at a time has it. See {@linkcode renameIfAbsent}. */
const CLAIM = ".staged-00000000-0000-4000-8000-000000000000";
/** How often a claim is tried for, a turn of the event loop apart. */
const CLAIM_ATTEMPTS = 2000;

/**
 * Moves a staged file to where nothing is.
 *
 * @throws `already-exists`, or `EEXIST`, where something is there.
 */
export async function moveIfAbsent(
  root: Root,
  key: string,
  staged: string,
  target: string,
): Promise<void> {
  if (!link(staged, target)) await renameIfAbsent(root, key, staged, target);
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
        const next = `If no other process writes there, remove ${claim}`;
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

/** What is at a path, if anything. */
export function kindOf(path: string): "object" | "folder" | undefined {
  try {
    return Deno.lstatSync(path).isDirectory ? "folder" : "object";
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** `already-exists` for a key. */
export const taken = (root: Root, key: string, cause?: unknown): RubiconException =>
  exception("already-exists", root, `${key} already exists`, cause);

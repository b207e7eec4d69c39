/**
 * Whether the root is still the folder that it was, and whether it answers.
 *
 * A mount that hangs stops each system call, and a synchronous one stops the whole process. So the first look at a
 * root is asynchronous, and so is one look every tenth of a second after it: a root that hangs then costs the time
 * limit of its own backend alone. The same look tells whether the disk was unmounted or the folder replaced.
 *
 * @module
 */
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { abortable } from "../abortable.ts";
import { codeOf, exception, named } from "./errors.ts";
import { forgetFolders, FRESH, type Identity, mayRead, type Root, type Trouble } from "./root.ts";

/** Whether a root was looked at within the last {@linkcode FRESH} milliseconds. */
export const isFresh = ({ health }: Root): boolean => performance.now() < health.freshUntil;

/**
 * Looks at a root without blocking the process.
 *
 * @throws {RubiconException} `unavailable` if another folder is at its path, `invalid-config` if no folder is.
 */
export async function admit(root: Root, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const trouble = await abortable(root.health.look ??= look(root), signal);
  if (trouble) throw trouble();
}

async function look(root: Root): Promise<Trouble> {
  const { health } = root;
  try {
    const info = await Deno.stat(root.path);
    if (!info.isDirectory) return () => noFolder(root);
    const now = identityOf(info);
    if (health.identity && isOther(now, health.identity)) {
      // A link that was given as the root may be made to lead elsewhere: that is no accident.
      if (!(await Deno.lstat(root.path)).isSymlink) return () => gone(root);
      forgetFolders(root);
    }
    health.identity = now;
  } catch (error) {
    if (codeOf(error) === "ENOTDIR") return () => noFolder(root, error);
    if (!(error instanceof Deno.errors.NotFound)) return () => named(error, root, "");
    forgetFolders(root);
    try {
      if (await isUnmounted(root)) return () => gone(root, error);
    } catch (other) {
      return () => named(other, root, "");
    }
  } finally {
    health.look = undefined;
  }
  health.freshUntil = performance.now() + FRESH;
}

/** Makes the root if it is missing. */
export function makeRoot(root: Root): void {
  try {
    if (Deno.statSync(root.path).isDirectory) return;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(root.path, { recursive: true });
  const made = identityOf(Deno.statSync(root.path));
  const { identity } = root.health;
  // A folder that was removed is made again, but not in place of a disk that is not mounted any more.
  if (identity && made.dev !== identity.dev) {
    Deno.removeSync(root.path);
    throw gone(root);
  }
  root.health.identity = made;
  root.health.isFlushed = false;
}

const identityOf = ({ dev, ino, birthtime }: Deno.FileInfo): Identity => ({
  dev,
  ino,
  born: birthtime?.getTime(),
});

/**
 * Whether two looks found two folders. A file system that is mounted again may come with another device number,
 * and some have no lasting inodes: one of them may change, as long as the folder's time of birth does not. That time
 * alone says nothing: the folder of an overlay, as containers have it, is born again by the first write to it.
 */
function isOther(now: Identity, then: Identity): boolean {
  if (now.ino === then.ino && now.dev === then.dev) return false;
  if (now.ino !== then.ino && now.dev !== then.dev) return true;
  return now.born !== undefined && then.born !== undefined && now.born !== then.born;
}

/** Whether a root that is missing was on another device than the closest folder above it that is there. */
async function isUnmounted({ path, health: { identity } }: Root): Promise<boolean> {
  if (!identity) return false;
  // If Deno may not look there, `makeRoot` finds out, before anything is written.
  for (let folder = dirname(path); mayRead(folder); folder = dirname(folder)) {
    try {
      return (await Deno.stat(folder)).dev !== identity.dev;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      if (folder === dirname(folder)) return true; // The drive itself is gone.
    }
  }
  return false;
}

const gone = (root: Root, cause?: unknown) =>
  exception(
    "unavailable",
    root,
    "the folder that this store was opened with is not there: its disk is not mounted any more, or another folder " +
      "has replaced it. Mount the disk again. If the folder that is there now is meant, open the store again",
    cause,
  );

const noFolder = (root: Root, cause?: unknown) =>
  exception(
    "invalid-config",
    root,
    `rootDir must be a folder, and ${root.given} is a file or below one. Give another path`,
    cause,
  );

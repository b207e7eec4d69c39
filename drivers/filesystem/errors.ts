/**
 * What the operating system and Deno's permissions say, as this module's errors.
 *
 * @module
 */
import { isRubiconException, type RubiconErrorCode, RubiconException } from "../../errors.ts";

/** What messages tell of a root. */
type Root = { readonly label: string; readonly given: string };

/** The system's own code of an error, such as `ENOSPC`. */
export function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null | undefined)?.code;
}

/** Whether there is nothing at a path: no such name, or a file where a folder would have to be. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || codeOf(error) === "ENOTDIR";
}

/** `not-found` for a key. */
export function notFound(root: Root, key: string, cause?: unknown): RubiconException {
  return exception("not-found", root, `there is no ${key}`, cause);
}

/** An error of this driver, with its label. */
export function exception(
  code: RubiconErrorCode,
  { label }: Root,
  message: string,
  cause?: unknown,
): RubiconException {
  return new RubiconException(code, `${label}: ${message}`, { backend: label, cause });
}

/**
 * Any error of a verb on a key. Errors that are named already pass through, and so does the abort.
 */
export function named(error: unknown, root: Root, key: string, signal?: AbortSignal): unknown {
  if (signal?.aborted || isRubiconException(error)) return error;
  const what = key === "" ? "the root" : key;
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) {
    const flags = `--allow-read=${root.given} --allow-write=${root.given}`;
    return exception("permission-denied", root, `${what}: ${why}. Run Deno with ${flags}`, error);
  }
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return exception(
        "permission-denied",
        root,
        `${what}: ${why}. Correct the owner or the mode of the folder; ` +
          `Deno's own flags would be --allow-read=${root.given} --allow-write=${root.given}`,
        error,
      );
    case "ELOOP":
      return exception(
        "permission-denied",
        root,
        `${what}: its symbolic links lead in a circle`,
        error,
      );
    case "ENAMETOOLONG":
      return exception("invalid-key", root, `${what} is too long for this file system`, error);
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
    case "ENOTEMPTY":
      return exception(
        "unsupported",
        root,
        `${what}: a name here is either an object or a folder of objects, not both. Use another key`,
        error,
      );
    default:
      return exception("unavailable", root, `${what}: ${why}${nextAfter(codeOf(error))}`, error);
  }
}

const NEXT: Record<string, string> = {
  ENOSPC: "Make room on the disk",
  EDQUOT: "Make room, or have the quota raised",
  EROFS: "The disk is mounted read-only: mount it for writing",
  EMFILE: "Too many files are open: raise the limit with ulimit -n",
  ENFILE: "Too many files are open on this machine: end other programs, or raise its limit",
  EIO: "Look at the disk and the system's log",
  ESTALE: "The file server has another folder now: mount it again",
  ENOTCONN: "The mount is broken: mount it again",
};

/** What to do about an error of the system, as far as that is known. */
const nextAfter = (code = ""): string => NEXT[code] ? `. ${NEXT[code]}` : "";

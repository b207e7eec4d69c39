/**
 * Adding to the end of an object.
 *
 * @module
 */
import { isMissing } from "./errors.ts";
import { find } from "./locate.ts";
import { isReserved, pathOf, type Root } from "./root.ts";

/**
 * Adds bytes to the end of an object in one system call, so that on a disk of this machine they never mix with those
 * that others add. What cannot be added is passed over, since nobody relies on it: the disk may be full, the object
 * somebody else's, or its folder gone.
 */
export function append(root: Root, key: string, bytes: Uint8Array): void {
  if (isReserved(key)) return;
  try {
    const isFile = isFileAt(root, key);
    if (isFile === false) return;
    // A link that leads nowhere is no place for a new file.
    Deno.writeFileSync(pathOf(root, key), bytes, { append: true, createNew: isFile === undefined });
  } catch {
    // As above.
  }
}

/** Whether an object is a regular file in the root; `undefined` if there is none. */
function isFileAt(root: Root, key: string): boolean | undefined {
  try {
    return find(root, key).info.isFile;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

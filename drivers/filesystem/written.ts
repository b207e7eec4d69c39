/**
 * Whether the bytes that were written are there.
 *
 * @module
 */
import { exception } from "./errors.ts";
import type { Root } from "./root.ts";

/**
 * Whether a root is on a disk of this machine, as far as that can be told: only those have a major number on Linux.
 * They say at once that there is no room.
 */
export function isOnLocalDisk({ health: { identity } }: Root): boolean {
  return Deno.build.os === "linux" && identity !== undefined && (identity.dev >> 8 & 0xfff) !== 0;
}

/**
 * Looks at the size of a file that was written and closed. Network file systems and quotas may say only at the close
 * that there was no room, and Deno does not pass on what a close says.
 *
 * @throws {RubiconException} `unavailable` if bytes are missing.
 */
export function checkWritten(root: Root, key: string, path: string, expected: number): void {
  if (isOnLocalDisk(root)) return;
  const { size } = Deno.lstatSync(path);
  if (size === expected) return;
  throw exception(
    "unavailable",
    root,
    `${key}: ${size} of ${expected} bytes were stored. The disk is full, or a quota is used up: make room`,
  );
}

/**
 * Whether the bytes that were written are there.
 *
 * @module
 */
import { exception } from "./errors.ts";
import type { Root } from "./root.ts";

/**
 * Looks at the size of a file that was written and closed. Network file systems and quotas may say only at the close
 * that there was no room, and Deno does not pass on what a close says.
 *
 * @throws {RubiconException} `unavailable` where bytes are missing.
 */
export function checkWritten(root: Root, key: string, path: string, expected: number): void {
  const { size } = Deno.lstatSync(path);
  if (size === expected) return;
  throw exception(
    "unavailable",
    root,
    `${key}: ${size} of ${expected} bytes were stored. The disk is full, or a quota is used up: make room`,
  );
}

/**
 * The `filesystem` driver: one file an object, in a folder. It works with
 * `--allow-read=<root> --allow-write=<root>` alone.
 *
 * - A put writes a staged file (`.staged-<uuid>`) and then renames it, or links it for `ifAbsent`:
 *   readers see the old bytes or the new ones, also when the process is killed.
 * - Staged files never show. What a killed process left is removed by the first listing that walks
 *   past it an hour later, by the store's clock.
 * - Only regular files are opened. The root is looked at before anything else, without blocking the process, and again
 *   every tenth of a second: one that hangs, is unmounted or replaced is `unavailable`.
 * - Symbolic links inside the root are followed, those that lead out of it are `permission-denied`
 *   and left out of listings. A `put` or `delete` of a key that is itself a link is about the link.
 * - A name is an object or a folder, not both: the second is `unsupported`. A name is at most 255
 *   bytes long. Case and Unicode forms are told apart where the file system does.
 * - The etag is made of inode, size and time in milliseconds. Objects of one size that follow each
 *   other within a millisecond may get one that was there before.
 *
 * @module
 */
import "./filesystem/register.ts";

export { openFilesystem } from "./filesystem/driver.ts";

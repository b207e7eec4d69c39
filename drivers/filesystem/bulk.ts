/**
 * Many small reads in one call. Each system call of a folder takes a few microseconds, and a promise for each of
 * them would take longer than that.
 *
 * @module
 */
import type { GetResult, ObjectMeta } from "../driver.ts";
import { isMissing } from "./errors.ts";
import { find } from "./locate.ts";
import { metaOf } from "./read.ts";
import { isReserved, type Root } from "./root.ts";

/** What is known of an object, if it is there and a regular file. */
export function statOne(root: Root, key: string): ObjectMeta | undefined {
  const info = look(root, key)?.info;
  return info && metaOf(info);
}

/** An object in full. It is looked at before it is opened: to open a FIFO or a device may never come back. */
export function readOne(root: Root, key: string): GetResult | undefined {
  const there = look(root, key);
  if (!there) return undefined;
  try {
    return { ...metaOf(there.info), bytes: Deno.readFileSync(there.path) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function look(root: Root, key: string): ReturnType<typeof find> | undefined {
  if (isReserved(key)) return undefined;
  try {
    const there = find(root, key);
    return there.info.isFile ? there : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

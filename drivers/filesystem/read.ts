/**
 * Reading objects.
 *
 * @module
 */
import type { Bytes, GetOptions, GetResult, ObjectMeta, OpenResult } from "../driver.ts";
import { CHUNK_BYTES } from "../source.ts";
import { isMissing, notFound } from "./errors.ts";
import { find } from "./locate.ts";
import { isReserved, type Root } from "./root.ts";

/** Up to this size a file is handled in one go, which is several times faster than waiting for it. */
export const SMALL_BYTES = 1 << 20;

/** What the file system knows of an object. Every put makes a new file, and so another inode. */
export function metaOf({ size, mtime, ino }: Deno.FileInfo): ObjectMeta {
  const time = mtime?.getTime() ?? 0;
  return {
    size,
    lastModified: new Date(time),
    etag: `${time.toString(36)}-${(ino ?? 0).toString(36)}-${size.toString(36)}`,
  };
}

/** What is known of an object. */
export function stat(root: Root, key: string): ObjectMeta {
  return metaOf(findFile(root, key).info);
}

/** An object's bytes, or a range of them. */
export async function get(root: Root, key: string, options: GetOptions = {}): Promise<GetResult> {
  const { file, info } = openFile(root, key);
  try {
    const { start, end } = rangeOf(info.size, options);
    const bytes = new Uint8Array(end - start);
    const small = bytes.length <= SMALL_BYTES;
    if (start > 0) file.seekSync(start, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at, at + SMALL_BYTES);
      const count = small ? file.readSync(rest) : await file.read(rest);
      options.signal?.throwIfAborted();
      if (count === null) throw new Error(`the file ended after ${start + at} of ${end} bytes`);
      at += count;
    }
    return { ...metaOf(info), bytes };
  } finally {
    file.close();
  }
}

/** An object, or a range of it, as a stream. */
export function open(root: Root, key: string, { signal, ...options }: GetOptions = {}): OpenResult {
  const { file, info } = openFile(root, key);
  const { start, end } = rangeOf(info.size, options);
  let left = end - start;
  let abort: (() => void) | undefined;
  const close = () => {
    if (!abort) return;
    signal?.removeEventListener("abort", abort);
    abort = undefined;
    file.close();
  };
  const stream = new ReadableStream<Bytes>({
    start(controller) {
      abort = () => {
        close();
        controller.error(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      if (start > 0) file.seekSync(start, Deno.SeekMode.Start);
    },
    async pull(controller) {
      try {
        const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES));
        const count = left === 0 ? 0 : await file.read(chunk);
        if (!abort) return; // Cancelled or aborted meanwhile.
        if (count === null) throw notFound(root, `${key} in full: the file ended early`);
        left -= count;
        if (count > 0) controller.enqueue(chunk.subarray(0, count));
        if (left > 0) return;
        close();
        controller.close();
      } catch (error) {
        if (!abort) return; // The handle was closed under the read.
        close();
        throw error;
      }
    },
    cancel: close,
  }, { highWaterMark: 0 });
  return { ...metaOf(info), stream };
}

interface Opened {
  file: Deno.FsFile;
  info: Deno.FileInfo;
}

function openFile(root: Root, key: string): Opened {
  const { path } = findFile(root, key);
  const opened = found(root, key, () => openByHandle(path) ?? openByPath(path));
  if (opened.info.isFile) return opened;
  opened.file.close();
  throw notFound(root, key);
}

/** Looks before a file is opened: to open a FIFO or a device may never come back. */
function findFile(root: Root, key: string): ReturnType<typeof find> {
  const there = found(root, key, () => find(root, key));
  if (there.info.isFile) return there;
  throw notFound(root, there.info.isDirectory ? key : `${key}: what is there is no regular file`);
}

/** Nothing where the root is a link: Deno then wants permission for where the handle really is. */
function openByHandle(path: string): Opened | undefined {
  const file = Deno.openSync(path);
  try {
    return { file, info: file.statSync() };
  } catch (error) {
    file.close();
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}

/** What is known before and after the file is opened has to be the same: else it was replaced. */
function openByPath(path: string): Opened {
  while (true) {
    const before = metaOf(Deno.statSync(path));
    const file = Deno.openSync(path);
    try {
      const info = Deno.statSync(path);
      if (metaOf(info).etag === before.etag) return { file, info };
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
}

/** Runs a look at a key, and says `not-found` where nothing is there. */
function found<T>(root: Root, key: string, look: () => T): T {
  if (isReserved(key)) throw notFound(root, key);
  try {
    return look();
  } catch (error) {
    throw isMissing(error) ? notFound(root, key, error) : error;
  }
}

function rangeOf(size: number, { offset = 0, length = Infinity }: GetOptions) {
  const start = Math.min(offset, size);
  return { start, end: Math.min(start + length, size) };
}

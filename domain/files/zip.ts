/**
 * Folders as zips and back. The libraries are loaded by the first one.
 *
 * @module
 */
import { ensureDir } from "jsr:@std/fs@^1.0.24/ensure-dir";
import { walk, type WalkEntry } from "jsr:@std/fs@^1.0.24/walk";
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { join } from "jsr:@std/path@^1.1.6/join";
import { relative } from "jsr:@std/path@^1.1.6/relative";
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { Bytes } from "../../drivers/driver.ts";
import { isRubiconException, RubiconException } from "../../errors.ts";
import { readingRanges, type ReadRange } from "./zip_ranges.ts";
import { pooled } from "../pool.ts";
import { cutAt } from "./steady.ts";

/**
 * A folder's whole tree as it is now, empty folders too, as a zip that can be opened again and again: each backend and
 * each retry gets the same. Symbolic links are left out: they may lead anywhere.
 */
export async function zipDirectory(
  folder: string,
): Promise<() => Promise<ReadableStream<Uint8Array>>> {
  const entries: WalkEntry[] = [];
  for await (const entry of walk(folder, { includeSymlinks: false })) entries.push(entry);
  entries.sort((a, b) => a.path < b.path ? -1 : 1);
  const named = entries.map((entry) => ({
    ...entry,
    name: relative(folder, entry.path).replaceAll("\\", "/"),
  })).filter(({ name }) => name !== "");
  const sources = await pooled(named, async ({ name, path, isDirectory }): Promise<ZipSource> => {
    const { mtime, size } = await Deno.stat(path);
    const date = mtime ?? new Date(0);
    if (isDirectory) return { name: `${name}/`, date };
    return { name, date, open: async () => cutAt((await Deno.open(path)).readable, size, path) };
  });
  return () => zipStream(sources);
}

/** One entry of a zip to be made. */
export interface ZipSource {
  /** Its path; a folder's ends with a slash. */
  name: string;
  /** When it was last changed. */
  date: Date;
  /** Opens its bytes; missing for a folder. */
  open?: () => Promise<ReadableStream<Uint8Array>>;
}

/** A zip as a stream, entry after entry. */
export async function zipStream(
  entries: readonly ZipSource[],
): Promise<ReadableStream<Uint8Array>> {
  const { default: yazl } = await import("npm:yazl@3.3.1");
  const zip = new yazl.ZipFile();
  // What fails reaches whoever reads the stream.
  const fail = (error: unknown) => zip.outputStream.destroy(error as Error);
  zip.on("error", fail);
  // The entry that is being read. One listener for all of them: Node warns of more than ten.
  let current: Readable | undefined;
  // When the reader has gone, nobody wants the rest.
  zip.outputStream.on("close", () => current?.destroy());
  for (const { name, date: mtime, open } of entries) {
    if (!open) zip.addEmptyDirectory(name, { mtime });
    else {
      zip.addReadStreamLazy(
        name,
        { mtime },
        (give: (error: unknown, stream?: Readable) => void) => {
          Promise.try(open).then((stream) => {
            current = Readable.fromWeb(stream as never);
            current.on("error", fail);
            if (zip.outputStream.destroyed) current.destroy();
            give(null, current);
          }, give);
        },
      );
    }
  }
  zip.end();
  return Readable.toWeb(zip.outputStream) as unknown as ReadableStream<Uint8Array>;
}

/** What systems take as a path, in characters. */
const MAX_PATH = 4096;

/** Names that would lead out of the folder, or mean something else on another system. */
const UNSAFE = /^$|^\/|^[a-z]:|\\|\0|(?:^|\/)\.{1,2}(?:\/|$)|\/\//i;

/** What is used of yauzl, which has no types of its own. */
interface YauzlEntry {
  fileName: string;
  externalFileAttributes: number;
  crc32: number;
  compressedSize: number;
  uncompressedSize: number;
  getLastModDate(): Date;
}
interface YauzlFile {
  fileSize: number;
  eachEntry(): AsyncIterable<YauzlEntry>;
  openReadStreamPromise(entry: YauzlEntry): Promise<Readable>;
}

/** One entry of a zip. */
export interface ZipEntry {
  /** Its path; a folder's ends with a slash. */
  name: string;
  /** How many bytes it has. */
  size: number;
  /** When it was last changed, as far as the zip tells. */
  lastModified: Date;
  /** Its bytes, as a stream that fails at its end if they are not those of the checksum. */
  open(): ReadableStream<Bytes>;
}

/**
 * The entries of a zip in memory, all of them looked at before the first is handed out.
 *
 * @throws {RubiconException} `corrupt` where it is no zip, or has an entry that would lead out of a folder.
 */
export async function readZip(bytes: Bytes, what: string): Promise<ZipEntry[]> {
  const { default: yauzl } = await import("npm:yauzl@3.4.0");
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return await entriesOf(() => yauzl.fromBufferPromise(buffer, { strictFileNames: true }), what);
}

/** The same of a zip that stays where it is. */
export async function openZip(size: number, read: ReadRange, what: string): Promise<ZipEntry[]> {
  const { default: yauzl } = await import("npm:yauzl@3.4.0");
  const reader = readingRanges(new yauzl.RandomAccessReader(), read, size);
  const options = { strictFileNames: true, autoClose: false };
  return await entriesOf(() => yauzl.fromRandomAccessReaderPromise(reader, size, options), what);
}

async function entriesOf(open: () => Promise<YauzlFile>, what: string): Promise<ZipEntry[]> {
  const corrupt = (why: string, cause?: unknown) =>
    new RubiconException("corrupt", `${what}: ${why}`, cause === undefined ? {} : { cause });
  const entries: YauzlEntry[] = [];
  let zip: YauzlFile;
  try {
    zip = await open();
    for await (const entry of zip.eachEntry()) entries.push(entry);
  } catch (cause) {
    if (isRubiconException(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : cause;
    throw corrupt(`it is no zip that can be unpacked: ${why}. Nothing was written`, cause);
  }
  checkNames(entries, corrupt);
  // Entries that share their bytes are how a small zip unpacks to petabytes.
  if (entries.reduce((sum, { compressedSize }) => sum + compressedSize, 0) > zip.fileSize) {
    throw corrupt("its entries overlap. Nothing was written");
  }
  async function* content(entry: YauzlEntry): AsyncGenerator<Bytes> {
    const damaged = (cause?: unknown) =>
      corrupt(`its entry ${JSON.stringify(entry.fileName)} is damaged`, cause);
    let sum = 0;
    try {
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        sum = crc32(chunk, sum);
        yield new Uint8Array(chunk);
      }
    } catch (cause) {
      throw isRubiconException(cause) ? cause : damaged(cause);
    }
    if (sum !== entry.crc32) throw damaged(new Error("its checksum is another"));
  }
  return entries.map((entry): ZipEntry => ({
    name: entry.fileName,
    size: entry.uncompressedSize,
    lastModified: entry.getLastModDate(),
    open: () => ReadableStream.from(content(entry)),
  }));
}

/** Refuses entries that lead out of the folder, or that cannot be there together. */
function checkNames(
  entries: readonly YauzlEntry[],
  corrupt: (why: string) => RubiconException,
): void {
  const seen = new Set<string>();
  const files = new Set<string>();
  for (const { fileName, externalFileAttributes } of entries) {
    const name = fileName.replace(/\/$/, "");
    // The upper half has the Unix mode; 0o120000 is a symbolic link.
    const isLink = (externalFileAttributes >>> 16 & 0o170000) === 0o120000;
    if (UNSAFE.test(name) || isLink) {
      throw corrupt(
        `its entry ${JSON.stringify(fileName)} leads out of the folder. Nothing was written`,
      );
    }
    if (name.length > MAX_PATH) throw corrupt(`it has a path of more than ${MAX_PATH} characters`);
    if (seen.has(name)) throw corrupt(`it has two entries ${JSON.stringify(fileName)}`);
    seen.add(name);
    if (name === fileName) files.add(name);
  }
  for (const name of seen) {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const folder = name.slice(0, end);
      if (files.has(folder)) {
        throw corrupt(`${JSON.stringify(folder)} is a file and a folder in it`);
      }
    }
  }
}

/**
 * Unpacks a zip into a folder, once all of it is read and found to be good. Entries are never held whole.
 *
 * @returns The paths of the files.
 * @throws {RubiconException} `corrupt` where it is no zip, or an entry would be written anywhere else.
 */
export async function unzipTo(bytes: Bytes, folder: string, what: string): Promise<string[]> {
  const paths: string[] = [];
  const entries = await readZip(bytes, what);
  // All of it is read before any of it is written, and none of it is kept: it may be far larger than the zip.
  for (const { open } of entries) for await (const _ of open());
  await ensureDir(folder);
  const root = await Deno.realPath(folder);
  for (const { name } of entries) {
    const parent = await realParent(join(root, name));
    if (!/^\.\.(?:[/\\]|$)/.test(relative(root, parent))) continue;
    throw new RubiconException(
      "invalid-argument",
      `${what}: ${JSON.stringify(name)} would go to ${parent}, through a link in ${folder}. ` +
        "Nothing was written: unpack it into another folder.",
    );
  }
  for (const { name, open } of entries) {
    const path = join(folder, name);
    if (name.endsWith("/")) {
      await ensureDir(path);
      continue;
    }
    await ensureDir(dirname(path));
    // Not through a link that is there already: a new file takes its place.
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    await Deno.writeFile(path, open(), { createNew: true });
    paths.push(path);
  }
  return paths;
}

/** The nearest folder above a path that is there, without links. */
async function realParent(path: string): Promise<string> {
  for (let at = dirname(path);; at = dirname(at)) {
    try {
      return await Deno.realPath(at);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

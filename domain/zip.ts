/**
 * Folders as zips and back. The library is loaded by the first one.
 *
 * @module
 */
import { ensureDir } from "jsr:@std/fs@^1.0.24/ensure-dir";
import { walk, type WalkEntry } from "jsr:@std/fs@^1.0.24/walk";
import { dirname, join, relative } from "jsr:@std/path@^1.1.6";
import type { Bytes } from "../drivers/driver.ts";
import { RubiconException } from "../errors.ts";

async function loadZip(): Promise<typeof import("npm:@zip.js/zip.js@2.24.0")> {
  const zip = await import("npm:@zip.js/zip.js@2.24.0");
  // Workers would need a URL of their own, and the compression is the platform's anyway.
  zip.configure({ useWebWorkers: false });
  return zip;
}

/**
 * A folder's whole tree as a zip, empty folders too. The same tree gives the same bytes, so that each backend
 * and each retry gets the same. Symbolic links are left out: they may lead anywhere.
 */
export async function zipDirectory(folder: string): Promise<ReadableStream<Uint8Array>> {
  const entries: WalkEntry[] = [];
  for await (const entry of walk(folder, { includeSymlinks: false })) entries.push(entry);
  entries.sort((a, b) => a.path < b.path ? -1 : 1);
  const named = entries.map((entry) => ({
    ...entry,
    name: relative(folder, entry.path).replaceAll("\\", "/"),
  })).filter(({ name }) => name !== "");
  return await zipStream(
    await Promise.all(named.map(async ({ name, path, isDirectory }): Promise<ZipSource> => {
      const date = (await Deno.stat(path)).mtime ?? new Date(0);
      if (isDirectory) return { name: `${name}/`, date };
      return { name, date, open: async () => (await Deno.open(path)).readable };
    })),
  );
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
  const { ZipWriter } = await loadZip();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const write = async () => {
    const writer = new ZipWriter(writable, { extendedTimestamp: false });
    for (const { name, date, open } of entries) {
      const lastModDate = date;
      if (open) await writer.add(name, await open(), { lastModDate });
      else await writer.add(name, undefined, { directory: true, lastModDate });
    }
    await writer.close();
  };
  // What fails here reaches whoever reads the stream.
  write().catch((error) => writable.abort(error).catch(() => {}));
  return readable;
}

/** Names that would lead out of the folder, or mean something else on another system. */
const UNSAFE = /^$|^\/|^[a-z]:|\\|\0|(?:^|\/)\.{1,2}(?:\/|$)|\/\//i;

/** One entry of a zip that was read. */
export interface ZipEntry {
  /** Its path; a folder's ends with a slash. */
  name: string;
  /** Its bytes; empty for a folder. */
  bytes: Bytes;
}

/**
 * The entries of a zip, all of them looked at before the first is handed out.
 *
 * @throws {RubiconException} `corrupt` where it is no zip, or has an entry that would lead out of a folder.
 */
export async function readZip(bytes: Bytes, what: string): Promise<ZipEntry[]> {
  const { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } = await loadZip();
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true });
  const corrupt = (why: string, cause?: unknown) =>
    new RubiconException("corrupt", `${what}: ${why}`, cause === undefined ? {} : { cause });
  const entries = await reader.getEntries().catch((cause) => {
    throw corrupt("it is no zip", cause);
  });
  const seen = new Set<string>();
  for (const { filename, directory, externalFileAttributes } of entries) {
    const name = directory ? filename.replace(/\/$/, "") : filename;
    // The upper half has the Unix mode; 0o120000 is a symbolic link.
    const isLink = ((externalFileAttributes ?? 0) >>> 16 & 0o170000) === 0o120000;
    if (UNSAFE.test(name) || isLink) {
      throw corrupt(
        `its entry ${JSON.stringify(filename)} leads out of the folder. Nothing was written`,
      );
    }
    if (seen.has(name)) throw corrupt(`it has two entries ${JSON.stringify(filename)}`);
    seen.add(name);
  }
  const files = new Set(entries.flatMap(({ filename, directory }) => directory ? [] : [filename]));
  for (const name of seen) {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const folder = name.slice(0, end);
      if (files.has(folder)) {
        throw corrupt(`${JSON.stringify(folder)} is a file and a folder in it`);
      }
    }
  }
  const read: ZipEntry[] = [];
  for (const entry of entries) {
    const { filename: name } = entry;
    if (entry.directory) read.push({ name, bytes: new Uint8Array() });
    else {
      const content = await entry.getData(new Uint8ArrayWriter()).catch((cause) => {
        throw corrupt(`its entry ${JSON.stringify(name)} is damaged`, cause);
      });
      read.push({ name, bytes: content as Bytes });
    }
  }
  await reader.close();
  return read;
}

/**
 * Unpacks a zip into a folder, once all of it is read and found to be good.
 *
 * @returns The paths of the files.
 * @throws {RubiconException} `corrupt` where it is no zip, or an entry would be written anywhere else.
 */
export async function unzipTo(bytes: Bytes, folder: string, what: string): Promise<string[]> {
  const paths: string[] = [];
  const entries = await readZip(bytes, what);
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
  for (const { name, bytes: content } of entries) {
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
    await Deno.writeFile(path, content, { createNew: true });
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

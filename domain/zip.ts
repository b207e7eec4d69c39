/**
 * Folders as zips and back. The library is loaded by the first one.
 *
 * @module
 */
import { ensureDir } from "jsr:@std/fs@^1.0.24/ensure-dir";
import { walk, type WalkEntry } from "jsr:@std/fs@^1.0.24/walk";
import { dirname, join, relative } from "jsr:@std/path@^1.1.6";
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
  const { ZipWriter } = await loadZip();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const write = async () => {
    const writer = new ZipWriter(writable, { extendedTimestamp: false });
    for (const { path, isDirectory } of entries) {
      const name = relative(folder, path).replaceAll("\\", "/");
      if (name === "") continue;
      const lastModDate = (await Deno.stat(path)).mtime ?? new Date(0);
      if (isDirectory) await writer.add(`${name}/`, undefined, { directory: true, lastModDate });
      else await writer.add(name, (await Deno.open(path)).readable, { lastModDate });
    }
    await writer.close();
  };
  // What fails here reaches whoever reads the stream.
  write().catch((error) => writable.abort(error).catch(() => {}));
  return readable;
}

/** Names that would lead out of the folder, or mean something else on another system. */
const UNSAFE = /^$|^\/|^[a-z]:|\\|\0|(?:^|\/)\.{1,2}(?:\/|$)|\/\//i;

/**
 * Unpacks a zip into a folder. All names are looked at before anything is written.
 *
 * @returns The paths of the files.
 * @throws {RubiconException} `corrupt` where it is no zip, or an entry would be written anywhere else.
 */
export async function unzipTo(
  bytes: Uint8Array<ArrayBuffer>,
  folder: string,
  what: string,
): Promise<string[]> {
  const { Uint8ArrayReader, ZipReader } = await loadZip();
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
  const paths: string[] = [];
  await ensureDir(folder);
  for (const entry of entries) {
    const path = join(folder, entry.filename);
    if (entry.directory) {
      await ensureDir(path);
      continue;
    }
    await ensureDir(dirname(path));
    // Not through a link that is there already: a new file takes its place.
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
    const file = await Deno.open(path, { write: true, createNew: true });
    await entry.getData(file.writable).catch((cause) => {
      throw corrupt(`its entry ${JSON.stringify(entry.filename)} is damaged`, cause);
    });
    paths.push(path);
  }
  await reader.close();
  return paths;
}

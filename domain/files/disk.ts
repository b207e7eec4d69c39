/**
 * Files of the local disk. Loaded only by those who use it.
 *
 * @module
 */
import { basename } from "jsr:@std/path@^1.1.6/basename";
import { dirname } from "jsr:@std/path@^1.1.6/dirname";
import { fromFileUrl } from "jsr:@std/path@^1.1.6/from-file-url";
import { join } from "jsr:@std/path@^1.1.6/join";
import { resolve } from "jsr:@std/path@^1.1.6/resolve";
import type { Bytes, Source } from "../../drivers/driver.ts";
import { CHUNK_BYTES, readInto } from "../../drivers/source.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import { refuse, show } from "../check.ts";
import { cutAt, steady } from "./steady.ts";

/** Files up to this size, in bytes, are read at once; larger ones are streamed, once for each backend. */
const AT_ONCE = 1024 * 1024;

/** The longest name of a file, in bytes, that file systems take. */
const MAX_NAME = 255;

/** A path, also of a `file:` URL. */
export function toPath(path: string | URL): string {
  if (path instanceof URL && path.protocol === "file:") return fromFileUrl(path);
  if (typeof path === "string" && path !== "") return path;
  return refuse(
    `A path must be text or a file: URL, not ${show(path instanceof URL ? path.href : path)}.`,
  );
}

async function infoOf(path: string, where: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) refuse(`${where}: there is no ${path}.`);
    throw notAllowed(`${where}: ${path} cannot be read`, error);
  }
}

/** What the disk, or Deno, does not let us do. */
export function notAllowed(what: string, cause: unknown): RubiconException {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new RubiconException("permission-denied", `${what}: ${why}`, { cause });
}

/** A file as a source, its name and its size. */
export async function fileSource(
  from: string | URL,
  where: string,
): Promise<{ name: string; source: Source; size: number }> {
  const path = toPath(from);
  const info = await infoOf(path, where);
  if (info.isDirectory) refuse(`${where}: ${path} is a folder. Pass it as directory.`);
  const source: Source = info.size <= AT_ONCE
    ? await Deno.readFile(path).catch((cause) => {
      throw notAllowed(`${where}: ${path} cannot be read`, cause);
    })
    : steady(
      async () => cutAt((await Deno.open(path)).readable, info.size, `${where}: ${path}`),
      `${where}: ${path}`,
    );
  return { name: basename(path), source, size: info.size };
}

/** A folder as a source of the bytes of a zip with its whole tree, and the zip's name. */
export async function directorySource(
  from: string | URL,
  where: string,
): Promise<{ name: string; source: Source }> {
  const path = toPath(from);
  const info = await infoOf(path, where);
  if (!info.isDirectory) refuse(`${where}: ${path} is a file. Pass it as path.`);
  const { zipDirectory } = await import("./zip.ts");
  const name = basename(
    await Deno.realPath(path).catch((cause) => {
      throw notAllowed(`${where}: ${path} cannot be read`, cause);
    }),
  );
  const zip = await zipDirectory(path).catch((cause) => {
    throw notAllowed(`${where}: ${path} cannot be read`, cause);
  });
  return { name: `${name}.zip`, source: steady(zip, `${where}: ${path}`) };
}

/**
 * The path of a file that is to be written.
 *
 * @param to The file's path, or a folder that is there.
 * @param name The file's name if `to` is a folder.
 */
export async function filePath(to: string | URL, name: string, where: string): Promise<string> {
  const path = toPath(to);
  const info = await Deno.stat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (!info?.isDirectory) return path;
  // A name in the store is anybody's text: only its last part names a file in the folder.
  const last = basename(name.replaceAll("\\", "/"));
  if (last === "" || last === "." || last === "..") {
    refuse(`${where}: "${name}" is not a valid file name. Pass the path of a file.`);
  }
  if (new TextEncoder().encode(last).length > MAX_NAME) {
    refuse(`${where}: the name is longer than ${MAX_NAME} bytes. Pass the path of a file.`);
  }
  return join(path, last);
}

/**
 * Saves a stream as a file, whole or not at all.
 *
 * @param open Opens the stream; again if it turns out to be corrupt, until there is none to open.
 * @param to The file's path, or a folder that is there.
 * @param name The file's name where `to` is a folder.
 * @param told Gets told of the bytes that are written, piece by piece.
 * @returns The file's path.
 */
export async function saveStream(
  open: () => Promise<ReadableStream<Bytes>>,
  to: string | URL,
  name: string,
  told: (bytes: number) => void,
): Promise<string> {
  const path = await filePath(to, name, "downloadArtifact");
  // Not with the file's own name in it: that may be as long as a name can be.
  const staged = join(dirname(path), `.staged-${crypto.randomUUID()}`);
  try {
    using file = await Deno.open(staged, { write: true, createNew: true });
    // Only once the file is there: nobody would read the stream to its end otherwise.
    let stream = await open();
    while (true) {
      try {
        await writeInto(file, stream, told);
        break;
      } catch (error) {
        if (!hasCode(error, "corrupt")) throw error;
        stream = await open();
        await file.truncate();
        await file.seek(0, Deno.SeekMode.Start);
      }
    }
    await Deno.rename(staged, path);
  } catch (error) {
    await Deno.remove(staged).catch(() => {}); // It may not be there; the error is what counts.
    throw error;
  }
  return path;
}

async function writeInto(
  file: Deno.FsFile,
  stream: ReadableStream<Bytes>,
  told: (bytes: number) => void,
): Promise<void> {
  const { read, cancel } = readInto(stream);
  const buffer = new Uint8Array(CHUNK_BYTES);
  try {
    for (let length; (length = await read(buffer)) > 0;) {
      for (let at = 0; at < length;) at += await file.write(buffer.subarray(at, length));
      told(length);
    }
  } catch (error) {
    await cancel(error).catch(() => {}); // It may be the stream that failed; the error is what counts.
    throw error;
  }
}

/** Texts of files that are looked for from the current folder upwards, and the names of those that may not be read. */
export async function readUpwards(
  names: readonly string[],
): Promise<{ files: Record<string, string>; notRead: readonly string[] }> {
  const files: Record<string, string> = {};
  const notRead: string[] = [];
  let folder: string;
  try {
    folder = resolve(Deno.cwd());
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    return { files, notRead: names };
  }
  for (const name of names) {
    for (let at = folder;; at = dirname(at)) {
      try {
        files[name] = await Deno.readTextFile(join(at, name));
        break;
      } catch (error) {
        if (
          error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied
        ) {
          notRead.push(name);
          break;
        }
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      if (dirname(at) === at) break;
    }
  }
  return { files, notRead };
}

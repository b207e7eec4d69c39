/**
 * What can be logged as an artifact, as a source that each backend and each retry reads from the start.
 *
 * @module
 */
import type { Source } from "../../drivers/driver.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { WholeStream } from "../../composite/whole.ts";
import { checkComposite, checkEntity, checkFields, refuse, show } from "../check.ts";
import { describe } from "../format/codec.ts";
import type { Artifact } from "../format/entities.ts";
import { DATA, entityFolder } from "../format/layout.ts";
import { CALL_FIELDS } from "../inputs.ts";
import { readAttached } from "../reading/deleted.ts";

/**
 * Data at hand: bytes, text (as UTF-8), a Blob, or a function that opens a fresh stream at each call.
 * A stream itself can be read only once and there may be several backends, so it is read into memory
 * first: for large data pass the function. Each call has to give the same bytes; a backend for which it gives others
 * stores nothing.
 */
export type ArtifactData =
  | Uint8Array
  | ArrayBuffer
  | string
  | Blob
  | ReadableStream<Uint8Array>
  | (() => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>);

/** Data on disk. */
export type FileData =
  /**
   * A file; the artifact's name is the file's unless another is given. What is appended to it meanwhile is left out, and
   * a backend for which it reads otherwise than for the one before stores nothing.
   */
  | { path: string | URL }
  /** A folder, which is logged as a zip of its whole tree; its name gets `.zip` unless one is given. */
  | { directory: string | URL };

/** Makes a source of an input's `data`, `path` or `directory`, and finds the name and, where it is known, the size. */
export async function sourceOf(
  input: { name?: string; data?: unknown; path?: unknown; directory?: unknown },
  where: string,
): Promise<{ name: string | undefined; source: Source; size: number | undefined }> {
  const { name, data, path, directory } = input;
  const given = [data, path, directory].filter((one) => one !== undefined).length;
  if (given !== 1) {
    refuse(`${where} takes one of data, path and directory, but ${given} of them were passed.`);
  }
  if (data !== undefined) {
    const source = await dataSource(data, where);
    return { name, source, size: data instanceof Blob ? data.size : lengthOf(source) };
  }
  const files = await import("./disk.ts");
  if (path !== undefined) {
    const file = await files.fileSource(checkPath(path, `${where}: path`), `${where}: path`);
    return { ...file, name: name ?? file.name };
  }
  const folder = checkPath(directory, `${where}: directory`);
  const zip = await files.directorySource(folder, `${where}: directory`);
  return { name: name ?? zip.name, source: zip.source, size: undefined };
}

const lengthOf = (source: Source): number | undefined =>
  source instanceof Uint8Array ? source.length : undefined;

function checkPath(value: unknown, where: string): string | URL {
  if (value instanceof URL || (typeof value === "string" && value !== "")) return value;
  return refuse(`${where} must be a path or a file: URL, not ${show(value)}.`);
}

async function dataSource(data: unknown, where: string): Promise<Source> {
  // A copy: the caller may go on to change the bytes while backends are still reading them.
  if (data instanceof Uint8Array) return data.slice();
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  if (typeof data === "string") {
    if (!data.isWellFormed()) refuse(`${where}: data has half a surrogate pair.`);
    return new TextEncoder().encode(data);
  }
  if (data instanceof Blob) return () => data.stream();
  if (data instanceof ReadableStream) {
    if (data.locked) refuse(`${where}: data must be a stream that nobody else is reading.`);
    const chunks = await Array.fromAsync(data as ReadableStream<unknown>);
    const odd = chunks.findIndex((chunk) => !(chunk instanceof Uint8Array));
    if (odd >= 0) {
      refuse(`${where}: data must be a stream of bytes, but gave ${show(chunks[odd])}.`);
    }
    return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  }
  if (typeof data === "function") {
    const { steady } = await import("./steady.ts");
    return steady(
      data as () => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>,
      `${where}: data`,
    );
  }
  return refuse(
    `${where}: data must be bytes, text, a Blob, a stream or a function that opens one, not ${
      show(data)
    }. Use logJson for an object.`,
  );
}

/** Checks the arguments. Returns the key of the data. */
export function checkArtifact(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions,
  where: string,
): string {
  checkComposite(rubicon, where);
  checkEntity(artifact, ["artifact"], where);
  checkFields(options, CALL_FIELDS, where);
  return `${entityFolder(artifact)}/${DATA}`;
}

/** The data as what can be opened until a backend has it whole: see {@linkcode wholeObject}. */
export async function dataOf(
  rubicon: Composite,
  artifact: Artifact,
  options: CallOptions,
  where: string,
): Promise<() => Promise<WholeStream>> {
  checkComposite(rubicon, where);
  const key = checkArtifact(rubicon, artifact, options, where);
  const { wholeObject } = await import("../../composite/whole.ts");
  const folder = entityFolder(artifact);
  const what = `the data of ${describe(artifact)}`;
  return wholeObject(
    (run, call) => readAttached(rubicon, folder, what, run, call),
    key,
    options,
  );
}

/**
 * Where a table is taken to: a file, a stream, or back to the caller.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { checkFields, refuse, show } from "../check.ts";
import type { AnyTable } from "../query/table.ts";

/** A file's path or `file:` URL, or a stream of bytes, which is closed at the end. */
export type Destination =
  | string
  | URL
  | WritableStream<Uint8Array>
  | WritableStream<BufferSource>;

/** Options of everything that takes a table away. */
export interface TakeAwayOptions {
  /** Where to. A file appears whole or not at all. Default: it is returned. */
  to?: Destination | undefined;
  /** Stops the call: it rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
}

/** So many characters are written at once. */
const CHUNK = 64 * 1024;

/** Checks a table and the options. */
export function checkTable(
  table: unknown,
  options: unknown,
  more: readonly string[],
  where: string,
): asserts table is AnyTable {
  const { columns, rows } = (table ?? {}) as Partial<AnyTable>;
  if (!Array.isArray(columns) || !Array.isArray(rows)) {
    const hint = table instanceof Promise ? ' (a promise: is an "await" missing?)' : "";
    refuse(`${where} takes a table from toTable or readDataframe, not ${show(table)}${hint}.`);
  }
  checkFields(options, new Set([...more, "to", "signal"]), where);
}

/** Joins small pieces of text to large ones. */
function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

/** Writes text to its destination, or returns it whole if there is none. */
export async function putText(
  pieces: Iterable<string>,
  { to, signal }: TakeAwayOptions,
  where: string,
): Promise<string | void> {
  signal?.throwIfAborted();
  if (to === undefined) return Array.from(inChunks(pieces)).join("");
  const encoder = new TextEncoder();
  await putBytes(inChunks(pieces).map((text) => encoder.encode(text)), to, signal, where);
}

/** Writes bytes to a file or a stream. */
export async function putBytes(
  pieces: Iterable<Bytes>,
  to: Destination,
  signal: AbortSignal | undefined,
  where: string,
): Promise<void> {
  const stream = ReadableStream.from(pieces);
  if (to instanceof WritableStream) {
    if (to.locked) refuse(`${where}: to is a stream that somebody writes to already.`);
    return await stream.pipeTo(to as WritableStream<Bytes>, signal ? { signal } : {});
  }
  if (!(to instanceof URL) && (typeof to !== "string" || to === "")) {
    refuse(`${where}: to must be the path of a file or a WritableStream, not ${show(to)}.`);
  }
  const { notAllowed, saveStream } = await import("../files/disk.ts");
  const told = () => signal?.throwIfAborted();
  try {
    await saveStream(() => Promise.resolve(stream), to, "table", told);
  } catch (cause) {
    if (cause instanceof RubiconException || signal?.aborted) throw cause;
    throw notAllowed(`${where}: ${to} cannot be written`, cause);
  }
}

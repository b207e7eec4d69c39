/**
 * Reading what a caller wants stored, in chunks. For drivers that put by streaming.
 *
 * @module
 */
import { isRubiconException, RubiconException } from "../errors.ts";
import { abortable } from "./abortable.ts";
import type { Bytes, Source } from "./driver.ts";

/** How many bytes are handled at a time: large enough to be fast, small enough to stop soon. */
export const CHUNK_BYTES = 1 << 18;

/**
 * Lets timers and other input have their turn, which promises alone never do.
 *
 * @example
 * ```ts
 * import { breathe } from "./source.ts";
 *
 * let turns = 0;
 * const timer = setTimeout(() => turns++, 0);
 * await breathe();
 * clearTimeout(timer);
 * if (turns !== 1) throw new Error("the timer had its turn");
 * ```
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * The chunks of a source. Leaving the loop early cancels the source's stream, and an abort ends the
 * wait for a stream that gives nothing.
 *
 * @throws {RubiconException} `invalid-argument` where the source itself fails: that is no fault of
 * the backend, and another attempt would not help.
 *
 * @example
 * ```ts
 * import { chunksOf } from "./source.ts";
 *
 * let size = 0;
 * for await (const chunk of chunksOf(() => new Blob(["hello"]).stream())) size += chunk.length;
 * if (size !== 5) throw new Error("it reads the whole source");
 * ```
 */
export async function* chunksOf(
  source: Source,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  signal?.throwIfAborted();
  if (source instanceof Uint8Array) {
    for (let at = 0; at < source.length; at += CHUNK_BYTES) {
      signal?.throwIfAborted();
      yield source.subarray(at, at + CHUNK_BYTES);
    }
    return;
  }
  const reader = await openReader(source, signal);
  // Cancelling ends a pending read, so that an abort never waits for the source.
  const stop = () => drop(reader, signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    while (true) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read().catch((error) => failed(error, signal));
      signal?.throwIfAborted();
      if (done) return;
      if (!(value instanceof Uint8Array)) failed(new TypeError(`a chunk is ${typeof value}`));
      yield value;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** Opens a source's stream. When aborted meanwhile, the stream is cancelled as soon as it comes. */
async function openReader(
  source: Exclude<Source, Uint8Array>,
  signal?: AbortSignal,
): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const opening = (async () => (await source()).getReader())();
  try {
    return await abortable(opening, signal);
  } catch (error) {
    opening.then(
      (reader) => drop(reader, error),
      () => {/* it is `error`, or came after the abort */},
    );
    return failed(error, signal);
  }
}

/** Tells a source to stop. What it makes of that changes nothing for whoever reads it. */
function drop(reader: ReadableStreamDefaultReader<Uint8Array>, reason: unknown): void {
  reader.cancel(reason).catch(() => {/* see above */});
}

function failed(error: unknown, signal?: AbortSignal): never {
  signal?.throwIfAborted();
  if (isRubiconException(error)) throw error;
  const why = error instanceof Error ? error.message : String(error);
  throw new RubiconException(
    "invalid-argument",
    `The source of the bytes failed, so that nothing was stored: ${why}`,
    { cause: error },
  );
}

/** Fills an array from its start; resolves to how many bytes, 0 at the end. */
export type ReadInto = (into: Uint8Array) => Promise<number>;

/**
 * A stream whose reader may bring the buffer to be filled. Where readers do, the bytes of a large
 * download never pile up as garbage.
 *
 * @example
 * ```ts
 * import { byteStream } from "./source.ts";
 *
 * let left = 3;
 * const stream = byteStream((into) => {
 *   const length = Math.min(left, into.length);
 *   into.fill(7, 0, length);
 *   left -= length;
 *   return Promise.resolve(length);
 * }, () => {});
 * const bytes = await new Response(stream).bytes();
 * if (bytes.join() !== "7,7,7") throw new Error("three bytes, then the end");
 * ```
 */
export function byteStream(
  read: ReadInto,
  cancel: (reason: unknown) => void | Promise<void>,
): ReadableStream<Bytes> {
  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: CHUNK_BYTES,
    async pull(controller) {
      const request = controller.byobRequest!;
      const length = await read(request.view as Uint8Array);
      if (length === 0) controller.close();
      request.respond(length);
    },
    cancel,
  });
}

/**
 * Reads a stream into buffers of one's own, through one that is used again and again where it lets us.
 *
 * @example
 * ```ts
 * import { readInto } from "./source.ts";
 *
 * const { read } = readInto(new Blob(["hello"]).stream());
 * const buffer = new Uint8Array(16);
 * const length = await read(buffer);
 * if (new TextDecoder().decode(buffer.subarray(0, length)) !== "hello") throw new Error("all of it");
 * ```
 */
export function readInto(
  stream: ReadableStream<Bytes>,
): { read: ReadInto; cancel: (reason?: unknown) => Promise<void> } {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: "byob" });
  } catch {
    return readChunks(stream); // It is no byte stream.
  }
  let buffer = new ArrayBuffer(CHUNK_BYTES);
  return {
    async read(into) {
      const length = Math.min(into.length, CHUNK_BYTES);
      const { value } = await reader.read(new Uint8Array(buffer, 0, length));
      if (!value) return 0;
      buffer = value.buffer;
      into.set(value);
      return value.length;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function readChunks(stream: ReadableStream<Bytes>): ReturnType<typeof readInto> {
  const reader = stream.getReader();
  let rest = new Uint8Array(0);
  return {
    async read(into) {
      while (rest.length === 0) {
        const { done, value } = await reader.read();
        if (done) return 0;
        rest = value;
      }
      const length = Math.min(into.length, rest.length);
      into.set(rest.subarray(0, length));
      rest = rest.subarray(length);
      return length;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/**
 * Reading a zip where it is, range by range: only what is asked for is read, and little of it is kept.
 *
 * @module
 */
import { Readable } from "node:stream";
import type { Bytes } from "../../drivers/driver.ts";

/** Reads some bytes from a place on. */
export type ReadRange = (offset: number, length: number) => Promise<ReadableStream<Bytes>>;

/** Bytes are read in blocks of this size: small entries stand side by side. */
const BLOCK = 1 << 20;
/** So many blocks are kept: more are asked for at once by nobody. */
const MOST_BLOCKS = 32;

/** What yauzl reads by. */
export interface RangeReader {
  _readStreamForRange(start: number, end: number): Readable;
}

/** Makes a reader of yauzl's read by ranges. */
export function readingRanges<R extends RangeReader>(reader: R, read: ReadRange, size: number): R {
  const blocks = new Map<number, Promise<Bytes>>();
  const block = (at: number): Promise<Bytes> => {
    const known = blocks.get(at);
    blocks.delete(at);
    const bytes = known ?? read(at * BLOCK, Math.min(BLOCK, size - at * BLOCK))
      .then((stream) => new Response(stream).bytes());
    blocks.set(at, bytes); // The one that was used last is the last to go.
    for (const oldest of blocks.keys()) {
      if (blocks.size <= MOST_BLOCKS) break;
      blocks.delete(oldest);
    }
    bytes.catch(() => blocks.delete(at)); // It is asked for again then.
    return bytes;
  };
  async function* range(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (end - start > BLOCK) return yield* await read(start, end - start);
    for (let at = start; at < end;) {
      const number = Math.floor(at / BLOCK);
      const bytes = await block(number);
      const part = bytes.subarray(at - number * BLOCK, end - number * BLOCK);
      if (part.length === 0) throw new Error("it ends too early");
      yield part;
      at += part.length;
    }
  }
  reader._readStreamForRange = (start, end) => Readable.from(range(start, end));
  return reader;
}

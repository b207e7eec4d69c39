/**
 * Sources that give the same bytes each time: several backends, and retries, each read them from the start, and none
 * may get another content than the others.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { refuse } from "../check.ts";

/** Opens a fresh stream at each call. */
type Opener = () => ReadableStream<Uint8Array> | Promise<ReadableStream<Uint8Array>>;

/**
 * A source whose first whole reading says what all others have to give. One that gives something else fails at its
 * end, so that the backend that reads it stores nothing.
 *
 * @throws {RubiconException} `invalid-argument`, to whoever reads the stream.
 */
export function steady(open: Opener, what: string): () => Promise<ReadableStream<Uint8Array>> {
  let first: { length: number; sum: number } | undefined;
  return async () => {
    const own = { length: 0, sum: 0 };
    const stream = await open();
    return stream.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          // Whoever reads the stream judges what is no bytes.
          if (chunk instanceof Uint8Array) {
            own.length += chunk.length;
            own.sum = crc32(chunk, own.sum);
          }
          controller.enqueue(chunk);
        },
        flush() {
          first ??= own;
          if (own.length === first.length && own.sum === first.sum) return;
          refuse(
            `${what} changed while it was read, and all backends must get the same bytes. ` +
              "Log a copy that nobody writes to.",
          );
        },
      }),
    );
  };
}

/**
 * A stream of the first `size` bytes: what is appended to a file after its size was seen is left out.
 *
 * @throws {RubiconException} `invalid-argument` if there are fewer, to whoever reads the stream.
 */
export function cutAt(
  stream: ReadableStream<Uint8Array>,
  size: number,
  what: string,
): ReadableStream<Uint8Array> {
  let left = size;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const bytes = chunk.subarray(0, left);
        left -= bytes.length;
        if (bytes.length > 0) controller.enqueue(bytes);
        if (left === 0) controller.terminate();
      },
      flush() {
        if (left === 0) return;
        refuse(`${what} became shorter while it was read. Log a copy that nobody writes to.`);
      },
    }),
  );
}

/**
 * Whether two things are the same bytes.
 *
 * @module
 */
import type { Bytes, Source } from "./driver.ts";
import { chunksOf } from "./source.ts";

/** Whether two arrays hold the same bytes. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Whether a stream gives the bytes of a source, however both are cut into chunks. Ends the stream. */
export async function isSame(
  stream: ReadableStream<Bytes>,
  source: Source,
  signal?: AbortSignal,
): Promise<boolean> {
  const theirs = stream.getReader();
  /** What is left of their last chunk; `undefined` at the end. */
  let rest: Uint8Array | undefined = new Uint8Array();
  const more = async () => {
    while (rest?.length === 0) rest = (await theirs.read()).value;
  };
  try {
    for await (let ours of chunksOf(source, signal)) {
      while (ours.length > 0) {
        await more();
        if (!rest) return false;
        const length = Math.min(rest.length, ours.length);
        if (!equal(rest.subarray(0, length), ours.subarray(0, length))) return false;
        [rest, ours] = [rest.subarray(length), ours.subarray(length)];
      }
    }
    await more();
    return rest === undefined;
  } finally {
    // It may have failed already, which is told by whoever reads it.
    await theirs.cancel().catch(() => {});
  }
}

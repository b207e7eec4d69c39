/**
 * Whether what a store has is what was to be written.
 *
 * @module
 */
import type { Bytes, Driver, Source } from "../drivers/driver.ts";

/** So much of an object in the way is handed out to explain a conflict, in bytes. */
const EXCERPT = 64 * 1024;

/**
 * Compares an object with a source. Returns `undefined` where they are the same, else the
 * beginning of the object that is there.
 */
export async function differs(
  driver: Driver,
  key: string,
  source: Source,
  signal?: AbortSignal,
): Promise<Bytes | undefined> {
  const options = { signal };
  if (source instanceof Uint8Array) {
    const { bytes } = await driver.get(key, options);
    return equal(bytes, source) ? undefined : bytes.slice(0, EXCERPT);
  }
  const [there, ours] = await Promise.all([driver.open(key, options), source()]);
  if (await sameStreams(there.stream, ours)) return undefined;
  return (await driver.get(key, { ...options, length: EXCERPT })).bytes;
}

/** Whether two arrays hold the same bytes. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Whether two streams give the same bytes, however they are cut into chunks. Ends both. */
export async function sameStreams(
  a: ReadableStream<Uint8Array>,
  b: ReadableStream<Uint8Array>,
): Promise<boolean> {
  const [left, right] = [a.getReader(), b.getReader()];
  let [x, y]: Uint8Array[] = [new Uint8Array(), new Uint8Array()];
  try {
    while (true) {
      while (x!.length === 0) {
        const { done, value } = await left.read();
        if (done) break;
        x = value;
      }
      while (y!.length === 0) {
        const { done, value } = await right.read();
        if (done) break;
        y = value;
      }
      const length = Math.min(x!.length, y!.length);
      if (length === 0) return x!.length === y!.length;
      if (!equal(x!.subarray(0, length), y!.subarray(0, length))) return false;
      [x, y] = [x!.subarray(length), y!.subarray(length)];
    }
  } finally {
    await Promise.all([left.cancel(), right.cancel()].map((ended) => ended.catch(() => {})));
  }
}

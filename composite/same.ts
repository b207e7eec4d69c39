/**
 * Whether what a store has is what was to be written.
 *
 * @module
 */
import type { Bytes, Driver, Source } from "../drivers/driver.ts";
import { equal, isSame } from "../drivers/same.ts";

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
  const { stream } = await driver.open(key, options);
  if (await isSame(stream, source, signal)) return undefined;
  return (await driver.get(key, { ...options, length: EXCERPT })).bytes;
}

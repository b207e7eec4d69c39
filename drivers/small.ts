/**
 * Small bytes that share buffers: a buffer for each costs more than what is in it.
 *
 * @module
 */
import type { Bytes } from "./driver.ts";

/** What is larger gets a buffer of its own. */
const SMALL_BYTES = 1024;
/** So much of memory bytes may keep that are the last of their buffer. */
const SHARED_BYTES = 16 * 1024;
const encoder = new TextEncoder();
let shared = new Uint8Array(0);
let used = 0;

/** Sees to it that the buffer has room for so many bytes. */
function makeRoom(length: number): void {
  if (used + length <= shared.length) return;
  shared = new Uint8Array(SHARED_BYTES);
  used = 0;
}

/** A copy of some bytes. */
export function copyOf(source: Uint8Array): Bytes {
  if (source.length > SMALL_BYTES) return new Uint8Array(source);
  makeRoom(source.length);
  const bytes = shared.subarray(used, used += source.length);
  bytes.set(source);
  return bytes;
}

/** A text in UTF-8, of which a character takes three bytes at most. */
export function encode(text: string): Bytes {
  if (text.length > SMALL_BYTES) return encoder.encode(text);
  makeRoom(text.length * 3);
  const { written } = encoder.encodeInto(text, shared.subarray(used));
  return shared.subarray(used, used += written);
}

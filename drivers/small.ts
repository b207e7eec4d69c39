/**
 * Small bytes that share buffers: a buffer for each costs more than what is in it.
 *
 * @module
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** What is larger gets a buffer of its own. */
const SMALL_BYTES = 1024;
/** So much of memory bytes may keep that are the last of their buffer. */
const SHARED_BYTES = 16 * 1024;
const encoder = new TextEncoder();

/** Bytes of one owner: what a store keeps shares no buffer with what is handed to others. */
export class SmallBytes {
  #shared = new Uint8Array(0);
  #used = 0;

  /** A copy of some bytes. */
  copyOf(source: Uint8Array): Bytes {
    if (source.length > SMALL_BYTES) return new Uint8Array(source);
    const bytes = this.#room(source.length).subarray(0, source.length);
    bytes.set(source);
    this.#used += source.length;
    return bytes;
  }

  /** A text in UTF-8, of which a character takes three bytes at most. */
  encode(text: string): Bytes {
    if (text.length > SMALL_BYTES) return encoder.encode(text);
    const room = this.#room(text.length * 3);
    const { written } = encoder.encodeInto(text, room);
    this.#used += written;
    return room.subarray(0, written);
  }

  /** What is free, so many bytes at least. */
  #room(length: number): Bytes {
    if (this.#used + length > this.#shared.length) {
      this.#shared = new Uint8Array(SHARED_BYTES);
      this.#used = 0;
    }
    return this.#shared.subarray(this.#used);
  }
}

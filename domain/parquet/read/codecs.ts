/**
 * What Parquet's pages are compressed by. Output is never more than a page says, which is paid for before.
 *
 * @module
 */
import { damaged, unsupported } from "./bounds.ts";

/** Undoes a page's compression: its bytes, and how many they are to be. */
export type Decompress = (bytes: Uint8Array, size: number) => Uint8Array;

/**
 * The way to undo a codec. Libraries are loaded for what a file has: node:zlib is native, and heeds a limit.
 */
export async function decompressorOf(codec: string): Promise<Decompress> {
  switch (codec) {
    case "UNCOMPRESSED":
      return (bytes) => bytes;
    case "SNAPPY":
      return snappy;
    case "GZIP":
    case "ZSTD":
    case "BROTLI": {
      const zlib = await import("node:zlib");
      const run = {
        GZIP: zlib.gunzipSync,
        ZSTD: zlib.zstdDecompressSync,
        BROTLI: zlib.brotliDecompressSync,
      }[codec];
      // A limit of zero is none.
      return (bytes, size) => {
        if (size === 0) return new Uint8Array();
        const { buffer, byteOffset, length } = run(bytes, { maxOutputLength: size });
        return new Uint8Array(buffer, byteOffset, length); // No Buffer, whose slices are no copies.
      };
    }
    case "LZ4":
      return lz4Framed;
    case "LZ4_RAW":
      return lz4;
  }
  return unsupported(`its pages are compressed by ${codec}, which is not read here`);
}

/** Runs a decompressor: what is not as long as it is to be is damaged. */
export function decompress(run: Decompress, bytes: Uint8Array, size: number): Uint8Array {
  const page = run(bytes, size);
  return page.length === size
    ? page
    : damaged(`a page has ${page.length} bytes, not the ${size} that it says`);
}

/**
 * Snappy. hyparquet's own goes back in its input, and so on for ever, when a literal's length has its highest bit
 * set, and it copies byte by byte.
 */
function snappy(input: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size);
  let at = 0;
  while (input[at++]! >= 0x80);
  let to = 0;
  const broken = () => damaged("a page is no Snappy data");
  while (at < input.length) {
    const tag = input[at++]!;
    if ((tag & 3) === 0) {
      let length = tag >> 2;
      if (length >= 60) {
        const bytes = length - 59;
        length = 0;
        for (let byte = 0; byte < bytes; byte++) length += (input[at++] ?? 0) * 2 ** (8 * byte);
      }
      length++;
      if (at + length > input.length || to + length > size) broken();
      // A call for a few bytes takes longer than they do.
      if (length > 32) output.set(input.subarray(at, at + length), to);
      else for (let byte = 0; byte < length; byte++) output[to + byte] = input[at + byte]!;
      at += length;
      to += length;
      continue;
    }
    let length = (tag >> 2) + 1;
    let offset = 0;
    if (at + (tag & 3) > input.length) broken();
    if ((tag & 3) === 1) {
      length = (tag >> 2 & 7) + 4;
      offset = (tag >> 5) * 256 + input[at++]!;
    } else {
      offset = input[at]! + input[at + 1]! * 256;
      if ((tag & 3) === 3) {
        offset += (input[at + 2] ?? 0) * 2 ** 16 + (input[at + 3] ?? 0) * 2 ** 24;
      }
      at += (tag & 3) === 3 ? 4 : 2;
    }
    if (offset === 0 || offset > to || to + length > size) broken();
    for (const end = to + length; to < end; to++) output[to] = output[to - offset]!;
  }
  return to === size ? output : broken();
}

/** An LZ4 block. */
function lz4(input: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size);
  const broken = () => damaged("a page is no LZ4 data");
  let at = 0;
  let to = 0;
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (;;) {
      const byte = input[at++] ?? broken();
      length += byte;
      if (byte < 255) return length;
    }
  };
  while (at < input.length) {
    const token = input[at++]!;
    const literals = lengthOf(token >> 4);
    if (at + literals > input.length || to + literals > size) broken();
    output.set(input.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === input.length) break; // The last sequence is literals alone.
    const offset = input[at++]! + (input[at++] ?? 0) * 256;
    const end = to + lengthOf(token & 15) + 4;
    if (offset === 0 || offset > to || end > size) broken();
    for (; to < end; to++) output[to] = output[to - offset]!;
  }
  return to === size ? output : broken();
}

/** Hadoop's frames of LZ4 blocks: two lengths, of the output and of the input, before each. Older writers left them out. */
function lz4Framed(input: Uint8Array, size: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const output = new Uint8Array(size);
  let to = 0;
  for (let at = 0; at < input.length;) {
    if (at + 8 > input.length) return lz4(input, size);
    const [long, short] = [view.getUint32(at), view.getUint32(at + 4)];
    at += 8;
    if (short === 0 || at + short > input.length || to + long > size) return lz4(input, size);
    output.set(lz4(input.subarray(at, at + short), long), to);
    at += short;
    to += long;
  }
  return output;
}

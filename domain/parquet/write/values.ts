/**
 * The bytes of a page's values.
 *
 * @module
 */
import { ByteWriter } from "npm:hyparquet-writer@0.17.0/src/bytewriter.js";
import { writeRleBitPackedHybrid } from "npm:hyparquet-writer@0.17.0/src/encoding.js";
import type { Physical } from "../columns.ts";
import { bitsOf } from "../read/hybrid.ts";

/** So many texts tell whether a column is worth a dictionary. */
const SAMPLE = 1000;

/** Numbers are their own bytes; booleans are bits; texts have their lengths before them. */
export function encodePlain(values: Physical): Uint8Array {
  if (values instanceof Uint8Array) {
    const bits = new Uint8Array(Math.ceil(values.length / 8));
    for (let at = 0; at < values.length; at++) bits[at >> 3]! |= values[at]! << (at & 7);
    return bits;
  }
  if (!Array.isArray(values)) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  return encodeTexts(values as string[]);
}

const UTF8 = new TextEncoder();

function encodeTexts(texts: readonly string[]): Uint8Array {
  let most = 0;
  for (const text of texts) most += 4 + 3 * text.length;
  const bytes = new Uint8Array(most);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const text of texts) {
    const start = at + 4;
    const length = text.length;
    let done = 0;
    // Short texts of ASCII, which most are, are faster without a call of the encoder.
    if (length < 32) {
      for (; done < length; done++) {
        const code = text.charCodeAt(done);
        if (code >= 0x80) break;
        bytes[start + done] = code;
      }
    }
    const written = done === length ? length : UTF8.encodeInto(text, bytes.subarray(start)).written;
    view.setUint32(at, written, true);
    at = start + written;
  }
  return bytes.subarray(0, at);
}

/** Texts by what they are of: their distinct ones, and an index for each; `undefined` if that saves too little. */
export function encodeDictionary(
  values: Physical,
): { dictionary: Uint8Array; count: number; indexes: Uint8Array } | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  const texts = values as string[];
  const found = new Map<string, number>();
  const indexes = new Uint32Array(texts.length);
  const most = texts.length / 2;
  const step = Math.ceil(texts.length / SAMPLE);
  const sample = texts.filter((_, at) => at % step === 0);
  if (sample.length > 100 && new Set(sample).size > sample.length * 0.9) return undefined;
  for (let at = 0; at < texts.length; at++) {
    const text = texts[at]!;
    let index = found.get(text);
    if (index === undefined) {
      index = found.size;
      if (index >= most) return undefined;
      found.set(text, index);
    }
    indexes[at] = index;
  }
  const width = bitsOf(found.size - 1);
  const writer = new ByteWriter();
  writer.appendUint8(width);
  writeRleBitPackedHybrid(writer, indexes as unknown as number[], width);
  return {
    dictionary: encodeTexts([...found.keys()]),
    count: found.size,
    indexes: writer.getBytes(),
  };
}

/**
 * The pages of a column: their levels, and the bytes of their values.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { bounded, type Budget, damaged, unsupported } from "./bounds.ts";
import { type Decompress, decompress } from "./codecs.ts";
import type { Chunk } from "./footer.ts";
import { bitsOf, readHybrid } from "./hybrid.ts";
import { readStruct, type Struct, structOf } from "./thrift.ts";

/** The encodings of values, by their numbers. */
const ENCODINGS = [
  "PLAIN",
  "",
  "DICTIONARY",
  "RLE",
  "",
  "DELTA_BINARY_PACKED",
  "DELTA_LENGTH_BYTE_ARRAY",
  "DELTA_BYTE_ARRAY",
  "DICTIONARY",
  "BYTE_STREAM_SPLIT",
] as const;
/** How the values of a page are encoded. */
export type Encoding = Exclude<(typeof ENCODINGS)[number], "">;

/** A page: of a column's dictionary, or of its data. */
export interface Page {
  /** Whether it is the column's dictionary. */
  isDictionary: boolean;
  /** How many values it has, missing ones counted. */
  count: number;
  /** Decompresses it. */
  open(): OpenPage;
}

/** A page's levels and bytes. */
export interface OpenPage {
  /** The list level of each value, for columns that are in lists. */
  repetitions?: Uint8Array;
  /** The definition level of each value; missing if all values are there. */
  definitions?: Uint8Array;
  /** How many values are there. */
  present: number;
  /** How they are encoded. */
  encoding: Encoding;
  /** Their bytes. */
  bytes: Uint8Array;
}

/** The header of a data page, of either version. */
interface Head {
  count: number;
  encoding: Encoding;
  /** For version 2: how many bytes its levels have, which are not compressed; and whether the rest is. */
  v2?: { repetitions: number; definitions: number; isCompressed: boolean };
}

/** The pages of a chunk, one by one. Together they have as many values as the chunk. */
export function* pagesOf(
  bytes: Uint8Array,
  chunk: Chunk,
  run: Decompress,
  budget: Budget,
): Generator<Page> {
  let left = chunk.values;
  budget.pay(bytes.length);
  for (let at = 0; left > 0;) {
    if (at >= bytes.length) damaged(`a column lacks ${left} of its values`);
    const { struct, end } = readStruct(bytes, at);
    const size = bounded(struct[2], 2 ** 31, "bytes in a page");
    const length = bounded(struct[3], bytes.length - end, "bytes in a page");
    const body = bytes.subarray(end, end + length);
    at = end + length;
    // What a writer has a checksum of is checked; it covers ranges of a file too.
    if (typeof struct[4] === "number" && crc32(body) !== struct[4] >>> 0) {
      damaged("a page is not what it has the checksum of");
    }
    const isDictionary = struct[1] === 2;
    if (isDictionary) {
      const header = structOf(struct[7]) ?? damaged("a page has no header of its type");
      const count = bounded(header[1], 2 ** 31, "values in a dictionary");
      const open = (): OpenPage => {
        budget.pay(size);
        return { present: count, encoding: "PLAIN", bytes: decompress(run, body, size) };
      };
      yield { isDictionary, count, open };
    } else if (struct[1] === 0 || struct[1] === 3) {
      const head = headOf(struct);
      if (head.count > left) damaged("its pages have more values than the column");
      left -= head.count;
      yield {
        isDictionary,
        count: head.count,
        open: () => openPage(body, size, head, chunk, run, budget),
      };
    }
    // Pages of other types are for indexes.
  }
}

function headOf(struct: Struct): Head {
  const header = structOf(struct[struct[1] === 0 ? 5 : 8]) ??
    damaged("a page has no header of its type");
  const count = bounded(header[1], 2 ** 31, "values in a page");
  const isV2 = struct[1] === 3;
  const number = bounded(header[isV2 ? 4 : 2], 100, "encoding of a page");
  const encoding = ENCODINGS[number] || unsupported(`a page has encoding ${number}`);
  if (!isV2) {
    if (header[3] === 4 || header[4] === 4) unsupported("its levels have a deprecated encoding");
    return { count, encoding };
  }
  const v2 = {
    definitions: bounded(header[5], 2 ** 31, "bytes of levels"),
    repetitions: bounded(header[6], 2 ** 31, "bytes of levels"),
    isCompressed: header[7] !== false,
  };
  return { count, encoding, v2 };
}

function openPage(
  body: Uint8Array,
  size: number,
  { count, encoding, v2 }: Head,
  { leaf, codec }: Chunk,
  run: Decompress,
  budget: Budget,
): OpenPage {
  const levels = (v2?.repetitions ?? 0) + (v2?.definitions ?? 0);
  if (levels > body.length || levels > size) damaged("the levels of a page are longer than it is");
  budget.pay(size + count * (leaf.maxRepetition > 0 ? 2 : 1));
  const isCompressed = v2 ? v2.isCompressed && codec !== "UNCOMPRESSED" : true;
  const rest = isCompressed
    ? decompress(run, body.subarray(levels), size - levels)
    : body.subarray(levels);
  let at = 0;
  /** Reads levels, whose length stands before them or in the header. */
  const read = (most: number, length: number | undefined): Uint8Array | undefined => {
    if (most === 0) {
      if (v2) at += length!;
      return undefined;
    }
    const from = v2 ? body : rest;
    if (!v2) {
      if (at + 4 > from.length) damaged("a page has no levels");
      length = new DataView(from.buffer, from.byteOffset + at, 4).getUint32(0, true);
      at += 4;
    }
    const end = at + length!;
    if (end > from.length) damaged("the levels of a page are longer than it is");
    const found = new Uint8Array(count);
    readHybrid(from, at, end, bitsOf(most), found);
    at = end;
    return found;
  };
  const repetitions = read(leaf.maxRepetition, v2?.repetitions);
  const definitions = read(leaf.maxDefinition, v2?.definitions);
  const over = () => damaged("a value has a level that its column has not");
  let present = count;
  // Most pages lack no value, and a native search says so.
  if (definitions && (leaf.maxDefinition > 1 || definitions.includes(0))) {
    for (const level of definitions) {
      if (level < leaf.maxDefinition) present--;
      else if (level > leaf.maxDefinition) over();
    }
  }
  if (repetitions?.some((level) => level > leaf.maxRepetition)) over();
  return {
    ...(repetitions && { repetitions }),
    ...(definitions && (present < count || repetitions) && { definitions }),
    present,
    encoding,
    bytes: v2 ? rest : rest.subarray(at),
  };
}

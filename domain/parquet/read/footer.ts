/**
 * A Parquet file's footer: its schema, and where the pages of each column are. All numbers are checked against the
 * file and against one another.
 *
 * @module
 */
import { bounded, damaged, unsupported } from "./bounds.ts";
import { columnsOf, type Leaf, PHYSICAL, type SchemaColumn } from "./schema.ts";
import { readStruct, type Struct, structOf, structsOf, textOf } from "./thrift.ts";

/** How a column is compressed. */
export type Codec = (typeof CODECS)[number];

const CODECS = [
  "UNCOMPRESSED",
  "SNAPPY",
  "GZIP",
  "LZO",
  "BROTLI",
  "LZ4",
  "ZSTD",
  "LZ4_RAW",
] as const;

/** The pages of one column in one group of rows. */
export interface Chunk {
  /** The leaf it belongs to. */
  leaf: Leaf;
  /** Its compression. */
  codec: Codec;
  /** Where its pages begin. */
  start: number;
  /** Where they end. */
  end: number;
  /** How many values it has, missing ones counted. */
  values: number;
}

/** A file's footer. */
export interface Footer {
  /** How many rows it has. */
  rows: number;
  /** The columns, in order, each with its leaves. */
  columns: SchemaColumn[];
  /** Each group of rows with a chunk for each leaf. */
  groups: { rows: number; chunks: Map<Leaf, Chunk> }[];
  /** Texts by key, such as pandas'. */
  texts: Map<string, string>;
}

const PLAIN = "PAR1";
const ENCRYPTED = "PARE";
/** The length of the footer, and the file's last word. */
export const TAIL = 8;

/** How many bytes the footer has, by the last eight of a file of this size. */
export function footerLength(tail: Uint8Array, size: number): number {
  const word = size < 12 ? "" : String.fromCharCode(...tail.subarray(-4));
  if (word === ENCRYPTED) unsupported("it is encrypted, and there is no key for it here");
  if (word !== PLAIN) damaged("it is no Parquet: it does not end in PAR1");
  const at = new DataView(tail.buffer, tail.byteOffset + tail.byteLength - TAIL, TAIL);
  return bounded(at.getUint32(0, true), size - TAIL - 4, "bytes of metadata");
}

/** Reads a footer. */
export function readFooter(bytes: Uint8Array, size: number): Footer {
  const { struct } = readStruct(bytes, 0);
  if (struct[8] !== undefined) unsupported("it is encrypted, and there is no key for it here");
  const columns = columnsOf(structsOf(struct[2]));
  const leaves = columns.flatMap((column) => column.leaves);
  const rows = bounded(struct[3], 2 ** 53, "rows");
  const groups = structsOf(struct[4]).map((group) => {
    const chunks = structsOf(group[1]);
    if (chunks.length !== leaves.length) {
      damaged("a group of rows has other columns than the schema");
    }
    const groupRows = bounded(group[3], rows, "rows in a group");
    return {
      rows: groupRows,
      chunks: new Map(chunks.map((chunk, at) => {
        const leaf = leaves[at]!;
        return [leaf, chunkOf(chunk, leaf, groupRows, size)];
      })),
    };
  });
  const counted = groups.reduce((sum, group) => sum + group.rows, 0);
  if (counted !== rows) damaged(`it says that it has ${rows} rows, and its groups have ${counted}`);
  const texts = structsOf(struct[5]).flatMap((pair): [string, string][] => {
    const [key, value] = [textOf(pair[1]), textOf(pair[2])];
    return key === undefined || value === undefined ? [] : [[key, value]];
  });
  return { rows, columns, groups, texts: new Map(texts) };
}

function chunkOf(chunk: Struct, leaf: Leaf, rows: number, size: number): Chunk {
  if (chunk[8] !== undefined || chunk[9] !== undefined) {
    unsupported("it has encrypted columns, and there is no key for them here");
  }
  if (chunk[1] !== undefined) unsupported("its columns are in other files");
  const meta = structOf(chunk[3]) ?? damaged("a column has no metadata");
  const path = meta[3];
  const isPath = Array.isArray(path) && path.length === leaf.node.path.length &&
    path.every((name, at) => textOf(name) === leaf.node.path[at]);
  if (!isPath || PHYSICAL[meta[1] as number] !== leaf.node.element.type) {
    damaged("a group of rows has other columns than the schema");
  }
  const values = bounded(meta[5], 2 ** 53, "values in a column");
  // A list has any number of values, and one at least is written for an empty one.
  if (leaf.maxRepetition === 0 ? values !== rows : values < rows) {
    damaged(`a column has ${values} values for ${rows} rows`);
  }
  const data = bounded(meta[9], size, "start of a page");
  const dictionary = meta[11] === undefined ? 0 : bounded(meta[11], size, "start of a page");
  // Some writers say 0 if there is no dictionary, and some one that is behind the data.
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const length = bounded(meta[7], size - start, "bytes in a column");
  const codec = CODECS[meta[4] as number] ?? unsupported("its compression is not known here");
  return { leaf, codec, start, end: start + length, values };
}

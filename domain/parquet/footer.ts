// deno-lint-ignore-file camelcase -- they are Parquet's own names, which hyparquet's packages have too.
/**
 * A Parquet file's footer: its schema, and where the pages of each column are. All numbers are checked against the
 * file and against one another.
 *
 * @module
 */
import { bounded, damaged, unsupported } from "./bounds.ts";
import {
  readStruct,
  type Struct,
  structOf,
  structsOf,
  textOf,
  type ThriftValue,
} from "./thrift.ts";

/** A Parquet type. */
export type Physical = (typeof PHYSICAL)[number];
/** How a column is compressed. */
export type Codec = (typeof CODECS)[number];
/** What an integer of time counts. */
export type Unit = "s" | "ms" | "us" | "ns";

const PHYSICAL = [
  "BOOLEAN",
  "INT32",
  "INT64",
  "INT96",
  "FLOAT",
  "DOUBLE",
  "BYTE_ARRAY",
  "FIXED_LEN_BYTE_ARRAY",
] as const;
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
const CONVERTED =
  ("UTF8 MAP MAP_KEY_VALUE LIST ENUM DECIMAL DATE TIME_MILLIS TIME_MICROS TIMESTAMP_MILLIS " +
    "TIMESTAMP_MICROS UINT_8 UINT_16 UINT_32 UINT_64 INT_8 INT_16 INT_32 INT_64 JSON BSON INTERVAL")
    .split(" ");
/** By the number of the field of LogicalType. */
const LOGICAL =
  (" STRING MAP LIST ENUM DECIMAL DATE TIME TIMESTAMP  INTEGER NULL JSON BSON UUID FLOAT16 VARIANT " +
    "GEOMETRY GEOGRAPHY").split(" ");
const REPETITIONS = ["REQUIRED", "OPTIONAL", "REPEATED"] as const;
/** Schemas of frames are a few levels deep; hyparquet goes down them by recursion. */
const MAX_DEPTH = 64;

/** One element of the schema, with those below it: what hyparquet calls a schema tree. */
export interface Node {
  /** Its name and types. */
  element: {
    name: string;
    repetition_type: (typeof REPETITIONS)[number];
    converted_type?: string;
    type?: Physical;
    num_children?: number;
  };
  /** The bytes of a value of fixed length. */
  width: number;
  /** Digits after the point, of a decimal. */
  scale: number;
  /** What the values mean beyond their type; empty if nothing. */
  logical: string;
  /** For times: what they count. */
  unit?: Unit;
  /** For integers: whether they have a sign. */
  signed: boolean;
  /** The names from the top to here. */
  path: string[];
  /** The elements below. */
  children: Node[];
  /** How many elements it has, itself counted. */
  count: number;
}

/** A leaf of the schema: what has pages. */
export interface Leaf {
  /** Its element. */
  node: Node;
  /** The elements from the root to it. */
  schemaPath: Node[];
  /** The definition level of a value that is there. */
  maxDefinition: number;
  /** How many lists it is in. */
  maxRepetition: number;
}

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
  columns: { node: Node; leaves: Leaf[] }[];
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

function columnsOf(elements: readonly Struct[]): Footer["columns"] {
  if (elements.length === 0) damaged("it has no schema");
  const root = nodeOf(elements, 0, [], 0);
  if (root.count !== elements.length) damaged("its schema is no tree");
  const names = new Set(root.children.map(({ element }) => element.name));
  if (names.size !== root.children.length) unsupported("two of its columns have one name");
  return root.children.map((node) => ({ node, leaves: leavesOf(node, [root]) }));
}

function nodeOf(elements: readonly Struct[], at: number, path: string[], depth: number): Node {
  const element = elements[at] ?? damaged("its schema is cut off");
  if (depth > MAX_DEPTH) unsupported(`its columns are nested deeper than ${MAX_DEPTH} levels`);
  const name = textOf(element[4]) ?? damaged("a column has no name");
  const here = depth === 0 ? path : [...path, name];
  const type = element[1] === undefined ? undefined : PHYSICAL[element[1] as number];
  const wanted = element[5] === undefined ? 0 : bounded(element[5], elements.length, "columns");
  const children: Node[] = [];
  let count = 1;
  while (children.length < wanted) {
    const child = nodeOf(elements, at + count, here, depth + 1);
    children.push(child);
    count += child.count;
  }
  if (depth > 0 && (type === undefined) === (children.length === 0)) {
    damaged(`its column "${name}" has neither a type nor columns below it, or both`);
  }
  const meaning = meaningOf(structOf(element[10]), CONVERTED[element[6] as number]);
  // hyparquet, which assembles lists and maps, goes by the older annotation alone.
  const converted = ["LIST", "MAP"].includes(meaning.logical) ? meaning.logical : undefined;
  return {
    element: {
      name,
      repetition_type: REPETITIONS[(element[3] ?? 0) as number] ??
        damaged("a column is of no repetition"),
      ...(converted !== undefined && { converted_type: converted }),
      ...(type !== undefined && { type }),
      num_children: children.length,
    },
    width: element[2] === undefined ? 0 : bounded(element[2], 2 ** 31, "bytes in a value"),
    scale: element[7] === undefined ? 0 : bounded(element[7], 1000, "digits after the point"),
    ...meaning,
    path: here,
    children,
    count,
  };
}

/** The newer annotation, or what the older one says. */
function meaningOf(
  logical: Struct | undefined,
  converted = "",
): { logical: string; unit?: Unit; signed: boolean } {
  const field = Number(Object.keys(logical ?? {})[0] ?? 0);
  const name = LOGICAL[field] ?? "";
  if (name !== "") {
    const inner = structOf(logical![field])!;
    if (name === "INTEGER") return { logical: name, signed: inner[2] !== false };
    const unit = name.startsWith("TIME") ? unitOf(inner[2]) : undefined;
    return { logical: name, signed: true, ...(unit && { unit }) };
  }
  if (converted === "UTF8") return { logical: "STRING", signed: true };
  const [, time, unit] = /^(TIME|TIMESTAMP)_(MI[A-Z]+)$/.exec(converted) ?? [];
  if (time !== undefined) {
    return { logical: time, unit: unit === "MILLIS" ? "ms" : "us", signed: true };
  }
  if (/^U?INT_/.test(converted)) return { logical: "INTEGER", signed: !converted.startsWith("U") };
  return { logical: converted === "MAP_KEY_VALUE" ? "MAP" : converted, signed: true };
}

function unitOf(value: ThriftValue | undefined): Unit {
  const field = Number(Object.keys(structOf(value) ?? {})[0] ?? 0);
  return ([, "ms", "us", "ns"] as const)[field] ?? damaged("a time has no unit");
}

function leavesOf(node: Node, above: readonly Node[]): Leaf[] {
  const schemaPath = [...above, node];
  if (node.children.length > 0) {
    return node.children.flatMap((child) => leavesOf(child, schemaPath));
  }
  const count = (of: (repetition: string) => boolean) =>
    schemaPath.slice(1).filter(({ element }) => of(element.repetition_type)).length;
  return [{
    node,
    schemaPath,
    maxDefinition: count((repetition) => repetition !== "REQUIRED"),
    maxRepetition: count((repetition) => repetition === "REPEATED"),
  }];
}

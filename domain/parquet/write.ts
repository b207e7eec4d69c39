// deno-lint-ignore-file camelcase -- they are Parquet's own names, which hyparquet's packages have too.
/**
 * Writing dataframes as Parquet: column by column, in groups of rows. hyparquet-writer writes the metadata; the pages
 * are written here, since its own take an object for each value, and one zero for the other in dictionaries.
 *
 * @module
 */
import { constants, crc32, zstdCompressSync } from "node:zlib";
import { ByteWriter } from "npm:hyparquet-writer@0.17.0/src/bytewriter.js";
import { writePageHeader } from "npm:hyparquet-writer@0.17.0/src/datapage.js";
import { writeRleBitPackedHybrid } from "npm:hyparquet-writer@0.17.0/src/encoding.js";
import { writeMetadata } from "npm:hyparquet-writer@0.17.0/src/metadata.js";
import { type Column, emptyOf, type Physical } from "./columns.ts";
import { bitsOf } from "./hybrid.ts";
import { elementOf, JSON_COLUMNS, pandasMetadata, parquetType, schemaOf } from "./schema.ts";

/** Rows in a group: what is read at least where some rows are asked for. */
const GROUP_ROWS = 100_000;
/** What a column has in a group at most, about: groups of long texts have fewer rows. */
const GROUP_BYTES = 2 ** 26;
/** What compression has to leave at most, for what it costs to undo. */
const WORTH = 0.9;
/** The fastest that still finds repetitions. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const MAGIC = new TextEncoder().encode("PAR1");

/** So many texts tell whether a column is worth a dictionary. */
const SAMPLE = 1000;

type Metadata = Parameters<typeof writeMetadata>[1];
type ColumnChunk = Metadata["row_groups"][number]["columns"][number];

/** A file that grows at its end. */
class Output {
  readonly #parts: Uint8Array[] = [];
  size = 0;

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.size += bytes.length;
  }

  join(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}

/** The bytes of a Parquet file with these columns. */
export function writeFrame(columns: readonly Column[], rows: number): Uint8Array<ArrayBuffer> {
  const output = new Output();
  output.add(MAGIC);
  const groups: Metadata["row_groups"] = [];
  let from = 0;
  while (from < rows && columns.length > 0) {
    const to = groupEnd(columns, from, rows);
    const start = output.size;
    const chunks = columns.map((column) => writeChunk(output, column, from, to));
    const size = (of: (chunk: NonNullable<ColumnChunk["meta_data"]>) => bigint) =>
      chunks.reduce((sum, { meta_data: meta }) => sum + of(meta!), 0n);
    groups.push({
      columns: chunks,
      total_byte_size: size((meta) => meta.total_uncompressed_size),
      num_rows: BigInt(to - from),
      total_compressed_size: BigInt(output.size - start),
    });
    from = to;
  }
  const json = columns.flatMap(({ name, type }) => type === "json" ? [name] : []);
  const metadata = {
    version: 2,
    created_by: "hyparquet",
    schema: [
      { name: "schema", num_children: columns.length },
      ...columns.flatMap(({ name, type }) => schemaOf(name, type)),
    ],
    num_rows: BigInt(rows),
    row_groups: groups,
    key_value_metadata: [
      { key: "pandas", value: pandasMetadata(columns, rows) },
      ...(json.length > 0 ? [{ key: JSON_COLUMNS, value: JSON.stringify(json) }] : []),
    ],
  };
  const footer = new ByteWriter();
  // The schema is ours: the library's types are narrower than what it takes.
  writeMetadata(footer, metadata as unknown as Metadata);
  output.add(footer.getBytes());
  output.add(MAGIC);
  return output.join();
}

/** Where a group that begins at `from` ends. */
function groupEnd(columns: readonly Column[], from: number, rows: number): number {
  let to = Math.min(rows, from + GROUP_ROWS);
  for (const { values } of columns) {
    if (!Array.isArray(values)) continue;
    let size = 0;
    for (let row = from; row < to; row++) {
      const value = values[row]!;
      size += 4 + (typeof value === "string" ? value.length : 0);
      if (Array.isArray(value)) { for (const item of value) size += 8 + String(item).length; }
      if (size > GROUP_BYTES) to = Math.max(row, from + 1);
    }
  }
  return to;
}

function writeChunk(output: Output, column: Column, from: number, to: number): ColumnChunk {
  const { name, type } = column;
  const element = elementOf(type);
  const run = element === undefined ? flatRun(column, from, to) : listRun(column, from, to);
  const { repetitions, definitions, present } = run;
  const coded = encodeDictionary(present);
  const body = coded?.indexes ?? encodePlain(present);
  const packed = zstdCompressSync(body, ZSTD);
  const isPacked = coded !== undefined || packed.length < body.length * WORTH;
  const encoding = coded ? "RLE_DICTIONARY" : "PLAIN";
  const start = output.size;
  let raw = 0;
  if (coded) {
    raw += writePage(output, [zstdCompressSync(coded.dictionary, ZSTD)], coded.dictionary.length, {
      type: "DICTIONARY_PAGE",
      dictionary_page_header: { num_values: coded.count, encoding: "PLAIN" },
    });
  }
  const data = output.size;
  const levels = repetitions.length + definitions.length;
  raw += writePage(
    output,
    [repetitions, definitions, isPacked ? packed : body],
    levels + body.length,
    {
      type: "DATA_PAGE_V2",
      data_page_header_v2: {
        num_values: run.values,
        num_nulls: run.values - present.length,
        num_rows: to - from,
        encoding,
        definition_levels_byte_length: definitions.length,
        repetition_levels_byte_length: repetitions.length,
        is_compressed: isPacked,
      },
    },
  );
  return {
    file_offset: BigInt(start),
    meta_data: {
      type: parquetType(type) as "INT64",
      encodings: ["RLE", "PLAIN", ...(coded ? [encoding] as const : [])],
      path_in_schema: element === undefined ? [name] : [name, "list", "element"],
      codec: isPacked ? "ZSTD" : "UNCOMPRESSED",
      num_values: BigInt(run.values),
      total_compressed_size: BigInt(output.size - start),
      total_uncompressed_size: BigInt(raw),
      data_page_offset: BigInt(data),
      ...(coded && { dictionary_page_offset: BigInt(start) }),
    },
  };
}

/** Writes a page with its checksum; gives how long it is with what is compressed in it at full length. */
function writePage(
  output: Output,
  parts: readonly Uint8Array[],
  raw: number,
  header: Pick<PageHeader, "type" | "dictionary_page_header" | "data_page_header_v2">,
): number {
  const head = new ByteWriter();
  writePageHeader(head, {
    ...header,
    uncompressed_page_size: raw,
    compressed_page_size: parts.reduce((sum, { length }) => sum + length, 0),
    crc: parts.reduce((sum, part) => crc32(part, sum), 0) | 0,
  });
  output.add(head.getBytes());
  for (const part of parts) output.add(part);
  return head.offset + raw;
}

type PageHeader = Parameters<typeof writePageHeader>[1];

/** The values of a run of rows that are there, and the levels that say which are. */
interface Run {
  /** How many values it has, missing ones and empty lists counted. */
  values: number;
  repetitions: Uint8Array;
  definitions: Uint8Array;
  present: Physical;
}

function flatRun({ values, missing }: Column, from: number, to: number): Run {
  const run = values.slice(from, to) as Physical;
  const isMissing = missing?.subarray(from, to);
  const present = isMissing?.includes(1) ? without(run, isMissing) : run;
  const levels = isMissing ? isMissing.map((one) => 1 - one) : new Uint8Array(to - from).fill(1);
  return {
    values: to - from,
    repetitions: new Uint8Array(),
    definitions: packLevels(levels, 1),
    present,
  };
}

/** The values that are there. Integers of 64 bits go as halves: a bigint for each would be an object for each. */
function without(values: Physical, missing: Uint8Array): Physical {
  const isWide = values instanceof BigInt64Array;
  const size = isWide ? 2 : 1;
  const packed = isWide
    ? new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
    : values;
  let to = 0;
  for (let row = 0; row < missing.length; row++) {
    if (missing[row] === 1) continue;
    for (let half = 0; half < size; half++) packed[to++] = packed[row * size + half]!;
  }
  return values.slice(0, to / size) as Physical;
}

/** What a level of a list's value says: there is no list, it is empty, it has a missing element, it has this one. */
const LEVEL = { none: 0, empty: 1, missing: 2, there: 3 } as const;

function listRun({ type, values }: Column, from: number, to: number): Run {
  const repetitions: number[] = [];
  const definitions: number[] = [];
  const present: unknown[] = [];
  for (let row = from; row < to; row++) {
    const list = values[row] as unknown[] | null;
    if (list === null || list.length === 0) {
      repetitions.push(0);
      definitions.push(list === null ? LEVEL.none : LEVEL.empty);
      continue;
    }
    for (const [at, item] of list.entries()) {
      repetitions.push(at === 0 ? 0 : 1);
      definitions.push(item === null ? LEVEL.missing : LEVEL.there);
      if (item !== null) present.push(item);
    }
  }
  const typed = emptyOf(elementOf(type)!, present.length);
  for (const [at, item] of present.entries()) typed[at] = item;
  return {
    values: definitions.length,
    repetitions: packLevels(repetitions, 1),
    definitions: packLevels(definitions, LEVEL.there),
    present: typed as Physical,
  };
}

function packLevels(levels: ArrayLike<number>, most: number): Uint8Array {
  const writer = new ByteWriter();
  writeRleBitPackedHybrid(writer, levels as number[], bitsOf(most));
  return writer.getBytes();
}

/** Numbers are their own bytes; booleans are bits; texts have their lengths before them. */
function encodePlain(values: Physical): Uint8Array {
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
function encodeDictionary(
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

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
import { writeMetadata } from "npm:hyparquet-writer@0.17.0/src/metadata.js";
import type { Column, Physical, RowsColumn } from "../columns.ts";
import { flatRun, listRun } from "./runs.ts";
import { elementOf, JSON_COLUMNS, pandasMetadata, parquetType, schemaOf } from "./schema.ts";
import { encodeDictionary, encodePlain } from "./values.ts";

/** Rows in a group: what is read at least where some rows are asked for. */
const GROUP_ROWS = 100_000;
/** What a column has in a group at most, about: groups of long texts have fewer rows. */
const GROUP_BYTES = 2 ** 26;
/** What compression has to leave at most, for what it costs to undo. */
const WORTH = 0.9;
/** The fastest that still finds repetitions. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
const MAGIC = new TextEncoder().encode("PAR1");

type Metadata = Parameters<typeof writeMetadata>[1];
type ColumnChunk = Metadata["row_groups"][number]["columns"][number];

/** A file that grows at its end. */
class Output {
  #bytes = new Uint8Array(2 ** 16);
  size = 0;

  /** Adds a copy of bytes. */
  add(bytes: Uint8Array): void {
    const size = this.size + bytes.length;
    if (size > this.#bytes.length) this.reserve(Math.max(size, 2 * this.#bytes.length));
    this.#bytes.set(bytes, this.size);
    this.size = size;
  }

  /** Makes room. What is not written to takes no memory. */
  reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const bytes = new Uint8Array(size);
    bytes.set(this.#bytes.subarray(0, this.size));
    this.#bytes = bytes;
  }

  /** The whole file. */
  end(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.subarray(0, this.size);
    return this.size > 0.8 * this.#bytes.length ? bytes : bytes.slice();
  }
}

/**
 * The bytes of a Parquet file with these columns.
 *
 * @param texts What else the file says of itself, by key.
 */
export function writeFrame(
  columns: readonly (Column | RowsColumn)[],
  rows: number,
  texts: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const output = new Output();
  output.add(MAGIC);
  const groups: Metadata["row_groups"] = [];
  const incomplete = new Set<string>();
  for (let first = 0; first < rows && columns.length > 0; first += GROUP_ROWS) {
    const last = Math.min(first + GROUP_ROWS, rows);
    const block = columns.map((column) =>
      "read" in column ? column.read(first, last) : part(column, first, last)
    );
    for (const { name, missing } of block) if (missing) incomplete.add(name);
    for (let from = 0; from < last - first;) {
      const to = groupEnd(block, from, last - first);
      groups.push(writeGroup(output, block, from, to));
      from = to;
    }
    // The others are about as long as the first.
    if (first === 0) output.reserve(1.1 * output.size * rows / last);
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
      { key: "pandas", value: pandasMetadata(columns, incomplete, rows) },
      ...(json.length > 0 ? [{ key: JSON_COLUMNS, value: JSON.stringify(json) }] : []),
      ...Object.entries(texts).map(([key, value]) => ({ key, value })),
    ],
  };
  const footer = new ByteWriter();
  // The schema is ours: the library's types are narrower than what it takes.
  writeMetadata(footer, metadata as unknown as Metadata);
  output.add(footer.getBytes());
  output.add(MAGIC);
  return output.end();
}

/** Some rows of a column. */
function part({ name, type, values, missing }: Column, from: number, to: number): Column {
  return {
    name,
    type,
    values: Array.isArray(values) ? values.slice(from, to) as Physical : values.subarray(from, to),
    ...(missing && { missing: missing.subarray(from, to) }),
  };
}

function writeGroup(
  output: Output,
  columns: readonly Column[],
  from: number,
  to: number,
): Metadata["row_groups"][number] {
  const start = output.size;
  const chunks = columns.map((column) => writeChunk(output, column, from, to));
  const size = (of: (chunk: NonNullable<ColumnChunk["meta_data"]>) => bigint) =>
    chunks.reduce((sum, { meta_data: meta }) => sum + of(meta!), 0n);
  return {
    columns: chunks,
    total_byte_size: size((meta) => meta.total_uncompressed_size),
    num_rows: BigInt(to - from),
    total_compressed_size: BigInt(output.size - start),
  };
}

/** Where a group that begins at `from` ends. */
function groupEnd(columns: readonly Column[], from: number, rows: number): number {
  let to = rows;
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

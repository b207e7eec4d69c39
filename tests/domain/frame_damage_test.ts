// deno-lint-ignore-file camelcase -- they are Parquet's own names, which hyparquet's packages have too.
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { ByteWriter } from "npm:hyparquet-writer@0.17.0/src/bytewriter.js";
import { writeMetadata } from "npm:hyparquet-writer@0.17.0/src/metadata.js";
import { decompressorOf } from "../../domain/parquet/read/codecs.ts";
import { readHybrid } from "../../domain/parquet/read/hybrid.ts";
import { decodeTable, encodeTable } from "../../domain/parquet/parquet.ts";
import { readStruct } from "../../domain/parquet/read/thrift.ts";
import { readDamaged } from "../support/frame_fuzz.ts";

Deno.test("readDataframe() ends on each damaged file of this module", async () => {
  const rows = Array.from({ length: 40 }, (_, at) => ({
    i: at % 3 === 0 ? null : at,
    f: at / 7,
    s: ["a", "ä", "long enough to be compressed"][at % 3],
    b: at % 2 === 0,
    l: at % 4 === 0 ? null : Array.from({ length: at % 4 }, (_, item) => item),
    ls: [String(at), null],
    j: { at: [at] },
    t: new Date(at),
  }));
  const codes = await readDamaged({
    rows: await encodeTable(rows, {}, "t"),
    floats: await encodeTable({ x: new Float64Array(100) }, {}, "t"),
  });
  assert.ok(codes.corrupt! > 400, JSON.stringify(codes));
});

Deno.test("pages: no compressed bytes are read for ever, or into more than the page", async () => {
  const sized = fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(500));
  for (const codec of ["SNAPPY", "LZ4", "LZ4_RAW", "GZIP", "ZSTD", "BROTLI"]) {
    const run = await decompressorOf(codec);
    fc.assert(fc.property(sized, ([bytes, size]) => {
      let found: Uint8Array;
      try {
        found = run(bytes, size);
      } catch {
        return;
      }
      assert.ok(found.length <= size);
    }));
  }
  const snappy = await decompressorOf("SNAPPY");
  // A literal whose length has its highest bit set went back in the input, for ever.
  const backwards = Uint8Array.from([8, 0xfc, 0xf0, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0]);
  assert.throws(() => snappy(backwards, 8), { code: "corrupt" });
  const lz4 = await decompressorOf("LZ4");
  assert.throws(() => lz4(Uint8Array.from([0, 0, 0, 0, 255, 255, 255, 248, 0, 0]), 8), {
    code: "corrupt",
  });
});

Deno.test("levels: a run that is longer than its page fills the page and no more", () => {
  const out = new Uint8Array(10);
  readHybrid(Uint8Array.from([0xfe, 0xff, 0xff, 0xff, 0x0f, 1]), 0, 6, 1, out);
  assert.deepEqual(out, new Uint8Array(10).fill(1));
  // Two billion groups of packed bits, and no bytes for them.
  const packed = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0x0f, 1]);
  assert.throws(() => readHybrid(packed, 0, 6, 1, out), { code: "corrupt" });
});

Deno.test("metadata: lists and numbers are no longer than their bytes", () => {
  const list = Uint8Array.from([0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0]);
  assert.throws(() => readStruct(list, 0), { code: "corrupt", message: /list/ });
  const number = new Uint8Array(100_000).fill(0xff);
  number[0] = 0x16;
  assert.throws(() => readStruct(number, 0), { code: "corrupt", message: /64 bits/ });
  assert.throws(() => readStruct(new Uint8Array(100_000).fill(0x1c), 0), { code: "corrupt" });
});

/** A file whose footer says what it likes. */
function fileOf(rows: bigint, schema: object[], chunk: object): Uint8Array {
  const writer = new ByteWriter();
  writer.appendUint32(0x31524150);
  const metadata = {
    version: 2,
    created_by: "test",
    schema: [{ name: "schema", num_children: schema.length }, ...schema],
    num_rows: rows,
    row_groups: [{
      columns: schema.length === 0 ? [] : [{ meta_data: chunk, file_offset: 4n }],
      total_byte_size: 10n,
      num_rows: rows,
    }],
  };
  writeMetadata(writer, metadata as unknown as Parameters<typeof writeMetadata>[1]);
  writer.appendUint32(0x31524150);
  return writer.getBytes();
}

Deno.test("readDataframe() refuses what would take more memory than the file explains", async () => {
  const chunk = {
    type: "DOUBLE",
    encodings: ["PLAIN"],
    path_in_schema: ["x"],
    codec: "UNCOMPRESSED",
    num_values: 2n ** 33n,
    total_compressed_size: 4n,
    total_uncompressed_size: 4n,
    data_page_offset: 4n,
  };
  const schema = [{ name: "x", type: "DOUBLE", repetition_type: "OPTIONAL" }];
  for (const bytes of [fileOf(2n ** 33n, schema, chunk), fileOf(2n ** 40n, [], {})]) {
    await assert.rejects(decodeTable([{ name: "data.parquet", bytes }], "frame"), {
      code: "unsupported",
      message: /^frame: data\.parquet cannot be read: .* Read it in parts/,
    });
  }
  const short = fileOf(10n, schema, { ...chunk, num_values: 10n });
  await assert.rejects(decodeTable([{ name: "data.parquet", bytes: short }], "frame"), {
    code: "corrupt",
  });
});

Deno.test("readDataframe() finds a changed byte of a page by its checksum", async () => {
  const bytes = await encodeTable({ x: new Float64Array(1000).map(Math.random) }, {}, "t");
  bytes[4000]! ^= 1;
  await assert.rejects(decodeTable([{ name: "data.parquet", bytes }], "frame"), {
    code: "corrupt",
    message: /checksum/,
  });
});

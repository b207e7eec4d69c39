import assert from "node:assert/strict";
import { decodeTable, encodeTable } from "../../domain/parquet/parquet.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

const ignore = ignoredFor("rubicon-ml", await lacksPython());

Deno.test({
  name: "parquet: pandas keeps large integers exact beside missing values, and the rest its types",
  ignore,
  async fn() {
    const bytes = await encodeTable(
      [
        {
          big: 2n ** 60n + 1n,
          holes: 1,
          flag: true,
          l: [1.5],
          ls: ["ä"],
          j: { a: [1] },
          "x.y": 1,
          "": 1,
        },
        { big: null, holes: null, flag: null, l: null, ls: [null], j: null, "x.y": 2, "": 2 },
      ],
      {},
      "t",
    );
    const empty = await encodeTable({ a: [], b: new Float64Array() }, {}, "t");
    const read = await python(
      `
import base64, io
def frame(text): return pandas.read_parquet(io.BytesIO(base64.b64decode(text)))
df, empty = (frame(text) for text in input)
assert df["big"][0] == 2**60 + 1 and df["big"][1] is pandas.NA
assert df["flag"].tolist() == [True, None] and list(df["l"][0]) == [1.5] and df["l"][1] is None
assert list(df["ls"][0]) == ["ä"] and list(df["ls"][1]) == [None]
assert json.loads(df["j"][0]) == {"a": [1]}, df["j"][0]
assert len(empty) == 0 and str(empty["b"].dtype) == "float64"
output = {name: str(dtype) for name, dtype in df.dtypes.items()}`,
      [bytes.toBase64(), empty.toBase64()],
    ) as Record<string, string>;
    assert.deepEqual(
      { big: read.big, holes: read.holes, flag: read.flag, dot: read["x.y"], empty: read[""] },
      { big: "Int64", holes: "float64", flag: "object", dot: "int64", empty: "int64" },
    );
  },
});

Deno.test({
  name: "parquet: bytes, decimals, structs, all units of time and all codecs of pyarrow are read",
  ignore,
  async fn() {
    const files = await python(`
import base64, io, decimal, datetime
import pyarrow as pa, pyarrow.parquet as pq
t = datetime.datetime(2026, 1, 1, 0, 0, 0, 123000)
table = pa.table({
  "bytes": pa.array([b"\\xff\\x00", None]), "text": ["ä", None],
  "decimal": pa.array([decimal.Decimal("1.25"), None]), "u64": pa.array([2**64 - 1, 1], pa.uint64()),
  "struct": [{"a": 2**60, "b": {"c": None}}, None], "nested": [[[1], []], None],
  "s": pa.array([t.replace(microsecond=0), None], pa.timestamp("s")), "ms": pa.array([t, None], pa.timestamp("ms")),
  "us": pa.array([t, None], pa.timestamp("us")), "ns": pa.array([t, None], pa.timestamp("ns", tz="Europe/Paris")),
  "dict": pa.array(["x", None]).dictionary_encode(), "null": pa.nulls(2), "f2": pa.array([0.5, None], pa.float32()),
})
output = {}
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    file = io.BytesIO(); pq.write_table(table, file, compression=codec)
    output[codec] = base64.b64encode(file.getvalue()).decode()`) as Record<string, string>;
    for (const [codec, text] of Object.entries(files)) {
      const bytes = Uint8Array.fromBase64(text);
      const { rows } = await decodeTable([{ name: "data", bytes }], codec);
      const [first, second] = rows;
      const { s, ms, us, ns, ...rest } = first!;
      assert.deepEqual(rest, {
        ...{ bytes: new Uint8Array([255, 0]), text: "ä", decimal: "1.25", u64: 2n ** 64n - 1n },
        ...{ struct: { a: 2n ** 60n, b: { c: null } }, nested: [[1], []] },
        ...{ dict: "x", null: null, f2: 0.5 },
      }, codec);
      assert.equal(String(s), "2026-01-01T00:00:00Z");
      for (const time of [ms, us, ns]) {
        assert.equal(String(time), "2026-01-01T00:00:00.123Z", codec);
      }
      assert.deepEqual(
        Object.values(second!),
        Object.keys(second!).map((name) => name === "u64" ? 1 : null),
        codec,
      );
    }
  },
});

Deno.test({
  name:
    "parquet: the labels of pandas' rows are read: unnamed, named, several levels, ranges, dask's parts",
  ignore,
  async fn() {
    const files = await python(`
import base64, io
import pandas as pd
frames = {
  "counted": pd.DataFrame({"x": [1, 2]}),
  "labels": pd.DataFrame([[5, 1], [2, 7]], index=["cat", "dog"], columns=["cat", "dog"]),
  "filtered": pd.DataFrame({"x": [1, 2, 3]})[lambda df: df["x"] > 1],
  "named": pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="k")),
  "levels": pd.DataFrame({"x": [1, 2]}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", None])),
  "range": pd.DataFrame({"x": [1, 2]}, index=pd.RangeIndex(5, 9, 2)),
  "named range": pd.DataFrame({"x": [1, 2]}, index=pd.RangeIndex(2, name="step")),
  "times": pd.DataFrame({"x": [1]}, index=pd.to_datetime(["2026-01-01T00:00:00.000001Z"])),
  "labels alone": pd.DataFrame(index=["a", "b"]),
}
output = {}
for name, frame in frames.items():
    file = io.BytesIO(); frame.to_parquet(file)
    output[name] = base64.b64encode(file.getvalue()).decode()`) as Record<string, string>;
    const read = async (...names: string[]) => {
      const parts = names.map((name, at) => ({
        name: `part.${at}.parquet`,
        bytes: Uint8Array.fromBase64(files[name]!),
      }));
      return await decodeTable(parts, names.join());
    };
    const x = [{ x: 1 }, { x: 2 }];
    assert.deepEqual(await read("counted"), { columns: ["x"], rows: x });
    assert.deepEqual(await read("labels"), {
      columns: ["cat", "dog"],
      rows: [{ cat: 5, dog: 1 }, { cat: 2, dog: 7 }],
      index: [{ name: null, values: ["cat", "dog"] }],
    });
    const { rows, index } = await read("filtered");
    assert.deepEqual([rows, index], [[{ x: 2 }, { x: 3 }], [{ name: null, values: [1, 2] }]]);
    assert.deepEqual(await read("named"), {
      columns: ["x", "k"],
      rows: [{ x: 1, k: "a" }, { x: 2, k: "b" }],
      index: [{ name: "k", values: ["a", "b"] }],
    });
    assert.deepEqual((await read("levels")).index, [
      { name: "k", values: ["a", "b"] },
      { name: null, values: [1, 2] },
    ]);
    assert.deepEqual((await read("range")).index, [{ name: null, values: [5, 7] }]);
    assert.deepEqual((await read("named range")).index, [{ name: "step", values: [0, 1] }]);
    const [time] = (await read("times")).index!;
    assert.equal(String(time!.values[0]), "2026-01-01T00:00:00.000001Z");
    assert.deepEqual(await read("labels alone"), {
      columns: [],
      rows: [{}, {}],
      index: [{ name: null, values: ["a", "b"] }],
    });
    assert.deepEqual((await read("labels", "labels")).index, [
      { name: null, values: ["cat", "dog", "cat", "dog"] },
    ]);
    assert.equal((await read("labels", "counted")).index, undefined);
  },
});

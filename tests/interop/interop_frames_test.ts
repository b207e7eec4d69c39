import assert from "node:assert/strict";
import { decodeTable, encodeTable } from "../../domain/parquet/parquet.ts";
import { readDamaged } from "../support/frame_fuzz.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

const ignore = ignoredFor("rubicon-ml", await lacksPython());

/** Runs a script that leaves files in `files` by name. */
async function written(script: string): Promise<Record<string, Uint8Array<ArrayBuffer>>> {
  const files = await python(`
import base64, datetime, decimal, io
import pandas as pd, polars as pl, pyarrow as pa, pyarrow.parquet as pq
files = {}
def save(name, write):
    file = io.BytesIO(); write(file); files[name] = file.getvalue()
${script}
output = {name: base64.b64encode(file).decode() for name, file in files.items()}`);
  return Object.fromEntries(
    Object.entries(files as Record<string, string>).map(([name, text]) => [
      name,
      Uint8Array.fromBase64(text),
    ]),
  );
}

const read = async (bytes: Uint8Array) => await decodeTable([{ name: "data.parquet", bytes }], "t");

/** Temporal values have no fields of their own to compare. */
const texts = (row: Record<string, unknown> | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row!).map(([name, value]) => {
      const kind = value?.constructor.name ?? "";
      const isTime = ["Duration", "PlainTime", "PlainDate", "Instant"].includes(kind);
      return [name, isTime ? `${kind} ${value}` : value];
    }),
  );

Deno.test({
  name: "readDataframe() keeps what pandas' and polars' times, periods and decimals mean",
  ignore,
  async fn() {
    const files = await written(`
delta = datetime.timedelta(days=1, hours=2, microseconds=5)
values = {"td": [delta, None], "back": [-delta, None], "t": [datetime.time(1, 2, 3, 4), None],
          "dec": [decimal.Decimal("-0.10"), None], "wide": [decimal.Decimal("12345678901234567890.123"), None]}
df = pd.DataFrame(values)
df["s"] = df["td"].astype("timedelta64[s]")
for freq in ["Y", "Q", "M", "W", "D", "h", "min", "s", "ms", "2D", "Q-JAN"]:
    df["p" + freq] = pd.PeriodIndex([pd.Period("2026-01-01 13:05:06.789", freq=freq), pd.NaT])
save("pandas", df.to_parquet)
save("polars", pl.DataFrame({**values, "in": [{"d": [delta]}, None]}).write_parquet)
table = pa.table({"i": pa.array([decimal.Decimal("1.10"), None], pa.decimal32(5, 2)), "half": pa.array([-0.0, None], pa.float16())})
save("arrow", lambda file: pq.write_table(table, file, store_decimal_as_integer=True))
`);
    const shared = {
      td: "Duration P1DT2H0.000005S",
      back: "Duration -P1DT2H0.000005S",
      t: "PlainTime 01:02:03.000004",
      dec: "-0.10",
      wide: "12345678901234567890.123",
    };
    const { rows: [first, second] } = await read(files.pandas!);
    assert.deepEqual(texts(first), {
      ...shared,
      s: "Duration P1DT2H",
      pY: "2026",
      pQ: "2026Q1",
      pM: "2026-01",
      pW: "2025-12-29/2026-01-04",
      pD: "2026-01-01",
      ph: "2026-01-01 13:00",
      pmin: "2026-01-01 13:05",
      ps: "2026-01-01 13:05:06",
      pms: "2026-01-01 13:05:06.789",
      p2D: "2026-01-01",
      "pQ-JAN": "Q-JAN 227",
    });
    assert.ok(Object.values(second!).every((value) => value === null));
    const { rows: [row] } = await read(files.polars!);
    const { in: inner, ...rest } = row as { in: { d: Temporal.Duration[] } };
    assert.deepEqual([texts(rest), String(inner.d[0])], [shared, "P1DT2H0.000005S"]);
    const arrow = await read(files.arrow!);
    assert.deepEqual(arrow.rows, [{ i: "1.10", half: -0 }, { i: null, half: null }]);
  },
});

Deno.test({
  name: "readDataframe() keeps an index's name, and the sign of zero in a dictionary",
  ignore,
  async fn() {
    const files = await written(`
df = pd.DataFrame({"x": [0.0, -0.0] * 50}, index=pd.Index(["a", "b"] * 50, name="x"))
save("pandas", df.to_parquet)
save("two", pd.DataFrame({"k": [1]}, index=pd.MultiIndex.from_tuples([("a", 2)], names=["k", "n"])).to_parquet)`);
    const { rows, columns, index } = await read(files.pandas!);
    assert.deepEqual(rows.slice(0, 3), [{ x: 0 }, { x: -0 }, { x: 0 }]);
    assert.deepEqual([columns, index![0]!.name], [["x"], "x"]);
    assert.deepEqual(index![0]!.values.slice(0, 3), ["a", "b", "a"]);
    const { rows: [row], index: levels } = await read(files.two!);
    assert.deepEqual(row, { k: 1, n: 2 });
    assert.deepEqual(levels, [{ name: "k", values: ["a"] }, { name: "n", values: [2] }]);
  },
});

Deno.test({
  name: "readDataframe() reads groups of any size as rows, whose values are those of its columns",
  ignore,
  async fn() {
    const files = await written(`
rows = range(230_000)
df = pd.DataFrame({"i": list(rows), "k": [None if i % 3 == 0 else i for i in rows], "f": [float(i) for i in rows],
                   "s": [None if i % 1999 < 1500 else f"ä{i % 7}" for i in rows], "b": [i % 2 == 0 for i in rows],
                   "l": [None if i % 2 == 0 else [i, None] for i in rows]}, index=pd.Index([f"r{i}" for i in rows], name="n"))
df["k"] = df["k"].astype("Int64")
for name, options in {"pages": {}, "page": {"max_rows_per_page": 2**20, "data_page_size": 2**30}}.items():
    save(name, lambda file: pq.write_table(pa.Table.from_pandas(df), file, row_group_size=130_000, **options))
`);
    for (const [name, bytes] of Object.entries(files)) {
      for (const [offset, limit] of [[0, 230_000], [99_999, 131_000]] as const) {
        const { rows, index } = await decodeTable([{ name, bytes }], name, { offset, limit });
        assert.equal(rows.length, Math.min(limit, 230_000 - offset));
        for (const [at, row] of rows.entries()) {
          const i = at + offset;
          const found = [row.i, row.k, row.f, row.s, row.b, row.n, index![0]!.values[at]];
          const expected = [i, i % 3 === 0 ? null : i, i];
          const text = i % 1999 < 1500 ? null : `ä${i % 7}`;
          const isSame = [...expected, text, i % 2 === 0, `r${i}`, `r${i}`]
            .every((value, column) => value === found[column]);
          if (!isSame) assert.fail(`${name}, row ${i}: ${found}`);
          if (String(row.l) !== (i % 2 === 0 ? "null" : `${i},`)) assert.fail(`row ${i}: ${row.l}`);
        }
      }
    }
  },
});

Deno.test({
  name: "logDataframe() writes the types that pandas and polars read",
  ignore,
  async fn() {
    const count = 250_000;
    const columns = {
      i: Int32Array.from({ length: count }, (_, at) => at - 5),
      big: BigInt64Array.from({ length: count }, (_, at) => 2n ** 60n + BigInt(at)),
      f: Float64Array.from({ length: count }, (_, at) => at % 2 === 0 ? -0 : 0.5),
      random: new Float64Array(count).map(Math.random),
      f4: new Float32Array(count).fill(0.5),
      s: Array.from({ length: count }, (_, at) => at % 7 === 0 ? null : `ä${at % 5}`),
      id: Array.from({ length: count }, (_, at) => `id ${at}`),
      b: Array.from({ length: count }, (_, at) => at % 2 === 0),
      j: Array.from({ length: count }, () => ({ a: [-0, null] })),
      d: Int32Array.from({ length: count }, (_, at) => at % 20000),
      t: Array.from({ length: count }, () => Temporal.PlainTime.from("01:02:03.000004")),
      us: BigInt64Array.from({ length: count }, (_, at) => BigInt(at)),
      ns: BigInt64Array.from({ length: count }, (_, at) => BigInt(at)),
      l: Array.from(
        { length: count },
        (_, at) => at % 3 === 0 ? null : at % 3 === 1 ? [] : [-0, null],
      ),
      holes: Int32Array.from({ length: count }, (_, at) => at),
    };
    const bytes = await encodeTable(
      columns,
      { d: "date", us: "timestamp", ns: "timestamp[ns]", l: "list<float64>" },
      "t",
      { holes: Uint8Array.from({ length: count }, (_, at) => at % 2) },
    );
    const path = await Deno.makeTempFile({ suffix: ".parquet" });
    try {
      await Deno.writeFile(path, bytes);
      const types = await python(
        `
import math
import pandas as pd, polars as pl
df = pd.read_parquet(input)
n = len(df)
assert n == 250000 and df["i"].tolist() == list(range(-5, n - 5))
assert df["big"].tolist() == [2**60 + at for at in range(n)]
assert [math.copysign(1, x) for x in df["f"][:4]] == [-1, 1, -1, 1] and df["f"][1] == 0.5
assert df["s"][:4].tolist()[1:] == ["ä1", "ä2", "ä3"] and pd.isna(df["s"][0]) and df["id"][n - 1] == "id 249999"
assert df["b"].tolist() == [at % 2 == 0 for at in range(n)] and df["j"][5] == '{"a":[-0.0,null]}'
assert str(df["d"][19999]) == "2024-10-03" and str(df["t"][0]) == "01:02:03.000004"
assert df["us"][1] == pd.Timestamp("1970-01-01T00:00:00.000001Z") and df["ns"][1].nanosecond == 1
assert df["l"][0] is None and len(df["l"][1]) == 0 and math.copysign(1, df["l"][2][0]) == -1 and math.isnan(df["l"][2][1])
assert df["holes"][2] == 2 and df["holes"][1] is pd.NA
pf = pl.read_parquet(input)
assert pf["s"].to_list() == [None if pd.isna(x) else x for x in df["s"]] and pf["random"].to_list() == df["random"].tolist()
assert pf["holes"].to_list()[:3] == [0, None, 2] and pf["l"].to_list()[:3] == [None, [], [-0.0, None]]
output = [{c: str(t) for c, t in df.dtypes.items()}, {c: str(t) for c, t in pf.schema.items()}]`,
        path,
      );
      assert.deepEqual(types, [
        {
          ...{ i: "int64", big: "int64", f: "float64", random: "float64", f4: "float64" },
          ...{ s: "str", id: "str", b: "bool", j: "str", d: "object", t: "object" },
          ...{ us: "datetime64[us, UTC]", ns: "datetime64[ns, UTC]", l: "object", holes: "Int64" },
        },
        {
          ...{ i: "Int64", big: "Int64", f: "Float64", random: "Float64", f4: "Float64" },
          ...{ s: "String", id: "String", b: "Boolean", j: "String", d: "Date", t: "Time" },
          us: "Datetime(time_unit='us', time_zone='UTC')",
          ns: "Datetime(time_unit='ns', time_zone='UTC')",
          ...{ l: "List(Float64)", holes: "Int64" },
        },
      ]);
    } finally {
      await Deno.remove(path);
    }
  },
});

Deno.test({
  name: "readDataframe() says that an encrypted file is encrypted",
  ignore,
  async fn() {
    const files = await written(`
import pyarrow.parquet.encryption as pe
class Kms(pe.KmsClient):
    def __init__(self, config): super().__init__()
    def wrap_key(self, key, master): return base64.b64encode(key)
    def unwrap_key(self, key, master): return base64.b64decode(key)
factory = pe.CryptoFactory(lambda config: Kms(config))
table = pa.table({"x": [1, 2], "y": [3, 4]})
for name, plain in [("footer", False), ("column", True)]:
    config = pe.EncryptionConfiguration(footer_key="f", column_keys={"c": ["x"]}, plaintext_footer=plain)
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), config)
    save(name, lambda file: pq.write_table(table, file, encryption_properties=properties))`);
    for (const bytes of Object.values(files)) {
      await assert.rejects(read(bytes), { code: "unsupported", message: /encrypted/ });
    }
  },
});

Deno.test({
  name: "readDataframe() ends on each damaged file of pandas and polars",
  ignore,
  async fn() {
    const codes = await readDamaged(
      await written(`
n = 60
df = pd.DataFrame({"i": range(n), "f": [at / 7 for at in range(n)], "s": ["ab", None, "a longer text"] * (n // 3),
                   "t": pd.to_datetime(["2026-01-01"] * n), "c": pd.Categorical(["x", "y"] * (n // 2)), "l": [[1], [], None] * (n // 3)})
for codec in ["snappy", "gzip", "zstd", "brotli", "lz4", None]:
    save(f"pandas {codec}", lambda file: df.to_parquet(file, compression=codec))
save("v2", lambda file: df.to_parquet(file, data_page_version="2.0", compression=None))
table = pa.table({"d": range(n), "b": [b"ab", b"abc"] * (n // 2), "x": [at / 3 for at in range(n)], "st": [{"a": 1, "b": {"c": None}}] * n,
                  "m": pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int64())), "dec": [decimal.Decimal("1.10")] * n})
encodings = {"d": "DELTA_BINARY_PACKED", "b": "DELTA_BYTE_ARRAY", "x": "BYTE_STREAM_SPLIT"}
save("encodings", lambda file: pq.write_table(table, file, use_dictionary=False, column_encoding=encodings, compression="none"))
save("polars", pl.DataFrame({"i": [1, None] * 20, "s": ["a", "b"] * 20, "l": [[1.5], None] * 20}).write_parquet)`),
    );
    assert.ok(codes.corrupt! > 1000 && codes.answer! > 100, JSON.stringify(codes));
  },
});

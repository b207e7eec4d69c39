import assert from "node:assert/strict";
import { encodeTable } from "../../domain/parquet/parquet.ts";
import { encodeValue, parseJson, reviveValue } from "../../domain/format/values.ts";

const decode = (text: string): unknown => reviveValue(parseJson(text));
const numpy = (dtype: unknown, shape: number[], bytes: Uint8Array) =>
  JSON.stringify({ _type: "numpy", _dtype: dtype, _shape: shape, value: bytes.toBase64() });

Deno.test("values: no text can pass for a special number", () => {
  for (const key of ["\0number", "1e-999", "NaN"]) {
    const value = { a: { [key]: "12" }, b: NaN, c: key };
    assert.deepEqual(decode(encodeValue(value, "value")), value);
  }
});

Deno.test("values: long strings do not hide what is beside them", () => {
  for (const long of ["a".repeat(20_000_000), '\\"\n'.repeat(2_000_000), "NaN".repeat(1_000_000)]) {
    const found = decode(encodeValue([long, NaN, 2n ** 70n], "value")) as unknown[];
    assert.ok(found[0] === long && Number.isNaN(found[1]) && found[2] === 2n ** 70n);
  }
});

Deno.test("values: a special number stands alone", () => {
  for (const text of ["1Infinity", "--Infinity", "NaN1", "-NaN", "+Infinity", "[NaNNaN]", '"NaN']) {
    assert.throws(() => parseJson(text), SyntaxError, text);
  }
});

Deno.test("values: whatever dtype a file has, an answer or `corrupt` is what comes of it", () => {
  for (const dtype of ["toString", "constructor", "__proto__", "|O", "", [], [["a", "<i4"]]]) {
    const data = new Uint8Array([1, 2, 3, 4]);
    assert.deepEqual(decode(numpy(dtype, [1], data)), { dtype, shape: [1], data });
  }
  const points = (...all: number[]) => new Uint8Array(new Uint32Array(all).buffer);
  assert.equal(decode(numpy("<U4", [], points(0x61, 0, 0x1f600, 0))), "a\0😀");
  const long = points(...new Array(100_000).fill(0x61));
  assert.equal(
    decode(numpy("<U300000", [], new Uint8Array([...long, ...long, ...long]))),
    "a".repeat(300_000),
  );
  for (
    const text of [
      numpy("<U1", [], points(0x110000)),
      numpy("|u1", [-1, -4], new Uint8Array(4)),
      "[".repeat(50_000) + "]".repeat(50_000),
    ]
  ) assert.throws(() => decode(text), { code: "corrupt" });
});

Deno.test("values: what Python could not read is refused", () => {
  for (
    const value of [10n ** 4300n, -(10n ** 4300n), { dtype: "|b1", shape: [2], data: [2, "x"] }]
  ) assert.throws(() => encodeValue(value, "v"), { code: "invalid-argument" });
});

Deno.test("parquet: what a column would silently change is refused", async () => {
  const cyclic: unknown[] = [];
  cyclic.push({ cyclic });
  const cells = [
    NaN,
    Infinity,
    new Date(0),
    Temporal.PlainDate.from("2026-01-01"),
    undefined,
    "\ud800",
  ];
  const json = [...cells, 1n, new Map(), new Uint8Array(1), cyclic].map((a) => ({ a }));
  for (const j of json) {
    await assert.rejects(encodeTable([{ j }], {}, "t"), {
      code: "invalid-argument",
      message: /"j", row 0/,
    });
  }
  for (const d of [new DataView(new ArrayBuffer(2)), Temporal.PlainDate.from("+012026-01-01")]) {
    await assert.rejects(encodeTable([{ d }], {}, "t"), { code: "invalid-argument" });
  }
});

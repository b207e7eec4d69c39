import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { parseDatetime } from "../../domain/format/datetime.ts";
import { decodeTable, encodeTable } from "../../domain/parquet/parquet.ts";
import { encodeValue, parseJson, reviveValue } from "../../domain/format/values.ts";
import { comparable, date, instant, text, value } from "../support/arbitrary.ts";

const decode = (text: string): unknown => reviveValue(parseJson(text));
const there = (value: unknown): unknown => decode(encodeValue(value, "value"));

Deno.test("values: decode ∘ encode is the identity", () => {
  fc.assert(
    fc.property(value, (found) => {
      assert.deepEqual(comparable(there(found)), comparable(found));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("values: text that looks like special numbers stays text", () => {
  for (
    const found of [
      'NaN", "x',
      "-Infinity",
      '\\"NaN',
      "12345678901234567890",
      '{"\0number": "1"}',
      "\\\\NaN\\",
    ]
  ) {
    assert.deepEqual(there({ [found]: [found, NaN] }), { [found]: [found, NaN] });
  }
});

Deno.test("values: every vector of the format", () => {
  const vectors: [json: string, expected: unknown][] = [
    [
      '{"_type":"datetime","value":"2026-11-24T00:09:37.240755+00:00"}',
      "Instant 2026-11-24T00:09:37.240755Z",
    ],
    ['{"_type":"datetime","value":"2026-11-24T02:09:37+02:00"}', "Instant 2026-11-24T00:09:37Z"],
    [
      '{"_type":"datetime","value":"2026-11-24 00:09:37.240755"}',
      "Instant 2026-11-24T00:09:37.240755Z",
    ],
    ['{"_type":"date","value":"1999-12-31"}', "PlainDate 1999-12-31"],
    ['{"_type":"set","value":[1,"a"]}', new Set([1, "a"])],
    ['{"_type":"training_metadata","value":[["a",1],["b"]]}', [["a", 1], ["b"]]],
    ['{"_type":"numpy","_dtype":"<f8","_shape":[1,2],"value":"AAAAAAAA8D8AAAAAAAAAQA=="}', {
      dtype: "<f8",
      shape: [1, 2],
      data: new Float64Array([1, 2]),
    }],
    ['{"_type":"numpy","_dtype":"<f8","_shape":[],"value":"AAAAAAAA8D8="}', 1],
    ['{"_type":"numpy","_dtype":"|b1","_shape":[2],"value":"AQA="}', {
      dtype: "|b1",
      shape: [2],
      data: [true, false],
    }],
    ['{"_type":"numpy","_dtype":">i2","_shape":[1],"value":"AQI="}', {
      dtype: ">i2",
      shape: [1],
      data: new Uint8Array([1, 2]),
    }],
    ['{"_type":"numpy","_dtype":[["a","<i4"]],"_shape":[1],"value":"AQIDBA=="}', {
      dtype: [["a", "<i4"]],
      shape: [1],
      data: new Uint8Array([1, 2, 3, 4]),
    }],
    ["NaN", NaN],
    ["[Infinity, -Infinity]", [Infinity, -Infinity]],
    ["1180591620717411303425", 2n ** 70n + 1n],
    ["-0.0", -0],
    ["1e3", 1000],
    ['{"_type":"mine","value":1}', { _type: "mine", value: 1 }],
    ['{"_type":["set"],"value":[1]}', { _type: ["set"], value: [1] }],
  ];
  for (const [json, expected] of vectors) {
    assert.deepEqual(comparable(decode(json)), expected, json);
  }
});

Deno.test("values: what is broken is said to be", () => {
  for (
    const json of [
      '{"_type":"datetime","value":5}',
      '{"_type":"datetime","value":"yesterday"}',
      '{"_type":"date","value":"1999-13-31"}',
      '{"_type":"set","value":1}',
      '{"_type":"numpy","_dtype":"<f8","_shape":[2],"value":"AAAA"}',
      '{"_type":"numpy","_dtype":"<f8","_shape":[1],"value":"!"}',
      '{"_type":"numpy"}',
    ]
  ) assert.throws(() => decode(json), { code: "corrupt" }, json);
  for (const text of ["", "{", "[1,]", "nan", "NaN NaN", '{"a": Infinity', "01", "'a'"]) {
    assert.throws(() => parseJson(text), SyntaxError, text);
  }
});

Deno.test("values: nothing gets into a prototype", () => {
  const found = decode('{"__proto__": {"polluted": NaN}}') as Record<string, unknown>;
  assert.equal(Object.getPrototypeOf(found), Object.prototype);
  assert.deepEqual(Object.keys(found), ["__proto__"]);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

Deno.test("values: times are kept to the microsecond, in one form", () => {
  const forms: [given: string, kept: string][] = [
    ["2026-11-24T00:09:37.240755+00:00", "2026-11-24T00:09:37.240755+00:00"],
    ["2026-11-24T00:09:37Z", "2026-11-24T00:09:37.000000+00:00"],
    ["2026-11-24 00:09:37.5", "2026-11-24T00:09:37.500000+00:00"],
    ["2026-11-24T00:09:37.1234569Z", "2026-11-24T00:09:37.123456+00:00"],
    ["2026-11-24T00:00:00-05:30", "2026-11-24T05:30:00.000000+00:00"],
    ["1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999+00:00"],
    ["2024-02-29T00:00:00.000000+00:00", "2024-02-29T00:00:00.000000+00:00"],
  ];
  for (const [given, kept] of forms) assert.equal(parseDatetime(given), kept);
  for (
    const bad of [
      ...["", "now", "2026-13-01T00:00:00.000000+00:00", "2026-02-29T00:00:00.000000+00:00"],
      ...[
        "2026-01-01T24:00:00.000000+00:00",
        "0000-01-01T00:00:00.000000+00:00",
        "+012026-01-01T00:00:00Z",
      ],
      ...["2026-01-01T00:60:00.000000+00:00", "2026-00-01T00:00:00.000000+00:00"],
    ]
  ) assert.throws(() => parseDatetime(bad), { code: "corrupt" }, bad);
});

Deno.test("parquet: decode ∘ encode is the identity", async () => {
  const nullable = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
  const float = fc.double().map((one) => Number.isSafeInteger(one) ? one + 0.5 : one);
  const row = fc.record({
    int: fc.maxSafeInteger(),
    holes: nullable(fc.integer()),
    large: nullable(fc.bigInt(2n ** 54n, 2n ** 63n - 1n)),
    float: nullable(float),
    text: nullable(text),
    flag: nullable(fc.boolean()),
    time: nullable(instant),
    day: nullable(date),
    list: nullable(fc.array(nullable(fc.integer()))),
    "ünï \n": fc.string(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      const bytes = await encodeTable(rows, {}, "table");
      const table = await decodeTable([{ name: "data.parquet", bytes }], "table");
      assert.deepEqual(comparable(table.rows), comparable(rows));
    }),
    { numRuns: 200 },
  );
});

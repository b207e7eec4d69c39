import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { parseDatetime } from "../../domain/format/datetime.ts";
import { decodeEntity, encodeEntity } from "../../domain/format/codec.ts";
import { decodeTable, encodeTable } from "../../domain/parquet/parquet.ts";
import { encodeValue, parseJson, reviveValue, type Value } from "../../domain/format/values.ts";
import type { Metric } from "../../mod.ts";

const decode = (text: string): unknown => reviveValue(parseJson(text));
const there = (value: unknown): unknown => decode(encodeValue(value, "value"));

/** Temporal values have no fields of their own to compare. */
function comparable(value: unknown): unknown {
  if (value instanceof Temporal.Instant || value instanceof Temporal.PlainDate) {
    return `${value.constructor.name} ${value}`;
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (value instanceof Set) return new Set([...value].map(comparable));
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
  }
  return value;
}

const YEAR_1 = -62135596800000000n;
const YEAR_9999 = 253402300799999999n;
const instant = fc.bigInt(YEAR_1, YEAR_9999).map((micros) => new Temporal.Instant(micros * 1000n));
const date = fc.integer({ min: -719162, max: 2932896 })
  .map((days) => new Temporal.PlainDate(1970, 1, 1).add({ days }));
/** A bigint that a number can hold comes back as one. */
const large = fc.bigInt(-(2n ** 80n), 2n ** 80n)
  .map((value) => Number.isSafeInteger(Number(value)) ? value + 2n ** 60n : value);
const text = fc.string({ unit: "binary" }).filter((value) => value.isWellFormed());
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, -0, Infinity, -Infinity, 2 ** 60, 1e21),
);
const scalar = fc.oneof(fc.constant(null), fc.boolean(), number, large, text, instant, date);
const numpy = fc.oneof(
  fc.float64Array().map((data) => ({ dtype: "<f8", shape: [data.length], data })),
  fc.int16Array().map((data) => ({ dtype: "<i2", shape: [1, data.length], data })),
  fc.bigInt64Array().map((data) => ({ dtype: "<i8", shape: [data.length], data })),
  fc.array(fc.boolean()).map((data) => ({ dtype: "|b1", shape: [data.length], data })),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((data) => ({
    dtype: "<c16",
    shape: [1],
    data,
  })),
);
const KEYS = ["__proto__", "constructor", "_type", "NaN", "0number", "value", "dtype"];
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    numpy,
    fc.uniqueArray(fc.oneof(fc.boolean(), fc.integer(), text)).map((items) => new Set(items)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom(...KEYS)), tie("value"), { maxKeys: 4 }),
  ),
}));
const refusedType = (found: unknown): boolean =>
  typeof found === "object" && found !== null &&
  (["datetime", "date", "set", "numpy", "training_metadata"].includes(
    (found as { _type: string })._type,
  ) ||
    Object.values(found).some(refusedType));

Deno.test("values: decode ∘ encode is the identity", () => {
  fc.assert(
    fc.property(value.filter((found) => !refusedType(found)), (found) => {
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

Deno.test("codec: an entity comes back as it was, from the same bytes each time", () => {
  fc.assert(fc.property(value.filter((found) => !refusedType(found)), text, (found, name) => {
    const metric: Metric = {
      kind: "metric",
      projectName: "p",
      experimentId: crypto.randomUUID(),
      id: crypto.randomUUID(),
      name,
      value: found as Value,
      createdAt: "2026-11-24T00:09:37.240755+00:00",
      description: name,
      directionality: "loss",
      tags: [name],
      comments: [],
    };
    const bytes = encodeEntity(metric);
    const back = decodeEntity("metric", bytes, metric, "key");
    assert.deepEqual(comparable(back), comparable(metric));
    assert.deepEqual(encodeEntity(back), bytes);
  }));
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

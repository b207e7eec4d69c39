/** The lines and the Parquet files of a history: what is written comes back, and points in any order are one series. */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { PointBuffer } from "../../domain/history/buffer.ts";
import { decodeCompaction, encodeCompaction } from "../../domain/history/compacted.ts";
import { decodePart, kindOf, partName } from "../../domain/history/part.ts";
import { after, joined, type Series, SeriesBuilder } from "../../domain/history/series.ts";
import { microsOf, timeText } from "../../domain/history/times.ts";
import { isOwn } from "../../domain/format/layout.ts";
import { isChecked, isWhole } from "../../domain/format/copies.ts";
import { refused } from "../support/faulty.ts";
import { text } from "../support/arbitrary.ts";

/** One call of `log`, or what comes of it. */
interface Call {
  step: number;
  time: number;
  values: Record<string, number>;
}

const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(NaN, -0, 0, Infinity, -Infinity, 1e21, 5e-324),
);
const step = fc.oneof(
  fc.integer({ min: -3, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0.5, 1.5, 2 ** 53, 1e21),
).map((step) => step + 0);
const time = fc.integer({ min: 0, max: 4e15 });
const names = fc.oneof(fc.constantFrom("loss", "acc", "__proto__", 'a "b"\n', "ä"), text);
const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({ step, time, values: fc.dictionary(names, value, { minKeys: 1, maxKeys: 4 }) }),
  { maxLength: 60 },
);

/** What the points are by the words of the rule: of one step the later time, of one time the greater value. */
function expected(all: readonly Call[]): Map<string, [number, number, number][]> {
  const found = new Map<string, Map<number, [number, number, number]>>();
  const rank = (value: number) => Number.isNaN(value) ? -Infinity : value;
  for (const { step, time, values } of all) {
    for (const [name, value] of Object.entries(values)) {
      const points = found.get(name) ?? new Map();
      found.set(name, points);
      const known = points.get(step);
      const isLater = !known || time > known[1] || time === known[1] && (
            Number.isNaN(known[2]) ||
            rank(value) > rank(known[2]) || value === known[2] && Object.is(known[2], -0)
          );
      if (isLater) points.set(step, [step, time, value]);
    }
  }
  return new Map(
    [...found.keys()].sort().map((name) => [
      name,
      [...found.get(name)!.values()].sort(([a], [b]) => a - b),
    ]),
  );
}

const plain = (series: Series) =>
  new Map(Array.from(series, ([name, { steps, times, values }]) => [
    name,
    Array.from(steps, (step, at) => [step, times[at]!, values[at]!]),
  ]));

function buffered(all: readonly Call[]): PointBuffer {
  const buffer = new PointBuffer();
  for (const { values, step, time } of all) buffer.add(values, step, time);
  return buffer;
}

function read(...parts: Uint8Array[]): Series {
  const builder = new SeriesBuilder();
  for (const bytes of parts) decodePart(bytes, "part", builder);
  return builder.series();
}

Deno.test("history: what a part says comes back, whatever the numbers and the names", () => {
  fc.assert(
    fc.property(calls, (all) => {
      const { bytes, points } = buffered(all).take(Infinity);
      assert.equal(points, all.reduce((sum, { values }) => sum + Object.keys(values).length, 0));
      assert.deepEqual(plain(bytes.length === 0 ? new Map() : read(bytes)), expected(all));
    }),
    { numRuns: 500 },
  );
});

Deno.test("history: points in any parts and any order are the same series", () => {
  fc.assert(
    fc.property(calls, fc.array(fc.integer({ min: 0, max: 60 })), (all, cuts) => {
      const bounds = [0, ...cuts.map((cut) => cut % (all.length + 1)), all.length]
        .sort((a, b) => a - b);
      const parts = bounds.slice(1).map((end, at) =>
        buffered(all.slice(bounds[at], end)).take(Infinity).bytes
      ).filter(({ length }) => length > 0);
      const wanted = expected(all);
      assert.deepEqual(plain(read(...parts)), wanted);
      assert.deepEqual(plain(read(...parts.toReversed())), wanted);
      assert.deepEqual(plain(joined(parts.map((part) => read(part)))), wanted);
    }),
    { numRuns: 300 },
  );
});

Deno.test("history: a buffer that is taken in pieces loses and repeats nothing", () => {
  fc.assert(
    fc.property(calls, fc.integer({ min: 1, max: 7 }), (all, most) => {
      const buffer = buffered(all);
      const parts: Uint8Array[] = [];
      while (buffer.size > 0) parts.push(buffer.take(most).bytes);
      assert.deepEqual(plain(read(...parts)), expected(all));
      assert.ok(
        parts.every((part) => new TextDecoder().decode(part).split("\n").length - 1 <= most),
      );
    }),
    { numRuns: 200 },
  );
});

Deno.test("history: a compaction holds its points, in order, and the names it stands for", async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (all) => {
      const series = read(...all.map((call) => buffered([call]).take(1).bytes));
      const names = all.map((_, at) => partName("w", at));
      const found = await decodeCompaction(encodeCompaction(series, names), "compaction");
      assert.deepEqual(plain(found.series), expected(all));
      assert.deepEqual(found.parts, names);
    }),
    { numRuns: 150 },
  );
});

Deno.test("history: a part that is cut short or no part at all is corrupt", async () => {
  const { bytes } = buffered([{ step: 1, time: 0, values: { a: 1 } }, {
    step: 2,
    time: 1,
    values: { a: 2 },
  }]).take(9);
  for (let length = 1; length < bytes.length; length++) {
    const cut = bytes.slice(0, length);
    // What ends after a whole line is whole as far as it tells; the store's checksum tells more.
    if (cut.at(-1) === 10) continue;
    assert.equal(isWhole("p/experiments/e/history/w_00000000.jsonl", cut), false);
    assert.equal((await refused(async () => void await read(cut))).code, "corrupt");
  }
  const odd = ["1\n", "null\n", '{"s":1}\n', '{"s":"x","t":"2020-01-01","m":{}}\n', "{}\n{\n"];
  const times = ['{"s":1,"t":"no","m":{"a":1}}\n', '{"s":1,"t":"2026-01-01","m":{"a":"b"}}\n'];
  for (const line of [...odd, ...times]) {
    const bytes = new TextEncoder().encode(line);
    assert.equal((await refused(async () => void await read(bytes))).code, "corrupt", line);
  }
  assert.equal((await refused(() => decodeCompaction(bytes, "x"))).code, "corrupt");
});

Deno.test("history: times are kept to the microsecond", () => {
  fc.assert(fc.property(fc.integer({ min: -6e16, max: 2.5e17 }).map(Math.trunc), (micros) => {
    assert.equal(microsOf(timeText(micros)), micros);
  }));
  assert.equal(timeText(1), "1970-01-01T00:00:00.000001+00:00");
  assert.equal(microsOf("1970-01-01T02:00:00.0000019+02:00"), 1);
});

Deno.test("history: after() keeps the steps above one, also fractions", () => {
  const all = [0, 0.5, 1, 2].map((step) => ({ step, time: 0, values: { a: step } }));
  const series = read(buffered(all).take(9).bytes);
  const steps = (step: number) => [...after(series, step).get("a")?.steps ?? []];
  assert.deepEqual(steps(0.5), [1, 2]);
  assert.deepEqual(steps(-Infinity), [0, 0.5, 1, 2]);
  assert.deepEqual(steps(2), []);
});

Deno.test("history: its files belong to the store, and are checked before they are copied", () => {
  const folder = "p/experiments/e";
  const own = [
    `${folder}/history/${partName("w", 3)}`,
    `${folder}/history/history_x.parquet`,
    `${folder}/status_x.json`,
  ];
  for (const key of own) assert.ok(isOwn(key) && isChecked(key), key);
  for (const key of [`${folder}/history/a/b`, "p/history/x.jsonl", "p/status_x.json"]) {
    assert.ok(!isOwn(key), key);
  }
  assert.equal(isWhole(own[2]!, new TextEncoder().encode('{"state":"running')), false);
  assert.equal(isWhole(own[1]!, new TextEncoder().encode("PAR1 and no more")), false);
  assert.deepEqual(["w_00000001.jsonl", "history_x.parquet", "note.txt"].map(kindOf), [
    "part",
    "compaction",
    undefined,
  ]);
});

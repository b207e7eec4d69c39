/**
 * What compares with what: a case for each kind of value that a store holds.
 */
import assert from "node:assert/strict";
import { cellsOf } from "../../domain/query/cells.ts";
import { evaluate } from "../../domain/query/evaluate.ts";
import { conditionOf } from "../../domain/query/where.ts";
import { parseQuery, type Where } from "../../mod.ts";
import { runsOf } from "../support/runs.ts";

const RUNS = runsOf({
  name: "run",
  description: null,
  createdAt: "2026-11-24T00:09:37.240755+00:00",
  tags: ["large", "epoch:10", "epoch:x", "done:true", "a:b:c"],
  parameters: {
    ...{
      one: 1,
      text: "1",
      yes: true,
      none: null,
      big: 2n ** 64n,
      list: [1, 2, 3],
      words: ["ab", "c"],
    },
    ...{ instant: Temporal.Instant.from("2026-11-24T12:00:00.000001Z") },
    ...{ day: new Temporal.PlainDate(2026, 11, 24), empty: [] },
    ...{ scalar: { dtype: "<f8", shape: [], data: new Float64Array([0.5]) } },
  },
  metrics: {
    ...{ nan: NaN, inf: -Infinity, curve: [3, NaN, 1, 2], typed: new Float32Array([1, 4]) },
    numpy: { dtype: "<i8", shape: [2], data: new BigInt64Array([5n, 7n]) },
    table: { dtype: "<f8", shape: [1, 2], data: new Float64Array([1, 2]) },
  },
});

const TRUE = [
  ...["params.one == 1", "params.one == '1'", "params.one != 2", "params.one in ('1', 'x')"],
  ...["params.text == '1'", "params.text < '2'", "params.yes = true", "params.yes = 'True'"],
  ...["params.big > 18446744073709551615", "params.big = 18446744073709551616"],
  ...[
    "not exists(params.none)",
    "params.none = null",
    "params.gone is null",
    "exists(params.list)",
  ],
  ...["params.scalar < 0.6", "params.words has 'a*'", "exists(params.empty)"],
  ...[
    "metrics.nan = NaN",
    "metrics.nan in (NaN)",
    "metrics.inf < -1e308",
    "metrics.inf = -Infinity",
  ],
  ...["last(metrics.curve) = 2", "min(metrics.curve) = 1", "max(metrics.curve) = 3"],
  ...["mean(metrics.curve) = 2", "max(metrics.typed) = 4", "last(metrics.numpy) = 7"],
  ...["last(params.one) = 1", "mean(metrics.numpy) = 6"],
  ...["params.instant > '2026-11-24'", "params.instant = '2026-11-24T13:00:00.000001+01:00'"],
  ...["params.instant in ('2026-11-24T12:00:00.000001Z')", "params.day = '2026-11-24'"],
  ...["params.day <= '2026-11-24T00:00Z'", "created_at > '2026-11-24T00:09:37.240754Z'"],
  ...["created_at < '2026-11-24 00:09:37.240756'", "created_at like '2026-11%'"],
  ...[
    "tags.epoch = 10",
    "tags.epoch > 9",
    "tags.epoch = 'x'",
    "tags.done = true",
    "tags.a = 'b:c'",
  ],
  ...[
    "tags = 'large'",
    "tags != 'small'",
    "tags not in ('small')",
    "tags like 'ep%'",
    "tags =~ '^l'",
  ],
];
const FALSE = [
  ...[
    "params.one = true",
    "params.text == 1",
    "params.text > 0",
    "params.yes = 1",
    "params.yes > 0",
  ],
  ...["params.none != 1", "params.gone != 1", "params.gone not in (1)", "params.gone not like 'x'"],
  ...["params.list = 1", "params.list > 0", "params.list = '1,2,3'", "metrics.table > 0"],
  ...["metrics.nan > 0", "metrics.nan < 0", "metrics.nan != NaN", "last(metrics.table) > 0"],
  ...["min(params.empty) < 1", "last(params.words) > 0", "last(params.text) = '1'"],
  ...["params.instant > 5", "params.day > '2026-11-24T00:00:01Z'", "params.instant = 'soon'"],
  ...[
    "tags.gone != 'x'",
    "tags.epoch != 10",
    "tags = 'epoch'",
    "tags != 'large'",
    "description != 'x'",
  ],
];

Deno.test("values: numbers, texts, times, lists and tags compare as they should", () => {
  const holds = (text: string) => evaluate(parseQuery(text), cellsOf(RUNS)).length === 1;
  for (const text of TRUE) assert.ok(holds(text), text);
  for (const text of FALSE) assert.ok(!holds(text), text);
});

Deno.test("values: dates, bigints and null in an object", () => {
  const holds = (where: Where) =>
    evaluate({ where: conditionOf(where, "where")!, orderBy: [] }, cellsOf(RUNS)).length === 1;
  assert.ok(holds({ createdAt: { gt: new Date("2026-11-24T00:09:37.240Z") } }));
  assert.ok(holds({ "params.instant": { lt: new Date("2026-11-25") } }));
  assert.ok(holds({ "params.big": 2n ** 64n, "params.one": 1n }));
  assert.ok(holds({ description: null, "params.none": { eq: null }, name: { ne: null } }));
  assert.ok(holds({ "params.one": { in: [null, 1] }, "params.gone": { in: [null, 1] } }));
  assert.ok(!holds({ "params.one": { in: [null, 2] } }));
  assert.ok(holds({ "last(metrics.curve)": { gte: 2, lte: 2, ne: 3 } }));
});

/**
 * What the page computes of runs: columns, searches, orders, differences, exports.
 */
import assert from "node:assert/strict";
import type { VNode } from "npm:preact@^11.2.0";
import fc from "npm:fast-check@^4.9.0";
import { asPeopleCount, sortedAsCounted, typeOf } from "../../viewer/app/data/cell.ts";
import { dotted } from "../../viewer/app/parts/bits.tsx";
import { clausesOf, withClauses } from "../../viewer/app/data/clauses.ts";
import { compared } from "../../viewer/app/data/compared.ts";
import { parseCsv } from "../../viewer/app/data/csv.ts";
import { toCsv, toJson } from "../../viewer/app/data/export.ts";
import {
  ago,
  deltaOf,
  duration,
  number,
  numbersOf,
  percent,
} from "../../viewer/app/data/format.ts";
import { diffLines } from "../../viewer/app/data/line_diff.ts";
import { offersFor } from "../../viewer/app/data/offers.ts";
import { makeRuns, withColumns } from "../../viewer/app/data/runs.ts";
import { search } from "../../viewer/app/data/search.ts";
import { rankedOf, sortRows, sortsOf } from "../../viewer/app/data/sort.ts";
import type { RunsColumn } from "../../viewer/contract.ts";
import type { RunColumn, Runs } from "../../viewer/app/types.ts";

const ids = ["a", "b", "c", "d"].map((letter) => `${letter.repeat(8)}-0000-4000-8000-000000000000`);

function runsOf(columns: RunsColumn[], ask: (column: RunColumn) => void = () => {}): Runs {
  const project = { name: "P", slug: "p", githubUrl: null };
  const own: RunsColumn[] = [
    { kind: "own", name: "name", values: ["run-1", "run-10", "run-2", null] },
    { kind: "own", name: "tags", values: [["base", "model:cnn"], [], ["x"], []] },
    { kind: "own", name: "status", values: ["finished", "failed", null, null] },
    {
      kind: "own",
      name: "createdAt",
      values: [1, 2, 3, 4].map((day) => `2026-11-0${day}T00:00:00.000000+00:00`),
    },
  ];
  return makeRuns({
    checksum: "1",
    project,
    ids,
    columns: [...own, ...columns],
    history: [null, null, null, null],
  }, ask);
}

const usual = () =>
  runsOf([
    {
      kind: "metric",
      name: "acc",
      directionality: "score",
      values: [0.5, 0.9, { number: "NaN" }, null],
    },
    { kind: "metric", name: "loss", directionality: "loss", values: [3, 1, 2, 2] },
    { kind: "parameter", name: "opt", values: ["adam", "sgd", "adam", null] },
    { kind: "parameter", name: "seed", values: [{ integer: "9007199254740993" }, 1, 2, 3] },
    { kind: "parameter", name: "a b", values: [1, 2, 3, 4] },
  ]);

const rowsOf = (text: string, runs = usual()) => {
  const found = search(text, runs);
  if (found.kind === "error") throw new Error(found.message);
  return found.rows;
};

Deno.test("page runs: kinds of columns, numbers, and texts as people count them", () => {
  const runs = usual();
  assert.deepEqual(runs.columns.map(({ key }) => key), [
    ...["o.name", "o.status", "o.createdAt", "o.tags"],
    ...["m.acc", "m.loss", "p.a b", "p.opt", "p.seed"],
  ]);
  assert.deepEqual([...runs.byKey("m.acc")!.numbers], [0.5, 0.9, NaN, NaN]);
  assert.equal(runs.byKey("p.seed")!.cells[0], 9007199254740993n);
  assert.equal(runs.byKey("o.createdAt")!.type, "time");
  assert.deepEqual(runs.byKey("o.name")!.categories, ["run-1", "run-2", "run-10"]);
  assert.equal(typeOf([null, [1, 2], 3]), "list");
  assert.equal(typeOf([1, "a"]), "other");
  assert.equal(typeOf([null, null]), "empty");
});

Deno.test("page runs: cells that are not there yet are asked for once, by the first look", () => {
  const asked: string[] = [];
  const late: RunsColumn = { kind: "metric", name: "late", values: null, path: "columns/1.json" };
  const runs = runsOf([late], ({ key }) => asked.push(key));
  const column = runs.byKey("m.late")!;
  assert.deepEqual([asked, column.loading], [[], true]);
  assert.deepEqual([column.cells, column.cells, column.numbers.length], [
    [null, null, null, null],
    [null, null, null, null],
    4,
  ]);
  assert.deepEqual(asked, ["m.late"]);
  const then = withColumns(runs, new Map([["m.late", { checksum: "1", values: [1, 2, 3, 4] }]]));
  const now = then.byKey("m.late")!;
  assert.deepEqual([now.loading, [...now.numbers]], [false, [1, 2, 3, 4]]);
  // Words are looked for in what is there, and ask for nothing.
  assert.deepEqual(rowsOf("run-1", runs), [0, 1]);
  assert.deepEqual(asked, ["m.late"]);
});

Deno.test("page search: words in names, tags, texts and ids, all of which a run must have", () => {
  assert.deepEqual(rowsOf("  "), [0, 1, 2, 3]);
  assert.deepEqual(rowsOf("adam"), [0, 2]);
  assert.deepEqual(rowsOf("RUN-1 sgd"), [1]);
  assert.deepEqual(rowsOf("model:cnn"), [0]);
  assert.deepEqual(rowsOf("dddddddd"), [3]);
  // Words of the language are words nevertheless, where nothing is asked of a field.
  assert.deepEqual(rowsOf("nobody is in here"), []);
  assert.deepEqual(rowsOf("name is not null"), [0, 1, 2]);
});

Deno.test("page search: expressions, with state, time and tags", () => {
  assert.deepEqual(rowsOf("metrics.acc > 0.6"), [1]);
  assert.deepEqual(rowsOf('params.opt == "adam" and not metrics.loss > 2.5'), [2]);
  assert.deepEqual(rowsOf('status == "failed"'), [1]);
  assert.deepEqual(rowsOf('createdAt >= "2026-11-03"'), [2, 3]);
  assert.deepEqual(rowsOf('tags.has("ba*")'), [0]);
  assert.deepEqual(rowsOf('tags.model = "cnn"'), [0]);
  assert.deepEqual(rowsOf("params.seed = 9007199254740993"), [0]);
});

Deno.test("page search: a mistake is told with its place, and a half-written column is none", () => {
  const text = "metrics.acc > 0.5 and params.optt == 'adam'";
  const found = search(text, usual());
  assert.ok(found.kind === "error");
  assert.match(found.message, /^No experiment has params\.optt\. Did you mean params\.opt\?$/);
  assert.equal(text.slice(found.place!.from, found.place!.to), "params.optt");
  for (const part of ["me", "metrics", "metrics.", "metrics.acc", "metrics.acc >", "Params.o"]) {
    assert.equal(search(part, usual()).kind, "error", part);
  }
});

Deno.test("page sort: numbers, texts as counted, missing last in both directions, ties newest first", () => {
  const runs = usual();
  const sorted = (key: string, descends: boolean) =>
    sortRows([0, 1, 2, 3], rankedOf([{ key, descends }], runs));
  assert.deepEqual(sorted("m.acc", true), [1, 0, 3, 2]);
  assert.deepEqual(sorted("m.acc", false), [0, 1, 3, 2]);
  assert.deepEqual(sorted("o.name", false), [0, 2, 1, 3]);
  assert.deepEqual(sorted("o.name", true), [1, 2, 0, 3]);
  assert.deepEqual(sorted("m.loss", false), [1, 3, 2, 0]);
  assert.deepEqual(
    sortRows(
      [0, 1, 2, 3],
      rankedOf([{ key: "p.opt", descends: false }, { key: "m.loss", descends: true }], runs),
    ),
    [0, 2, 1, 3],
  );
  const found = search("exists(name) order by metrics.acc best, name", runs);
  assert.ok(found.kind === "expression");
  assert.deepEqual(sortRows(found.rows, sortsOf(found.order, runs)), [1, 0, 2]);
});

Deno.test("page sort: the order in which people count is an order", () => {
  const texts = fc.stringMatching(/^[a-c0-9.]{0,6}$/);
  fc.assert(fc.property(texts, texts, texts, (a, b, c) => {
    assert.equal(Math.sign(asPeopleCount(a, b)), -Math.sign(asPeopleCount(b, a)) || 0);
    if (asPeopleCount(a, b) <= 0 && asPeopleCount(b, c) <= 0) assert.ok(asPeopleCount(a, c) <= 0);
    assert.deepEqual(sortedAsCounted([a, b, c]), [a, b, c].sort(asPeopleCount));
  }));
  assert.deepEqual(sortedAsCounted(["p10", "P2", "p1", "p002"]), ["p1", "P2", "p002", "p10"]);
});

Deno.test("page filters: a column's part of an expression is changed, the others stay", () => {
  const acc = { kind: "metric", name: "acc" } as const;
  const opt = { kind: "parameter", name: "opt" } as const;
  const text = 'metrics.acc > 0.5 and params.opt == "adam" order by metrics.acc desc';
  assert.equal(clausesOf(text, acc).length, 1);
  const next = withClauses(text, acc, [{ op: ">=", column: acc, value: 0.7 }]);
  assert.equal(next, 'params.opt == "adam" && metrics.acc >= 0.7 order by metrics.acc desc');
  assert.equal(withClauses(next, opt, []), "metrics.acc >= 0.7 order by metrics.acc desc");
  assert.equal(withClauses("", opt, []), "");
  assert.equal(
    withClauses("run 1", acc, [{ op: ">=", column: acc, value: 1 }]),
    'name ilike "%run 1%" && metrics.acc >= 1',
  );
  // Parts that are about several columns are nobody's.
  assert.equal(clausesOf("metrics.acc > 0.5 or metrics.loss < 1", acc).length, 0);
});

Deno.test("page search bar: columns, signs and values are offered where they may come", () => {
  const runs = usual();
  const labels = (text: string) => offersFor(text, text.length, runs).map(({ label }) => label);
  assert.deepEqual(labels("metrics.a"), ["metrics.acc"]);
  assert.deepEqual(labels("a").toSorted(), [
    ...["createdAt", "metrics.acc", "name", "params.`a b`", "status", "tags"],
  ]);
  assert.deepEqual(labels('params.opt == "s'), ['"sgd"']);
  assert.deepEqual(labels("metrics.acc "), [">=", "<=", "==", "between"]);
  const [offer] = offersFor("x = 1 and params.a", 18, runs);
  assert.deepEqual(["x = 1 and params.a".slice(offer!.from, offer!.to), offer!.insert], [
    "params.a",
    "params.`a b` ",
  ]);
});

Deno.test("page compare: what differs, with what was nested, by directionality", () => {
  const runs = runsOf([
    { kind: "metric", name: "loss", directionality: "loss", values: [2, 1, 3, null] },
    {
      kind: "parameter",
      name: "net",
      values: [{ depth: 2, act: "relu" }, { depth: 3, act: "relu" }, null, null],
    },
  ]);
  const rows = compared(runs, [0, 1], [undefined, undefined], false);
  const found = new Map(rows.map((row) => [row.key, row]));
  assert.deepEqual(found.get("net.depth")!.values, [2, 3]);
  assert.equal(found.has("net.act"), false);
  assert.deepEqual(found.get("loss")!.better, [undefined, true]);
  assert.ok(
    compared(runs, [0, 1], [undefined, undefined], true).some(({ key }) => key === "net.act"),
  );
});

Deno.test("page text diff: both texts can be read off it, and equal lines stand together", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 14 });
  fc.assert(fc.property(lines, lines, (left, right) => {
    const found = diffLines(left.join("\n"), right.join("\n"));
    const side = (of: "left" | "right") =>
      found.flatMap((line) => line[of] === undefined ? [] : [line[of]]).join("\n");
    assert.equal(side("left"), left.join("\n"));
    assert.equal(side("right"), right.join("\n"));
    for (const { left: one, right: other, leftAt, rightAt } of found) {
      assert.ok(one !== undefined || other !== undefined);
      assert.equal(leftAt === undefined, one === undefined);
      assert.equal(rightAt === undefined, other === undefined);
    }
  }));
  const found = diffLines("a\nb\nc\nd", "a\nc\nx\nd");
  assert.deepEqual(found.map(({ left, right }) => [left, right]), [
    ["a", "a"],
    ["b", undefined],
    ["c", "c"],
    [undefined, "x"],
    ["d", "d"],
  ]);
});

Deno.test("page export: CSV that spreadsheets run nothing of, and JSON with all values", () => {
  const runs = runsOf([
    { kind: "metric", name: "acc", values: [-0.5, { number: "NaN" }, null, 1] },
    { kind: "parameter", name: "acc", values: ['=cmd("x")', "a,b\nc", null, "plain"] },
  ]);
  const columns = [runs.byKey("m.acc")!, runs.byKey("p.acc")!];
  const csv = toCsv(runs, [0, 1, 2], columns);
  assert.equal(
    csv,
    [
      "id,acc,params.acc",
      `${ids[0]},-0.5,"'=cmd(""x"")"`,
      `${ids[1]},NaN,"a,b\nc"`,
      `${ids[2]},,`,
      "",
    ].join("\r\n"),
  );
  assert.deepEqual(JSON.parse(toJson(runs, [1, 2], columns)), [
    { id: ids[1], acc: "NaN", "params.acc": "a,b\nc" },
    { id: ids[2] },
  ]);
});

Deno.test("page tables of text: quotes, delimiters and numbers", () => {
  const { columns, rows } = parseCsv('a;"b ""c"""\r\n1;"x;\ny"\r\n2;z\r\n');
  assert.deepEqual(columns.map(({ name, isNumber }) => [name, isNumber]), [["a", true], [
    'b "c"',
    false,
  ]]);
  assert.deepEqual(rows, [["1", "x;\ny"], ["2", "z"]]);
  assert.deepEqual(parseCsv("").columns.length, 1);
});

Deno.test("page numbers: as few digits as tell something, with a minus that is one", () => {
  assert.deepEqual(
    [0.1 + 0.2, 1e-5, 12345678, -3, 0, NaN, -Infinity, 1234.5678].map((one) => number(one)),
    [
      ...["0.3", "1e-5", "12,345,678", "−3", "0", "NaN", "−∞", "1234.6"],
    ],
  );
  const column = usual().byKey("m.acc")!;
  assert.equal(numbersOf(column)(0.9), "0.9000");
  assert.equal(deltaOf(column, -0.05), "−0.0500");
  assert.equal(deltaOf(column, 0.000012), "+1.2e-5");
  assert.deepEqual([percent(0.123), percent(-0.5), percent(0.0001), percent(99)], [
    "+12 %",
    "−50 %",
    "",
    "×100",
  ]);
  assert.deepEqual([950, 59_000, 61_000, 7_260_000, 200_000_000].map(duration), [
    ...["950 ms", "59 s", "1m 01s", "2h 01m", "2d 7h"],
  ]);
  const now = Date.parse("2026-11-20T12:00:00Z");
  assert.deepEqual(
    ["2026-11-20T11:59:50Z", "2026-11-20T11:40:00Z", "2026-11-18T12:00:00Z"].map((at) =>
      ago(at, now)
    ),
    ["just now", "20 min ago", "2 d ago"],
  );
});

Deno.test("dotted: a name goes on in the next line behind its dots alone", () => {
  const parts = (name: string) =>
    (dotted(name) as unknown[]).map((one) => typeof one === "string" ? one : (one as VNode).type);
  assert.deepEqual(parts("versions.typescript"), ["versions", ".", "wbr", "typescript"]);
  assert.deepEqual(parts("lr"), ["lr"]);
  assert.deepEqual(parts("a..b"), ["a", ".", "wbr", "", ".", "wbr", "b"]);
});

import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { brushed, rangesOf, savedOf, signature, whole } from "../../viewer/app/charts/brush.ts";
import type { Axis } from "../../viewer/app/charts/columns.ts";
import {
  axisOf,
  colouring,
  isLogByNature,
  menuOf,
  varies,
} from "../../viewer/app/charts/columns.ts";
import { runsOf } from "../../viewer/app/charts/parallel_axis.tsx";
import { held, hold, letGo, rangePixels } from "../../viewer/app/charts/parallel_brush.ts";
import {
  chosenAxes,
  crossings,
  metricOf,
  nearestLine,
  relation,
  type Room,
  type Shown,
  spread,
} from "../../viewer/app/charts/parallel_data.ts";
import { scaleOf } from "../../viewer/app/charts/scale.ts";
import { makeRuns } from "../../viewer/app/data/runs.ts";
import type { Runs } from "../../viewer/app/types.ts";
import type { RunsColumn } from "../../viewer/contract.ts";
import { sweep } from "./support/charts_data.ts";

const axis = (values: number[], categories: string[] = []): Axis => ({
  key: "k",
  name: "k",
  kind: "parameter",
  type: categories.length > 0 ? "category" : "number",
  values: Float64Array.from(values),
  categories,
  whole: false,
});
const shownAs = (one: Axis, isFlipped = false): Shown => ({
  axis: one,
  scale: one.type === "category"
    ? scaleOf({ kind: "category", categories: one.categories })
    : scaleOf({ kind: "linear", domain: [0, 10] }),
  isFlipped,
  isLog: false,
  hasNone: false,
});
const room: Room = { top: 100, height: 200, xs: [0, 100] };
const runsWith = (columns: RunsColumn[], count = columns[0]!.values!.length): Runs =>
  makeRuns({
    checksum: "",
    project: { name: "p", slug: "p", githubUrl: null },
    ids: Array.from({ length: count }, (_, at) => `${at}`),
    columns,
    history: Array(count).fill(null),
  }, () => assert.fail("no cells are asked for"));

Deno.test("brushed: within one range of each axis that has some", () => {
  const axes = [
    { key: "a", values: Float64Array.of(1, 2, 3, NaN) },
    { key: "b", values: Float64Array.of(5, 5, 9, 5) },
  ];
  const rows = [0, 1, 2, 3];
  assert.deepEqual(brushed(rows, axes, {}), rows);
  assert.deepEqual(brushed(rows, axes, { a: [[1, 1], [3, 4]] }), [0, 2]);
  assert.deepEqual(brushed(rows, axes, { a: [[0, 9]], b: [[5, 6]] }), [0, 1]);
  assert.deepEqual(brushed(rows, axes, { a: [[0, 0]] }), []);
});

Deno.test("ranges: what is saved is read again; categories by name, gone ones left out", () => {
  const numbers = axis([1, 2]);
  assert.deepEqual(rangesOf(numbers, savedOf(numbers, [[0.5, 1.25]])), [[0.5, 1.25]]);
  const letters = axis([0, 1, 2], ["a", "b", "c"]);
  const saved = savedOf(letters, [[0.6, 2.4]]);
  assert.deepEqual(saved, [["b", "c"]]);
  assert.deepEqual(rangesOf(letters, saved), [[0.6, 2.4]]);
  const more = axis([0, 1, 2, 3], ["a", "aa", "b", "c"]);
  assert.deepEqual(rangesOf(more, saved), [[1.6, 3.4]]);
  assert.deepEqual(rangesOf(axis([0], ["a"]), saved), []);
  for (const odd of [undefined, 3, [[1]], [["a", 2]], [[null, null]]]) {
    assert.deepEqual(rangesOf(numbers, odd), []);
  }
});

Deno.test("whole: a category is in a range or not; none in it is no range", () => {
  assert.deepEqual(whole([0.2, 2.1]), [0.6, 2.4]);
  assert.equal(whole([0.2, 0.8]), undefined);
});

Deno.test("signature: the same for the same rows in any order, else another", () => {
  fc.assert(fc.property(fc.uniqueArray(fc.nat(5000)), fc.nat(5000), (rows, other) => {
    assert.equal(signature(rows), signature(rows.toReversed()));
    if (!rows.includes(other)) assert.notEqual(signature(rows), signature([...rows, other]));
  }));
});

Deno.test("a brush: a drag makes it, in value and in pixels the same, also flipped", () => {
  for (const isFlipped of [false, true]) {
    const shown = shownAs(axis([0, 10]), isFlipped);
    const begun = hold(0, shown, room, [], 150, false);
    const [range] = held(begun, shown, room, 250);
    assert.deepEqual(rangePixels(shown, room, [range!]), [[150, 250]]);
    assert.deepEqual(range, [2.5, 7.5]);
  }
});

Deno.test("a brush: a click clears, a drag beside it replaces it, with shift it adds", () => {
  const shown = shownAs(axis([0, 10]));
  const ranges = [[0, 2]] as const;
  assert.deepEqual(held(hold(0, shown, room, ranges, 120, false), shown, room, 121), []);
  assert.deepEqual(held(hold(0, shown, room, ranges, 120, false), shown, room, 140), [[8, 9]]);
  assert.deepEqual(held(hold(0, shown, room, ranges, 120, true), shown, room, 140), [[0, 2], [
    8,
    9,
  ]]);
});

Deno.test("a brush: moved as a whole it stays on the axis, by an end it gets longer", () => {
  const shown = shownAs(axis([0, 10]));
  const ranges = [[2, 4]] as const;
  const middle = hold(0, shown, room, ranges, 240, false);
  assert.equal(middle.part, "all");
  assert.deepEqual(held(middle, shown, room, 220).map((range) => range.map(Math.round)), [[3, 5]]);
  assert.deepEqual(held(middle, shown, room, -999), [[8, 10]]);
  const top = hold(0, shown, room, ranges, 222, false);
  assert.equal(top.part, "top");
  assert.deepEqual(held(top, shown, room, 100).map((range) => range.map(Math.round)), [[2, 10]]);
});

Deno.test("a brush: let go on categories it holds whole ones", () => {
  const shown = shownAs(axis([0, 1, 2], ["a", "b", "c"]));
  const drawn = held(hold(0, shown, room, [], 110, false), shown, room, 210);
  assert.deepEqual(savedOf(shown.axis, letGo(drawn, shown)), [["b", "c"]]);
  assert.deepEqual(letGo([[0.2, 0.4]], shown), []);
});

Deno.test("ranges of ticked boxes: neighbours are one", () => {
  assert.deepEqual(runsOf([0, 1, 3]), [[-0.4, 1.4], [2.6, 3.4]]);
  assert.deepEqual(runsOf([]), []);
});

Deno.test("crossings: a run without a value crosses below the axis", () => {
  const [ys] = crossings([shownAs(axis([0, 10, NaN]))], [0, 1, 2], room, undefined);
  assert.equal(ys![0], 300);
  assert.equal(ys![1], 100);
  assert.ok(ys![2]! > 300);
});

Deno.test("crossings: equal categories lie beside one another, best metric at the top", () => {
  const letters = axis([0, 0, 0, 1], ["a", "b"]);
  const [ys] = crossings([shownAs(letters)], [0, 1, 2, 3], room, {
    values: Float64Array.of(1, 3, 2, 9),
  });
  assert.ok(ys![1]! < ys![2]! && ys![2]! < ys![0]!);
  assert.equal(ys![3], 150);
  assert.ok(ys![1]! > 200 && ys![0]! < 300);
});

Deno.test("crossings: of equal categories those without the metric lie lowest", () => {
  const metric = [NaN, 1, NaN, 3, 2, NaN, 5, 4];
  const rows = [...metric.keys()];
  const [ys] = crossings([shownAs(axis(rows.map(() => 0), ["a"]))], rows, room, {
    values: Float64Array.from(metric),
  });
  const fromTop = rows.toSorted((a, b) => ys![a]! - ys![b]!);
  assert.deepEqual(fromTop, [6, 7, 3, 4, 1, 0, 2, 5]);
});

Deno.test("nearestLine: the line across from the place, of those that are shown", () => {
  const ys = [Float32Array.of(0, 100), Float32Array.of(100, 100)];
  assert.equal(nearestLine(ys, [0, 100], 50, 52, () => true)!.at, 0);
  assert.equal(nearestLine(ys, [0, 100], 50, 52, (at) => at === 1)!.at, 1);
  assert.equal(nearestLine(ys, [0, 100], 400, 52, () => true), undefined);
});

Deno.test("spread: each index once, any first part over the whole", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 3000 }), (count) => {
    const order = spread(count);
    assert.equal(new Set(order).size, count);
    if (count < 200) return;
    const tenths = new Set([...order.slice(0, count / 5)].map((at) => Math.floor(at * 10 / count)));
    assert.ok(tenths.size >= 9);
  }));
  assert.equal(spread(0).length, 0);
});

Deno.test("relation: how much a column tells of the metric, numbers and categories alike", () => {
  const metric = axis([1, 2, 3, 4]);
  const rows = [0, 1, 2, 3];
  assert.ok(Math.abs(relation(axis([2, 4, 6, 8]), metric, rows) - 1) < 1e-9);
  assert.ok(Math.abs(relation(axis([0, 0, 1, 1], ["a", "b"]), metric, rows) - 0.8) < 1e-9);
  assert.equal(relation(axis([1, 1, 1, 1]), metric, rows), 0);
});

Deno.test("chosenAxes: parameters that differ, of many those that tell most, the metric last", () => {
  const runs = makeRuns(sweep(60, { columns: 30 }), () => {});
  const rows = runs.ids.map((_, at) => at);
  const metric = metricOf(runs, rows, "m.accuracy")!;
  const { columns, of } = chosenAxes(runs, rows, metric);
  assert.equal(columns.length, 8);
  assert.equal(columns.at(-1)!.name, "accuracy");
  assert.ok(columns.some(({ name }) => name === "lr" || name === "depth"));
  assert.equal(of, 38);
});

Deno.test("chosenAxes: of columns that are not there yet a few are asked for", () => {
  const lazy = (kind: "metric" | "parameter", name: string): RunsColumn => ({
    kind,
    name,
    values: null,
    path: name,
  });
  const columns = Array.from({ length: 1500 }, (_, at) => lazy("parameter", `p${at}`));
  const runs = runsWith([...columns, lazy("metric", "m")], 3);
  const metric = metricOf(runs, [0, 1, 2], undefined);
  assert.equal(metric!.name, "m");
  assert.deepEqual(
    chosenAxes(runs, [0, 1, 2], metric).columns.map(({ name }) => name),
    ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "m"],
  );
  assert.equal(menuOf(runs).length, 2);
});

Deno.test("axisOf: numbers beside texts are categories, lists no axis", () => {
  const runs = runsWith([
    { kind: "parameter", name: "depth", values: [3, "auto", null, 10] },
    { kind: "parameter", name: "list", values: [[1], [2], null, null] },
    { kind: "parameter", name: "same", values: [1, 1, null, 1] },
  ]);
  const depth = axisOf(runs.byKey("p.depth")!);
  assert.deepEqual(depth.categories, ["3", "10", "auto"]);
  assert.deepEqual([...depth.values], [0, 2, NaN, 1]);
  assert.ok(varies(runs.byKey("p.depth")!, [0, 1]));
  assert.ok(!varies(runs.byKey("p.same")!, [0, 1, 2, 3]));
  assert.deepEqual(menuOf(runs)[0]!.columns.map(({ name }) => name), ["depth", "same"]);
});

Deno.test("isLogByNature: rates over decades are, depths and what reaches zero are not", () => {
  const rows = [0, 1, 2, 3, 4];
  assert.ok(isLogByNature(axis([1e-5, 1e-4, 1e-3, 1e-2, 1e-1]), rows));
  assert.ok(!isLogByNature(axis([2, 4, 6, 8, 12]), rows));
  assert.ok(!isLogByNature(axis([0, 1e-4, 1e-3, 1e-2, 1e3]), rows));
});

Deno.test("colouring: from least to most, its own colour for what has no value", () => {
  const { shade, colours, legend } = colouring(axis([0, 5, 10, NaN]), [0, 1, 2, 3], false);
  assert.equal(shade(0), 0);
  assert.equal(shade(2), colours.length - 2);
  assert.equal(shade(3), colours.length - 1);
  assert.ok("ramp" in legend && legend.low === "0" && legend.high === "10");
  const letters = colouring(axis([0, 1, NaN], ["a", "b"]), [0, 1, 2], false);
  assert.equal(new Set([0, 1, 2].map((row) => letters.colours[letters.shade(row)])).size, 3);
});

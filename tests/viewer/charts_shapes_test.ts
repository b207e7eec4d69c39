import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  drawShapes,
  hitsAt,
  pointsOf as pointsDrawn,
  scalesOf,
  type Series,
  shapesOf,
  type View,
} from "../../viewer/app/charts/curve_lines.ts";
import { sectionsOf } from "../../viewer/app/charts/curves.tsx";
import { layOut, xOf, yOf } from "../../viewer/app/charts/frame.ts";
import {
  barsOf,
  binEdges,
  columnOf,
  counts,
  firstColumns,
  lineOfFrame,
  type RunFrame,
} from "../../viewer/app/charts/frame_data.ts";
import { markAt, shapesOfFrames } from "../../viewer/app/charts/frame_shapes.ts";
import { pointAt, pointBeside, pointsOf, within } from "../../viewer/app/charts/points.ts";
import { columnNames, rowsInSight, shades } from "../../viewer/app/charts/ranks.ts";
import { scaleOf } from "../../viewer/app/charts/scale.ts";
import { sparkPath } from "../../viewer/app/charts/spark.tsx";
import type { FrameFile } from "../../viewer/contract.ts";

const size = { width: 640, height: 320 };
const view: View = {
  along: "linear",
  logX: false,
  logY: false,
  withoutOutliers: false,
  zoom: undefined,
  hasRaw: false,
};
const series = (row: number, x: number[], y: number[]): Series => ({
  row,
  name: `run ${row}`,
  style: { stroke: "#123", dash: [] },
  line: { x: Float64Array.from(x), raw: Float64Array.from(y), y: Float64Array.from(y) },
});

Deno.test("curves: 100 runs of 10,000 points draw two points a pixel and run at most", () => {
  const x = Array.from({ length: 10_000 }, (_, at) => at);
  const all = Array.from(
    { length: 100 },
    (_, row) => series(row, x, x.map((at) => Math.sin(at * row) + row)),
  );
  const scales = scalesOf(all, view)!;
  const plot = layOut(size, scales.x, scales.y);
  assert.ok(pointsDrawn(shapesOf(all, plot, false)) <= 100 * 2 * (plot.width + 1));
});

Deno.test("curves: the range of y is what the zoom shows", () => {
  const one = series(0, [0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 40, 50, 60]);
  const { x, y } = scalesOf([one], { ...view, zoom: [1, 2] })!;
  assert.deepEqual(x.domain, [1, 2]);
  assert.ok(y.domain[1] < 4);
  assert.equal(scalesOf([one], { ...view, zoom: [90, 99] })?.x.domain[0] ?? 90, 90);
});

Deno.test("curves: log axes leave out what is not above zero, and say if nothing is left", () => {
  const one = series(0, [0, 2, 10], [-1, 1, 100]);
  const { x, y } = scalesOf([one], { ...view, logX: true, logY: true })!;
  assert.ok(Math.abs(x.domain[0] - 2) < 1e-9 && y.domain[0] > 0 && y.domain[1] > 100);
  assert.equal(scalesOf([series(0, [1, 2], [-1, 0])], { ...view, logY: true }), undefined);
  assert.equal(scalesOf([], view), undefined);
});

Deno.test("hitsAt: the line that is nearest at the pointer's x, not the nearest point", () => {
  const all = [series(0, [0, 100], [0, 0]), series(1, [0, 50, 100], [10, 10, 10])];
  const scales = scalesOf(all, view)!;
  const plot = layOut(size, scales.x, scales.y);
  const at = (x: number, y: number) => hitsAt(all, plot, xOf(plot, x), yOf(plot, y));
  assert.equal(at(50, 1)[0]!.index, 0);
  assert.equal(at(50, 9)[0]!.index, 1);
  assert.equal(at(50, 9).length, 2);
});

Deno.test("drawShapes: a point between two gaps is drawn as a dot", () => {
  const calls: string[] = [];
  const pen = new Proxy({}, {
    get: (_, name) => (..._args: unknown[]) => calls.push(String(name)),
    set: () => true,
  });
  const points = Float64Array.of(1, 1, NaN, NaN, 5, 5, 6, 6);
  drawShapes(pen as Parameters<typeof drawShapes>[0], { left: 0, top: 0, width: 9, height: 9 }, [
    ...Array.from(
      { length: 60 },
      () => ({ series: series(0, [], []), main: { points, count: 3 } }),
    ),
  ]);
  assert.equal(calls.filter((name) => name === "arc").length, 60);
  assert.equal(calls.filter((name) => name === "lineTo").length, 60);
});

Deno.test("sectionsOf: metrics by what is before the slash, in their order", () => {
  assert.deepEqual(sectionsOf(["acc", "train/a", "train/b/c", "val/a", "/odd"]), [
    ["Metrics", ["acc", "/odd"]],
    ["train", ["train/a", "train/b/c"]],
    ["val", ["val/a"]],
  ]);
});

const plotOf = (categories: string[]) =>
  layOut(
    size,
    scaleOf({ kind: "category", categories }),
    scaleOf({ kind: "linear", domain: [0, 10], pad: 0.1 }),
  );

Deno.test("points: equal ones lie beside one another, counted, within their category", () => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 500 }), (count) => {
    const rows = Array.from({ length: count }, (_, at) => at);
    const x = { values: Float64Array.from(rows, () => 1) };
    const y = { values: Float64Array.from(rows, () => 5) };
    const plot = plotOf(["a", "b", "c"]);
    const { xs, ys, same } = pointsOf(rows, x, y, plot, 4);
    assert.equal(new Set(rows.map((at) => `${xs[at]} ${ys[at]}`)).size, count);
    assert.ok(same.every((one) => one === count));
    const half = plot.width / 6;
    assert.ok(xs.every((one) => Math.abs(one - xOf(plot, 1)) <= half));
    assert.ok(ys.every((one) => one >= plot.top && one <= plot.top + plot.height));
  }));
});

Deno.test("points: without both values there is none; a box and the arrows find them", () => {
  const x = { values: Float64Array.of(0, 1, 2, NaN) };
  const y = { values: Float64Array.of(1, 5, 9, 5) };
  const plot = plotOf(["a", "b", "c"]);
  const points = pointsOf([0, 1, 2, 3], x, y, plot, 4);
  assert.deepEqual(points.rows, [0, 1, 2]);
  assert.equal(pointAt(points, points.xs[1]! + 3, points.ys[1]!, 8), 1);
  assert.equal(pointAt(points, points.xs[1]! + 30, points.ys[1]!, 8), -1);
  assert.equal(pointBeside(points, 0, [1, 0]), 1);
  assert.equal(pointBeside(points, 0, [-1, 0]), 0);
  const box = [{ x: 999, y: points.ys[1]! + 1 }, { x: points.xs[1]! - 1, y: 0 }] as const;
  assert.deepEqual(within(points, ...box), [1, 2]);
});

Deno.test("shades: least and most of a column, or of all cells", () => {
  const rows = [{ row: 0, values: [0, 10] }, { row: 1, values: [1, 30] }, {
    row: 2,
    values: [NaN],
  }];
  assert.deepEqual([...shades(rows, 2, "column")], [0, 0, 1, 1, NaN, NaN]);
  const all = [...shades(rows, 2, "all")];
  assert.ok(Math.abs(all[1]! - 1 / 3) < 1e-6 && all[3] === 1 && all[0] === 0);
  assert.deepEqual([...shades([{ row: 0, values: [7] }], 1, "column")], [0.5]);
  assert.deepEqual(columnNames(2, ["a", "b"]), ["a", "b"]);
  assert.deepEqual(columnNames(2, ["a"]), ["0", "1"]);
  assert.deepEqual(rowsInSight(45, 100, 20, 300), [2, 8]);
});

const frame = (row: number, columns: FrameFile["columns"]): RunFrame => ({
  row,
  file: { checksum: "", id: `${row}`, name: "f", rows: 3, columns, download: null },
});
const epochs = (row: number, values: (number | null | { number: "NaN" })[]) =>
  frame(row, [
    { name: "epoch", type: "number", values: [2, 0, 1] },
    { name: "note", type: "text", values: ["x", "y", null] },
    { name: "loss", type: "number", values },
  ]);

Deno.test("frames: the first column along x, the next with numbers along y", () => {
  assert.deepEqual(firstColumns([epochs(0, [1, 2, 3])]), { x: "epoch", y: "loss" });
  assert.deepEqual(firstColumns([]), { x: "", y: "" });
});

Deno.test("frames: columns of all runs on one scale; mixed kinds are categories", () => {
  const frames = [epochs(0, [3, null, { number: "NaN" }])];
  const loss = columnOf(frames, "loss");
  assert.equal(loss.kind, "number");
  assert.deepEqual([...loss.values[0]!], [3, NaN, NaN]);
  const note = columnOf(
    [...frames, frame(1, [{ name: "note", type: "text", values: ["b", "y"] }])],
    "note",
  );
  assert.deepEqual(note.categories, ["b", "x", "y"]);
  assert.deepEqual(note.values.map((list) => [...list]), [[1, 2, NaN], [0, 2]]);
  const mixed = columnOf(
    [...frames, frame(1, [{ name: "loss", type: "text", values: ["no"] }])],
    "loss",
  );
  assert.equal(mixed.kind, "category");
});

Deno.test("frames: a line goes along x, whatever the order of rows", () => {
  const line = lineOfFrame(Float64Array.of(2, 0, NaN, 1), Float64Array.of(20, 0, 5, 10));
  assert.deepEqual([[...line.x], [...line.y]], [[0, 1, 2], [0, 10, 20]]);
});

Deno.test("frames: bars of the same x are added, bins hold each number once", () => {
  assert.deepEqual([...barsOf(Float64Array.of(0, 1, 0), Float64Array.of(1, 2, 4))], [[0, 5], [
    1,
    2,
  ]]);
  fc.assert(fc.property(
    fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 300 }),
    (values) => {
      const list = Float64Array.from([...values, NaN]);
      const edges = binEdges([list], false);
      assert.equal(counts(list, edges).reduce((sum, one) => sum + one, 0), values.length);
      assert.ok(edges.length <= 61);
    },
  ));
  assert.deepEqual(counts(Float64Array.of(0, 2, 2), binEdges([Float64Array.of(0, 2, 2)], true)), [
    1,
    0,
    2,
  ]);
  assert.deepEqual(binEdges([Float64Array.of(NaN)], false), []);
});

Deno.test("frames: each kind draws each run, and what is drawn can be pointed at", () => {
  const frames = [epochs(3, [1, 2, 3]), epochs(7, [3, 2, 1])];
  const x = columnOf(frames, "epoch");
  const y = columnOf(frames, "loss");
  for (const kind of ["line", "scatter", "bar", "histogram"] as const) {
    const input = { frames, kind, x, y, names: { x: "epoch", y: "loss" }, size };
    const shapes = shapesOfFrames({ ...input, logX: false, logY: false })!;
    const runs = new Set(shapes.marks.map(({ row }) => row));
    assert.deepEqual([...runs].sort(), [3, 7], kind);
    const mark = shapes.marks.find(({ row }) => row === 7)!;
    assert.ok(markAt(shapes, mark.x, mark.y), kind);
    assert.ok(shapes.boxes.every((box) => box.height >= 0 && box.width > 0), kind);
  }
  const empty = columnOf(frames, "nothing");
  assert.equal(
    shapesOfFrames({
      frames,
      kind: "line",
      x,
      y: empty,
      names: { x: "", y: "" },
      logX: false,
      logY: false,
      size,
    }),
    undefined,
  );
});

Deno.test("frames: equal dots lie beside one another, equal points of lines say how many they are", () => {
  const frames = [epochs(3, [1, 2, 3]), epochs(7, [1, 2, 4]), epochs(9, [1, 5, 4])];
  const [x, y] = [columnOf(frames, "epoch"), columnOf(frames, "loss")];
  const shapes = (kind: "line" | "scatter") =>
    shapesOfFrames({
      ...{ frames, kind, x, y, names: { x: "epoch", y: "loss" }, size, logX: false, logY: false },
    })!;
  const places = (marks: readonly { x: number; y: number }[]) =>
    new Set(marks.map((mark) => `${mark.x} ${mark.y}`)).size;
  const { dots } = shapes("scatter");
  assert.equal(dots.length, 9);
  assert.equal(places(dots), 9, "each can be pointed at");
  const three = dots.filter(({ text }) => text.endsWith(", 3 points here"));
  assert.deepEqual(three.map(({ row }) => row), [3, 7, 9]);
  const [first] = three;
  assert.ok(three.every((mark) => Math.hypot(mark.x - first!.x, mark.y - first!.y) <= 14));
  assert.equal(dots.filter(({ text }) => text.includes("points here")).length, 7);
  const { marks } = shapes("line");
  assert.equal(places(marks), 5, "a line stays where it is");
  assert.deepEqual(marks.map(({ text }) => text.endsWith("points here")).filter(Boolean).length, 7);
});

Deno.test("sparkPath: gaps stay gaps, a lonely point is a dot, equal ones lie in the middle", () => {
  assert.equal(sparkPath([1, null, 2, 3], 34, 14).line, "M2 12h0M22 7h0L32 2");
  assert.equal(sparkPath([5, 5], 34, 14).line, "M2 7h0L32 7");
  assert.deepEqual(sparkPath([null, NaN], 34, 14), { line: "", last: undefined });
});

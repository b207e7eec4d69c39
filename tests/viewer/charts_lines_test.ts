import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { decimate, GAP, nearest } from "../../viewer/decimate.ts";
import {
  type Curve,
  curvesOf,
  packCurves,
  type RunCurves,
  unpackCurves,
} from "../../viewer/curves_file.ts";
import { bandOf, inSight, lineOf, pixels, yRange } from "../../viewer/app/charts/lines.ts";
import { layOut, yOf } from "../../viewer/app/charts/frame.ts";
import { scaleOf } from "../../viewer/app/charts/scale.ts";
import { smooth } from "../../viewer/smooth.ts";

const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);
const line = fc.array(fc.tuple(fc.double({ min: 0, max: 60, noNaN: true }), value), {
  maxLength: 400,
})
  .map((points) => points.sort((a, b) => a[0] - b[0]));

Deno.test("decimate: at most two points a column, the least and the most of each kept", () => {
  fc.assert(fc.property(line, (points) => {
    const [px, y] = [points.map(([x]) => x), points.map(([, value]) => value)];
    const drawn = decimate(px, y).filter((at) => at !== GAP);
    const columns = Map.groupBy(drawn, (at) => Math.floor(px[at]!));
    const finite = [...px.keys()].filter((at) => Number.isFinite(y[at]!));
    const all = Map.groupBy(finite, (at) => Math.floor(px[at]!));
    assert.deepEqual([...columns.keys()], [...all.keys()]);
    for (const [column, kept] of columns) {
      assert.ok(kept.length <= 2);
      const values = all.get(column)!.map((at) => y[at]!);
      assert.equal(Math.min(...kept.map((at) => y[at]!)), Math.min(...values));
      assert.equal(Math.max(...kept.map((at) => y[at]!)), Math.max(...values));
    }
  }));
});

Deno.test("decimate: indices rise, so that the line goes from left to right", () => {
  fc.assert(fc.property(line, (points) => {
    const drawn = decimate(points.map(([x]) => x), points.map(([, y]) => y))
      .filter((at) => at !== GAP);
    assert.ok(drawn.every((at, i) => i === 0 || at > drawn[i - 1]!));
  }));
});

Deno.test("decimate: a gap between columns stays one, within a column it does not", () => {
  assert.deepEqual(decimate([0, 1, 2, 3], [5, NaN, 6, 7]), [0, GAP, 2, 3]);
  assert.deepEqual(decimate([0, 0.2, 0.4, 1], [5, NaN, 6, 7]), [0, 2, 3]);
  assert.deepEqual(decimate([0, 1, 2], [NaN, 1, NaN]), [1]);
  assert.deepEqual(decimate([], []), []);
});

Deno.test("nearest: the index whose value is closest", () => {
  assert.equal(nearest([1, 2, 10], 5), 1);
  assert.equal(nearest([1, 2, 10], 7), 2);
  assert.equal(nearest([1, 2, 10], -4), 0);
  assert.equal(nearest([], 1), -1);
});

Deno.test("smooth: the debiased moving average of TensorBoard", () => {
  const expected = [0, 0.5 / 0.75, 0.75 / 0.875, 0.875 / 0.9375];
  smooth([0, 1, 1, 1], 0.5).forEach((value, at) => {
    assert.ok(Math.abs(value - expected[at]!) < 1e-12);
  });
});

Deno.test("smooth: what is no number stays, and does not count", () => {
  const [a, gap, b] = smooth([1, NaN, 1], 0.9);
  assert.ok(Math.abs(a! - 1) < 1e-12 && Math.abs(b! - 1) < 1e-12);
  assert.ok(Number.isNaN(gap));
  assert.equal(smooth([1, Infinity, 1], 0.9)[1], Infinity);
});

Deno.test("smooth: nothing at a weight of 0, and never beyond the values", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 }),
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    (values, weight) => {
      assert.deepEqual([...smooth(values, 0)], values.map(Number));
      const [low, high] = [Math.min(...values), Math.max(...values)];
      for (const one of smooth(values, weight)) {
        assert.ok(one >= low - 1e-6 && one <= high + 1e-6);
      }
    },
  ));
});

const curve = (steps: number[], values: number[], times = steps): Curve => ({
  steps: Float64Array.from(steps),
  times: Float64Array.from(times),
  values: Float64Array.from(values),
});

Deno.test("lineOf: steps, times, times since the start of the run", () => {
  const curves = new Map([
    ["a", curve([1, 2], [5, 6], [1000, 1500])],
    ["b", curve([0], [1], [400])],
  ]);
  assert.deepEqual([...lineOf(curves, "a", "step", 0)!.x], [1, 2]);
  assert.deepEqual([...lineOf(curves, "a", "time", 0)!.x], [1000, 1500]);
  assert.deepEqual([...lineOf(curves, "a", "relative", 0)!.x], [600, 1100]);
  assert.equal(lineOf(curves, "none", "step", 0), undefined);
});

Deno.test("lineOf: along a metric, by the steps that both have, in the order of x", () => {
  const curves = new Map([
    ["loss", curve([0, 1, 2, 3], [9, 8, 7, 6])],
    ["tokens", curve([0, 2, 3], [50, 10, 30])],
  ]);
  const line = lineOf(curves, "loss", "m:tokens", 0)!;
  assert.deepEqual([...line.x], [10, 30, 50]);
  assert.deepEqual([...line.raw], [7, 6, 9]);
  assert.equal(lineOf(curves, "loss", "m:none", 0), undefined);
});

Deno.test("lineOf: smoothing goes by steps, and what was logged stays beside it", () => {
  const line = lineOf(new Map([["a", curve([0, 1], [0, 1])]]), "a", "step", 0.5)!;
  assert.deepEqual([...line.raw], [0, 1]);
  assert.deepEqual([...line.y], [0, 0.5 / 0.75]);
});

const double = fc.oneof(fc.double(), fc.integer(), fc.float());
const columnOf = (length: number): fc.Arbitrary<Float64Array<ArrayBuffer>> =>
  fc.array(double, { minLength: length, maxLength: length })
    .map((numbers) => Float64Array.from(numbers));
const someCurve: fc.Arbitrary<Curve> = fc.nat(20).chain((length) =>
  fc.record(
    { steps: columnOf(length), times: columnOf(length), values: columnOf(length) },
    { noNullPrototype: true },
  )
);

const anyCharacter = fc.nat(0x10ffff).map((code) => String.fromCodePoint(code));

Deno.test("packCurves: any curves come back as they were, names of all kinds and equal columns", () => {
  const names = fc.uniqueArray(fc.string({ unit: anyCharacter }).map((one) => one.toWellFormed()), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(names, fc.array(someCurve, { minLength: 4, maxLength: 4 }), (all, curves) => {
      const given = new Map(all.map((name, at) => {
        // Those of odd places are logged together with the one before.
        const { steps, times } = curves[at & ~1]!;
        const fits = curves[at]!.values.length === steps.length;
        return [name, fits ? { ...curves[at]!, steps, times } : curves[at]!];
      }));
      const runs = new Map<string, RunCurves>([
        ["one", given],
        ["two", { error: "gone" }],
        ["three", given],
      ]);
      assert.deepStrictEqual(unpackCurves(packCurves(runs).buffer), runs);
    }),
  );
});

Deno.test("packCurves: columns are as short as their numbers allow", () => {
  const count = 1_000;
  const column = (of: (at: number) => number) =>
    Float64Array.from({ length: count }, (_, at) => of(at));
  const bytesOf = (curve: Partial<Curve>, more: Partial<Curve> = curve) => {
    const steps = column((at) => at);
    const whole = { steps, times: steps, values: steps };
    const runs = new Map([[
      "r",
      new Map([["a", { ...whole, ...curve }], ["b", { ...whole, ...more }]]),
    ]]);
    const bytes = packCurves(runs);
    assert.deepStrictEqual(unpackCurves(bytes.buffer), runs);
    return Math.floor(bytes.length / count);
  };
  const start = Date.parse("2026-10-01T08:00:00Z");
  assert.equal(bytesOf({}), 0, "what rises evenly is two numbers");
  assert.equal(bytesOf({ times: column((at) => start + at * 1_000 + at % 7) }), 4);
  assert.equal(bytesOf({ values: column((at) => Math.fround(Math.sin(at))) }), 4);
  assert.equal(bytesOf({ values: column(Math.sin) }), 8, "equal columns are there once");
  assert.equal(bytesOf({ values: column(Math.sin) }, { values: column(Math.cos) }), 16);
  assert.equal(bytesOf({ values: column((at) => at === 5 ? -0 : 0) }), 4);
  assert.equal(
    bytesOf({ values: column((at) => at * 2 ** 31) }, { values: column((at) => at ** 9) }),
    8,
  );
});

Deno.test("curvesOf: NaN and the infinities of a file are numbers", () => {
  const curves = curvesOf({
    experimentId: "x",
    checksum: "",
    series: [{ name: "a", steps: [0, 1, 2], times: [0, 1, 2], values: [1, "NaN", "-Infinity"] }],
  });
  assert.deepEqual([...curves.get("a")!.values], [1, NaN, -Infinity]);
});

Deno.test("inSight: the range and one point on each side", () => {
  const x = Float64Array.from([0, 1, 2, 3, 4, 5]);
  assert.deepEqual(inSight(x, [2, 3]), [1, 5]);
  assert.deepEqual(inSight(x, [-9, 9]), [0, 6]);
  assert.deepEqual(inSight(x, [2.5, 2.6]), [2, 4]);
});

const plotOf = (x: [number, number], y: [number, number], kind: "linear" | "log" = "linear") =>
  layOut(
    { width: 360, height: 200 },
    scaleOf({ kind: "linear", domain: x }),
    scaleOf({ kind, domain: y }),
  );

Deno.test("pixels: 10,000 points on 300 pixels are 600 at most, the least and the most among them", () => {
  const x = Float64Array.from({ length: 10_000 }, (_, at) => at);
  const y = x.map((at) => Math.sin(at) * at);
  const plot = plotOf([0, 9999], [-1e4, 1e4]);
  const { count, points } = pixels(x, y, plot);
  assert.ok(plot.width > 280 && count <= 2 * (plot.width + 1) && count > 500, String(count));
  const ys = points.filter((_, at) => at % 2 === 1);
  assert.equal(Math.min(...ys), yOf(plot, Math.max(...y)));
  assert.equal(Math.max(...ys), yOf(plot, Math.min(...y)));
});

Deno.test("pixels: a line that is drawn again is the same as one that is new, in any plot", () => {
  const domain = fc.tuple(
    fc.double({ min: 0.1, max: 50, noNaN: true }),
    fc.double({ min: 1, max: 50, noNaN: true }),
  ).map(([low, size]): [number, number] => [low, low + size]);
  const plot = fc.tuple(domain, domain, fc.constantFrom("linear" as const, "log" as const));
  fc.assert(fc.property(line, fc.array(plot, { minLength: 1, maxLength: 4 }), (points, plots) => {
    const [x, y] = [0, 1].map((side) => Float64Array.from(points, (point) => point[side]!));
    for (const [along, up, kind] of plots) {
      const at = plotOf(along, up, kind);
      assert.deepEqual(pixels(x!, y!, at), pixels(x!.slice(), y!.slice(), at));
    }
    const others = Float64Array.from(x!, (one) => one + 1);
    const at = plotOf(plots[0]![0], plots[0]![1]);
    assert.deepEqual(pixels(others, y!, at), pixels(others, y!.slice(), at));
  }));
});

Deno.test("yRange: of a line in sight as a whole it is the same, however often it is asked for", () => {
  fc.assert(fc.property(line, fc.boolean(), (points, isLog) => {
    const [x, y] = [0, 1].map((side) => Float64Array.from(points, (point) => point[side]!));
    const fits = points.map(([, one]) => one).filter((one) =>
      Number.isFinite(one) && (!isLog || one > 0)
    );
    const expected = fits.length > 0 ? [Math.min(...fits), Math.max(...fits)] : undefined;
    for (let round = 0; round < 2; round++) {
      const found = yRange([{ x: x!, y: y! }], [0, 60], { isLog, withoutOutliers: false });
      assert.deepEqual(found, expected);
    }
  }));
});

Deno.test("yRange: without outliers, what nearly all values lie in", () => {
  const x = Float64Array.from({ length: 101 }, (_, at) => at);
  const y = x.map((at) => at === 50 ? 1e9 : at);
  const all = { isLog: false, withoutOutliers: false };
  assert.deepEqual(yRange([{ x, y }], [0, 100], all), [0, 1e9]);
  const [low, high] = yRange([{ x, y }], [0, 100], { ...all, withoutOutliers: true })!;
  assert.ok(low > 0 && low < 10 && high > 90 && high < 100);
  assert.deepEqual(yRange([{ x, y: y.map((v) => v - 10) }], [0, 49], { ...all, isLog: true }), [
    1,
    1e9 - 10,
  ]);
  assert.equal(yRange([{ x, y: y.map(() => NaN) }], [0, 100], all), undefined);
});

Deno.test("bandOf: mean, least and most at all places, lines straight between points", () => {
  const band = bandOf([
    { x: Float64Array.of(0, 2), y: Float64Array.of(0, 2) },
    { x: Float64Array.of(0, 1), y: Float64Array.of(4, 3) },
  ], 10);
  assert.deepEqual([...band.x], [0, 1, 2]);
  assert.deepEqual([...band.mean], [2, 2, 2]);
  assert.deepEqual([...band.low], [0, 1, 2]);
  assert.deepEqual([...band.high], [4, 3, 2]);
  assert.deepEqual([...band.lines], [2, 2, 1]);
});

Deno.test("bandOf: the mean is between the least and the most, on few places too", () => {
  const lines = fc.array(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), value), { maxLength: 30 }).map((points) => {
      const sorted = points.sort((a, b) => a[0] - b[0]);
      return {
        x: Float64Array.from(sorted, ([x]) => x),
        y: Float64Array.from(sorted, ([, y]) => y),
      };
    }),
    { maxLength: 5 },
  );
  fc.assert(fc.property(lines, fc.integer({ min: 2, max: 12 }), (given, places) => {
    const band = bandOf(given, places);
    assert.ok(band.x.length <= places);
    band.mean.forEach((mean, at) => {
      if (Number.isNaN(mean)) return assert.equal(band.lines[at], 0);
      assert.ok(mean >= band.low[at]! - 1e-6 && mean <= band.high[at]! + 1e-6);
    });
  }));
});

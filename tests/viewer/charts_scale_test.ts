import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { duration, extent, quantile, tickWriter, trend } from "../../viewer/app/charts/numbers.ts";
import { scaleOf } from "../../viewer/app/charts/scale.ts";

const wide = fc.tuple(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
);

Deno.test("scaleOf: a place goes back to its value", () => {
  fc.assert(fc.property(wide, fc.double({ min: 0, max: 1, noNaN: true }), ([low, width], part) => {
    for (const kind of ["linear", "log"] as const) {
      const from = kind === "log" ? Math.abs(low) + 1e-3 : low;
      const scale = scaleOf({ kind, domain: [from, from + width] });
      assert.ok(Math.abs(scale.at(scale.back(part)) - part) < 1e-3);
    }
  }));
});

Deno.test("scaleOf: ticks rise, lie within, and are all written differently", () => {
  fc.assert(fc.property(wide, fc.integer({ min: 2, max: 12 }), ([low, width], count) => {
    const relative = width / (Math.abs(low) + width);
    fc.pre(relative > 1e-9);
    for (const kind of ["linear", "log", "duration"] as const) {
      const from = kind === "log" ? Math.abs(low) + 1e-3 : low;
      const ticks = scaleOf({ kind, domain: [from, from + width] }).ticks(count);
      assert.ok(ticks.every(({ at }) => at > -1e-6 && at < 1 + 1e-6));
      assert.ok(ticks.every(({ value }, at) => at === 0 || value > ticks[at - 1]!.value));
      if (kind === "linear") {
        assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
        assert.ok(ticks.length <= 2 * count + 1);
      }
    }
  }));
});

Deno.test("scaleOf: whole numbers have no ticks between them", () => {
  const labels = (domain: [number, number]) =>
    scaleOf({ kind: "linear", domain, whole: true }).ticks(8).map(({ label }) => label);
  assert.deepEqual(labels([1, 3]), ["1", "2", "3"]);
  assert.deepEqual(labels([0, 1]), ["0", "1"]);
  assert.deepEqual(labels([1, 1]), ["1"]);
});

Deno.test("scaleOf: few values are the ticks, where they do not touch", () => {
  const scale = scaleOf({ kind: "linear", domain: [16, 256], marks: [16, 17, 64, 128, 256] });
  assert.deepEqual(scale.ticks(8).map(({ label }) => label), ["17", "64", "128", "256"]);
});

Deno.test("scaleOf: one value alone, none, and a log of what is not above zero", () => {
  for (const kind of ["linear", "log", "time", "duration"] as const) {
    for (const domain of [undefined, [5, 5], [0, 0], [-3, -3], [-2, 8]] as const) {
      const scale = scaleOf({ kind, domain });
      assert.ok(scale.domain[0] < scale.domain[1], `${kind} ${domain}`);
      assert.ok(scale.ticks(5).every(({ at }) => Number.isFinite(at)));
    }
  }
  assert.ok(Number.isNaN(scaleOf({ kind: "log", domain: [1, 10] }).at(-1)));
});

Deno.test("scaleOf: a log axis has decades, 2 and 5 if there is room, fewer if not", () => {
  const labels = (domain: [number, number], count: number) =>
    scaleOf({ kind: "log", domain }).ticks(count).map(({ label }) => label);
  assert.deepEqual(labels([1e-5, 1e-1], 6), ["1e-5", "1e-4", "0.001", "0.01", "0.1"]);
  assert.deepEqual(labels([1, 20], 6), ["1", "2", "5", "10", "20"]);
  assert.deepEqual(labels([1, 1e8], 5), ["1", "100", "1e4", "1e6", "1e8"]);
  assert.ok(labels([3, 4], 4).length > 1);
});

Deno.test("scaleOf: categories have one place each, and are thinned", () => {
  const scale = scaleOf({ kind: "category", categories: ["a", "b", "c", "d"] });
  assert.deepEqual(scale.ticks(4).map(({ label, at }) => [label, at]), [
    ["a", 0.125],
    ["b", 0.375],
    ["c", 0.625],
    ["d", 0.875],
  ]);
  assert.deepEqual(scale.ticks(2).map(({ label }) => label), ["a", "c"]);
  assert.equal(scale.text(scale.back(0.4)), "b");
});

Deno.test("scaleOf: times have as much of the date as is new", () => {
  const from = +new Date(2026, 0, 31, 22);
  const to = +new Date(2026, 1, 1, 4);
  const labels = scaleOf({ kind: "time", domain: [from, to] }).ticks(6).map(({ label }) => label);
  assert.deepEqual(labels, ["22:00", "23:00", "Feb", "01:00", "02:00", "03:00", "04:00"]);
});

Deno.test("scaleOf: ticks of times are whole, from milliseconds to decades", () => {
  const labels = (from: Date, to: Date, count = 5) =>
    scaleOf({ kind: "time", domain: [+from, +to] }).ticks(count).map(({ label }) => label);
  const at = (...parts: [number, number, number?, number?, number?, number?, number?]) =>
    new Date(...parts as [number, number]);
  assert.deepEqual(labels(at(2026, 4, 2, 10, 0, 0, 0), at(2026, 4, 2, 10, 0, 0, 90)), [
    "10:00",
    ".020",
    ".040",
    ".060",
    ".080",
  ]);
  assert.deepEqual(labels(at(2026, 4, 2, 10, 0, 5), at(2026, 4, 2, 10, 1, 5)), [
    "10:00:15",
    "10:00:30",
    "10:00:45",
    "10:01",
  ]);
  assert.deepEqual(labels(at(2026, 4, 2, 3), at(2026, 4, 7)), [
    "3 May",
    "4 May",
    "5 May",
    "6 May",
    "7 May",
  ]);
  assert.deepEqual(labels(at(2026, 0, 20), at(2026, 5, 3)), ["Feb", "Mar", "Apr", "May", "Jun"]);
  assert.deepEqual(labels(at(1999, 5, 1), at(2026, 5, 1)), ["2000", "2010", "2020"]);
  assert.deepEqual(labels(at(2019, 5, 1), at(2026, 5, 1), 8), [
    "2020",
    "2021",
    "2022",
    "2023",
    "2024",
    "2025",
    "2026",
  ]);
});

Deno.test("scaleOf: there are ticks while clocks are changed, wherever the reader is", () => {
  // All hours of 2026, so also those at which clocks go forward and back.
  for (let hour = 0; hour < 365 * 24; hour++) {
    const from = Date.UTC(2026, 0, 1, hour, 1);
    for (const length of [60e3, 3600e3, 6 * 3600e3]) {
      const ticks = scaleOf({ kind: "time", domain: [from, from + length] }).ticks(6);
      assert.ok(ticks.length >= 3, `${new Date(from)} ${ticks.length}`);
      assert.ok(ticks.every(({ value }, at) => at === 0 || value > ticks[at - 1]!.value));
    }
  }
});

Deno.test("scaleOf: of any times there are ticks, few, rising and within", () => {
  fc.assert(fc.property(
    fc.integer({ min: -1e12, max: 4e12 }),
    fc.double({ min: 0, max: 13, noNaN: true }),
    fc.integer({ min: 2, max: 12 }),
    (low, power, count) => {
      const domain = [low, low + 20 * 10 ** power] as const;
      const values = scaleOf({ kind: "time", domain }).ticks(count).map(({ value }) => value);
      assert.ok(values.length <= 2.5 * count + 2, `${values.length} of ${count}`);
      assert.ok(values.length >= (count > 4 ? 1 : 0));
      assert.ok(values.every((value, at) => at === 0 || value > values[at - 1]!));
      assert.ok(values.every((value) => value >= domain[0] && value <= domain[1]));
    },
  ));
});

Deno.test("tickWriter: large numbers get a unit, small ones a power", () => {
  const all = (ticks: number[]) => ticks.map(tickWriter(ticks));
  assert.deepEqual(all([0, 5000, 10_000]), ["0", "5k", "10k"]);
  assert.deepEqual(all([0, 5e5, 1e6]), ["0", "0.5M", "1.0M"]);
  assert.deepEqual(all([0, 1e-5, 2e-5]), ["0", "1e-5", "2e-5"]);
  assert.deepEqual(all([0.1, 0.15, 0.2]), ["0.10", "0.15", "0.20"]);
  assert.deepEqual(all([-0.5, 0, 0.5]), ["-0.5", "0.0", "0.5"]);
});

Deno.test("duration: as people say it", () => {
  const said = [0, 450, 1500, 125_000, 3 * 3600e3 + 600e3, 52 * 3600e3, -1500].map(duration);
  assert.deepEqual(said, [
    "0",
    "450 ms",
    "1.5 s",
    "2 m 5 s",
    "3 h 10 m",
    "2 d 4 h",
    "−1.5 s".replace("−", "-"),
  ]);
  assert.equal(duration(3_599_900), "1 h");
});

Deno.test("extent and quantile: finite numbers alone count", () => {
  assert.deepEqual(extent([NaN, 3, -Infinity, 1]), [1, 3]);
  assert.equal(extent([NaN]), undefined);
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

Deno.test("trend: the line with the least squares, and how well it fits", () => {
  fc.assert(fc.property(
    fc.integer({ min: -50, max: 50 }),
    fc.integer({ min: -50, max: 50 }),
    fc.uniqueArray(fc.integer({ min: -100, max: 100 }), { minLength: 2 }),
    (slope, intercept, xs) => {
      const found = trend([...xs, NaN], [...xs.map((x) => slope * x + intercept), 1])!;
      assert.ok(Math.abs(found.slope - slope) < 1e-6);
      assert.ok(Math.abs(found.intercept - intercept) < 1e-6);
      assert.ok(Math.abs(Math.abs(found.r) - (slope === 0 ? 0 : 1)) < 1e-6);
    },
  ));
  assert.equal(trend([1, 1], [2, 3]), undefined);
});

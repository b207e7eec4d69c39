import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { Raster } from "../../viewer/app/charts/raster.ts";

const WIDTH = 60;
const HEIGHT = 40;
const all = () => false;

const raster = (ys: number[][], colours: [number, number, number][] = []) =>
  new Raster(WIDTH, HEIGHT, {
    xs: [5, 25, 50],
    ys: [0, 1, 2].map((axis) => Float32Array.from(ys, (line) => line[axis]!)),
    colourOf: (line) => colours[line] ?? [line % 256, 40, 200],
  });
const picture = (from: Raster) => {
  const pixels = new Uint8ClampedArray(WIDTH * HEIGHT * 4);
  from.write(pixels, 0.3);
  return pixels;
};
const pixel = (
  from: Raster,
  x: number,
  y: number,
) => [...picture(from).slice(4 * (y * WIDTH + x), 4 * (y * WIDTH + x) + 4)];

const heights = fc.array(
  fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 1, max: HEIGHT - 3, noNaN: true }))),
  { minLength: 1, maxLength: 60 },
);

Deno.test("Raster: a line is on the pixels between its axes, in its colour", () => {
  const one = raster([[10, 10, 10]], [[250, 20, 30]]);
  one.want([0]);
  one.work(all);
  assert.deepEqual(pixel(one, 15, 10), [250, 20, 30, 77]);
  assert.equal(pixel(one, 15, 13)[3], 0);
  assert.equal(pixel(one, 2, 10)[3], 0);
});

Deno.test("Raster: a line is on each column or row that it crosses, once", () => {
  fc.assert(fc.property(
    fc.double({ min: 1, max: 20, noNaN: true }),
    fc.double({ min: 22, max: 50, noNaN: true }),
    fc.double({ min: 1, max: 37, noNaN: true }),
    fc.double({ min: 1, max: 37, noNaN: true }),
    fc.boolean(),
    (x, toX, y, toY, isCoarse) => {
      const count = isCoarse ? 3000 : 1;
      const ys = [y, toY].map((one) => new Float64Array(count).fill(one));
      const one = new Raster(WIDTH, HEIGHT, { xs: [x, toX], ys, colourOf: () => [255, 0, 0] });
      one.want([0]);
      one.work(all);
      const pixels = picture(one);
      const isSteep = Math.abs(toY - y) > toX - x;
      const lanes = new Map<number, number>();
      for (let at = 0; at < WIDTH * HEIGHT; at++) {
        const lane = isSteep ? Math.floor(at / WIDTH) : at % WIDTH;
        if (pixels[4 * at + 3]! > 0) lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      }
      const [from, to] = (isSteep ? [y, toY] : [x, toX]).map(Math.round).sort((a, b) => a - b);
      assert.ok(lanes.size >= to! - from! - 1 && lanes.size <= to! - from! + 1);
      assert.ok([...lanes.values()].every((covered) => covered <= 2));
    },
  ));
});

Deno.test("Raster: lines cover one another as glass, whatever their order", () => {
  const lines: [number, number, number][] = [[10, 10, 10], [10, 10, 10]];
  const two = raster(lines, [[0, 0, 0], [200, 100, 50]]);
  two.want([1, 0]);
  two.work(all);
  assert.deepEqual(pixel(two, 15, 10), [100, 50, 25, 130]);
});

Deno.test("Raster: what is taken away leaves nothing, what stays is as if drawn anew", () => {
  fc.assert(
    fc.property(heights, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (ys, stays) => {
      const changed = raster(ys);
      const fresh = raster(ys);
      const every = [...ys.keys()];
      const kept = every.filter((at) => stays[at]);
      changed.want(every);
      changed.work(all);
      changed.want(kept);
      changed.work(all);
      fresh.want(kept);
      fresh.work(all);
      assert.deepEqual(picture(changed), picture(fresh));
      changed.want([]);
      changed.work(all);
      assert.ok(picture(changed).every((value, at) => at % 4 !== 3 || value === 0));
    }),
  );
});

Deno.test("Raster: it stops when it is enough, and goes on from there", () => {
  const ys = Array.from({ length: 200 }, (_, at) => [at % 30 + 1, 5, 9]);
  const slow = raster(ys);
  const fast = raster(ys);
  slow.want([...ys.keys()]);
  slow.work(() => true);
  assert.equal(slow.pending, 168);
  while (slow.pending > 0) slow.work(() => true);
  fast.want([...ys.keys()]);
  fast.work(all);
  assert.deepEqual(picture(slow), picture(fast));
});

Deno.test("Raster: a wish that changes meanwhile is met, whatever was drawn by then", () => {
  const ys = Array.from({ length: 200 }, (_, at) => [at % 30 + 1, 5, 9]);
  const moved = raster(ys);
  const fresh = raster(ys);
  moved.want([...ys.keys()]);
  moved.work(() => true);
  const kept = [...ys.keys()].filter((at) => at % 3 === 0);
  moved.want(kept);
  moved.work(all);
  fresh.want(kept);
  fresh.work(all);
  assert.deepEqual(picture(moved), picture(fresh));
});

Deno.test("Raster: a small brush after a large one begins anew, which is less work", () => {
  const ys = Array.from({ length: 200 }, (_, at) => [at % 30 + 1, 5, 9]);
  const one = raster(ys);
  one.want([...ys.keys()]);
  one.work(all);
  one.want([3, 4]);
  assert.equal(one.pending, 2);
  one.work(all);
  one.want([3, 4, 5]);
  assert.equal(one.pending, 1);
});

Deno.test("Raster: no line is lost among 3,000, which are drawn in a coarser way", () => {
  const ys = Array.from({ length: 3000 }, () => [7, 30, 7]);
  const many = raster(ys, ys.map(() => [9, 8, 7]));
  many.want([...ys.keys()]);
  many.work(all);
  assert.deepEqual(pixel(many, 5, 7), [9, 8, 7, 255]);
  many.want([0]);
  many.work(all);
  assert.deepEqual(pixel(many, 5, 7), [9, 8, 7, 77]);
});

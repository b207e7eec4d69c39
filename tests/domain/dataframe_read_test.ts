import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  type Composite,
  createProject,
  logDataframe,
  openComposite,
  readDataframe,
} from "../../mod.ts";
import { faulty, refused } from "../support/faulty.ts";

const ROWS = 250_000;

/** A frame of some groups of rows, and how many bytes each read of it gives; it may change with each. */
async function largeFrame(isChanging = false) {
  const backend = faulty();
  const reads: number[] = [];
  const { get } = backend;
  backend.get = async (key, options) => {
    const found = await get(key, options);
    reads.push(found.bytes.length);
    return isChanging ? { ...found, etag: String(reads.length) } : found;
  };
  const rubicon = await openComposite(backend);
  const project = await createProject(rubicon, { name: "p" });
  const x = new Float64Array(ROWS).map(Math.random);
  const columns = { x, at: Int32Array.from(x, (_, at) => at), y: x, z: x };
  return {
    reads,
    rubicon,
    x,
    dataframe: await logDataframe(rubicon, project, { columns }),
  };
}

Deno.test("readDataframe() reads the columns and rows that are asked for, and no others", async () => {
  const { rubicon, dataframe, reads, x } = await largeFrame();
  await using _ = rubicon;
  const rows = { columns: ["at", "x"], offset: 99_999, limit: 2 };
  const table = await readDataframe(rubicon, dataframe, rows);
  assert.deepEqual(table, {
    columns: ["at", "x"],
    rows: [{ at: 99_999, x: x[99_999] }, { at: 100_000, x: x[100_000] }],
  });
  const one = await readDataframe(rubicon, dataframe, { as: "columns", columns: ["x"] });
  assert.deepEqual(one.data, { x });
  const past = await readDataframe(rubicon, dataframe, { offset: ROWS, as: "columns" });
  assert.deepEqual([past.length, past.data.x], [0, new Float64Array()]);
  // The frame's four columns have 8 bytes a row; of one group of three, two are read.
  const all = reads.reduce((sum, length) => sum + length, 0);
  assert.ok(all < 8 * ROWS * 2.5 + 2 ** 18, `${all} bytes of ${32 * ROWS}`);
});

Deno.test("readDataframe() refuses a file that changes between two ranges of it", async () => {
  const { rubicon, dataframe } = await largeFrame(true);
  await using _ = rubicon;
  const error = await refused(() => readDataframe(rubicon, dataframe, { columns: ["x"] }));
  assert.equal(error.code, "corrupt");
  assert.match(error.message, /has changed while it was read/);
});

Deno.test("readDataframe() refuses options that are none, by what they must be", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  const dataframe = await logDataframe(rubicon, project, { columns: { x: [1] } });
  const wrong: [object, RegExp][] = [
    [{ as: "column" }, /as must be "rows" or "columns"/],
    [{ offset: -1 }, /offset must be an integer from 0/],
    [{ limit: 0.5 }, /limit/],
    [{ columns: "x" }, /columns must be a list of texts/],
    [{ columns: ["z"] }, /has no column "z". It has: "x"/],
  ];
  for (const [options, message] of wrong) {
    const error = await refused(() => readDataframe(rubicon, dataframe, options));
    assert.equal(error.code, "invalid-argument");
    assert.match(error.message, message);
  }
  const missing = { x: new Uint8Array(2) };
  const masks = [
    { columns: { x: new Float64Array(1) }, missing },
    { columns: { y: new Float64Array(2) }, missing },
    { rows: [{ x: 1 }], missing },
  ];
  for (const input of masks) {
    const error = await refused(() => logDataframe(rubicon, project, input as { rows: [] }));
    assert.equal(error.code, "invalid-argument");
    assert.match(error.message, /missing/);
  }
});

Deno.test("logDataframe() and readDataframe() give columns back as they were", async () => {
  await using rubicon: Composite = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  const count = fc.nat(40);
  const frame = count.chain((length) => {
    const exactly = { minLength: length, maxLength: length };
    const list = <T>(one: fc.Arbitrary<T>) => fc.array(fc.option(one, { nil: null }), exactly);
    return fc.record({
      length: fc.constant(length),
      offset: fc.nat(length),
      limit: fc.nat(length),
      mask: fc.uint8Array({ ...exactly, max: 1 }),
      f: fc.float64Array(exactly),
      i: fc.bigInt64Array(exactly),
      s: list(fc.string({ unit: "grapheme" })),
      few: list(fc.constantFrom("a", "b", "")),
      b: list(fc.boolean()),
      l: list(fc.array(fc.double())),
    });
  });
  await fc.assert(
    fc.asyncProperty(frame, async ({ length, offset, limit, mask, f, i, ...lists }) => {
      const columns = { f, i, masked: i, holes: f, ...lists };
      const missing = { masked: mask, holes: mask };
      const types = { s: "string", few: "string", b: "bool", l: "list<float64>" } as const;
      const dataframe = await logDataframe(rubicon, project, { columns, missing, types });
      const all = await readDataframe(rubicon, dataframe, { as: "columns" });
      const without = <T>(values: T[], none: T) =>
        values.map((value, at) => mask[at] === 1 ? none : value);
      const isMissing = mask.includes(1);
      assert.deepEqual(all, {
        columns: Object.keys(columns),
        length,
        data: {
          ...columns,
          masked: BigInt64Array.from(without([...i], 0n)),
          holes: Float64Array.from(without([...f], NaN)),
        },
        missing: isMissing ? { masked: mask, holes: mask } : {},
        types: {
          ...{ f: "float64", i: "int64", masked: "int64", holes: "float64" },
          ...types,
        },
      });
      // What is read is logged again.
      const again = await logDataframe(rubicon, project, {
        columns: all.data,
        missing: all.missing,
        types,
      });
      assert.deepEqual(await readDataframe(rubicon, again, { as: "columns" }), all);
      const { rows } = await readDataframe(rubicon, dataframe);
      const part = await readDataframe(rubicon, again, { offset, limit });
      assert.deepEqual(part.rows, rows.slice(offset, offset + limit));
    }),
  );
});

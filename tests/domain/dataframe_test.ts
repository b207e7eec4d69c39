import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodeTable, encodeTable } from "../../domain/parquet/parquet.ts";
import {
  createProject,
  listDataframes,
  logDataframe,
  openComposite,
  readDataframe,
} from "../../mod.ts";
import { faulty, refused } from "../support/faulty.ts";

Deno.test("dataframe: rows without any column are refused, and not lost in silence", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  const error = await refused(() => logDataframe(rubicon, project, { rows: [{}, {}] }));
  assert.equal(error.code, "invalid-argument");
  assert.match(error.message, /2 rows, and no column/);
  assert.deepEqual(await listDataframes(rubicon, project), []);
  const typed = await logDataframe(rubicon, project, { rows: [{}, {}], types: { x: "int64" } });
  assert.deepEqual((await readDataframe(rubicon, typed)).rows, [{ x: null }, { x: null }]);
  const none = await logDataframe(rubicon, project, { rows: [] });
  assert.deepEqual(await readDataframe(rubicon, none), { columns: [], rows: [] });
});

Deno.test("dataframe: the store's checksum is verified, and another backend answers", async () => {
  const [bad, good] = [faulty("bad"), faulty("good")];
  const { get } = bad;
  bad.get = async (key, options) => {
    const found = await get(key, options);
    return key.endsWith(".parquet") ? { ...found, checksum: `md5:${"0".repeat(32)}` } : found;
  };
  await using rubicon = await openComposite([bad, good]);
  const project = await createProject(rubicon, { name: "p" });
  const dataframe = await logDataframe(rubicon, project, { rows: [{ x: 1 }] });
  assert.deepEqual((await readDataframe(rubicon, dataframe)).rows, [{ x: 1 }]);
  await using alone = await openComposite(bad);
  assert.equal((await refused(() => readDataframe(alone, dataframe))).code, "corrupt");
});

Deno.test("dataframe: rows are written group by group, and the file is that of their columns", async () => {
  const count = 230_000;
  const rows = Array.from({ length: count }, (_, at): Record<string, unknown> => ({
    // What one group alone lacks, or has, decides the whole column's type.
    late: at === 220_000 ? 0.5 : at,
    ...(at !== 150_000 && { gap: at }),
    big: at === 5 ? 2n ** 60n : at === 210_000 ? null : at,
    text: at % 7 === 0 ? null : `ä${at % 50_000}`,
    list: at % 3 === 0 ? null : at === 229_999 ? [0.5] : [at, null],
    hit: at % 2 === 0,
    toString: at,
  }));
  const columns = Object.fromEntries(
    Object.keys(rows[0]!).map((
      name,
    ) => [name, rows.map((row) => Object.hasOwn(row, name) ? row[name] : null)]),
  );
  const bytes = await encodeTable(rows, {}, "t");
  assert.ok(Buffer.from(bytes).equals(await encodeTable(columns, {}, "t")));
  const { rows: found } = await decodeTable([{ name: "t", bytes }], "t");
  for (const at of [0, 1, 5, 99_999, 100_000, 150_000, 210_000, 220_000, count - 1]) {
    assert.deepEqual(found[at], { gap: null, ...rows[at] }, `row ${at}`);
  }
});

Deno.test("dataframe: what a late row has is refused by its number, and a list in itself at all", async () => {
  const rows: Record<string, unknown>[] = Array.from({ length: 150_000 }, (_, x) => ({ x }));
  rows[140_000] = { x: "text" };
  await assert.rejects(encodeTable(rows, { x: "int64" }, "t"), {
    code: "invalid-argument",
    message: /row 140000 has "text"/,
  });
  await assert.rejects(encodeTable(rows, {}, "t"), { message: /mixes int64 and string/ });
  rows[140_000] = [] as never;
  await assert.rejects(encodeTable(rows, {}, "t"), { message: /row 140000 is an object/ });
  const list: unknown[] = [];
  list.push(list);
  for (const table of [[{ list }], { list: [list] }]) {
    await assert.rejects(encodeTable(table, {}, "t"), {
      code: "invalid-argument",
      message: /cyclic/,
    });
  }
});

Deno.test("dataframe: groups of long texts are smaller, in rows as in columns", async () => {
  const long = "x".repeat(2 ** 25);
  const rows = Array.from({ length: 5 }, (_, at) => ({ at, text: long + at }));
  const bytes = await encodeTable(rows, {}, "t");
  const columns = { at: rows.map(({ at }) => at), text: rows.map(({ text }) => text) };
  assert.ok(Buffer.from(bytes).equals(await encodeTable(columns, {}, "t")));
  const { rows: found } = await decodeTable([{ name: "t", bytes }], "t");
  assert.deepEqual(
    found.map(({ at, text }) => [at, (text as string).length]),
    rows.map(({ at }) => [at, 2 ** 25 + 1]),
  );
});

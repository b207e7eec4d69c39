import assert from "node:assert/strict";
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

import assert from "node:assert/strict";
import {
  addChildExperiment,
  createProject,
  getArtifact,
  getOrCreateProject,
  listChildExperiments,
  listExperiments,
  listFeatures,
  listParentExperiments,
  logArtifact,
  logExperiment,
  logFeatures,
  openComposite,
  removeTags,
} from "../../mod.ts";
import { faulty, refused } from "../support/faulty.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Changes a stored object, as Python might have written it. */
async function rewrite(
  driver: ReturnType<typeof faulty>,
  key: string,
  change: (json: string) => string,
): Promise<void> {
  const { bytes } = await driver.get(key);
  await driver.put(key, encoder.encode(change(decoder.decode(bytes))));
}

Deno.test("listExperiments() reads names and other texts that are not text", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const { id } = await logExperiment(rubicon, project, { tags: ["a"] });
  const forms: [json: string, text: string | null][] = [
    ["1", "1"],
    ["0.5", "0.5"],
    ["true", "true"],
    ["NaN", "NaN"],
    ["1180591620717411303425", "1180591620717411303425"],
    ['["a", 1]', '["a",1]'],
    ['{"a": null}', '{"a":null}'],
    ['{"_type": "datetime", "value": "2026-01-01 00:00:00.5"}', "2026-01-01T00:00:00.5Z"],
    ['{"_type": "numpy", "_dtype": "<i4", "_shape": [], "value": "AQAAAA=="}', "1"],
    ['{"_type": "date", "value": "never"}', '{"_type":"date","value":"never"}'],
    ["null", null],
  ];
  const key = `p/experiments/${id}/metadata.json`;
  const original = decoder.decode((await driver.get(key)).bytes);
  for (const [json, text] of forms) {
    let written = original.replace('"tags": ["a"]', `"tags": ["a", ${json}]`);
    for (const field of ["name", "description", "branch_name", "commit_hash", "model_name"]) {
      written = written.replace(`"${field}": null`, `"${field}": ${json}`);
    }
    await driver.put(key, encoder.encode(written));
    const [found] = await listExperiments(rubicon, project, { name: text ?? undefined! });
    assert.deepEqual(
      [found!.name, found!.description, found!.branchName, found!.commitHash, found!.modelName],
      [text, text, text, text, text],
    );
    assert.deepEqual(found!.tags, ["a", String(text)]);
  }
});

Deno.test("getOrCreateProject() copies a project byte for byte, whatever its texts are", async () => {
  const [a, b] = [faulty("a"), faulty("b")];
  await using first = await openComposite(a);
  await createProject(first, { name: "p" });
  const key = "p/metadata.json";
  await rewrite(a, key, (json) => json.replace('"github_url": null', '"github_url": 1,  "odd": 2'));
  await using both = await openComposite([a, b]);
  assert.equal((await getOrCreateProject(both, { name: "p" })).githubUrl, "1");
  assert.deepEqual((await b.get(key)).bytes, (await a.get(key)).bytes);
});

Deno.test("getOrCreateProject() looks once more at a half-written file", async () => {
  const driver = faulty();
  await using other = await openComposite(driver);
  const { id } = await createProject(other, { name: "p" });
  for (const half of [0, 40]) {
    const get = driver.get;
    let looks = 0;
    driver.get = async (...args) => {
      const found = await get(...args);
      return looks++ === 0 ? { ...found, bytes: found.bytes.slice(0, half) } : found;
    };
    await using rubicon = await openComposite(driver);
    assert.equal((await getOrCreateProject(rubicon, { name: "p" })).id, id);
    driver.get = get;
  }
  await rewrite(driver, "p/metadata.json", (json) => json.slice(0, 40));
  assert.equal((await refused(() => getOrCreateProject(other, { name: "p" }))).code, "corrupt");
});

Deno.test("logFeatures() writes importances of every size, and listFeatures() reads them", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const importances = { a: 1e20, b: 2 ** 53, c: NaN, d: true, e: 2n ** 70n, f: -0, g: null };
  await logFeatures(rubicon, experiment, importances);
  const found = await listFeatures(rubicon, experiment);
  assert.deepEqual(
    Object.fromEntries(found.map(({ name, importance }) => [name, importance])),
    importances,
  );
});

Deno.test("listFeatures() reads the importances that numpy writes", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project, { features: ["f"] });
  const key = `p/experiments/${experiment.id}/features/f/metadata.json`;
  const original = decoder.decode((await driver.get(key)).bytes);
  const numpy = (dtype: string, data: ArrayBufferView) =>
    `{"_type": "numpy", "_dtype": "${dtype}", "_shape": [], "value": "${
      new Uint8Array(data.buffer).toBase64()
    }"}`;
  const forms: [json: string, importance: unknown][] = [
    [numpy("<f4", new Float32Array([0.5])), 0.5],
    [numpy("<i4", new Int32Array([7])), 7],
    [numpy("<i8", new BigInt64Array([2n ** 60n])), 2n ** 60n],
    [numpy("|b1", new Uint8Array([1])), true],
    ["9007199254740993", 2n ** 53n + 1n],
    ["NaN", NaN],
    ['"high"', "high"],
  ];
  for (const [json, importance] of forms) {
    await rewrite(
      driver,
      key,
      () => original.replace('"importance": null', `"importance": ${json}`),
    );
    const [feature] = await listFeatures(rubicon, experiment);
    assert.deepEqual(feature?.importance, importance);
  }
});

Deno.test("getArtifact() by a name of two warns, and gives the last that was logged", async () => {
  const warnings: string[] = [];
  await using rubicon = await openComposite(faulty(), {
    onWarning: (message) => warnings.push(message),
  });
  const project = await createProject(rubicon, { name: "p" });
  await logArtifact(rubicon, project, { name: "x", data: "1" });
  await getArtifact(rubicon, project, { name: "x" });
  assert.deepEqual(warnings, []);
  const last = await logArtifact(rubicon, project, { name: "x", data: "2" });
  assert.equal((await getArtifact(rubicon, project, { name: "x" })).id, last.id);
  await getArtifact(rubicon, project, { id: last.id });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /more than one artifact with the name "x".*Pass an id/);
});

Deno.test("listChildExperiments() reads tags from the store, not from its argument", async () => {
  await using rubicon = await openComposite(faulty());
  const project = await createProject(rubicon, { name: "p" });
  const [parent, child] = [
    await logExperiment(rubicon, project),
    await logExperiment(rubicon, project),
  ];
  const { parent: tagged } = await addChildExperiment(rubicon, parent, child);
  assert.deepEqual((await listChildExperiments(rubicon, parent)).map(({ id }) => id), [child.id]);
  assert.deepEqual((await listParentExperiments(rubicon, child)).map(({ id }) => id), [parent.id]);
  await removeTags(rubicon, parent, [`child:${child.id}`]);
  assert.deepEqual(await listChildExperiments(rubicon, tagged), []);
});

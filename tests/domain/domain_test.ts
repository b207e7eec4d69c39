import assert from "node:assert/strict";
import {
  addChildExperiment,
  addComments,
  addTags,
  type Composite,
  createProject,
  deleteArtifact,
  deleteDataframe,
  getArtifact,
  getDataframe,
  getExperiment,
  getFeature,
  getMetric,
  getOrCreateProject,
  getParameter,
  getProject,
  listArtifacts,
  listChildExperiments,
  listDataframes,
  listExperiments,
  listFeatures,
  listMetrics,
  listParameters,
  listParentExperiments,
  listProjects,
  logArtifact,
  logDataframe,
  logExperiment,
  logFeature,
  logFeatures,
  logMetric,
  logMetrics,
  logParameter,
  logParameters,
  openComposite,
  readArtifact,
  readDataframe,
  removeComments,
  removeTags,
  status,
  tagValues,
  toTable,
} from "../../mod.ts";
import { movedClock } from "../support/clock.ts";
import { contents, type Faulty, faulty, refused } from "../support/faulty.ts";

async function withTwo(
  work: (rubicon: Composite, drivers: [Faulty, Faulty]) => Promise<void>,
): Promise<void> {
  const drivers: [Faulty, Faulty] = [faulty(), faulty()];
  await using rubicon = await openComposite(drivers);
  await work(rubicon, drivers);
  const [a, b] = await Promise.all(drivers.map(contents));
  assert.deepEqual(a, b, "both backends end up the same");
}

Deno.test("domain: every field of every entity comes back as it was logged", () =>
  withTwo(async (rubicon) => {
    const trainingMetadata = [["s3://bucket/a.parquet", "SELECT *", 3], ["b"]];
    const common = { description: "d", tags: ["t", "k:v"], comments: ["c", "c"] };
    const project = await createProject(rubicon, {
      name: "My Project!",
      description: "d",
      githubUrl: "https://example.com/x",
      trainingMetadata,
    });
    assert.deepEqual(await getProject(rubicon, { name: "My Project!" }), project);
    assert.deepEqual(await getProject(rubicon, { id: project.id }), project);
    assert.deepEqual(await listProjects(rubicon), [project]);
    const experiment = await logExperiment(rubicon, project, {
      ...common,
      name: "e",
      branchName: "main",
      commitHash: "abc",
      modelName: "forest",
      trainingMetadata,
    });
    assert.deepEqual(await getExperiment(rubicon, project, { id: experiment.id }), experiment);
    assert.deepEqual(await getExperiment(rubicon, project, { name: "e" }), experiment);
    assert.deepEqual(await listExperiments(rubicon, project), [experiment]);
    const metric = await logMetric(rubicon, experiment, {
      ...common,
      name: "a b",
      value: { deep: [1, "x", null, true] },
      directionality: "loss",
    });
    assert.deepEqual(await getMetric(rubicon, experiment, { name: "a b" }), metric);
    assert.deepEqual(await getMetric(rubicon, experiment, { id: metric.id }), metric);
    assert.deepEqual(await listMetrics(rubicon, experiment), [metric]);
    const parameter = await logParameter(rubicon, experiment, {
      ...common,
      name: "p",
      value: null,
    });
    assert.deepEqual(await getParameter(rubicon, experiment, { name: "p" }), parameter);
    assert.deepEqual(await listParameters(rubicon, experiment), [parameter]);
    const feature = await logFeature(rubicon, experiment, {
      ...common,
      name: "f",
      importance: 0.5,
    });
    assert.deepEqual(await getFeature(rubicon, experiment, { name: "f" }), feature);
    assert.deepEqual(await listFeatures(rubicon, experiment), [feature]);
    for (const parent of [project, experiment]) {
      const artifact = await logArtifact(rubicon, parent, { ...common, name: "x", data: "abc" });
      assert.equal(artifact.parentId, parent.id);
      assert.deepEqual(await getArtifact(rubicon, parent, { id: artifact.id }), artifact);
      assert.deepEqual(await getArtifact(rubicon, parent, { name: "x" }), artifact);
      assert.deepEqual(await listArtifacts(rubicon, parent), [artifact]);
      assert.equal(new TextDecoder().decode(await readArtifact(rubicon, artifact)), "abc");
      const rows = [{ x: 0, y: 1, z: 2 }, { x: 1, y: 2, z: 3 }, { x: 2, y: 3, z: 4 }];
      const dataframe = await logDataframe(rubicon, parent, { ...common, name: "d", rows });
      assert.deepEqual(await getDataframe(rubicon, parent, { id: dataframe.id }), dataframe);
      assert.deepEqual(await getDataframe(rubicon, parent, { name: "d" }), dataframe);
      assert.deepEqual(await listDataframes(rubicon, parent), [dataframe]);
      const table = await readDataframe(rubicon, dataframe);
      assert.deepEqual(table.columns, ["x", "y", "z"]);
      assert.deepEqual(table.rows, rows);
      await deleteArtifact(rubicon, artifact);
      await deleteDataframe(rubicon, dataframe);
      assert.deepEqual(await listArtifacts(rubicon, parent), []);
      assert.deepEqual(await listDataframes(rubicon, parent), []);
      assert.equal((await refused(() => readArtifact(rubicon, artifact))).code, "not-found");
    }
    assert.deepEqual(structuredClone(experiment), experiment);
    assert.deepEqual(JSON.parse(JSON.stringify(project)), project);
  }));

Deno.test("domain: defaults", () =>
  withTwo(async (rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    const { id, createdAt, ...rest } = await logExperiment(rubicon, project);
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    assert.deepEqual(rest, {
      kind: "experiment",
      projectName: "p",
      name: null,
      description: null,
      branchName: null,
      commitHash: null,
      modelName: null,
      trainingMetadata: null,
      tags: [],
      comments: [],
    });
  }));

Deno.test("domain: listings are in the order of logging", () =>
  withTwo(async (rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    for (let at = 0; at < 50; at++) await logExperiment(rubicon, project, { name: `e${at}` });
    const names = (await listExperiments(rubicon, project)).map(({ name }) => name);
    assert.deepEqual(names, Array.from({ length: 50 }, (_, at) => `e${at}`));
    const last = await logExperiment(rubicon, project, { name: "e0" });
    assert.equal((await getExperiment(rubicon, project, { name: "e0" })).id, last.id);
  }));

Deno.test("domain: tags and comments are added and removed, in order, also by others", () =>
  withTwo(async (rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project, { tags: ["own"], comments: ["own"] });
    const metric = await logMetric(rubicon, experiment, { name: "m", value: 1 });
    let here = await addTags(rubicon, experiment, ["a", "b", "own"]);
    here = await removeTags(rubicon, here, ["a", "own"]);
    here = await addTags(rubicon, here, ["a"]);
    here = await removeTags(rubicon, here, ["b"]);
    here = await addComments(rubicon, here, ["same", "same"]);
    here = await removeComments(rubicon, here, ["own"]);
    assert.deepEqual(here.tags, ["a"]);
    assert.deepEqual(here.comments, ["same"], "as in rubicon-ml, which folds a set");
    assert.deepEqual(await getExperiment(rubicon, project, { id: here.id }), here);
    assert.deepEqual(await listExperiments(rubicon, project), [here]);
    const tagged = await addTags(rubicon, metric, ["x"]);
    assert.deepEqual(await listMetrics(rubicon, experiment), [tagged]);
  }));

Deno.test("domain: no two tags files disagree, so any order of them gives the same", () =>
  withTwo(async (rubicon, [driver]) => {
    const project = await createProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project);
    await addTags(rubicon, experiment, ["a", "b"]);
    await removeTags(rubicon, experiment, ["a"]);
    await addTags(rubicon, experiment, ["c"]);
    await removeTags(rubicon, experiment, ["c"]);
    await addTags(rubicon, experiment, ["c"]);
    const files = Object.entries(await contents(driver)).filter(([key]) => key.includes("tags_"));
    const verbs = new Map<string, string>();
    for (const [, text] of files) {
      for (const [verb, tags] of Object.entries(JSON.parse(text) as Record<string, string[]>)) {
        for (const tag of tags) {
          assert.equal(verbs.get(tag) ?? verb, verb, `${tag} is both added and removed`);
          verbs.set(tag, verb);
        }
      }
    }
    const { tags } = await getExperiment(rubicon, project, { id: experiment.id });
    assert.deepEqual(tags, ["b", "c"]);
  }));

Deno.test("domain: filters by tags (any, all, wildcards) and name", () =>
  withTwo(async (rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    const logged: [string, string[]][] = [
      ["one", ["a", "b"]],
      ["two", ["a", "model:x.y"]],
      ["three", ["model:xzy"]],
    ];
    for (const [name, tags] of logged) await logExperiment(rubicon, project, { name, tags });
    const names = async (filter: object) =>
      (await listExperiments(rubicon, project, filter)).map(({ name }) => name);
    assert.deepEqual(await names({ tags: ["a"] }), ["one", "two"]);
    assert.deepEqual(await names({ tags: ["a", "b"], match: "all" }), ["one"]);
    assert.deepEqual(await names({ tags: ["b", "model:*"] }), ["one", "two", "three"]);
    assert.deepEqual(await names({ tags: ["model:x.*"] }), ["two"], "a dot is a dot");
    assert.deepEqual(await names({ tags: ["*"], match: "all" }), ["one", "two", "three"]);
    assert.deepEqual(await names({ tags: ["a"], name: "two" }), ["two"]);
    assert.deepEqual(await names({ name: "none" }), []);
    assert.deepEqual(tagValues(["model:a:b", "x", "model:c"], "model"), ["a:b", "c"]);
  }));

Deno.test("domain: parents and children", () =>
  withTwo(async (rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    const parent = await logExperiment(rubicon, project, { name: "parent" });
    const child = await logExperiment(rubicon, project, { name: "child" });
    const family = await addChildExperiment(rubicon, parent, child);
    assert.deepEqual(family.parent.tags, [`child:${child.id}`]);
    assert.deepEqual(await listChildExperiments(rubicon, family.parent), [family.child]);
    assert.deepEqual(await listParentExperiments(rubicon, family.child), [family.parent]);
    assert.deepEqual(await listChildExperiments(rubicon, child), []);
  }));

Deno.test("domain: the bulk forms log what the single ones do", () =>
  withTwo(async (rubicon) => {
    const project = await getOrCreateProject(rubicon, { name: "p" });
    const experiment = await logExperiment(rubicon, project, {
      parameters: { a: 1, b: "x" },
      metrics: [{ name: "m", value: 1, directionality: "loss" }],
      features: ["f", { name: "g", importance: 1 }],
    });
    await logParameters(rubicon, experiment, { c: [1, 2] });
    await logMetrics(rubicon, experiment, { n: 2 });
    await logFeatures(rubicon, experiment, { h: 0.2 });
    const parameters = await listParameters(rubicon, experiment);
    assert.deepEqual(
      Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
      { a: 1, b: "x", c: [1, 2] },
    );
    const metrics = await listMetrics(rubicon, experiment);
    assert.deepEqual(metrics.map(({ name, directionality }) => [name, directionality]), [
      ["m", "loss"],
      ["n", "score"],
    ]);
    const features = await listFeatures(rubicon, experiment);
    assert.deepEqual(features.map(({ name, importance }) => [name, importance]), [
      ["f", null],
      ["g", 1],
      ["h", 0.2],
    ]);
  }));

Deno.test("domain: a bulk form that half fails is completed by logging its entity again", () =>
  withTwo(async (rubicon, [, b]) => {
    const project = await getOrCreateProject(rubicon, { name: "p" });
    b.faults = { put: "before" };
    const error = await refused(() =>
      logExperiment(rubicon, project, { metrics: { m: 1 }, features: ["f"] })
    );
    b.faults = {};
    const experiment = await logExperiment(rubicon, project, error.entity as object);
    b.faults = { put: "after" };
    const later = await refused(() => logMetrics(rubicon, experiment, { x: 1, y: 2, z: 3 }));
    assert.equal((later.entity as unknown[]).length, 3);
    b.faults = {};
    // Three failures in a row: the backend is left alone for a moment.
    using clock = movedClock();
    while (status(rubicon)[1]!.circuit === "open") clock.move(100);
    await logMetrics(rubicon, experiment, later.entity as []);
    assert.equal((await listMetrics(rubicon, experiment)).length, 4);
  }));

Deno.test("domain: toTable has a row an experiment and a column a parameter or metric", () =>
  withTwo(async (rubicon) => {
    const project = await createProject(rubicon, { name: "p" });
    await logExperiment(rubicon, project, {
      name: "one",
      parameters: { depth: 1 },
      metrics: { acc: 0.1 },
    });
    await logExperiment(rubicon, project, {
      name: "two",
      parameters: { lr: 2 },
      metrics: { acc: 0.2, __proto__x: 1 },
    });
    const { columns, rows } = await toTable(rubicon, project);
    assert.deepEqual(columns.map(({ name }) => name), [
      ...["id", "name", "description", "modelName", "branchName", "commitHash", "tags"],
      ...["createdAt", "status", "depth", "lr", "__proto__x", "acc"],
    ]);
    assert.deepEqual(rows.map(({ name, depth, lr, acc }) => [name, depth, lr, acc]), [
      ["two", undefined, 2, 0.2],
      ["one", 1, undefined, 0.1],
    ]);
    assert.equal((await toTable(rubicon, project, { limit: 1 })).rows.length, 1);
    const empty = await createProject(rubicon, { name: "empty" });
    assert.deepEqual((await toTable(rubicon, empty)).rows, []);
  }));

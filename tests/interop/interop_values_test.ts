import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { encodeValue, parseJson, reviveValue } from "../../domain/format/values.ts";
import {
  type Composite,
  getExperiment,
  getOrCreateProject,
  getProject,
  listExperiments,
  listFeatures,
  listProjects,
  logArtifact,
  logDataframe,
  logExperiment,
  logFeatures,
  openComposite,
} from "../../mod.ts";
import { comparable, value } from "../support/arbitrary.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksOldPython, lacksPython, oldPython, python } from "../support/python.ts";

const ignore = ignoredFor("rubicon-ml", await lacksPython());

/** A test on a fresh folder. */
function onFolder(
  name: string,
  fn: (root: string, rubicon: Composite) => Promise<void>,
  { legacyTimes = false, ignore: lacks = ignore } = {},
): void {
  Deno.test({
    name,
    ignore: lacks,
    async fn() {
      const root = await Deno.makeTempDir();
      try {
        await using rubicon = await openComposite({ persistence: "filesystem", rootDir: root }, {
          legacyTimes,
        });
        await fn(root, rubicon);
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    },
  });
}

Deno.test({
  name: "rubicon-ml decodes every value that encodeValue() takes, and writes it back the same",
  ignore,
  async fn() {
    const nested = Array.from({ length: 499 }).reduce((inner) => [inner], 1);
    const values = [...fc.sample(value, 3000), nested];
    const texts = values.map((one) => encodeValue(one, "value"));
    const legacy = values.map((one) => encodeValue(one, "value", { legacyTimes: true }));
    const again = await python(
      `
from rubicon_ml.repository.utils import json as rubicon_json
output = [[rubicon_json.dumps(rubicon_json.loads(text)) for text in texts] for texts in input]`,
      [texts, legacy],
    );
    for (const written of again as string[][]) {
      assert.equal(written.length, values.length);
      for (const [at, text] of written.entries()) {
        const back = reviveValue(parseJson(text));
        assert.deepEqual(comparable(back), comparable(reviveValue(parseJson(texts[at]!))));
      }
    }
  },
});

onFolder(
  "rubicon-ml's numpy importances, and names that are not text, are read",
  async (root, rubicon) => {
    await python(
      `
import numpy as np
from datetime import datetime
from rubicon_ml import Rubicon
project = Rubicon(persistence="filesystem", root_dir=input).create_project("p", description=1, github_url=2)
for name in [1, 0.5, True, ["a"], np.int32(7), datetime(2026, 1, 1)]:
    e = project.log_experiment(name=name, description=name, model_name=name, branch_name=name, commit_hash=name)
for at, importance in enumerate([np.float32(0.5), np.int32(7), 2**60, True, np.bool_(True), float("nan"), np.arange(2)]):
    e.log_feature(f"f{at}", importance=importance, description=1)`,
      root,
    );
    const [project] = await listProjects(rubicon);
    assert.deepEqual([project!.description, project!.githubUrl], ["1", "2"]);
    const experiments = await listExperiments(rubicon, project!);
    const names = ["1", "0.5", "true", '["a"]', "7", "2026-01-01T00:00:00Z"];
    assert.deepEqual(experiments.map(({ name }) => name), names);
    assert.deepEqual(experiments.map(({ modelName }) => modelName), names);
    const features = await listFeatures(rubicon, experiments.at(-1)!);
    assert.deepEqual(
      features.map(({ importance }) => importance),
      [0.5, 7, 2n ** 60n, true, true, NaN, {
        dtype: "<i8",
        shape: [2],
        data: new BigInt64Array([0n, 1n]),
      }],
    );
    const again = await getOrCreateProject(rubicon, { name: "p" });
    assert.equal(again.id, project!.id);
  },
);

onFolder("rubicon-ml reads importances of every size", async (root, rubicon) => {
  const project = await getOrCreateProject(rubicon, { name: "p" });
  const experiment = await logExperiment(rubicon, project);
  const importances = { a: 1e20, b: 2 ** 53, c: NaN, d: true, e: 2n ** 70n, f: null, g: 0.5 };
  await logFeatures(rubicon, experiment, importances);
  const found = await python(
    `
from rubicon_ml import Rubicon
[e] = Rubicon(persistence="filesystem", root_dir=input).get_project("p").experiments()
output = [repr(f.importance) for f in sorted(e.features(), key=lambda f: f.name)]`,
    root,
  );
  assert.deepEqual(found, [
    ...["1e+20", "9007199254740992.0", "nan", "True", "1180591620717411303424", "None", "0.5"],
  ]);
});

/** Logs one of everything. */
async function logAll(rubicon: Composite): Promise<string> {
  const project = await getOrCreateProject(rubicon, { name: "p", description: "d" });
  const { id } = await logExperiment(rubicon, project, {
    name: "run",
    tags: ["a"],
    parameters: { n: 1, at: Temporal.Instant.from("2026-11-24T00:09:37.240755Z") },
    metrics: { auc: 0.5, list: [new Set([1]), Temporal.PlainDate.from("2026-11-24")] },
    features: ["f"],
    trainingMetadata: [["s3://a", "b"]],
  });
  const run = await getExperiment(rubicon, project, { id });
  await logArtifact(rubicon, run, { name: "x", data: "bytes" });
  await logDataframe(rubicon, run, { name: "df", rows: [{ a: 1 }] });
  return id;
}

/** Reads one of everything, and logs an experiment. */
const READ_ALL = `
from rubicon_ml import Rubicon
project = Rubicon(persistence="filesystem", root_dir=input).get_project("p")
[e] = project.experiments()
[x] = e.artifacts()
[df] = e.dataframes()
data = x.get_data() if hasattr(x, 'get_data') else x.data
e.log_metric("python", 1)
output = [
    project.description, e.name, e.tags, [f.name for f in e.features()], data.decode(), len(df.get_data()),
    sorted(str(p.value) for p in e.parameters() if p.name == "n"), e.created_at.year,
    [str(p.value.replace(tzinfo=None)) for p in e.parameters() if p.name == "at"],
]`;

const ALL = [
  ...["d", "run", ["a"], ["f"], "bytes", 1, ["1"], 2026, ["2026-11-24 00:09:37.240755"]],
];

onFolder("rubicon-ml 0.15.3 reads what is written with legacyTimes", async (root, rubicon) => {
  await logAll(rubicon);
  assert.deepEqual(await python(READ_ALL, root), ALL);
}, { legacyTimes: true });

const old = ignoredFor("rubicon-ml 0.13.3", await lacksOldPython());

onFolder(
  "rubicon-ml 0.13.3 reads what is written with legacyTimes, and is read",
  async (root, rubicon) => {
    await logAll(rubicon);
    assert.deepEqual(await oldPython(READ_ALL, root), ALL);
    const project = await getProject(rubicon, { name: "p" });
    assert.equal((await listExperiments(rubicon, project)).length, 1);
  },
  { legacyTimes: true, ignore: old },
);

onFolder(
  "rubicon-ml 0.13.3 reads nothing that is written without legacyTimes",
  async (root, rubicon) => {
    await logAll(rubicon);
    await assert.rejects(oldPython(READ_ALL, root), /does not match format/);
  },
  { ignore: old },
);

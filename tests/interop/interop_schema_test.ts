/** One schema file, followed by the real rubicon-ml and here, on objects that are alike. */
import assert from "node:assert/strict";
import {
  createProject,
  getProject,
  listExperiments,
  listFeatures,
  listMetrics,
  listParameters,
  loadSchema,
  logWithSchema,
  openComposite,
  registerSchema,
} from "../../mod.ts";
import { temporary } from "../support/folders.ts";
import { ignoredFor } from "../support/parts.ts";
import { lacksPython, python } from "../support/python.ts";

const ignore = ignoredFor("schemas with rubicon-ml", await lacksPython());

const BASE = `
name: lib__Base
metrics:
  - name: auc
    value_func: auc
`;
const SCHEMA = `
name: lib__Model
version: 1.0.0
compatibility:
  pandas: {min_version: 1.0.5, max_version: }
extends: lib__Base
features:
  - names_attr: names
    importances_attr: weights
    optional: true
  - name_attr: target
parameters:
  - name: alpha
    value_attr: alpha
  - name: depth
    value_dict: params
    value_key: depth
  - name: absent
    value_dict: params
    value_key: absent
  - name: both
    value_attr: alpha
    value_func: auc
  - name: nowhere
    value_attr: nowhere
    optional: yes
schema:
  - {name: lib__Part, attr: part}
children:
  - {name: lib__Part, attr: parts}
`;
const PART = "name: lib__Part\nparameters:\n  - {name: rate, value_attr: rate}\n";

class Part {
  constructor(readonly rate: number) {}
}

class Model {
  alpha = 0.5;
  names = ["a", "b"];
  weights = [0.25, 0.75];
  target = "y";
  params = { depth: 3 };
  part = new Part(1);
  parts = [new Part(2), new Part(3)];
  auc = () => 0.9;
}

Deno.test({
  name: "schema: one file logs the same by rubicon-ml and here",
  ignore,
  fn: () =>
    temporary(async (folder) => {
      for (const [name, text] of Object.entries({ base: BASE, model: SCHEMA, part: PART })) {
        await Deno.writeTextFile(`${folder}/${name}.yaml`, text);
        registerSchema(`lib__${name[0]!.toUpperCase()}${name.slice(1)}`, {
          ...await loadSchema(`${folder}/${name}.yaml`),
        });
      }
      await python(
        `
import yaml
from rubicon_ml import Rubicon
from rubicon_ml.schema import register_schema
for name in ["base", "model", "part"]:
    with open(f"{input}/{name}.yaml") as file:
        register_schema("lib__" + name.capitalize(), yaml.safe_load(file))
class Part:
    def __init__(self, rate): self.rate = rate
class Model:
    def __init__(self):
        self.alpha = 0.5
        self.names = ["a", "b"]
        self.weights = [0.25, 0.75]
        self.target = "y"
        self.params = {"depth": 3}
        self.part = Part(1)
        self.parts = [Part(2), Part(3)]
    def auc(self): return 0.9
from rubicon_ml.schema import get_schema
project = Rubicon(persistence="filesystem", root_dir=input + "/root").create_project("python")
project.set_schema(get_schema("lib__Model"))
project.log_with_schema(Model(), experiment_kwargs={"tags": ["mine"]})
`,
        folder,
      );
      await using rubicon = await openComposite(
        { persistence: "filesystem", rootDir: `${folder}/root` },
      );
      const project = await createProject(rubicon, { name: "deno" });
      await logWithSchema(rubicon, project, new Model(), { schema: "lib__Model", tags: ["mine"] });
      const what = async (name: string) => {
        const experiments = await listExperiments(rubicon, await getProject(rubicon, { name }));
        const ids = new Map(experiments.map(({ id }, at) => [id, `id ${at}`]));
        return await Promise.all(experiments.map(async (experiment) => ({
          tags: experiment.tags.map((tag) =>
            tag.replace(/(?<=^parent_id:).*/, (id) => ids.get(id) ?? "unknown")
          ).sort(),
          features: (await listFeatures(rubicon, experiment)).map(({ name, importance }) => [
            ...[name, importance],
          ]).sort(),
          parameters: (await listParameters(rubicon, experiment)).map(({ name, value }) => [
            ...[name, value],
          ]).sort(),
          metrics: (await listMetrics(rubicon, experiment)).map(({ name, value }) => [name, value]),
        })));
      };
      const [ours, theirs] = [await what("deno"), await what("python")];
      assert.equal(theirs.length, 3);
      assert.deepEqual(ours, theirs);
    }),
});

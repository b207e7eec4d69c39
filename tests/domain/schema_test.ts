/** Logging by schema. */
import assert from "node:assert/strict";
import {
  availableSchemas,
  createProject,
  type Experiment,
  getSchema,
  listArtifacts,
  listDataframes,
  listExperiments,
  listFeatures,
  listMetrics,
  listParameters,
  loadSchema,
  logExperiment,
  logWithSchema,
  openComposite,
  type Project,
  readArtifact,
  readDataframe,
  registerSchema,
  type RubiconErrorCode,
  type Schema,
  setSchema,
} from "../../mod.ts";
import { temporary } from "../support/folders.ts";

type Rubicon = Awaited<ReturnType<typeof openComposite>>;

let stores = 0;
/** Registers a test on a store of its own. */
function onStore(name: string, run: (rubicon: Rubicon, project: Project) => Promise<void>) {
  Deno.test(`schema: ${name}`, async () => {
    await using rubicon = await openComposite(
      { persistence: "memory", rootDir: `schema ${stores++}` },
    );
    await run(rubicon, await createProject(rubicon, { name: "p" }));
  });
}

const refused =
  (message: RegExp, code: RubiconErrorCode = "invalid-argument") => (error: Error) => {
    assert.equal((error as { code?: string }).code, code, String(error));
    assert.match(error.message, message);
    return true;
  };

const byName = (list: readonly { name: string; value?: unknown; importance?: unknown }[]) =>
  Object.fromEntries(list.map((one) => [one.name, "value" in one ? one.value : one.importance]));

async function logged(rubicon: Rubicon, experiment: Experiment) {
  return {
    features: byName(await listFeatures(rubicon, experiment)),
    parameters: byName(await listParameters(rubicon, experiment)),
    metrics: byName(await listMetrics(rubicon, experiment)),
    artifacts: (await listArtifacts(rubicon, experiment)).map(({ name }) => name),
    dataframes: (await listDataframes(rubicon, experiment)).map(({ name }) => name),
  };
}

class Optimizer {
  rate = 0.1;
}

class Model {
  alpha = 1;
  params = { depth: 3n, off: null };
  names = Array.from({ length: 40 }, (_, at) => `f${at}`);
  weights = new Float32Array(40).fill(0.5);
  target = "y";
  optimizer = new Optimizer();
  parts = [new Optimizer(), new Optimizer()];
  history = new Map([["loss", [1, 0.5]], ["acc", [0.1, 0.9]]]);
  auc = () => Promise.resolve(0.9);
  broken = () => {
    throw new Error("not fitted");
  };
  frame = () => [{ x: 1 }, { x: 2 }];
  toJSON = () => ({ alpha: this.alpha });
}

registerSchema("test__Optimizer", {
  parameters: [{ name: "rate", value_attr: "rate" }],
});
registerSchema("test__Base", { metrics: [{ name: "auc", value_func: "auc" }] });

onStore(
  "each part of one is logged, in both spellings of nested ones",
  async (rubicon, project) => {
    const schema: Schema = {
      name: "test__Model",
      extends: "test__Base",
      version: "1.0.0",
      features: [{ names_attr: "names" }, { name_attr: "target" }],
      parameters: [
        { name: "alpha", value_attr: "alpha" },
        { name: "depth", value_dict: "params", value_key: "depth" },
        { name: "none", value_dict: "params", value_key: "no" },
        // The later in the order attribute, key, environment, function counts.
        { name: "later", value_attr: "alpha", value_func: "auc" },
        { name: "missing", value_attr: "nowhere", optional: true },
        { name: "failing", value_func: "broken", optional: true },
      ],
      metrics: [{ each_attr: "history" }],
      artifacts: ["self", { name: "opt", data_object_attr: "optimizer" }, {
        ...{ name: "gone", data_object_func: "nowhere", optional: true },
      }, { self: "logIt", level: 3 }],
      dataframes: [{ name: "frame", df_func: "frame" }],
      schema: [{ name: "test__Optimizer" }, { attr: "optimizer" }, {
        ...{ name: "infer", attr: "absent", optional: true },
      }],
      children: [{ name: "infer", attr: "parts" }],
    };
    const seen: unknown[] = [];
    const model = new Model();
    const experiment = await logWithSchema(rubicon, project, model, {
      schema,
      name: "run",
      tags: ["mine"],
      parameters: { given: 1 },
      features: { extra: 0.25 },
      loggers: {
        logIt: (_, { id }, object, args) => Promise.resolve(seen.push([id, object, args])),
      },
    });
    const { features, ...rest } = await logged(rubicon, experiment);
    assert.equal(Object.keys(features).length, 42, "all features, though they have no importances");
    assert.deepEqual([features.f39, features.y, features.extra], [null, null, 0.25]);
    assert.deepEqual(rest, {
      parameters: {
        ...{ alpha: 1, depth: 3, none: null, later: 0.9, missing: null, failing: null },
        ...{ rate: 0.1, given: 1 },
      },
      metrics: { auc: 0.9, loss: [1, 0.5], acc: [0.1, 0.9] },
      artifacts: ["Model", "opt"],
      dataframes: ["frame"],
    });
    assert.deepEqual(seen, [[experiment.id, model, { level: 3 }]]);
    assert.deepEqual(experiment.tags, ["mine", "parent"]);
    const children = await listExperiments(rubicon, project, { tags: ["child"] });
    assert.equal(children.length, 2);
    for (const child of children) {
      assert.deepEqual(child.tags, ["mine", "child", `parent_id:${experiment.id}`]);
      assert.equal((await logged(rubicon, child)).parameters.rate, 0.1);
    }
    const [self] = await listArtifacts(rubicon, experiment);
    assert.equal(
      new TextDecoder().decode(await readArtifact(rubicon, self!)).trim(),
      '{"alpha":1}',
    );
    const [frame] = await listDataframes(rubicon, experiment);
    assert.deepEqual((await readDataframe(rubicon, frame!)).rows, [{ x: 1 }, { x: 2 }]);
  },
);

onStore("importances go with their names", async (rubicon, project) => {
  const schema = { features: [{ names_attr: "names", importances_attr: "weights" }] };
  const experiment = await logWithSchema(rubicon, project, new Model(), { schema });
  assert.equal((await logged(rubicon, experiment)).features.f7, 0.5);
  const short = Object.assign(new Model(), { weights: [1] });
  await assert.rejects(
    logWithSchema(rubicon, project, short, { schema }),
    refused(/"weights" must be a list of 40, one for each name, not "one of 1"/),
  );
});

onStore("an experiment that is there gets it all", async (rubicon, project) => {
  const experiment = await logExperiment(rubicon, project, { name: "there" });
  const given = await logWithSchema(rubicon, project, new Model(), {
    experiment,
    schema: {
      ...getSchema("test__Base"),
      parameters: [{ name: "alpha", value_attr: "alpha" }],
      features: [{ name_attr: "target", importance_attr: "alpha" }],
      children: [{ name: "test__Optimizer", attr: "parts" }],
    },
  });
  assert.deepEqual([given.id, given.tags], [experiment.id, ["parent"]]);
  const { metrics, parameters, features } = await logged(rubicon, experiment);
  assert.deepEqual([metrics, parameters, features], [{ auc: 0.9 }, { alpha: 1 }, { y: 1 }]);
  await assert.rejects(
    logWithSchema(rubicon, project, new Model(), { experiment, name: "x", schema: "test__Base" }),
    refused(/name is for a new experiment/),
  );
});

onStore(
  "the one that is set counts before the class, and can be taken back",
  async (rubicon, project) => {
    setSchema(rubicon, project, { parameters: [{ name: "set", value_attr: "rate" }] });
    const first = await logWithSchema(rubicon, project, new Optimizer());
    assert.deepEqual((await logged(rubicon, first)).parameters, { set: 0.1 });
    setSchema(rubicon, project, null);
    const second = await logWithSchema(rubicon, project, new Optimizer());
    assert.deepEqual((await logged(rubicon, second)).parameters, { rate: 0.1 });
    // By the class that it extends.
    const third = await logWithSchema(rubicon, project, new (class Mine extends Optimizer {})());
    assert.deepEqual((await logged(rubicon, third)).parameters, { rate: 0.1 });
    registerSchema("other__Optimizer", {});
    await assert.rejects(
      logWithSchema(rubicon, project, new Optimizer()),
      refused(/the class Optimizer may be other__Optimizer or test__Optimizer/),
    );
    await assert.rejects(
      logWithSchema(rubicon, project, new Date()),
      refused(/none is known for Date/),
    );
  },
);

onStore("what is missing is named, and nothing is written", async (rubicon, project) => {
  const bad: [Schema, RegExp, RubiconErrorCode?][] = [
    [{ parameters: [{ name: "x", value_attr: "nowhere" }] }, /the object has no "nowhere"/],
    [{ metrics: [{ name: "x", value_func: "broken" }] }, /broken\(\) failed: not fitted/],
    [{ metrics: [{ name: "x", value_func: "alpha" }] }, /"alpha" must be a method, not 1/],
    [{ features: [{ names_attr: "alpha" }] }, /"alpha" must be a list, not 1/],
    [{ parameters: [{ each_attr: "alpha" }] }, /"alpha" must be an object, not 1/],
    [{ children: [{ name: "infer", attr: "alpha" }] }, /"alpha" must be a list/],
    [{ schema: [{ name: "no__Such", attr: "optimizer" }] }, /no schema "no__Such"/],
    [{ artifacts: [{ self: "log_it" }] }, /Pass it as `loggers: \{ log_it: … \}`/],
    [{ dataframes: [{ name: "d", df_attr: "target" }] }, /must be rows or columns, not "y"/],
    [{ parameters: [{ name: "x", value_env: "NOT_SET_ANYWHERE" }] }, /is not set/],
    [{ paramters: [] }, /Did you mean `parameters`/],
    [{ parameters: [{ name: "x", value_atr: "a" } as never] }, /Did you mean `value_attr`/],
    [{ parameters: [{ name: "x" }] }, /needs one of value_attr/],
    [{ parameters: [{ value_attr: "x" } as never] }, /parameters\[0\] needs a name/],
    [{ parameters: [{ name: "x", value_key: "k" }] }, /go together/],
    [{ metrics: [{ name: "x", value_attr: 3 as never }] }, /value_attr must be text, not 3/],
    [{ features: {} as never }, /features must be a list/],
    [{ features: ["a" as never] }, /features\[0\] must be an object/],
    [{ extends: 3 as never }, /extends must be text/],
    [{ features: [{ name_attr: "a", optional: "yes" as never }] }, /optional must be true or/],
  ];
  for (const [schema, message, code] of bad) {
    const call = logWithSchema(rubicon, project, new Model(), { schema });
    await assert.rejects(call, refused(message, code), JSON.stringify(schema));
  }
  registerSchema("test__Loop", { extends: "test__Loop" });
  await assert.rejects(
    logWithSchema(rubicon, project, new Model(), { schema: "test__Loop" }),
    refused(/leads to itself/),
  );
  assert.deepEqual(await listExperiments(rubicon, project), []);
  assert.throws(() => getSchema("test__Bse"), refused(/Did you mean "test__Base"/));
  assert.ok(availableSchemas().includes("test__Base"));
});

Deno.test("schema: a file is read as YAML 1.1 and as JSON, and what is none is refused", async () => {
  await temporary(async (folder) => {
    const schema = { name: "a__B", metrics: [{ name: "m", value_attr: "v", optional: true }] };
    await Deno.writeTextFile(`${folder}/a.json`, JSON.stringify(schema));
    await Deno.writeTextFile(
      `${folder}/a.yaml`,
      "name: a__B\nmetrics:\n  - {name: m, value_attr: v, optional: yes}\n",
    );
    assert.deepEqual(await loadSchema(`${folder}/a.json`), schema);
    assert.deepEqual(await loadSchema(new URL(`file://${folder}/a.yaml`)), schema);
    await Deno.writeTextFile(`${folder}/b.yaml`, "metrics: 3");
    await assert.rejects(loadSchema(`${folder}/b.yaml`), refused(/metrics must be a list/));
    await assert.rejects(loadSchema(`${folder}/c.yaml`), refused(/no such file/, "not-found"));
  });
});

Deno.test({
  name: "schema: a variable that may not be read is refused with its permission",
  permissions: { env: false },
  async fn() {
    await using rubicon = await openComposite({ persistence: "memory", rootDir: "schema env" });
    const project = await createProject(rubicon, { name: "p" });
    await assert.rejects(
      logWithSchema(rubicon, project, {}, {
        schema: { parameters: [{ name: "x", value_env: "HOME" }] },
      }),
      refused(/--allow-env=HOME/, "permission-denied"),
    );
  },
});

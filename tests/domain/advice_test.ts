/**
 * What messages say to whoever called a function the wrong way, or looked for what is not there.
 */
import assert from "node:assert/strict";
import * as rubiconMl from "../../mod.ts";
import {
  createProject,
  getOrCreateProject,
  logArtifact,
  logDataframe,
  logExperiment,
  openComposite,
} from "../../mod.ts";
import { faulty, refused } from "../support/faulty.ts";

// Wrong calls are what the types forbid, so the functions are called without them.
const call = rubiconMl as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;

async function world() {
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const rubicon = await openComposite([faulty(), faulty()], { onWarning });
  const project = await createProject(rubicon, { name: "Iris", description: "first" });
  const experiment = await logExperiment(rubicon, project, {
    name: "forest",
    metrics: { accuracy: 0.8, loss: 0.3 },
    parameters: { learning_rate: 0.1 },
  });
  await logArtifact(rubicon, experiment, { name: "model.bin", data: "x" });
  await logDataframe(rubicon, experiment, { name: "confusion", rows: [{ x: 1 }] });
  return { rubicon, project, experiment, warnings };
}

Deno.test("a call with the wrong arguments shows the right call", async (t) => {
  const { rubicon, project, experiment } = await world();
  await using _ = rubicon;
  const metric = /Call it as logMetric\(rubicon, experiment, \{ name, value \}\)\.$/;
  const pending = Promise.resolve(experiment);
  const cases: [name: string, args: unknown[], ...messages: RegExp[]][] = [
    ["logMetric", [rubicon, experiment, "acc", 0.9], /not "acc"\./, metric],
    [
      "logMetric",
      [rubicon, { name: "acc", value: 0.9 }],
      /takes an experiment .* object\./,
      metric,
    ],
    [
      "logMetric",
      [experiment, { name: "acc", value: 1 }],
      /composite first.*an experiment/,
      metric,
    ],
    ["logMetric", [rubicon, project, { name: "a", value: 1 }], /an experiment.* a project/, metric],
    ["logMetric", [rubicon, pending, {}], /not a promise\. Is an "await" missing\?$/],
    ["logMetric", [rubicon, experiment, pending], /not a promise\. Is an "await" missing\?$/],
    ["logMetric", [Promise.resolve(rubicon), experiment], /Is an "await" missing\?$/],
    ["logMetrics", [rubicon, experiment, pending], /Is an "await" missing\?$/],
    ["logMetrics", [rubicon, experiment, "acc", 1], /logMetrics\(rubicon, experiment, \{ \[name\]/],
    ["logParameter", [rubicon, experiment, "lr", 1], /logParameter\(rubicon, experiment, \{ name,/],
    ["logExperiment", [rubicon, "Iris"], /takes a project.*logExperiment\(rubicon, project, \{/],
    ["createProject", [rubicon, "Iris"], /createProject\(rubicon, \{ name \}\)/],
    ["getMetric", [rubicon, experiment, "acc"], /getMetric\(rubicon, experiment, \{ name \}\)/],
    ["addTags", [rubicon, experiment, "best"], /not "best"\..*experiment|entity, \["a tag"\]\)/],
    ["toTable", [project], /takes a composite first.*toTable\(rubicon, project\)/],
    ["createProject", [rubicon, { nmae: "x" }], /no option "nmae"\. Did you mean `name`\?/],
    ["listProjects", [rubicon, { timeout: 5 }], /Did you mean `timeoutMs`\?/],
    ["createProject", [rubicon, { name: "x", kind: "experiment" }], /project, not an experiment\./],
    ["logExperiment", [rubicon, project, { kind: "metric" }], /takes an experiment, not a metric/],
  ];
  for (const [name, args, ...messages] of cases) {
    await t.step(`${name}: ${messages[0]}`, async () => {
      const { code, message } = await refused(() => call[name]!(...args));
      assert.equal(code, "invalid-argument");
      for (const wanted of messages) assert.match(message, wanted);
    });
  }
});

Deno.test("every function that takes a composite says how it is called", async () => {
  let count = 0;
  for (const [name, run] of Object.entries(call)) {
    if (typeof run !== "function" || /^[A-Z]/.test(name)) continue;
    const error: unknown = await Promise.try(() => run()).then(() => undefined, (why) => why);
    const message = error instanceof Error ? error.message : "";
    if (!message.includes("takes a composite first")) continue;
    assert.match(message, new RegExp(`Call it as ${name}\\(rubicon`), name);
    count++;
  }
  assert.ok(count > 40, `${count} functions`);
});

Deno.test("a value that is refused among many is named by its key", async () => {
  const { rubicon, project, experiment } = await world();
  await using _ = rubicon;
  const message = async (work: () => Promise<unknown>) => (await refused(work)).message;
  const many = { a: 1, b: undefined };
  const metrics = await message(() => call.logMetrics!(rubicon, experiment, many));
  assert.match(metrics, /^logMetrics: b: value /);
  const nested = await message(() => call.logExperiment!(rubicon, project, { parameters: many }));
  assert.match(nested, /^logExperiment: parameters: b: value /);
  const listed = await message(() => call.logMetrics!(rubicon, experiment, [{ name: "a" }]));
  assert.match(listed, /^logMetrics\[0\]: value /);
});

Deno.test("a lookup that finds nothing says what there is", async (t) => {
  const { rubicon, project, experiment } = await world();
  await using _ = rubicon;
  const cases: [name: string, args: unknown[], message: RegExp][] = [
    ["getProject", [{ name: "irsi" }], /no project with the name "irsi"\. Did you mean "Iris"\?$/],
    ["getProject", [{ name: "unlike" }], /There is only "Iris"\.$/],
    ["getExperiment", [project, { name: "forrest" }], /"Iris" with the.*Did you mean "forest"\?$/],
    ["getMetric", [experiment, { name: "acc" }], /experiment "forest".*Did you mean "accuracy"\?$/],
    ["getMetric", [experiment, { name: "unlike" }], /There are "accuracy", "loss"\.$/],
    ["getParameter", [experiment, { name: "lr" }], /There is only "learning_rate"\.$/],
    ["getFeature", [experiment, { name: "year" }], /No backend .* feature "year":\n.*\n.*/],
    ["getArtifact", [experiment, { name: "model" }], /Did you mean "model\.bin"\?$/],
    ["getDataframe", [experiment, { name: "confuson" }], /Did you mean "confusion"\?$/],
  ];
  for (const [name, args, wanted] of cases) {
    await t.step(`${name}: ${wanted}`, async () => {
      const { code, message } = await refused(() => call[name]!(rubicon, ...args));
      assert.equal(code, "not-found");
      assert.match(message, wanted);
    });
  }
});

Deno.test("logExperiment() of an id that is taken says so, whatever the names are", async () => {
  const { rubicon, project, experiment } = await world();
  await using _ = rubicon;
  const renamed = { ...experiment, name: "renamed" };
  const { code, message } = await refused(() => logExperiment(rubicon, project, renamed));
  assert.equal(code, "already-exists");
  assert.match(message, /already exists with the same id and different content.*`id`/);
  assert.doesNotMatch(message, /one key/);
});

Deno.test("getOrCreateProject() tells of fields that the project does not get", async () => {
  const { rubicon, project, warnings } = await world();
  await using _ = rubicon;
  const same = [{ name: "Iris" }, { name: "Iris", description: "first" }, project];
  for (const input of same) await getOrCreateProject(rubicon, input);
  assert.deepEqual(warnings, []);
  const found = await getOrCreateProject(rubicon, {
    name: "Iris",
    description: "second",
    githubUrl: "https://example.org",
    trainingMetadata: [["s3", 2n ** 60n]],
  });
  assert.deepEqual(found, project);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0]!,
    /"Iris" already exists with another description and githubUrl and trainingM/,
  );
});

/** Pipelines that log themselves. */
import assert from "node:assert/strict";
import {
  createProject,
  type Experiment,
  listExperiments,
  listMetrics,
  listParameters,
  logExperiment,
  makePipeline,
  openComposite,
  type Project,
} from "../../mod.ts";

type Rubicon = Awaited<ReturnType<typeof openComposite>>;

class Scaler {
  seen: number[] = [];
  factor = 1;
  constructor(readonly by = 2) {}
  getParams = () => ({ by: this.by, unit: "cm" });
  fit(x: number[]) {
    this.seen = x;
    this.factor = this.by;
  }
  transform = (x: number[]) => Promise.resolve(x.map((one) => one * this.factor));
}

class Line {
  slope = 0;
  passed: unknown;
  getParams = () => ({ intercept: false, solver: () => 1, tries: 3 });
  fit(x: number[], y?: number[], params?: unknown) {
    this.passed = params;
    this.slope = y![0]! / x[0]!;
    return Promise.resolve(this);
  }
  predict = (x: number[]) => x.map((one) => one * this.slope);
  score = (x: number[], y?: number[]) => -Math.abs(this.predict(x)[0]! - y![0]!);
  scoreSamples = (x: number[]) => Float64Array.from(this.predict(x));
}

async function opened(name: string): Promise<[Rubicon, Project, string[]]> {
  const warnings: string[] = [];
  const rubicon = await openComposite({ persistence: "memory", rootDir: `pipeline ${name}` }, {
    onWarning: (message) => warnings.push(message),
  });
  return [rubicon, await createProject(rubicon, { name: "p" }), warnings];
}

const parameters = async (rubicon: Rubicon, experiment: Experiment) =>
  Object.fromEntries(
    (await listParameters(rubicon, experiment)).map(({ name, value }) => [name, value]),
  );
const metrics = async (rubicon: Rubicon, experiment: Experiment) =>
  Object.fromEntries(
    (await listMetrics(rubicon, experiment)).map(({ name, value }) => [name, value]),
  );

Deno.test("pipeline: a fit logs the steps' parameters, a score its experiment's metric", async () => {
  const [rubicon, project, warnings] = await opened("fit");
  await using _closed = rubicon;
  const [scaler, line] = [new Scaler(), new Line()];
  const pipeline = makePipeline<number[], number[]>(rubicon, project, [scaler, line], {
    name: "run",
    tags: ["a"],
    parameters: { own: 1 },
  });
  const experiment = await pipeline.fit([1, 2], [4, 8], { tags: ["b"], params: { epochs: 5 } });
  assert.deepEqual(scaler.seen, [1, 2]);
  assert.deepEqual(line.passed, { epochs: 5 });
  assert.deepEqual([experiment.name, experiment.tags], ["run", ["a", "b"]]);
  assert.deepEqual(await parameters(rubicon, experiment), {
    ...{ own: 1, epochs: 5, scaler__by: 2, scaler__unit: "cm" },
    ...{ line__intercept: false, line__tries: 3 },
  });
  // A function is no value: said, and no reason to lose the rest.
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /"line__solver" is not logged: .*ignore: \["solver"\]/s);
  assert.equal(pipeline.experiment, experiment);
  assert.deepEqual(await pipeline.predict([10]), [40]);
  assert.deepEqual(await pipeline.transform([10]), [20]);
  assert.equal(await pipeline.score([1], [5]), -1);
  assert.deepEqual(await metrics(rubicon, experiment), { score: -1 });
  assert.equal(pipeline.experiment, undefined, "it has its score");
  // The next score has no fit of its own.
  assert.deepEqual(await pipeline.scoreSamples([1, 2]), [4, 8]);
  const [first, second] = await listExperiments(rubicon, project);
  assert.equal(first!.id, experiment.id);
  assert.deepEqual(await metrics(rubicon, second!), { score_samples: [4, 8] });
  await pipeline.fit([1], [4]);
  assert.equal((await listExperiments(rubicon, project)).length, 3, "each fit is an experiment");
});

Deno.test("pipeline: loggers select, ignore, or make what is logged", async () => {
  const [rubicon, project] = await opened("loggers");
  await using _closed = rubicon;
  const steps = [["one", new Scaler(3)], ["two", new Scaler(4)], ["three", new Scaler(5)], [
    "four",
    new Line(),
  ]] as const;
  const experiment = await makePipeline(rubicon, project, steps, {
    loggers: {
      one: { select: ["by"] },
      two: { ignore: ["by"] },
      three: { ignoreAll: true },
      four: ({ tries }) => ({ twice: Number(tries) * 2 }),
    },
  }).fit([1], [2], { logParams: false, params: { x: 1 } });
  assert.deepEqual(await parameters(rubicon, experiment), {
    ...{ one__by: 3, two__unit: "cm", four__twice: 6 },
  });
});

Deno.test("pipeline: an experiment that is given gets it all", async () => {
  const [rubicon, project] = await opened("given");
  await using _closed = rubicon;
  const [one, two] = [
    await logExperiment(rubicon, project, { name: "one" }),
    await logExperiment(rubicon, project, { name: "two" }),
  ];
  const pipeline = makePipeline<number[], number[]>(rubicon, project, [new Scaler(), new Line()], {
    loggers: { line: { ignore: ["solver"] } },
  });
  const fitted = await pipeline.fit([1], [2], { experiment: one, tags: ["t"] });
  assert.deepEqual([fitted.id, fitted.tags], [one.id, ["t"]]);
  await pipeline.score([1], [2], { experiment: two });
  assert.deepEqual(await metrics(rubicon, two), { score: -0 });
  assert.deepEqual(await metrics(rubicon, one), {});
  assert.equal((await listExperiments(rubicon, project)).length, 2);
});

Deno.test("pipeline: equal classes get numbers, as in scikit-learn", async () => {
  const [rubicon, project] = await opened("names");
  await using _closed = rubicon;
  const names = (steps: Parameters<typeof makePipeline>[2]) =>
    makePipeline(rubicon, project, steps).steps.map(([name]) => name);
  assert.deepEqual(names([new Scaler(), new Scaler(), new Line()]), [
    "scaler-1",
    "scaler-2",
    "line",
  ]);
  assert.deepEqual(names([["x", new Scaler()], new Scaler()]), ["x", "scaler"]);
});

Deno.test("pipeline: what is wrong is refused, and a failing step leaves nothing", async () => {
  const [rubicon, project] = await opened("wrong");
  await using _closed = rubicon;
  const make = (steps: unknown, options = {}) => () =>
    makePipeline(rubicon, project, steps as never, options);
  for (
    const [call, message] of [
      [make([]), /a list of steps/],
      [make([{}]), /steps\[0\] must be an object with one of fit/],
      [make([new Line(), new Line()]), /steps\[0\] comes before another one/],
      [make([["a", new Scaler()], ["a", new Line()]]), /two steps are called "a"/],
      [make([["", new Line()]]), /must not be empty/],
      [make([new Line()], { loggers: { lin: {} } }), /no such step\. Did you mean "line"/],
      [make([new Line()], { loggers: { line: { select: [], ignore: [] } } }), /takes one of/],
      [make([new Line()], { loggers: { line: { selekt: [] } } }), /Did you mean `select`/],
    ] as const
  ) assert.throws(call, { code: "invalid-argument", message });
  const scaler = makePipeline<number[]>(rubicon, project, [new Scaler()]);
  await assert.rejects(scaler.score([1]), { message: /"scaler", has no score\(\)/ });
  const broken = { fit: () => Promise.reject(new Error("singular")), score: () => "good" };
  const pipeline = makePipeline<number[]>(rubicon, project, [broken]);
  await assert.rejects(pipeline.fit([1]), /singular/);
  await assert.rejects(pipeline.score([1]), { message: /must give a number, not "good"/ });
  assert.deepEqual(await listExperiments(rubicon, project), []);
});

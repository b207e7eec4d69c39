/** The life of a run: what is logged, what is written when, and how it ends. */
import assert from "node:assert/strict";
import {
  addTags,
  type Composite,
  createProject,
  deleteExperiment,
  type Driver,
  experimentStatus,
  flush,
  getExperiment,
  listExperiments,
  listMetrics,
  logExperiment,
  logMetric,
  openComposite,
  type Project,
  readHistory,
  readHistoryColumns,
  restoreExperiment,
  resumeRun,
  type Run,
  setStatus,
  startRun,
  toTable,
  verify,
  withRun,
} from "../../mod.ts";
import { contents, faulty, refused } from "../support/faulty.ts";
import { temporary } from "../support/folders.ts";

/** Runs a test on memory, on a folder, and on both at once; the copies are the same in the end. */
function onEach(name: string, test: (rubicon: Composite, project: Project) => Promise<void>): void {
  for (const where of ["memory", "a folder", "both"] as const) {
    Deno.test(`history on ${where}: ${name}`, () =>
      temporary(async (folder) => {
        const memory = { persistence: "memory", rootDir: crypto.randomUUID() };
        const local = { persistence: "filesystem", rootDir: folder };
        const backends = { memory: [memory], "a folder": [local], both: [local, memory] }[where];
        await using rubicon = await openComposite(backends);
        await test(rubicon, await createProject(rubicon, { name: "p" }));
        assert.ok((await verify(rubicon)).clean);
      }));
  }
}

/** A composite of one driver, its project, and what it warned of. */
async function world(driver: Driver = faulty(), options = {}) {
  const warnings: string[] = [];
  const onWarning = (message: string) => void warnings.push(message);
  const rubicon = await openComposite([driver], { onWarning, ...options });
  return { rubicon, project: await createProject(rubicon, { name: "p" }), warnings };
}

/** The names below an experiment's folder, by driver. */
const namesOf = async (driver: Driver, { experiment }: Run) =>
  Object.keys(await contents(driver)).flatMap((key) => key.split(`${experiment.id}/`)[1] ?? []);

const triples = async (rubicon: Composite, { experiment }: Run) =>
  (await readHistory(rubicon, experiment)).map(({ name, step, value }) => [name, step, value]);

onEach("withRun() finishes, and its points and summaries are there", async (rubicon, project) => {
  const run = await withRun(rubicon, project, {
    name: "net",
    tags: ["t"],
    parameters: { lr: 0.1 },
    metrics: { size: 3 },
    summary: { loss: "min", odd: "best", mean: { fold: "mean", directionality: "loss" } },
  }, (run) => {
    run.log({ loss: 0.5, acc: 0.1, odd: 2, mean: 1 });
    run.log({ loss: 0.2, acc: NaN, odd: 9, mean: 2 });
    run.log({ loss: 0.3, acc: 0.3, odd: 1, mean: 6 }, { step: 2.5 });
    run.log({ acc: Infinity });
    return run;
  });
  assert.deepEqual(await triples(rubicon, run), [
    ["acc", 0, 0.1],
    ["acc", 1, NaN],
    ["acc", 2.5, 0.3],
    ["acc", 3, Infinity],
    ["loss", 0, 0.5],
    ["loss", 1, 0.2],
    ["loss", 2.5, 0.3],
    ["mean", 0, 1],
    ["mean", 1, 2],
    ["mean", 2.5, 6],
    ["odd", 0, 2],
    ["odd", 1, 9],
    ["odd", 2.5, 1],
  ]);
  const metrics = await listMetrics(rubicon, run.experiment);
  const summaries = metrics.map(({ name, value, directionality }) => [name, value, directionality]);
  assert.deepEqual(summaries.sort(), [
    ["acc", Infinity, "score"],
    ["loss", 0.2, "loss"],
    ["mean", 3, "loss"],
    ["odd", 9, "score"],
    ["size", 3, "score"],
  ]);
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "finished");
  const { rows: [row] } = await toTable(rubicon, project);
  assert.equal(row!.loss, 0.2);
});

onEach(
  "withRun() that throws has failed, with the text, and rethrows",
  async (rubicon, project) => {
    const error = new TypeError("no such layer");
    let run: Run | undefined;
    await assert.rejects(
      withRun(rubicon, project, { tagStatus: true }, (one) => {
        run = one;
        one.log({ loss: 1 });
        throw error;
      }),
      (thrown) => thrown === error,
    );
    const status = await experimentStatus(rubicon, run!.experiment);
    assert.equal(status?.state, "failed");
    assert.equal(status?.reason, "TypeError: no such layer");
    assert.deepEqual(await triples(rubicon, run!), [["loss", 0, 1]]);
    const { id } = run!.experiment;
    assert.deepEqual((await getExperiment(rubicon, project, { id })).tags, ["status:failed"]);
  },
);

onEach("withRun() is cancelled by its signal", async (rubicon, project) => {
  const controller = new AbortController();
  let run: Run | undefined;
  const work = (one: Run) => {
    run = one;
    controller.abort(new Error("enough"));
    controller.signal.throwIfAborted();
  };
  await assert.rejects(withRun(rubicon, project, { signal: controller.signal }, work), /enough/);
  assert.equal((await experimentStatus(rubicon, run!.experiment))?.state, "cancelled");
});

onEach("a scope that is left without finish() has failed", async (rubicon, project) => {
  const run = await (async () => {
    await using run = await startRun(rubicon, project);
    run.log({ loss: 1 });
    return run;
  })();
  const status = await experimentStatus(rubicon, run.experiment);
  assert.deepEqual([status?.state, status?.reason], ["failed", "left its scope before finish()"]);
  assert.equal((await triples(rubicon, run)).length, 1);
  assert.throws(() => run.log({ loss: 2 }), /the run of experiment .* has ended.*resumeRun/);
});

onEach(
  "resumeRun() goes on with the steps and replaces the summaries",
  async (rubicon, project) => {
    const first = await startRun(rubicon, project, { summary: { loss: "min" } });
    first.log({ loss: 3 }, { step: 7 });
    await first.finish();
    const started = (await experimentStatus(rubicon, first.experiment))!.startedAt;
    const second = await resumeRun(rubicon, first.experiment);
    assert.equal((await experimentStatus(rubicon, first.experiment))?.state, "running");
    second.log({ loss: 1 });
    await second.finish();
    assert.deepEqual(await triples(rubicon, second), [["loss", 7, 3], ["loss", 8, 1]]);
    const [{ value } = { value: null }] = await listMetrics(rubicon, first.experiment);
    assert.equal(value, 1, "by the fold that the run was started with");
    const status = await experimentStatus(rubicon, first.experiment);
    assert.deepEqual([status?.state, status?.startedAt], ["finished", started]);
  },
);

onEach("several writers log to one run, and a step twice counts once", async (rubicon, project) => {
  const run = await startRun(rubicon, project);
  const workers = [
    await resumeRun(rubicon, run.experiment, { worker: true }),
    await resumeRun(rubicon, run.experiment, { worker: true }),
  ];
  run.log({ loss: 1 }, { step: 1, time: "2026-01-01T00:00:02Z" });
  workers[0]!.log({ loss: 2 }, { step: 1, time: "2026-01-01T00:00:03Z" });
  workers[1]!.log({ loss: 3 }, { step: 1, time: new Date("2026-01-01T00:00:01Z") });
  workers[1]!.log({ loss: 4, other: 5 }, { step: -2 });
  assert.throws(() => workers[0]!.log({ loss: 1 }), /say the step/);
  for (const worker of workers) await worker.finish();
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "running");
  await run.finish();
  assert.deepEqual(await triples(rubicon, run), [["loss", -2, 4], ["loss", 1, 2], [
    "other",
    -2,
    5,
  ]]);
  const time = (await readHistory(rubicon, run.experiment, { metrics: ["loss"] }))[1]!.time;
  assert.equal(time, "2026-01-01T00:00:03.000000+00:00");
});

onEach(
  "setStatus() ends a run whose process is gone, as the run would",
  async (rubicon, project) => {
    const [one, other] = [await startRun(rubicon, project), await startRun(rubicon, project)];
    for (const run of [one, other]) {
      run.log({ loss: 0.25 }, { time: "2026-01-01T00:00:00Z" });
      await run.flush();
    }
    await setStatus(rubicon, one.experiment, "cancelled", { reason: "killed" });
    await other.cancel("killed");
    const [a, b] = await Promise.all(
      [one, other].map(async (run) => (await listMetrics(rubicon, run.experiment))[0]!),
    );
    assert.equal(a!.value, b!.value);
    assert.equal(a!.createdAt, "2026-01-01T00:00:00.000000+00:00");
    const status = await experimentStatus(rubicon, one.experiment);
    assert.deepEqual([status?.state, status?.reason], ["cancelled", "killed"]);
    await setStatus(rubicon, one.experiment, "running");
    assert.equal((await experimentStatus(rubicon, one.experiment))?.state, "running");
    await one.finish();
    assert.equal((await experimentStatus(rubicon, one.experiment))?.state, "finished");
  },
);

onEach("an experiment without a run has no status and no points", async (rubicon, project) => {
  const experiment = await logExperiment(rubicon, project, { metrics: { a: 1 } });
  assert.equal(await experimentStatus(rubicon, experiment), undefined);
  assert.deepEqual(await readHistory(rubicon, experiment), []);
  const missing = { ...experiment, id: crypto.randomUUID() };
  assert.equal((await refused(() => readHistory(rubicon, missing))).code, "not-found");
  assert.equal((await refused(() => experimentStatus(rubicon, missing))).code, "not-found");
  assert.equal((await refused(() => setStatus(rubicon, missing, "failed"))).code, "not-found");
});

Deno.test("history: of an experiment in the trash nothing is read, until it is restored", async () => {
  const [a, b] = [faulty(), faulty()];
  await using rubicon = await openComposite([a, b], { write: "any", onWarning() {} });
  const project = await createProject(rubicon, { name: "p" });
  const run = await startRun(rubicon, project);
  run.log({ loss: 1 });
  await run.finish();
  await flush(rubicon);
  b.faults = { all: "before" };
  await deleteExperiment(rubicon, run.experiment);
  b.faults = {};
  // A backend that missed the deletion still has all of it.
  for (const drivers of [[a, b], [a]]) {
    await using reader = await openComposite(drivers, { onWarning() {} });
    for (const read of [readHistory, readHistoryColumns, experimentStatus, resumeRun]) {
      const { code, message } = await refused(() => read(reader, run.experiment));
      assert.equal(code, "not-found");
      assert.match(message, /was deleted\. restoreExperiment/);
    }
  }
  await restoreExperiment(rubicon, project, { id: run.experiment.id });
  assert.equal((await readHistory(rubicon, run.experiment)).length, 1);
  assert.equal((await experimentStatus(rubicon, run.experiment))?.state, "finished");
});

onEach("readHistoryColumns() gives typed arrays by name", async (rubicon, project) => {
  const run = await startRun(rubicon, project);
  run.log({ a: 1, b: 2 }, { step: 3, time: "2026-01-01T00:00:00.000250Z" });
  run.log({ a: 5 });
  for (const end of [() => run.flush(), () => run.finish()]) {
    await end();
    const columns = await readHistoryColumns(rubicon, run.experiment, { metrics: ["a", "none"] });
    assert.deepEqual([...columns.keys()], ["a"]);
    const { steps, times, values } = columns.get("a")!;
    assert.deepEqual([steps, values], [new Float64Array([3, 4]), new Float64Array([1, 5])]);
    assert.equal(times[0], Date.parse("2026-01-01") + 0.25);
  }
  const columns = await readHistoryColumns(rubicon, run.experiment, { metrics: ["a"], after: 3 });
  assert.deepEqual(columns.get("a")!.steps, new Float64Array([4]));
});

Deno.test("history: a flush is one put, whatever the number of metrics", async () => {
  const driver = faulty();
  const { rubicon, project } = await world(driver);
  const run = await startRun(rubicon, project);
  for (const count of [1, 100]) {
    const before = { ...driver.calls };
    const values = Object.fromEntries(Array.from({ length: count }, (_, at) => [`m${at}`, at]));
    for (let step = 0; step < 50; step++) run.log(values);
    await run.flush();
    const calls = Object.entries(driver.calls)
      .filter(([verb, calls]) => calls !== before[verb as "put"]);
    assert.deepEqual(calls, [["put", before.put + 1]]);
  }
  const puts = driver.calls.put;
  await run.flush();
  assert.equal(driver.calls.put, puts, "nothing to write, nothing written");
  await run.finish();
});

Deno.test("history: a finished run has one file of points and one of its status", async () => {
  const driver = faulty();
  const { rubicon, project } = await world(driver);
  const run = await startRun(rubicon, project);
  for (let step = 0; step < 150; step++) {
    run.log({ loss: step });
    await run.flush();
  }
  const parts = (await namesOf(driver, run)).filter((name) => name.startsWith("history/"));
  assert.equal(parts.filter((name) => name.endsWith(".parquet")).length, 2, "one for each 64");
  assert.equal(parts.length, 2 + 150 - 128);
  assert.equal((await triples(rubicon, run)).length, 150);
  await run.finish();
  const names = (await namesOf(driver, run)).map((name) => name.replace(/_[^.]+/, "_*"));
  assert.deepEqual(names.sort(), [
    "history/history_*.parquet",
    "metadata.json",
    "metrics/loss/metadata.json",
    "status_*.json",
  ]);
  assert.deepEqual((await triples(rubicon, run)).map(([, step]) => step), [
    ...Array(150).keys(),
  ]);
  const before = { ...driver.calls };
  await using reader = await openComposite([driver]);
  await readHistory(reader, run.experiment);
  assert.deepEqual([driver.calls.list - before.list, driver.calls.get - before.get], [1, 1]);
});

Deno.test("history: whoever ends a run writes the same summaries, byte for byte", async () => {
  const [a, b] = [faulty(), faulty()];
  const id = crypto.randomUUID();
  const bytes = await Promise.all([a, b].map(async (driver, at) => {
    const { rubicon, project } = await world(driver);
    const createdAt = "2026-01-01T00:00:00Z";
    const run = await startRun(rubicon, project, { id, createdAt, summary: { loss: "mean" } });
    for (const step of at === 0 ? [0, 1, 2] : [2, 0, 1]) {
      run.log({ loss: step / 3, acc: step }, { step, time: `2026-01-01T00:00:0${step}Z` });
      await run.flush();
    }
    if (at === 0) await run.finish();
    else await setStatus(rubicon, run.experiment, "failed");
    const all = Object.entries(await contents(driver));
    // The handle of a run that others ended beats until it hears of it.
    await run.finish();
    return all.filter(([key]) => key.includes("/metrics/"));
  }));
  assert.equal(bytes[0]!.length, 2);
  assert.deepEqual(bytes[0], bytes[1]);
});

Deno.test("history: samples of a metric are a list that Python compares", async () => {
  const { rubicon, project } = await world();
  const run = await startRun(rubicon, project, { samples: 5 });
  for (let step = 0; step <= 100; step++) run.log({ loss: step });
  run.log({ few: 1 });
  await run.finish();
  const values = new Map(
    (await listMetrics(rubicon, run.experiment)).map(({ name, value }) => [name, value]),
  );
  assert.deepEqual(values.get("loss samples"), [0, 25, 50, 75, 100]);
  assert.deepEqual(values.get("few samples"), [1, 1, 1, 1, 1]);
});

Deno.test("history: a summary never takes the place of a metric that was logged without one", async () => {
  const driver = faulty();
  const { rubicon, project, warnings } = await world(driver);
  const run = await startRun(rubicon, project, { metrics: { given: 1 } });
  assert.throws(() => run.log({ Given: 1 }), /Given.*a metric that the experiment was logged with/);
  run.log({ loss: 1 });
  assert.throws(() => run.log({ "Loss!": 1 }), /"Loss!" and "loss" have one key/);
  await logMetric(rubicon, run.experiment, { name: "loss", value: "mine" });
  await run.finish();
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /metric "loss" .* was logged without a step, too/);
  const metrics = await listMetrics(rubicon, run.experiment);
  assert.deepEqual(metrics.map(({ value }) => value), [1, "mine"]);
  assert.equal((await triples(rubicon, run)).length, 1);
});

Deno.test("history: bad input is refused before anything is logged or written", async () => {
  const driver = faulty();
  const { rubicon, project } = await world(driver);
  const call = { startRun, withRun } as unknown as Record<
    string,
    (...args: unknown[]) => Promise<unknown>
  >;
  const before = driver.calls.put;
  const cases: [options: Record<string, unknown>, message: RegExp][] = [
    [{ flushMs: 0 }, /flushMs must be a number of milliseconds/],
    [{ heartbeatMs: 2 ** 31 }, /heartbeatMs must be a number/],
    [{ maxBuffered: 0.5 }, /maxBuffered must be a whole number/],
    [{ tagStatus: "yes" }, /tagStatus must be true or false/],
    [{ samples: 0 }, /samples must be a whole number/],
    [{ summary: "min" }, /summary must be an object such as/],
    [{ summary: { loss: "median" } }, /summary: "loss" must be one of last, min/],
    [{ summary: { loss: { directionality: "up" } } }, /the directionality of "loss"/],
    [{ flushms: 1 }, /no option "flushms"\. Did you mean `flushMs`/],
    [{ worker: true }, /no option "worker"/],
  ];
  for (const [options, message] of cases) {
    const error = await refused(() => call.startRun!(rubicon, project, options));
    assert.equal(error.code, "invalid-argument");
    assert.match(error.message, message);
  }
  const work = await refused(() => call.withRun!(rubicon, project, {}));
  assert.match(work.message, /withRun takes a function/);
  assert.equal(driver.calls.put, before);
  const run = await startRun(rubicon, project);
  const log = run.log.bind(run) as unknown as (values: unknown, at?: unknown) => void;
  const logs: [args: [unknown, unknown?], message: RegExp][] = [
    [[1], /takes an object of numbers by name, not 1/],
    [[[1]], /not an array/],
    [[{ a: "1" }], /a must be a number, not "1"/],
    [[{ a: 1n }], /a must be a number/],
    [[{ "!": 1 }], /"!" is not a valid name/],
    [[{ a: 1 }, { step: NaN }], /step must be a finite number/],
    [[{ a: 1 }, { step: "1" }], /step must be a finite number/],
    [[{ a: 1 }, { time: "noon" }], /time must be an ISO 8601 text/],
  ];
  for (const [args, message] of logs) assert.throws(() => log(...args), message);
  assert.equal(run.pending().points, 0);
  await run.finish();
  const odd = await refused(() => setStatus(rubicon, run.experiment, "lost" as "failed"));
  assert.match(odd.message, /must be one of running, finished, failed, cancelled, not "lost"/);
});

Deno.test("history: a metric that is there says what to do in place of logging it again", async () => {
  const { rubicon, project } = await world();
  const experiment = await logExperiment(rubicon, project, { metrics: { loss: 1 } });
  const error = await refused(() => logMetric(rubicon, experiment, { name: "loss", value: 2 }));
  assert.equal(error.code, "already-exists");
  assert.match(
    error.message,
    /has one value\. Log the points of a curve with a step .*another name/,
  );
});

Deno.test("history: tags and other listings do not see the files of a run", async () => {
  const { rubicon, project } = await world();
  const run = await startRun(rubicon, project, { tags: ["a"] });
  run.log({ loss: 1 });
  await run.finish();
  await addTags(rubicon, run.experiment, ["b"]);
  const [experiment] = await listExperiments(rubicon, project);
  assert.deepEqual(experiment, { ...run.experiment, tags: ["a", "b"] });
});

onEach(
  "logMetric() with a step logs points, of which the end makes one",
  async (rubicon, project) => {
    const experiment = await logExperiment(rubicon, project);
    for (let step = 0; step < 70; step++) {
      await logMetric(rubicon, experiment, { name: "loss", value: 70 - step, step });
    }
    const time = "2026-01-01T00:00:00Z";
    const metric = await logMetric(rubicon, experiment, {
      name: "acc",
      value: NaN,
      step: 0.5,
      time,
    });
    assert.equal(metric.createdAt, "2026-01-01T00:00:00.000000+00:00");
    const points = await readHistory(rubicon, experiment);
    assert.deepEqual(points.map(({ value }) => value), [
      NaN,
      ...Array(70).keys().map((at) => 70 - at),
    ]);
    assert.deepEqual(await listMetrics(rubicon, experiment), []);
    await setStatus(rubicon, experiment, "finished");
    const metrics = await listMetrics(rubicon, experiment);
    assert.deepEqual(metrics.map(({ name, value }) => [name, value]), [["acc", NaN], ["loss", 1]]);
    assert.deepEqual(metrics[0], metric);
  },
);

Deno.test("history: a single point is one put, and 64 of them become one file", async () => {
  const driver = faulty();
  const { rubicon, project } = await world(driver);
  const experiment = await logExperiment(rubicon, project);
  const before = { ...driver.calls };
  for (let step = 0; step < 63; step++) {
    await logMetric(rubicon, experiment, { name: "loss", value: step, step });
  }
  assert.deepEqual(driver.calls, { ...before, put: before.put + 63 });
  await logMetric(rubicon, experiment, { name: "loss", value: 63, step: 63 });
  const keys = Object.keys(await contents(driver)).filter((key) => key.includes("/history/"));
  assert.equal(keys.length, 1);
  assert.match(keys[0]!, /\.parquet$/);
  const call = logMetric as unknown as (...args: unknown[]) => Promise<unknown>;
  const odd: [input: object, message: RegExp][] = [
    [{ name: "a", value: "1", step: 1 }, /the value at a step must be a number/],
    [{ name: "a", value: 1, step: NaN }, /step must be a finite number/],
    [{ name: "a", value: 1, step: 1, tags: [] }, /logMetric with a step has no option "tags"/],
    [{ name: "a", value: 1, time: "2026-01-01" }, /no option "time"/],
  ];
  for (const [input, message] of odd) {
    assert.match((await refused(() => call(rubicon, experiment, input))).message, message);
  }
});

Deno.test("history: to follow a run takes a listing and the new parts, each time", async () => {
  const driver = faulty();
  const { rubicon, project } = await world(driver);
  const run = await startRun(rubicon, project);
  await using reader = await openComposite([driver]);
  let seen = -1;
  const follow = async () => {
    const before = { ...driver.calls };
    const points = await readHistory(reader, run.experiment, { after: seen });
    seen = points.at(-1)?.step ?? seen;
    const { list, get } = driver.calls;
    return [points.length, list - before.list, get - before.get];
  };
  for (let round = 0; round < 5; round++) {
    run.log({ loss: 2 * round });
    run.log({ loss: 2 * round + 1 });
    await run.flush();
    assert.deepEqual(await follow(), [2, 1, 1]);
  }
  assert.deepEqual(await follow(), [0, 1, 0]);
  await run.finish();
  assert.deepEqual(await follow(), [0, 1, 1], "the file that they all became");
  assert.deepEqual(await follow(), [0, 1, 0]);
  // What a caller does with columns is nobody else's.
  const columns = (await readHistoryColumns(reader, run.experiment)).get("loss")!;
  columns.values.fill(7);
  columns.steps.fill(7);
  columns.times.fill(7);
  const points = await readHistory(reader, run.experiment);
  assert.deepEqual(points.map(({ value }) => value), [...Array(10).keys()]);
});

/**
 * Curves and states of runs, as the viewer has them.
 */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import {
  createProject,
  listExperiments,
  listProjects,
  logExperiment,
  openComposite,
  startRun,
} from "../../mod.ts";
import { exportSite } from "../../viewer/export.ts";
import type { HistoryFile, RunFile, RunsFile, SparksFile } from "../../viewer/contract.ts";
import { curvesOf, unpackCurves } from "../../viewer/curves_file.ts";
import { thinned } from "../../viewer/server/thin.ts";
import { faulty } from "../support/faulty.ts";
import { elementsOfHtml } from "../support/markup.ts";
import { APP, served } from "./support/serving.ts";
import { inMemory, makeStore } from "./support/stores.ts";
import { ENDS, fillTraining, STEPS } from "./support/training.ts";

const own = (file: RunsFile, name: string) =>
  file.columns.find((one) => one.name === name)!.values!;

Deno.test("viewer lives: each state is a cell, a count of its project, and on the run's page", async () => {
  const folder = await Deno.makeTempDir();
  for (const backend of [inMemory(), { persistence: "filesystem" as const, rootDir: folder }]) {
    await using rubicon = await openComposite(backend);
    await fillTraining(rubicon);
    await using server = await served(rubicon);
    const { projects: [entry] } = await server.index();
    assert.deepEqual(entry!.states, { finished: 4, failed: 1, cancelled: 1, lost: 1, running: 1 });
    const runs = await server.runs("training");
    assert.deepEqual(own(runs, "status"), [...ENDS, null]);
    const durations = own(runs, "durationMs") as (number | null)[];
    const isLong = durations.map((one) => one !== null && one > 60_000);
    assert.deepEqual(isLong, ENDS.map((end) => end !== "running").concat(false));
    const page = async (at: number): Promise<RunFile> =>
      await server.json(`projects/training/runs/${runs.ids[at]}.json`);
    const failed = await page(2);
    assert.equal(failed.status?.state, "failed");
    assert.equal(failed.status?.reason, "RangeError: the loss is NaN at step 99");
    assert.equal(failed.status?.durationMs, durations[2]);
    assert.equal(failed.history, runs.history[2]);
    assert.equal((await page(6)).status?.state, "lost");
    assert.deepEqual([(await page(8)).status, (await page(8)).history], [null, null]);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("viewer lives: a run's curves have all of its points, and what is no number as text", async () => {
  await using rubicon = await openComposite(inMemory());
  const { experiments } = await fillTraining(rubicon);
  await using server = await served(rubicon);
  const runs = await server.runs("training");
  assert.deepEqual(runs.history.map((path) => path !== null), [...ENDS.map(() => true), false]);
  const file: HistoryFile = await server.json(runs.history[0]!);
  assert.deepEqual(file.series.map(({ name, steps }) => [name, steps.length]), [
    ...[["accuracy", STEPS], ["loss", STEPS], ["val/loss", STEPS / 10]],
  ]);
  const [accuracy] = file.series;
  assert.equal(accuracy!.steps.at(-1), STEPS - 1);
  assert.equal(accuracy!.times[1]! - accuracy!.times[0]!, 1_000);
  const failed: HistoryFile = await server.json(runs.history[2]!);
  assert.equal(failed.series.find(({ name }) => name === "loss")!.values.at(-1), "NaN");
  const id = experiments.at(-1)!.id;
  const none = await server.get(`projects/training/history/${id}.json`);
  assert.equal(none.status, 404);
  await none.body?.cancel();
});

Deno.test("viewer lives: curves of several runs come as numbers in one answer, the same as in JSON", async () => {
  await using rubicon = await openComposite(inMemory());
  await fillTraining(rubicon);
  await using server = await served(rubicon);
  const runs = await server.runs("training");
  const path = `projects/training/curves/${runs.ids.join()}`;
  const answer = await server.get(path);
  assert.equal(answer.headers.get("content-type"), "application/octet-stream");
  assert.equal(answer.headers.get("content-encoding"), null);
  assert.match(answer.headers.get("content-security-policy")!, /sandbox/);
  const curves = unpackCurves(await answer.arrayBuffer());
  assert.deepEqual([...curves.keys()], runs.ids);
  for (const [at, id] of runs.ids.entries()) {
    const file = runs.history[at];
    if (file) assert.deepStrictEqual(curves.get(id), curvesOf(await server.json(file)));
    else assert.match((curves.get(id) as { error: string }).error, /has no curves/);
  }
  const tag = { "if-none-match": answer.headers.get("etag")! };
  assert.equal((await server.get(path, tag)).status, 304);
  const [first] = runs.ids;
  const many = Array.from({ length: 51 }, () => crypto.randomUUID()).join();
  for (const odd of ["", ",", "x", `${first},`, `${first},..`, `${first}.json`, many]) {
    const none = await server.get(`projects/training/curves/${odd}`);
    assert.equal(none.status, 404, odd);
    await none.body?.cancel();
  }
});

Deno.test("viewer lives: of very long curves an answer has those of the first runs alone", async () => {
  await using rubicon = await openComposite(inMemory());
  const project = await createProject(rubicon, { name: "P" });
  for (let at = 0; at < 6; at++) {
    await using run = await startRun(rubicon, project, { name: `${at}` });
    for (let step = 0; step < 150_000; step++) run.log({ loss: step });
    await run.finish();
  }
  await using server = await served(rubicon);
  const { ids } = await server.runs("p");
  const answer = await server.get(`projects/p/curves/${ids.join()}`);
  const bytes = await answer.arrayBuffer();
  assert.deepEqual([...unpackCurves(bytes).keys()], ids.slice(0, 4));
});

Deno.test("viewer lives: a new point changes the curves alone, and costs no reading of runs", async () => {
  const driver = faulty();
  await using rubicon = await openComposite(driver);
  const project = await createProject(rubicon, { name: "P" });
  for (let at = 0; at < 5; at++) await logExperiment(rubicon, project, { metrics: { m: at } });
  await using run = await startRun(rubicon, project, { name: "live" });
  run.log({ loss: 1 });
  await run.flush();
  await using server = await served(rubicon);
  const before = (await server.index("p")).projects[0]!;
  const sparks: SparksFile = await server.json(before.sparks!.path);
  assert.deepEqual(sparks.sparks, { loss: { [run.experiment.id]: [1] } });
  assert.equal(sparks.checksum, before.sparks!.checksum);
  const { history } = await server.runs("p");
  const curves = await server.get(history.at(-1)!);
  await curves.body?.cancel();
  const tag = { "if-none-match": curves.headers.get("etag")! };
  assert.equal((await server.get(history.at(-1)!, tag)).status, 304);

  run.log({ loss: 0.5 });
  await run.flush();
  const gets = driver.calls.get;
  const after = (await server.index("p")).projects[0]!;
  assert.equal(driver.calls.get, gets, "a look reads nothing");
  assert.equal(after.runs.checksum, before.runs.checksum, "the table is as it was");
  assert.notEqual(after.sparks!.checksum, before.sparks!.checksum);
  const more: SparksFile = await server.json(after.sparks!.path);
  assert.deepEqual(Object.values(more.sparks.loss!), [[1, 0.5]]);
  const moved = await server.get(history.at(-1)!, tag);
  assert.equal(moved.status, 200);
  const file: HistoryFile = await moved.json();
  assert.deepEqual(file.series[0]!.values, [1, 0.5]);

  await run.finish();
  const ended = (await server.index("p")).projects[0]!;
  assert.notEqual(ended.runs.checksum, after.runs.checksum);
  assert.deepEqual(ended.states, { finished: 1 });
});

Deno.test("viewer lives: a run that goes silent is lost at a later look, though nothing is stored", async () => {
  let now = Date.now();
  await using rubicon = await openComposite(inMemory());
  const project = await createProject(rubicon, { name: "P" });
  await using run = await startRun(rubicon, project, { heartbeatMs: 3_600_000 });
  await using server = await served(rubicon, { now: () => now });
  assert.deepEqual((await server.index("p")).projects[0]!.states, { running: 1 });
  const real = Date.now;
  try {
    Date.now = () => real() + 3 * 3_600_000;
    assert.deepEqual((await server.index("p")).projects[0]!.states, { running: 1 }, "a moment ago");
    now += 15_000;
    assert.deepEqual((await server.index("p")).projects[0]!.states, { lost: 1 });
  } finally {
    Date.now = real;
  }
  assert.equal(run.ended, false);
  await run.finish();
});

Deno.test("viewer lives: previews of two metrics named like keys of every object are there", async () => {
  await using rubicon = await openComposite(inMemory());
  const project = await createProject(rubicon, { name: "P" });
  const run = await startRun(rubicon, project);
  run.log(JSON.parse('{"__proto__": 1, "constructor": 2}'));
  await run.finish();
  await using server = await served(rubicon);
  const { projects: [entry] } = await server.index();
  const { sparks }: SparksFile = await server.json(entry!.sparks!.path);
  assert.deepEqual(Object.entries(sparks).map(([name, one]) => [name, Object.values(one)]), [
    ...[["__proto__", [[1]]], ["constructor", [[2]]]],
  ]);
});

Deno.test("viewer lives: curves in a folder are whole, and in one file thinned where they are many", async () => {
  const folder = await Deno.makeTempDir();
  await using rubicon = await openComposite(inMemory());
  const project = await createProject(rubicon, { name: "P" });
  const run = await startRun(rubicon, project);
  for (let step = 0; step < 250_000; step++) {
    run.log({ loss: step === 777 ? 99 : 1 }, { step, time: new Date(step) });
  }
  await run.finish();
  await exportSite(rubicon, { to: folder }, APP);
  const [path] = Array.from(Deno.readDirSync(`${folder}/projects/p/history`), ({ name }) => name);
  const whole: HistoryFile = JSON.parse(
    await Deno.readTextFile(`${folder}/projects/p/history/${path}`),
  );
  assert.equal(whole.series[0]!.steps.length, 250_000);
  assert.equal(whole.series[0]!.thinnedFrom, undefined);
  await exportSite(rubicon, { to: `${folder}/a.html` }, APP);
  const html = await Deno.readTextFile(`${folder}/a.html`);
  const { text } = elementsOfHtml(html).find(({ attributes }) => attributes.id === "rubicon-data")!;
  const packed = new Blob([Uint8Array.fromBase64(text)]).stream();
  const data = await new Response(packed.pipeThrough(new DecompressionStream("gzip"))).json();
  const { series: [loss] } = data[`projects/p/history/${path}`] as HistoryFile;
  assert.equal(loss!.thinnedFrom, 250_000);
  assert.ok(loss!.steps.length <= 200_000);
  assert.ok(loss!.values.includes(99), "the peak is there");
  assert.equal(loss!.steps.length, loss!.values.length);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("viewer lives: a store by Python, and by logExperiment alone, has none", async () => {
  await using rubicon = await makeStore("medium");
  await using server = await served(rubicon);
  const { projects: [entry] } = await server.index();
  assert.deepEqual([entry!.states, entry!.sparks], [{}, null]);
  const [project] = await listProjects(rubicon);
  assert.equal((await listExperiments(rubicon, project!)).length, entry!.experiments);
});

Deno.test("thinned: ends, least and most of a curve stay, in order, and no more than were asked for", () => {
  const numbers = fc.array(fc.oneof(fc.double(), fc.constant(NaN)), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(fc.property(numbers, fc.integer({ min: 4, max: 100 }), (values, most) => {
    const kept = thinned(values, most);
    assert.ok(kept.length <= most || values.length <= most);
    assert.deepEqual(kept, [...new Set(kept)].sort((a, b) => a - b));
    assert.equal(kept[0], 0);
    assert.equal(kept.at(-1), values.length - 1);
    const real = values.filter((one) => !Number.isNaN(one));
    const shown = kept.map((at) => values[at]!).filter((one) => !Number.isNaN(one));
    if (real.length === 0) return;
    assert.equal(Math.max(...shown), Math.max(...real));
    assert.equal(Math.min(...shown), Math.min(...real));
  }));
});

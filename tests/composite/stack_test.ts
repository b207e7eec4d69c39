/** Every public function's rejection has the line of its caller in its stack. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import * as api from "../../mod.ts";
import { faulty } from "../support/faulty.ts";

const [a, b] = [faulty("a"), faulty("b")];
const rubicon = await api.openComposite([a, b], { onWarning() {} });
const project = await api.createProject(rubicon, { name: "p" });
const first = await api.logExperiment(rubicon, project);
const { child } = await api.addChildExperiment(
  rubicon,
  first,
  await api.logExperiment(rubicon, project, { name: "e" }),
);
const { parent: experiment } = await api.addChildExperiment(
  rubicon,
  child,
  await api.logExperiment(rubicon, project),
);
const metric = await api.logMetric(rubicon, experiment, { name: "m", value: 1 });
const artifact = await api.logArtifact(rubicon, experiment, { name: "a", data: "x" });
const dataframe = await api.logDataframe(rubicon, experiment, { rows: [{ x: 1 }] });
const to = await api.openComposite(faulty("c"), { onWarning() {} });

/** The smallest store of MLflow that has a run. */
async function mlruns(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const run = `${folder}/1/${"a".repeat(32)}`;
  await Deno.mkdir(run, { recursive: true });
  await Deno.writeTextFile(`${folder}/1/meta.yaml`, "name: q");
  await Deno.writeTextFile(`${run}/meta.yaml`, `run_id: ${"a".repeat(32)}`);
  return folder;
}

/** The smallest store of trackio that has a run. */
async function trackio(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const db = new DatabaseSync(`${folder}/r.db`);
  db.exec(
    "CREATE TABLE metrics (id INTEGER, timestamp TEXT, run_name TEXT, step INTEGER, metrics TEXT)",
  );
  db.exec("INSERT INTO metrics VALUES (1, '2026-11-28T06:30:03+00:00', 'a', 0, '{}')");
  db.close();
  return folder;
}

/** A call of each function that reads or writes. */
const CALLS: Partial<Record<keyof typeof api, () => Promise<unknown>>> = {
  addChildExperiment: () => api.addChildExperiment(rubicon, experiment, first),
  addComments: () => api.addComments(rubicon, metric, ["c"]),
  addTags: () => api.addTags(rubicon, metric, ["t"]),
  archiveProject: () => api.archiveProject(rubicon, project),
  bestExperiment: () => api.bestExperiment(rubicon, project, "metrics.m"),
  createProject: () => api.createProject(rubicon, { name: "q" }),
  deleteArtifact: () => api.deleteArtifact(rubicon, artifact),
  deleteDataframe: () => api.deleteDataframe(rubicon, dataframe),
  deleteExperiment: () => api.deleteExperiment(rubicon, experiment),
  deleteProject: () => api.deleteProject(rubicon, project),
  diffExperiments: () => api.diffExperiments(rubicon, [experiment, first]),
  downloadArtifact: () => api.downloadArtifact(rubicon, artifact, Deno.makeTempDirSync()),
  downloadDataframe: () =>
    api.downloadDataframe(rubicon, dataframe, `${Deno.makeTempDirSync()}/x.parquet`),
  emptyTrash: () => api.emptyTrash(rubicon, project),
  exportParquet: () => api.exportParquet(rubicon, project, { to: Deno.makeTempDirSync() }),
  experimentStatus: () => api.experimentStatus(rubicon, experiment),
  getArtifact: () => api.getArtifact(rubicon, experiment, { name: "a" }),
  getDataframe: () => api.getDataframe(rubicon, experiment, { id: dataframe.id }),
  getExperiment: () => api.getExperiment(rubicon, project, { name: "e" }),
  getFeature: () => api.getFeature(rubicon, experiment, { name: "f" }),
  getMetric: () => api.getMetric(rubicon, experiment, { name: "m" }),
  getOrCreateProject: () => api.getOrCreateProject(rubicon, { name: "q" }),
  getParameter: () => api.getParameter(rubicon, experiment, { name: "p" }),
  getProject: () => api.getProject(rubicon, { name: "p" }),
  importMlruns: async () => await api.importMlruns(rubicon, await mlruns()),
  importTrackio: async () => await api.importTrackio(rubicon, await trackio()),
  listArtifacts: () => api.listArtifacts(rubicon, experiment),
  listChildExperiments: () => api.listChildExperiments(rubicon, experiment),
  listDataframes: () => api.listDataframes(rubicon, experiment),
  listExperiments: () => api.listExperiments(rubicon, project),
  listFeatures: () => api.listFeatures(rubicon, experiment),
  listMetrics: () => api.listMetrics(rubicon, experiment),
  listParameters: () => api.listParameters(rubicon, experiment),
  listParentExperiments: () => api.listParentExperiments(rubicon, experiment),
  listProjects: () => api.listProjects(rubicon),
  listTrash: () => api.listTrash(rubicon, project),
  logArtifact: () => api.logArtifact(rubicon, experiment, { name: "b", data: "x" }),
  logDataframe: () => api.logDataframe(rubicon, experiment, { rows: [{ x: 1 }] }),
  logEnvironment: () => api.logEnvironment(rubicon, experiment, { packages: { a: "1" } } as never),
  logExperiment: () => api.logExperiment(rubicon, project, { metrics: { a: 1 } }),
  logFeature: () => api.logFeature(rubicon, experiment, { name: "g" }),
  logFeatures: () => api.logFeatures(rubicon, experiment, ["h", "i"]),
  logJson: () => api.logJson(rubicon, experiment, { name: "j", json: 1 }),
  logMetric: () => api.logMetric(rubicon, experiment, { name: "n", value: 1 }),
  logMetrics: () => api.logMetrics(rubicon, experiment, { o: 1, p: 2 }),
  logParameter: () => api.logParameter(rubicon, experiment, { name: "q", value: 1 }),
  logParameters: () => api.logParameters(rubicon, experiment, { r: 1, s: 2 }),
  logWithSchema: () => api.logWithSchema(rubicon, project, {}, { schema: {} }),
  openArtifact: () => api.openArtifact(rubicon, artifact),
  readArtifact: () => api.readArtifact(rubicon, artifact),
  readDataframe: () => api.readDataframe(rubicon, dataframe),
  readHistory: () => api.readHistory(rubicon, experiment),
  readHistoryColumns: () => api.readHistoryColumns(rubicon, experiment),
  removeComments: () => api.removeComments(rubicon, metric, ["c"]),
  removeTags: () => api.removeTags(rubicon, metric, ["t"]),
  repair: () => api.repair(rubicon),
  restoreArchives: () => api.restoreArchives(rubicon, project, { to }),
  restoreExperiment: () => api.restoreExperiment(rubicon, project, { id: experiment.id }),
  restoreProject: () => api.restoreProject(rubicon, { name: "p" }),
  resumeRun: () => api.resumeRun(rubicon, experiment),
  search: () => api.search(rubicon, { projects: [project] }, "$..name"),
  streamExperiments: () => api.streamExperiments(rubicon, project).next(),
  streamTable: () => api.streamTable(rubicon, project).next(),
  setStatus: () => api.setStatus(rubicon, experiment, "failed"),
  startRun: () => api.startRun(rubicon, project),
  syncProject: () => api.syncProject(rubicon, project, { to }),
  toTable: () => api.toTable(rubicon, project),
  unzipArtifact: () => api.unzipArtifact(rubicon, artifact, Deno.makeTempDirSync()),
  verify: () => api.verify(rubicon),
  withRun: () => api.withRun(rubicon, project, {}, () => {}),
};
/** Functions that ask no backend for anything. */
const OTHERS: readonly string[] = [
  ...["flush", "gitInfo", "groupByCommit", "hasCode", "isRubiconException", "openComposite"],
  ...["openDriver", "registerDriver", "registeredDrivers", "RubiconException", "slugify", "status"],
  ...["tagValues", "parseQuery", "printQuery", "toCsv", "toJsonLines", "toParquet"],
  ...["openCatalog", "publish", "availableSchemas", "getSchema", "registerSchema", "loadSchema"],
  ...["makePipeline", "setSchema", "tfjsCallback"],
];

Deno.test("stack: each function that asks a backend is looked at", () => {
  const names = Object.keys(api).filter((name) => !OTHERS.includes(name));
  assert.deepEqual(names.sort(), Object.keys(CALLS).sort());
});

for (const [name, call] of Object.entries(CALLS)) {
  Deno.test(`stack: ${name}() rejects with the line of its caller`, async () => {
    // After a wait, so that nothing of this file is on the stack by itself.
    a.faults = b.faults = { all: { late: 0 } };
    const fails = (driver: typeof a) => {
      driver.faults = new Proxy({}, { get: () => "before" });
    };
    fails(a);
    fails(b);
    async function theCaller() {
      await null;
      await call();
    }
    const error = await theCaller().then(() => undefined, (error) => error);
    assert.ok(api.isRubiconException(error), String(error));
    assert.match(error.stack!, /theCaller.*stack_test\.ts/);
    a.faults = b.faults = {};
  });
}

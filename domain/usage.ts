/**
 * How each function is called: what messages show to whoever passed something else.
 *
 * @module
 */

/** The arguments after the composite. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  addChildExperiment: "parent, child",
  addComments: 'entity, ["a comment"]',
  addTags: 'entity, ["a tag"]',
  archiveProject: "project",
  bestExperiment: "project, metric",
  createProject: "{ name }",
  deleteArtifact: "artifact",
  deleteDataframe: "dataframe",
  deleteExperiment: "experiment",
  deleteProject: "project",
  diffExperiments: "experiments",
  downloadArtifact: "artifact, path",
  downloadDataframe: "dataframe, path",
  emptyTrash: "project, { olderThanMs }",
  experimentStatus: "experiment",
  flush: "{ timeoutMs }",
  getArtifact: "experiment, { name }",
  getDataframe: "experiment, { name }",
  getExperiment: "project, { name }",
  getFeature: "experiment, { name }",
  getMetric: "experiment, { name }",
  getOrCreateProject: "{ name }",
  getParameter: "experiment, { name }",
  getProject: "{ name }",
  importMlruns: "path",
  listArtifacts: "experiment",
  listChildExperiments: "experiment",
  listDataframes: "experiment",
  listExperiments: "project, { tags }",
  listFeatures: "experiment",
  listMetrics: "experiment",
  listParameters: "experiment",
  listParentExperiments: "experiment",
  listProjects: "",
  listTrash: "project",
  logArtifact: "experiment, { name, data }",
  logDataframe: "experiment, { name, rows }",
  logEnvironment: "experiment",
  logExperiment: "project, { name, parameters, metrics }",
  logFeature: "experiment, { name }",
  logFeatures: "experiment, [name]",
  logJson: "experiment, { name, json }",
  logMetric: "experiment, { name, value }",
  logMetrics: "experiment, { [name]: value }",
  logParameter: "experiment, { name, value }",
  logParameters: "experiment, { [name]: value }",
  logWithSchema: "project, object, { schema }",
  makePipeline: "project, steps",
  openArtifact: "artifact",
  publish: "experiments, { to }",
  readArtifact: "artifact",
  readDataframe: "dataframe",
  readHistory: "experiment",
  readHistoryColumns: "experiment",
  removeComments: 'entity, ["a comment"]',
  removeTags: 'entity, ["a tag"]',
  repair: "{ dryRun }",
  restoreArchives: "project, from",
  restoreExperiment: "project, { id }",
  restoreProject: "{ name }",
  resumeRun: "experiment",
  search: "{ projects }, path",
  setSchema: "project, schema",
  streamExperiments: "project, { tags }",
  streamTable: "project",
  setStatus: "experiment, state",
  startRun: "project, { name, parameters }",
  syncProject: "project, to",
  toTable: "project",
  unzipArtifact: "artifact, folder",
  verify: "",
  withRun: "project, { name, parameters }, async (run) => { … }",
};

/** The right call as a sentence. `where` starts with the function's name; for others there is nothing to say. */
export function usage(where: string): string {
  const name = /^\w*/.exec(where)![0];
  if (!Object.hasOwn(ARGUMENTS, name)) return "";
  const given = ARGUMENTS[name];
  return ` Call it as ${name}(rubicon${given === "" ? "" : `, ${given}`}).`;
}

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
  flush: "{ timeoutMs }",
  getArtifact: "experiment, { name }",
  getDataframe: "experiment, { name }",
  getExperiment: "project, { name }",
  getFeature: "experiment, { name }",
  getMetric: "experiment, { name }",
  getOrCreateProject: "{ name }",
  getParameter: "experiment, { name }",
  getProject: "{ name }",
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
  openArtifact: "artifact",
  readArtifact: "artifact",
  readDataframe: "dataframe",
  removeComments: 'entity, ["a comment"]',
  removeTags: 'entity, ["a tag"]',
  repair: "{ dryRun }",
  restoreArchives: "project, from",
  restoreExperiment: "project, { id }",
  restoreProject: "{ name }",
  search: "{ projects }, path",
  syncProject: "project, to",
  toTable: "project",
  unzipArtifact: "artifact, folder",
  verify: "",
};

/** The right call as a sentence. `where` starts with the function's name; for others there is nothing to say. */
export function usage(where: string): string {
  const name = /^\w*/.exec(where)![0];
  if (!Object.hasOwn(ARGUMENTS, name)) return "";
  const given = ARGUMENTS[name];
  return ` Call it as ${name}(rubicon${given === "" ? "" : `, ${given}`}).`;
}

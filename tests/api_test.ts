/**
 * The names that users can import, all of them: a name that comes or goes is a change of the public API, and shows here.
 */
import assert from "node:assert/strict";
import { fromFileUrl } from "jsr:@std/path@^1.1.6";

const NAMES = `
  addChildExperiment
  addComments
  addTags
  Annotated
  ArchiveOptions
  archiveProject
  Artifact
  ArtifactData
  ArtifactInput
  Attached
  AttachedQuery
  BackendConfig
  BackendInfo
  BackendSettings
  BackendStatus
  Base
  Bytes
  CallOptions
  Child
  ChildQuery
  ColumnType
  Comparison
  Composite
  CompositeOptions
  createProject
  Dataframe
  DataframeInput
  deleteArtifact
  deleteDataframe
  Difference
  downloadArtifact
  DownloadOptions
  Driver
  DriverBackend
  DriverConfig
  DriverFactory
  DriverRegistration
  Entities
  Entity
  EntityOf
  EnvironmentInput
  Experiment
  ExperimentInput
  ExperimentQuery
  Feature
  FeatureInput
  FeatureInputs
  FileData
  flush
  FlushOptions
  getArtifact
  getDataframe
  getExperiment
  getFeature
  getMetric
  GetOptions
  getOrCreateProject
  getParameter
  getProject
  GetResult
  GitInfo
  gitInfo
  groupByCommit
  hasCode
  IndexLevel
  isRubiconException
  JsonInput
  Kind
  listArtifacts
  listChildExperiments
  listDataframes
  ListEntry
  listExperiments
  listFeatures
  ListFilter
  listMetrics
  ListOptions
  listParameters
  listParentExperiments
  listProjects
  logArtifact
  logDataframe
  logEnvironment
  logExperiment
  logFeature
  logFeatures
  LogFields
  LogInput
  logJson
  logMetric
  logMetrics
  logParameter
  logParameters
  Mend
  Metric
  MetricInput
  MetricInputs
  NumpyArray
  ObjectMeta
  openArtifact
  openComposite
  openDriver
  OpenResult
  Parameter
  ParameterInput
  ParameterInputs
  Parent
  Policies
  Progress
  ProgressOption
  Project
  ProjectInput
  ProjectQuery
  ProjectRow
  ProjectTable
  PutOptions
  PutResult
  readArtifact
  readDataframe
  ReadPolicy
  Receipt
  registerDriver
  registeredDrivers
  removeComments
  removeTags
  Repair
  repair
  RepairOptions
  restoreArchives
  RestoreOptions
  RubiconErrorCode
  RubiconException
  RubiconExceptionOptions
  slugify
  Source
  status
  Synced
  SyncOptions
  syncProject
  Table
  TableColumns
  TableOptions
  TableRows
  Taggable
  tagValues
  toTable
  TrainingMetadata
  unzipArtifact
  Value
  VerbOptions
  Verification
  verify
  VerifyOptions
  WritePolicy
`;

/** The names that a module exports, types included, as `deno doc` finds them. */
async function exportsOf(path: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
    cwd: fromFileUrl(new URL("..", import.meta.url)),
  }).output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const [{ symbols }] = Object.values(nodes) as [{ symbols: { name: string }[] }];
  return symbols.map(({ name }) => name).sort();
}

Deno.test("mod.ts exports these names and no others", async () => {
  assert.deepEqual(await exportsOf("mod.ts"), NAMES.trim().split(/\s+/).sort());
});

Deno.test("mod.ts names what it exports", async () => {
  const text = await Deno.readTextFile(new URL("../mod.ts", import.meta.url));
  assert.doesNotMatch(text, /export (?:type )?\*/);
});

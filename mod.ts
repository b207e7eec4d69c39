/**
 * An experiment tracker for Deno that logs to several backends at once: folders, S3 buckets, memory,
 * or a driver of your own. What it writes, Python's rubicon-ml reads, and the other way round.
 *
 * @example
 * ```ts
 * import { getOrCreateProject, listMetrics, logExperiment, openComposite } from "./mod.ts";
 *
 * await using rubicon = await openComposite([
 *   { persistence: "memory", rootDir: "rootA" },
 *   { persistence: "memory", rootDir: "rootB" },
 * ]);
 * const project = await getOrCreateProject(rubicon, { name: "example_project" });
 * const experiment = await logExperiment(rubicon, project, { metrics: { accuracy: 0.8 } });
 * const [metric] = await listMetrics(rubicon, experiment);
 * if (metric?.value !== 0.8) throw new Error("it is in both");
 * ```
 *
 * @module
 */
import "./drivers/filesystem.ts";
import "./drivers/memory.ts";
import "./drivers/s3.ts";

export {
  type BackendConfig,
  type BackendInfo,
  type BackendSettings,
  type BackendStatus,
  type CallOptions,
  type Composite,
  type CompositeOptions,
  type DriverBackend,
  flush,
  type FlushOptions,
  openComposite,
  type Policies,
  type ReadPolicy,
  status,
  type WritePolicy,
} from "./composite.ts";
export {
  hasCode,
  isRubiconException,
  type Receipt,
  type RubiconErrorCode,
  RubiconException,
  type RubiconExceptionOptions,
} from "./errors.ts";
export type {
  Bytes,
  Driver,
  GetOptions,
  GetResult,
  ListEntry,
  ListOptions,
  ObjectMeta,
  OpenResult,
  PutOptions,
  PutResult,
  Source,
  VerbOptions,
} from "./drivers/driver.ts";
export {
  type DriverConfig,
  type DriverFactory,
  type DriverRegistration,
  openDriver,
  registerDriver,
  registeredDrivers,
} from "./drivers/registry.ts";
export {
  type ArchiveOptions,
  archiveProject,
  restoreArchives,
  type RestoreOptions,
} from "./domain/upkeep/archive.ts";
export {
  type ArtifactInput,
  deleteArtifact,
  getArtifact,
  type JsonInput,
  listArtifacts,
  logArtifact,
  logJson,
  openArtifact,
  readArtifact,
} from "./domain/artifact.ts";
export type { ArtifactData, FileData } from "./domain/files/data.ts";
export type { AttachedQuery } from "./domain/writing/attached.ts";
export type { ChildQuery } from "./domain/writing/child.ts";
export { addComments, removeComments } from "./domain/comments.ts";
export {
  type DataframeInput,
  deleteDataframe,
  getDataframe,
  listDataframes,
  logDataframe,
  readDataframe,
} from "./domain/dataframe.ts";
export { downloadArtifact, type DownloadOptions, unzipArtifact } from "./domain/download.ts";
export { type EnvironmentInput, logEnvironment } from "./domain/host/environment.ts";
export {
  type ExperimentInput,
  type ExperimentQuery,
  getExperiment,
  listExperiments,
  logExperiment,
} from "./domain/experiment.ts";
export {
  addChildExperiment,
  listChildExperiments,
  listParentExperiments,
  tagValues,
} from "./domain/family.ts";
export {
  type FeatureInput,
  type FeatureInputs,
  getFeature,
  listFeatures,
  logFeature,
  logFeatures,
} from "./domain/feature.ts";
export { type GitInfo, gitInfo } from "./domain/host/git.ts";
export {
  getMetric,
  listMetrics,
  logMetric,
  logMetrics,
  type MetricInput,
  type MetricInputs,
} from "./domain/metric.ts";
export {
  getParameter,
  listParameters,
  logParameter,
  logParameters,
  type ParameterInput,
  type ParameterInputs,
} from "./domain/parameter.ts";
export type {
  ColumnType,
  IndexLevel,
  Table,
  TableColumns,
  TableRows,
} from "./domain/parquet/parquet.ts";
export {
  createProject,
  getOrCreateProject,
  getProject,
  listProjects,
  type ProjectInput,
  type ProjectQuery,
} from "./domain/project.ts";
export type { Progress, ProgressOption } from "./domain/progress.ts";
export { type Mend, type Repair, repair, type RepairOptions } from "./domain/upkeep/repair.ts";
export { slugify } from "./domain/format/slug.ts";
export {
  groupByCommit,
  type ProjectRow,
  type ProjectTable,
  type TableOptions,
  toTable,
} from "./domain/table.ts";
export { addTags, removeTags } from "./domain/tags.ts";
export { type Synced, type SyncOptions, syncProject } from "./domain/upkeep/sync.ts";
export type {
  Annotated,
  Artifact,
  Attached,
  Base,
  Child,
  Dataframe,
  Entities,
  Entity,
  EntityOf,
  Experiment,
  Feature,
  Kind,
  Metric,
  Parameter,
  Parent,
  Project,
  Taggable,
  TrainingMetadata,
} from "./domain/format/entities.ts";
export type { ListFilter, LogFields, LogInput } from "./domain/inputs.ts";
export {
  type Difference,
  type Verification,
  verify,
  type VerifyOptions,
} from "./domain/upkeep/verify.ts";
export type { Comparison } from "./composite/compare.ts";
export type { NumpyArray, Value } from "./domain/format/values.ts";

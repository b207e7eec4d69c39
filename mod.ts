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
import "./drivers/filesystem/register.ts";
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
  type TextPlace,
} from "./errors.ts";
export type {
  BulkReader,
  Bytes,
  Driver,
  FolderEntries,
  FolderStamp,
  GetOptions,
  GetResult,
  ListEntry,
  ListOptions,
  ObjectMeta,
  OpenResult,
  PutOptions,
  PutResult,
  PutTreeOptions,
  Source,
  StoreTimes,
  VerbOptions,
} from "./drivers/driver.ts";
export {
  type DriverConfig,
  type DriverConfigs,
  type DriverFactory,
  type DriverRegistration,
  type FilesystemOptions,
  type KnownDriverConfig,
  openDriver,
  type OtherDriverConfig,
  registerDriver,
  registeredDrivers,
  type RootOptions,
} from "./drivers/registry.ts";
export type { S3Credentials, S3Options } from "./drivers/s3/options.ts";
export type { Comparison } from "./composite/compare.ts";
export { addComments, addTags, removeComments, removeTags } from "./domain/annotations.ts";
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
export { bestExperiment, type BestOptions } from "./domain/best.ts";
export {
  type Catalog,
  type CatalogEntry,
  type CatalogOptions,
  openCatalog,
  publish,
  type PublishOptions,
} from "./domain/catalog/catalog.ts";
export type {
  CatalogCorrelation,
  CatalogExperiment,
  CatalogFrames,
  CatalogLists,
  CatalogTable,
  CatalogView,
} from "./domain/catalog/source.ts";
export {
  type DataframeInput,
  deleteDataframe,
  getDataframe,
  listDataframes,
  logDataframe,
  readDataframe,
  type ReadDataframeOptions,
} from "./domain/dataframe.ts";
export { diffExperiments, type DiffOptions, type ExperimentDiff } from "./domain/diff.ts";
export { downloadArtifact, type DownloadOptions, unzipArtifact } from "./domain/download.ts";
export {
  type ExperimentFilter,
  type ExperimentInput,
  type ExperimentQuery,
  getExperiment,
  listExperiments,
  logExperiment,
} from "./domain/experiment.ts";
export { type CsvOptions, toCsv, toJsonLines } from "./domain/export/csv.ts";
export {
  downloadDataframe,
  type DownloadDataframeOptions,
  type TableFormat,
} from "./domain/export/dataframe.ts";
export type { Destination, TakeAwayOptions } from "./domain/export/output.ts";
export {
  type ExportedDataset,
  exportParquet,
  type ExportParquetOptions,
} from "./domain/export/dataset.ts";
export { type ParquetOptions, toParquet } from "./domain/export/parquet.ts";
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
export type { ArtifactData, FileData } from "./domain/files/data.ts";
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
export type { NumpyArray } from "./domain/format/numpy.ts";
export type { RunState } from "./domain/format/run_state.ts";
export { slugify } from "./domain/format/slug.ts";
export type { Value } from "./domain/format/values.ts";
export type { MetricSummary, SummaryFold, SummaryOptions } from "./domain/history/fold.ts";
export {
  type HistoryColumns,
  type HistoryOptions,
  type HistoryPoint,
  readHistory,
  readHistoryColumns,
} from "./domain/history/history.ts";
export type { ResumeOptions, RunInput, RunOptions } from "./domain/history/options.ts";
export type { PointPlace, Run } from "./domain/history/run.ts";
export { resumeRun, startRun, withRun } from "./domain/history/start.ts";
export type { ExperimentStatus } from "./domain/history/state.ts";
export { experimentStatus, setStatus, type SetStatusOptions } from "./domain/history/status.ts";
export type { PendingPoints } from "./domain/history/writer.ts";
export { type EnvironmentInput, logEnvironment } from "./domain/host/environment.ts";
export { type GitInfo, gitInfo } from "./domain/host/git.ts";
export type { ListFilter, LogFields, LogInput } from "./domain/inputs.ts";
export {
  getMetric,
  listMetrics,
  logMetric,
  logMetrics,
  type MetricInput,
  type MetricInputs,
  type PointInput,
} from "./domain/metric.ts";
export {
  getParameter,
  listParameters,
  logParameter,
  logParameters,
  type ParameterInput,
  type ParameterInputs,
} from "./domain/parameter.ts";
export {
  type ImportedRuns,
  importMlruns,
  type ImportMlrunsOptions,
} from "./domain/mlflow/mlruns.ts";
export { importTrackio, type ImportTrackioOptions } from "./domain/trackio/trackio.ts";
export { makePipeline } from "./domain/pipeline/pipeline.ts";
export { type TfjsCallback, tfjsCallback } from "./domain/pipeline/tfjs.ts";
export type {
  FitOptions,
  Pipeline,
  PipelineOptions,
  PipelineStep,
  ScoreOptions,
  StepFilter,
  StepLogger,
} from "./domain/pipeline/types.ts";
export type { ColumnType, ElementType } from "./domain/parquet/types.ts";
export type {
  ColumnTable,
  IndexLevel,
  MissingValues,
  Table,
  TableColumns,
  TableRows,
} from "./domain/parquet/parquet.ts";
export type { Cell } from "./domain/parquet/read/meaning.ts";
export type { Numbers } from "./domain/parquet/read/vector.ts";
export type { Progress, ProgressOption } from "./domain/progress.ts";
export {
  createProject,
  getOrCreateProject,
  getProject,
  listProjects,
  type ProjectInput,
  type ProjectQuery,
} from "./domain/project.ts";
export type { DiffKind, DiffRow } from "./domain/query/diff.ts";
export { parseQuery, type ParseQueryOptions, printQuery } from "./domain/query/search_bar.ts";
export type {
  AnyTable,
  OwnCells,
  ProjectRow,
  ProjectTable,
  TableColumn,
} from "./domain/query/table.ts";
export type {
  CompareOperator,
  ListFold,
  OwnField,
  PatternOperator,
  Query,
  QueryColumn,
  QueryCondition,
  QueryLiteral,
  QueryOrder,
  QueryTest,
} from "./domain/query/tree.ts";
export type {
  MetricColumn,
  OrderBy,
  OrderColumn,
  Where,
  WhereColumn,
  WhereTest,
  WhereValue,
} from "./domain/query/where.ts";
export { availableSchemas, getSchema, registerSchema } from "./domain/schema/registry.ts";
export {
  loadSchema,
  logWithSchema,
  setSchema,
  type WithSchemaOptions,
} from "./domain/schema/schema.ts";
export type {
  Schema,
  SchemaArtifact,
  SchemaDataframe,
  SchemaFeature,
  SchemaLogger,
  SchemaNested,
  SchemaValue,
  SchemaValues,
} from "./domain/schema/types.ts";
export { search, type SearchScope } from "./domain/search.ts";
export {
  type StreamedRow,
  streamExperiments,
  type StreamFilter,
  streamTable,
  type StreamTableOptions,
} from "./domain/stream.ts";
export { groupByCommit, type TableOptions, toTable } from "./domain/table.ts";
export { type ArchiveOptions, archiveProject } from "./domain/upkeep/archive.ts";
export type { Difference } from "./domain/upkeep/findings.ts";
export type { Mend } from "./domain/upkeep/plan.ts";
export { type Repair, repair, type RepairOptions } from "./domain/upkeep/repair.ts";
export { restoreArchives, type RestoreOptions } from "./domain/upkeep/restore.ts";
export { type Synced, type SyncOptions, syncProject } from "./domain/upkeep/sync.ts";
export {
  deleteExperiment,
  deleteProject,
  type EmptiedTrash,
  emptyTrash,
  type EmptyTrashOptions,
  listTrash,
  restoreExperiment,
  restoreProject,
  type Trashed,
} from "./domain/upkeep/trash.ts";
export { type Verification, verify, type VerifyOptions } from "./domain/upkeep/verify.ts";
export type { AttachedQuery } from "./domain/writing/attached.ts";
export type { ChildQuery } from "./domain/writing/child.ts";

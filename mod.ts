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

export * from "./composite.ts";
export * from "./errors.ts";
export type * from "./drivers/driver.ts";
export * from "./drivers/registry.ts";
export * from "./domain/upkeep/archive.ts";
export * from "./domain/artifact.ts";
export * from "./domain/best.ts";
export type { ArtifactData, FileData } from "./domain/files/data.ts";
export type { AttachedQuery } from "./domain/writing/attached.ts";
export type { ChildQuery } from "./domain/writing/child.ts";
export * from "./domain/comments.ts";
export * from "./domain/dataframe.ts";
export * from "./domain/diff.ts";
export * from "./domain/download.ts";
export * from "./domain/export/csv.ts";
export * from "./domain/export/dataframe.ts";
export type { Destination, TakeAwayOptions } from "./domain/export/output.ts";
export * from "./domain/export/parquet.ts";
export * from "./domain/host/environment.ts";
export * from "./domain/experiment.ts";
export * from "./domain/family.ts";
export * from "./domain/feature.ts";
export * from "./domain/host/git.ts";
export * from "./domain/metric.ts";
export * from "./domain/parameter.ts";
export type {
  ColumnType,
  IndexLevel,
  Table,
  TableColumns,
  TableRows,
} from "./domain/parquet/parquet.ts";
export * from "./domain/project.ts";
export { parseQuery, type ParseQueryOptions, printQuery } from "./domain/query/search_bar.ts";
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
export type { Progress, ProgressOption } from "./domain/progress.ts";
export * from "./domain/upkeep/repair.ts";
export * from "./domain/search.ts";
export { slugify } from "./domain/format/slug.ts";
export * from "./domain/table.ts";
export * from "./domain/tags.ts";
export * from "./domain/upkeep/sync.ts";
export type * from "./domain/format/entities.ts";
export type * from "./domain/inputs.ts";
export {
  type Difference,
  type Verification,
  verify,
  type VerifyOptions,
} from "./domain/upkeep/verify.ts";
export type { Comparison } from "./composite/compare.ts";
export type { NumpyArray, Value } from "./domain/format/values.ts";

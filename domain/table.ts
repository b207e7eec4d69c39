/**
 * A project as one table: rubicon-ml's `to_df`.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { checkComposite, checkFields, checkProject, checkTexts, refuse } from "./check.ts";
import type { ExperimentFilter } from "./experiment.ts";
import { compileQuery } from "./query/query.ts";
import type { OwnCells, ProjectTable } from "./query/table.ts";
import { OWN_FIELDS } from "./query/tree.ts";
import { checkFilter, FILTER_FIELDS } from "./reading/filter.ts";
import { CALL_FIELDS } from "./inputs.ts";
import type { Project } from "./format/entities.ts";
import { ownValue, type Value } from "./format/values.ts";

export type { AnyTable, OwnCells, ProjectRow, ProjectTable, TableColumn } from "./query/table.ts";

/** Options of {@linkcode toTable}. */
export interface TableOptions extends ExperimentFilter {
  /**
   * Only these columns, in this order: the name of a column, or `metrics.NAME` and `params.NAME`. Default: all. Metrics
   * and parameters are not read if neither `columns` nor `where` names one.
   */
  columns?: readonly string[] | undefined;
}

const OPTIONS = new Set([...FILTER_FIELDS, "where", "orderBy", "columns", ...CALL_FIELDS]);

/**
 * A project's experiments as one table, the newest first unless told otherwise. Each column says what it is, and has a
 * name of its own: an experiment's own columns keep theirs, a parameter called `id` is `params.id`, and of a metric and a
 * parameter of one name the parameter is `params.NAME`.
 *
 * The type argument says what is known of the metrics and parameters, for rows with types.
 *
 * @throws {RubiconException} if no backend is able to read; `invalid-argument` for a query that cannot be understood, or
 * that names a column that no experiment has.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite, toTable } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "toTable" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { parameters: { lr: 0.1 }, metrics: { accuracy: 0.8 } });
 * await logExperiment(rubicon, project, { parameters: { lr: 0.3 }, metrics: { accuracy: 0.9 } });
 * const { rows } = await toTable<{ lr: number; accuracy: number }>(rubicon, project, {
 *   where: "metrics.accuracy > 0.7 and params.lr < 0.5",
 *   orderBy: { "metrics.accuracy": "best" },
 * });
 * if (rows[0]!.accuracy.toFixed(1) !== "0.9") throw new Error("the best one first");
 * ```
 */
export function toTable<Columns extends object = Record<string, Value>>(
  rubicon: Composite,
  project: Project,
  options?: TableOptions & { columns?: undefined },
): Promise<ProjectTable<Columns>>;
/**
 * A project's experiments as a table with some columns alone.
 *
 * @throws {RubiconException} as above, and `invalid-argument` for a column that there is not.
 */
export function toTable<Columns extends object = Record<string, Value>>(
  rubicon: Composite,
  project: Project,
  options: TableOptions,
): Promise<ProjectTable<Columns, Partial<OwnCells>>>;
export async function toTable(
  rubicon: Composite,
  project: Project,
  options: TableOptions = {},
): Promise<ProjectTable> {
  const where = "toTable";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, OPTIONS, where);
  const choice = checkFilter({ ...options, order: options.order ?? "newest" }, where);
  const query = compileQuery(options.where, options.orderBy, where);
  const columns = options.columns && checkTexts(options.columns, `${where}: columns`);
  const own: ReadonlySet<string> = new Set(OWN_FIELDS);
  const children = !columns?.every((name) => own.has(name));
  const status = columns?.includes("status") ?? true;
  const [{ readQueried }, { selectColumns, tableOf }] = await Promise.all([
    import("./reading/queried.ts"),
    import("./query/table.ts"),
  ]);
  const runs = await readQueried(rubicon, project, query, choice, options, { children, status });
  const table = tableOf(runs, ownValue);
  return columns ? selectColumns(table, columns, `${where}: columns`) : table;
}

/**
 * A table's rows by commit: rubicon-ml's `to_df(group_by="commit_hash")`. Rows without a commit are under `null`.
 *
 * @example
 * ```ts
 * import { createProject, groupByCommit, logExperiment, openComposite, toTable } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "groupByCommit" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { commitHash: "abc" });
 * const groups = groupByCommit(await toTable(rubicon, project));
 * if (groups.get("abc")?.rows.length !== 1) throw new Error("one of that commit");
 * ```
 */
export function groupByCommit<Columns>(
  table: ProjectTable<Columns>,
): Map<string | null, ProjectTable<Columns>> {
  // An own column keeps its name, whatever parameters and metrics are called.
  if (!table.columns.some(({ name }) => name === "commitHash")) {
    refuse("groupByCommit: the table has no column commitHash. Leave it among the columns.");
  }
  const groups = Map.groupBy(table.rows, ({ commitHash }) => commitHash);
  return new Map(Array.from(groups, ([commit, rows]) => [commit, { ...table, rows }]));
}

/**
 * A project's experiments one after the other, however many there are.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import type { Core } from "../composite/plan.ts";
import { checkComposite, checkFields, checkProject, checkTexts, refuse } from "./check.ts";
import type { ExperimentFilter } from "./experiment.ts";
import type { Experiment, Project } from "./format/entities.ts";
import { CALL_FIELDS } from "./inputs.ts";
import { ownCopy } from "./format/codec.ts";
import { ownValue, type Value } from "./format/values.ts";
import { fault } from "./query/fault.ts";
import { compileQuery } from "./query/query.ts";
import type { OwnCells } from "./query/table.ts";
import { OWN_FIELDS, type QueryOrder } from "./query/tree.ts";
import { checkFilter, FILTER_FIELDS } from "./reading/filter.ts";
import type { Run } from "./reading/runs.ts";
import type { StreamedRuns } from "./reading/stream.ts";

/** Options of {@linkcode streamExperiments}. */
export interface StreamFilter extends Omit<ExperimentFilter, "order" | "orderBy"> {
  /**
   * Which come first, by creation: each experiment is looked at once more for it. Default: in the order that the store
   * has them in.
   */
  order?: "oldest" | "newest" | undefined;
  /**
   * `"createdAt"` or `"-createdAt"`, which are `oldest` and `newest`. No other: all have to be read before it is known
   * which comes first.
   */
  orderBy?: ExperimentFilter["orderBy"];
}

/** Options of {@linkcode streamTable}. */
export interface StreamTableOptions extends StreamFilter {
  /**
   * Only these columns: own ones by their names, others as `metrics.NAME` and `params.NAME`. Default: all. Metrics and
   * parameters are not read if neither `columns` nor `where` names one.
   */
  columns?: readonly string[] | undefined;
}

/** One row of {@linkcode streamTable}: own cells by their names, others as `metrics.NAME` and `params.NAME`. */
export type StreamedRow<Columns = Record<`metrics.${string}` | `params.${string}`, Value>> =
  & OwnCells
  & Columns;

const FILTER = [...FILTER_FIELDS, "where", "orderBy", ...CALL_FIELDS];
const EXPERIMENTS: ReadonlySet<string> = new Set(FILTER);
const TABLE: ReadonlySet<string> = new Set([...FILTER, "columns"]);

/**
 * The experiments of a project one after the other, in bounded memory: a page of them is read when it is needed, and what
 * is kept of the others is their ids. `listExperiments` gives all at once, which is faster for a few thousand.
 *
 * Which experiments there are is asked at the start; what comes later is not among them, what is deleted before its turn
 * is left out. Each page is a read of its own: if a backend fails in the middle, the next one goes on, and `onReceipts` is
 * called for each page. `break` ends it; nothing is left open.
 *
 * @throws {RubiconException} `invalid-argument` at once for options or a query that cannot be understood, and at the end
 * for a column that no experiment had; on the way if no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite, streamExperiments } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "streamExperiments" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * for (const name of ["forest", "tree"]) await logExperiment(rubicon, project, { name });
 * const names: (string | null)[] = [];
 * for await (const { name } of streamExperiments(rubicon, project, { order: "oldest" })) names.push(name);
 * if (names.join() !== "forest,tree") throw new Error("both of them");
 * ```
 */
export function streamExperiments(
  rubicon: Composite,
  project: Project,
  options: StreamFilter = {},
): AsyncGenerator<Experiment, void, void> {
  const where = "streamExperiments";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, EXPERIMENTS, where);
  const asked = { ...wanted(project, options, where), children: false, status: false };
  return each(rubicon, asked, options, ({ experiment }) => ownCopy(experiment));
}

/**
 * The rows of a project's table one after the other, in bounded memory, as {@linkcode streamExperiments} gives
 * experiments. A stream does not know which names are still to come, so each metric is `metrics.NAME` and each parameter
 * `params.NAME`, as in queries.
 *
 * The type argument says what is known of the metrics and parameters, for rows with types.
 *
 * @throws {RubiconException} as {@linkcode streamExperiments}.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite, streamTable } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "streamTable" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { parameters: { lr: 0.1 }, metrics: { accuracy: 0.8 } });
 * await logExperiment(rubicon, project, { parameters: { lr: 0.3 }, metrics: { accuracy: 0.9 } });
 * let best = 0;
 * const where = "params.lr < 0.5";
 * for await (const row of streamTable<{ "metrics.accuracy": number }>(rubicon, project, { where })) {
 *   best = Math.max(best, row["metrics.accuracy"]);
 * }
 * if (best !== 0.9) throw new Error("the better of the two");
 * ```
 */
export function streamTable<
  Columns extends object = Record<`metrics.${string}` | `params.${string}`, Value>,
>(
  rubicon: Composite,
  project: Project,
  options?: StreamTableOptions & { columns?: undefined },
): AsyncGenerator<StreamedRow<Columns>, void, void>;
/**
 * The rows of a project's table one after the other, with some columns alone.
 *
 * @throws {RubiconException} as above, and `invalid-argument` for a column that there is not.
 */
export function streamTable<
  Columns extends object = Record<`metrics.${string}` | `params.${string}`, Value>,
>(
  rubicon: Composite,
  project: Project,
  options: StreamTableOptions,
): AsyncGenerator<Partial<OwnCells> & Columns, void, void>;
export function streamTable(
  rubicon: Composite,
  project: Project,
  options: StreamTableOptions = {},
): AsyncGenerator<object, void, void> {
  const where = "streamTable";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, TABLE, where);
  const columns = options.columns && checkColumns(options.columns, `${where}: columns`);
  const children = !columns?.every(isOwn);
  const status = columns?.includes("status") ?? true;
  const asked = { ...wanted(project, options, where), children, status };
  return columns ? selected(rubicon, asked, options, columns) : each(rubicon, asked, options, row);
}

function wanted(
  project: Project,
  options: StreamFilter,
  where: string,
): Omit<StreamedRuns, "children" | "status"> {
  const { order, orderBy, ...filter } = options;
  const { passes, limit } = checkFilter(
    { ...filter, ...(order !== undefined && { order }) },
    where,
  );
  const query = compileQuery(options.where, orderBy, where);
  const sorted = query.orderBy.length > 0 ? creationOrder(query.orderBy, where) : undefined;
  if (sorted && order !== undefined) refuse(`${where}: order and orderBy say the same. Use one.`);
  return { project, query: { ...query, orderBy: [] }, passes, limit, order: sorted ?? order };
}

function creationOrder(orders: readonly QueryOrder[], where: string): "oldest" | "newest" {
  const [{ column, direction }, more] = orders as [QueryOrder, QueryOrder?];
  if (column.kind === "own" && column.name === "createdAt" && direction !== "best" && !more) {
    return direction === "asc" ? "oldest" : "newest";
  }
  return refuse(
    `${where}: orderBy must be "createdAt" or "-createdAt": in any other order all have to be read before the first ` +
      "can be given. Use listExperiments or toTable, or sort what comes.",
  );
}

const isOwn = (name: string): boolean => (OWN_FIELDS as readonly string[]).includes(name);

/** The names of columns, which say here where they come from. */
function checkColumns(given: readonly string[], where: string): string[] {
  return checkTexts(given, where).map((name) => {
    if (isOwn(name) || /^(?:metrics|params)\./.test(name)) return name;
    return refuse(
      `${where}: ${JSON.stringify(name)} is not a column of a stream. Write ` +
        `${JSON.stringify(`metrics.${name}`)} or ${
          JSON.stringify(`params.${name}`)
        }; own columns are ` +
        `${OWN_FIELDS.join(", ")}.`,
    );
  });
}

/** What is made of each run. */
async function* each<T>(
  rubicon: Core,
  asked: StreamedRuns,
  options: StreamFilter,
  make: (run: Run) => T,
): AsyncGenerator<T, void, void> {
  const { streamRuns } = await import("./reading/stream.ts");
  for await (const runs of streamRuns(rubicon, asked, options)) {
    for (const run of runs) {
      options.signal?.throwIfAborted();
      yield make(run);
    }
  }
}

function row({ experiment, parameters, metrics, status = null }: Run): object {
  const cells: Record<string, unknown> = {};
  for (const field of OWN_FIELDS) {
    cells[field] = field === "status" ? status : ownValue(experiment[field]);
  }
  for (const { name, value } of parameters) cells[`params.${name}`] = ownValue(value);
  for (const { name, value } of metrics) cells[`metrics.${name}`] = ownValue(value);
  return cells;
}

/** Rows with some columns alone, each of which some row has to have. */
async function* selected(
  rubicon: Core,
  asked: StreamedRuns,
  options: StreamFilter,
  columns: readonly string[],
): AsyncGenerator<object, void, void> {
  const unseen = new Set(columns);
  let count = 0;
  for await (
    const all of each(rubicon, asked, options, row) as AsyncGenerator<Record<string, unknown>>
  ) {
    count++;
    const cells: Record<string, unknown> = {};
    for (const name of columns) {
      if (!Object.hasOwn(all, name)) continue;
      cells[name] = all[name];
      unseen.delete(name);
    }
    yield cells;
  }
  const [missing] = unseen;
  if (missing === undefined || count === 0 || count === asked.limit) return;
  fault("streamTable: columns", `No experiment that was looked at has ${JSON.stringify(missing)}.`);
}

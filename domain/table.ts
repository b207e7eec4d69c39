/**
 * A project as one table: rubicon-ml's `to_df`.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { checkComposite, checkFields, checkProject } from "./check.ts";
import { checkLimit } from "./reading/filter.ts";
import { type Run, runsIn } from "./reading/runs.ts";
import { CALL_FIELDS } from "./format/schema.ts";
import type { Experiment, Project } from "./format/entities.ts";
import type { Value } from "./format/values.ts";

/** One row of a {@linkcode ProjectTable}: what is known of one experiment, by column. */
export type ProjectRow = Record<string, Value>;

/** One row an experiment, one column a parameter or metric. */
export interface ProjectTable {
  /** The experiment's own columns, then the parameters, then the metrics, each sorted by name. */
  columns: string[];
  /** Newest first. What an experiment lacks is missing in its row. */
  rows: ProjectRow[];
}

/** Options of {@linkcode toTable}. */
export interface TableOptions extends CallOptions {
  /** Only so many of the newest experiments, as `order: "newest"` of a list finds them. */
  limit?: number;
}

const OWN = ["id", "name", "description", "modelName", "commitHash", "tags", "createdAt"] as const;
const OPTIONS = new Set(["limit", ...CALL_FIELDS]);

/**
 * A project's experiments as one table, newest first. A metric takes the place of a parameter of the
 * same name, as in rubicon-ml.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite, toTable } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "toTable" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { parameters: { depth: 3 }, metrics: { accuracy: 0.8 } });
 * const { rows } = await toTable(rubicon, project);
 * if (rows[0]?.accuracy !== 0.8) throw new Error("a column for each metric");
 * ```
 */
export async function toTable(
  rubicon: Composite,
  project: Project,
  options: TableOptions = {},
): Promise<ProjectTable> {
  const where = "toTable";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, OPTIONS, where);
  const limit = checkLimit(options.limit, where);
  const runs = await rubicon.read({
    what: `the experiments of project "${project.name}"`,
    run: (backend) => runsIn(backend, project, limit),
    merge: (lists) => {
      const all = new Map(lists.flat().reverse().map((run) => [run.experiment.id, run]));
      return [...all.values()];
    },
  }, options);
  runs.sort(newestFirst);
  return asTable(runs.slice(0, limit));
}

const newestFirst = (a: { experiment: Experiment }, b: { experiment: Experiment }): number =>
  a.experiment.createdAt < b.experiment.createdAt ? 1 : -1;

function asTable(runs: readonly Run[]): ProjectTable {
  const names = { parameters: new Set<string>(), metrics: new Set<string>() };
  const rows = runs.map((run) => {
    const cells: [string, Value][] = OWN.map((field) => [field, run.experiment[field]]);
    for (const what of ["parameters", "metrics"] as const) {
      for (const { name, value } of run[what]) {
        names[what].add(name);
        cells.push([name, value]);
      }
    }
    // fromEntries makes own properties of all names, `__proto__` too.
    return Object.fromEntries(cells);
  });
  const columns = [
    ...new Set([...OWN, ...[...names.parameters].sort(), ...[...names.metrics].sort()]),
  ];
  return { columns, rows };
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
export function groupByCommit(table: ProjectTable): Map<string | null, ProjectTable> {
  const groups = Map.groupBy(table.rows, ({ commitHash }) => commitHash as string | null);
  return new Map(Array.from(groups, ([commit, rows]) => [commit, { ...table, rows }]));
}

/**
 * The best experiment of a project.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import { checkComposite, checkFields, checkProject, refuse, show } from "./check.ts";
import type { ExperimentFilter } from "./experiment.ts";
import { CALL_FIELDS } from "./inputs.ts";
import { compileQuery } from "./query/query.ts";
import type { MetricColumn } from "./query/where.ts";
import { checkFilter, FILTER_FIELDS } from "./reading/filter.ts";
import { ownCopy } from "./format/codec.ts";
import type { Experiment, Project } from "./format/entities.ts";

/** Options of {@linkcode bestExperiment}: which experiments are looked at. */
export type BestOptions = Omit<ExperimentFilter, "order" | "orderBy" | "limit">;

const FILTERS = FILTER_FIELDS.filter((name) => name !== "order" && name !== "limit");
const OPTIONS = new Set([...FILTERS, "where", ...CALL_FIELDS]);

/**
 * The experiment with the best value of a metric: the highest of a score, the lowest of a loss. Of equal ones it is the
 * oldest. What is no number, and NaN, never wins.
 *
 * @param metric Such as `metrics.accuracy`, or `last(metrics.loss)` for a metric that is a list.
 * @returns `undefined` if no experiment has a number there.
 * @throws {RubiconException} if no backend is able to read; `invalid-argument` for a metric that no experiment has.
 *
 * @example
 * ```ts
 * import { bestExperiment, createProject, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "bestExperiment" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { name: "tree", metrics: { accuracy: 0.7 } });
 * await logExperiment(rubicon, project, { name: "forest", metrics: { accuracy: 0.8 } });
 * const best = await bestExperiment(rubicon, project, "metrics.accuracy");
 * if (best?.name !== "forest") throw new Error("it has the higher score");
 * ```
 */
export async function bestExperiment(
  rubicon: Composite,
  project: Project,
  metric: MetricColumn,
  options: BestOptions = {},
): Promise<Experiment | undefined> {
  const where = "bestExperiment";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, OPTIONS, where);
  if (typeof metric !== "string") {
    refuse(`${where} takes a metric such as "metrics.accuracy", not ${show(metric)}.`);
  }
  const query = compileQuery(options.where, { [metric]: "best" }, where);
  const choice = checkFilter(options, where);
  const [{ readQueried }, { cellsOf }] = await Promise.all([
    import("./reading/queried.ts"),
    import("./query/cells.ts"),
  ]);
  const needs = { children: true, status: false };
  const runs = await readQueried(rubicon, project, query, choice, options, needs);
  const values = cellsOf(runs).of(query.orderBy[0]!.column);
  const at = values.findIndex((value) =>
    typeof value === "bigint" || typeof value === "number" && !Number.isNaN(value)
  );
  const best = runs[at];
  return best && ownCopy(best.experiment);
}

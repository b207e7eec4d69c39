/**
 * Experiments compared with each other.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { listArtifacts, readArtifact } from "./artifact.ts";
import { checkComposite, checkExperiment, checkFields, refuse, show } from "./check.ts";
import { listFeatures } from "./feature.ts";
import { listMetrics } from "./metric.ts";
import { listParameters } from "./parameter.ts";
import { pooled } from "./pool.ts";
import type { ComparedRun, DiffRow } from "./query/diff.ts";
import { CALL_FIELDS } from "./inputs.ts";
import { parseJson, reviveValue, type Value } from "./format/values.ts";
import type { Artifact, Experiment } from "./format/entities.ts";

export type { DiffKind, DiffRow } from "./query/diff.ts";

/** Options of {@linkcode diffExperiments}. */
export interface DiffOptions extends CallOptions {
  /** Whether keys that are the same in all experiments are given, too. Default: only those that differ. */
  all?: boolean | undefined;
}

/** What differs between experiments: a row a key, a column an experiment. */
export interface ExperimentDiff {
  /** The experiments, in the order in which they were given. The first is the one that the others are compared with. */
  experiments: Experiment[];
  /** The keys: of the experiments themselves, tags, parameters, metrics, features, environment; each sorted. */
  rows: DiffRow[];
}

const OPTIONS = new Set(["all", ...CALL_FIELDS]);
/** What `logEnvironment` calls it. */
const ENVIRONMENT = "environment.json";

/**
 * Compares experiments, also of several projects: their own fields, tags, parameters, metrics, features, and what
 * `logEnvironment` logged.
 *
 * @param experiments The first is the baseline: numbers are compared with its numbers.
 * @throws {RubiconException} if no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, diffExperiments, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "diffExperiments" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const a = await logExperiment(rubicon, project, { parameters: { lr: 0.1, depth: 3 } });
 * const b = await logExperiment(rubicon, project, { parameters: { lr: 0.2, depth: 3 } });
 * const { rows } = await diffExperiments(rubicon, [a, b]);
 * const [lr] = rows.filter(({ kind }) => kind === "parameter");
 * if (lr?.key !== "lr" || lr.relative?.[1] !== 1) throw new Error("twice as much");
 * ```
 */
export async function diffExperiments(
  rubicon: Composite,
  experiments: readonly Experiment[],
  options: DiffOptions = {},
): Promise<ExperimentDiff> {
  const where = "diffExperiments";
  checkComposite(rubicon, where);
  if (!Array.isArray(experiments) || experiments.length === 0) {
    refuse(`${where} takes a list of experiments, not ${show(experiments)}.`);
  }
  const checked = experiments.map((one) => checkExperiment(one, where));
  checkFields(options, OPTIONS, where);
  const { all = false, ...call } = options;
  if (typeof all !== "boolean") refuse(`${where}: all must be true or false, not ${show(all)}.`);
  const runs = await pooled(checked, async (experiment): Promise<ComparedRun> => {
    const [parameters, metrics, features, artifacts] = await Promise.all([
      listParameters(rubicon, experiment, call),
      listMetrics(rubicon, experiment, call),
      listFeatures(rubicon, experiment, call),
      listArtifacts(rubicon, experiment, { ...call, name: ENVIRONMENT }),
    ]);
    const environment = await environmentIn(rubicon, artifacts.at(-1), call);
    return { experiment, parameters, metrics, features, environment };
  });
  const { diffRuns } = await import("./query/diff.ts");
  return { experiments: checked, rows: diffRuns(runs, all) };
}

/** The environment that was logged; an artifact of that name may be anything else as well. */
async function environmentIn(
  rubicon: Composite,
  artifact: Artifact | undefined,
  call: CallOptions,
): Promise<Value | undefined> {
  if (!artifact) return undefined;
  const text = new TextDecoder().decode(await readArtifact(rubicon, artifact, call));
  try {
    return reviveValue(parseJson(text));
  } catch {
    return undefined; // It is not JSON, so it is not an environment.
  }
}

/**
 * Metrics: the results of an experiment.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { type ChildQuery, getChild, listChildren, logChild, logChildren } from "./writing/child.ts";
import type { Experiment, Metric } from "./format/entities.ts";
import type { ListFilter, LogInput } from "./inputs.ts";
import type { Value } from "./format/values.ts";

/** What {@linkcode logMetric} takes. */
export type MetricInput = LogInput<Metric, "name" | "value">;

/** One point of a metric's curve, for {@linkcode logMetric}. `startRun` is for many of them. */
export interface PointInput extends CallOptions {
  /** The metric. */
  name: string;
  /** The value. */
  value: number;
  /** Where it is on the curve: any finite number, such as an epoch. */
  step: number;
  /** When it was: a `Date` or ISO 8601. Default: now. */
  time?: Date | string | undefined;
}

/** Many metrics: their values by name, or a list of inputs. */
export type MetricInputs = Readonly<Record<string, Value>> | readonly MetricInput[];

/**
 * Logs a metric to an experiment, in every backend. With a `step` it is one point of the metric's curve, which
 * `readHistory` gives: the end of the run makes one value of all points, for tables and for Python. A point is a write of
 * its own here; for many, `startRun` gathers them.
 *
 * @returns The metric; for a point, what it would be if there were no other.
 * @throws {RubiconException} `already-exists` where the experiment has another metric under the same key.
 *
 * @example
 * ```ts
 * import { createProject, logMetric, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logMetric" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logMetric(rubicon, experiment, { name: "accuracy", value: 0.8 });
 * for (let step = 0; step < 3; step++) {
 *   await logMetric(rubicon, experiment, { name: "loss", value: 1 / (step + 1), step });
 * }
 * ```
 */
export async function logMetric(
  rubicon: Composite,
  experiment: Experiment,
  input: MetricInput | PointInput,
): Promise<Metric> {
  const isPoint = typeof input === "object" && input !== null && "step" in input &&
    input.step !== undefined;
  if (!isPoint) return await logChild(rubicon, "metric", experiment, input, "logMetric");
  const { logPoint } = await import("./history/point.ts");
  return await logPoint(rubicon, experiment, input, "logMetric");
}

/**
 * Logs many metrics to an experiment at once. Nothing is written where one of them is refused.
 *
 * @throws {RubiconException} with all of them as `entity` where some were not written: pass it to this
 * function again to complete them.
 *
 * @example
 * ```ts
 * import { createProject, logMetrics, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logMetrics" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logMetrics(rubicon, experiment, { accuracy: 0.8, loss: 0.3 });
 * ```
 */
export async function logMetrics(
  rubicon: Composite,
  experiment: Experiment,
  metrics: MetricInputs,
  options: CallOptions = {},
): Promise<Metric[]> {
  return await logChildren(rubicon, "metric", experiment, metrics, options, "logMetrics");
}

/**
 * Gets one metric of an experiment, by name or by id.
 *
 * @throws {RubiconException} `not-found` where no backend has it.
 *
 * @example
 * ```ts
 * import { createProject, getMetric, logMetric, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getMetric" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * const { id, name } = await logMetric(rubicon, experiment, { name: "accuracy", value: 0.8 });
 * const metric = await getMetric(rubicon, experiment, { name });
 * if (metric.id !== id) throw new Error("it is the one that was logged");
 * ```
 */
export async function getMetric(
  rubicon: Composite,
  experiment: Experiment,
  query: ChildQuery,
): Promise<Metric> {
  return await getChild(rubicon, "metric", experiment, query, "getMetric");
}

/**
 * The metrics of an experiment, oldest first.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, listMetrics, logMetrics, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listMetrics" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logMetrics(rubicon, experiment, { accuracy: 0.8, loss: 0.3 });
 * const metrics = await listMetrics(rubicon, experiment);
 * if (metrics.length !== 2) throw new Error("two were logged");
 * ```
 */
export async function listMetrics(
  rubicon: Composite,
  experiment: Experiment,
  filter: ListFilter = {},
): Promise<Metric[]> {
  return await listChildren(rubicon, "metric", experiment, filter, "listMetrics");
}

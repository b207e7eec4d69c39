/**
 * The points of an experiment's metrics, for users.
 *
 * @module
 */
import type { CallOptions, Composite } from "../../composite.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkTexts,
  refuse,
  show,
} from "../check.ts";
import { CALL_FIELDS } from "../inputs.ts";
import type { Experiment } from "../format/entities.ts";
import type { Series } from "./series.ts";

/** One value of a metric. */
export interface HistoryPoint {
  /** The metric. */
  name: string;
  /** The step. */
  step: number;
  /** When it was logged: ISO 8601 in UTC with microseconds. */
  time: string;
  /** The value. */
  value: number;
}

/** The points of one metric, as columns. */
export interface HistoryColumns {
  /** The steps, from the lowest up; none comes twice. */
  steps: Float64Array<ArrayBuffer>;
  /** When each was logged, in milliseconds since 1970; fractions are microseconds. */
  times: Float64Array<ArrayBuffer>;
  /** The values. */
  values: Float64Array<ArrayBuffer>;
}

/** Which points. */
export interface HistoryOptions extends CallOptions {
  /** Only those of these metrics. Default: of all. */
  metrics?: readonly string[] | undefined;
  /** Only those with a step above this one. */
  after?: number | undefined;
}

const OPTIONS = new Set(["metrics", "after", ...CALL_FIELDS]);

/**
 * The points of an experiment's metrics, by name, then by step. None is left out. Ask again with `after` to follow a run
 * that goes on.
 *
 * @returns An empty list if the experiment has none.
 * @throws {RubiconException} `not-found` where no backend has the experiment.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, readHistory, startRun } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "readHistory" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await using run = await startRun(rubicon, project);
 * for (let step = 0; step < 3; step++) run.log({ loss: 1 / (step + 1), accuracy: step / 3 });
 * await run.flush();
 * const points = await readHistory(rubicon, run.experiment, { metrics: ["loss"], after: 0 });
 * if (points.map(({ step }) => step).join() !== "1,2") throw new Error("after the first");
 * ```
 */
export async function readHistory(
  rubicon: Composite,
  experiment: Experiment,
  options: HistoryOptions = {},
): Promise<HistoryPoint[]> {
  const series = await read(rubicon, experiment, options, "readHistory");
  const { timeText } = await import("./times.ts");
  const points: HistoryPoint[] = [];
  for (const [name, { steps, times, values }] of series) {
    for (let at = 0; at < steps.length; at++) {
      points.push({ name, step: steps[at]!, time: timeText(times[at]!), value: values[at]! });
    }
  }
  return points;
}

/**
 * The same as columns, by the names of the metrics: for many points.
 *
 * @throws {RubiconException} as `readHistory` does.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, readHistoryColumns, startRun } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "readHistoryColumns" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await using run = await startRun(rubicon, project);
 * run.log({ loss: 0.5 });
 * await run.flush();
 * const loss = (await readHistoryColumns(rubicon, run.experiment)).get("loss");
 * if (loss?.values[0] !== 0.5) throw new Error("the value");
 * ```
 */
export async function readHistoryColumns(
  rubicon: Composite,
  experiment: Experiment,
  options: HistoryOptions = {},
): Promise<Map<string, HistoryColumns>> {
  const series = await read(rubicon, experiment, options, "readHistoryColumns");
  return new Map(
    Array.from(series, ([name, { steps, times, values }]) => [
      name,
      { steps: steps.slice(), times: times.map((micros) => micros / 1000), values: values.slice() },
    ]),
  );
}

async function read(
  rubicon: Composite,
  experiment: Experiment,
  options: HistoryOptions,
  where: string,
): Promise<Series> {
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(options, OPTIONS, where);
  const { metrics, after: step } = options;
  const names = metrics && new Set(checkTexts(metrics, `${where}: metrics`));
  if (step !== undefined && (typeof step !== "number" || Number.isNaN(step))) {
    refuse(`${where}: after must be a number, not ${show(step)}.`);
  }
  const [{ readSeries }, { after }] = await Promise.all([
    import("./read.ts"),
    import("./series.ts"),
  ]);
  const { series } = await readSeries(rubicon, experiment, options);
  const chosen = names ? new Map([...series].filter(([name]) => names.has(name))) : series;
  return step === undefined ? chosen : after(chosen, step);
}

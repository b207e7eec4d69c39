/**
 * Starting a run, going on with one, and running a function as one.
 *
 * @module
 */
import { isRubiconException } from "../../errors.ts";
import type { Composite } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  refuse,
  show,
} from "../check.ts";
import { EXPERIMENT_FIELDS } from "../experiment.ts";
import type { Experiment, Project } from "../format/entities.ts";
import {
  checkRunOptions,
  RESUME_FIELDS,
  type ResumeOptions,
  RUN_FIELDS,
  type RunInput,
} from "./options.ts";
import type { Run } from "./run.ts";

const START = new Set([...EXPERIMENT_FIELDS, ...RUN_FIELDS]);

/**
 * Logs an experiment, and gives a handle that takes the points of its metrics. `withRun` is the safer form: it ends the
 * run in each case.
 *
 * @throws {RubiconException} as `logExperiment` does.
 *
 * @example
 * ```ts
 * import { createProject, getMetric, openComposite, startRun } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "startRun" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await using run = await startRun(rubicon, project, { name: "net", summary: { loss: "min" } });
 * for (let epoch = 0; epoch < 10; epoch++) run.log({ loss: 1 / (epoch + 1) });
 * await run.finish();
 * const { value } = await getMetric(rubicon, run.experiment, { name: "loss" });
 * if (value !== 0.1) throw new Error("the least of all");
 * ```
 */
export async function startRun(
  rubicon: Composite,
  project: Project,
  input: RunInput = {},
): Promise<Run> {
  return await start(rubicon, project, input, "startRun");
}

async function start(
  rubicon: Composite,
  project: Project,
  input: RunInput,
  where: string,
): Promise<Run> {
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(input, START, where);
  const options = checkRunOptions(input, where);
  const { begin } = await import("./starting.ts");
  return await begin(rubicon, project, input, options, where);
}

/**
 * Goes on with a run that has ended or was lost, or logs points to one from a worker.
 *
 * @throws {RubiconException} `not-found` if no backend has the experiment.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, readHistory, resumeRun, startRun } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "resumeRun" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const first = await startRun(rubicon, project);
 * first.log({ loss: 0.5 });
 * await first.fail("out of memory");
 * const run = await resumeRun(rubicon, first.experiment);
 * run.log({ loss: 0.3 });
 * await run.finish();
 * const [, second] = await readHistory(rubicon, run.experiment);
 * if (second?.step !== 1) throw new Error("it goes on where the history ended");
 * ```
 */
export async function resumeRun(
  rubicon: Composite,
  experiment: Experiment,
  options: ResumeOptions = {},
): Promise<Run> {
  const where = "resumeRun";
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(options, RESUME_FIELDS, where);
  const checked = checkRunOptions(options, where);
  const { worker = false } = options;
  if (typeof worker !== "boolean") {
    refuse(`${where}: worker must be true or false, not ${show(worker)}.`);
  }
  if (worker && checked.systemMetricsMs !== undefined) {
    refuse(
      `${where}: systemMetricsMs is for who starts a run or goes on with it, not for a worker.`,
    );
  }
  const { goOn } = await import("./starting.ts");
  return await goOn(rubicon, experiment, options, checked);
}

/**
 * Runs a function as a run: it is finished once the function returns, failed with the exception's text if it throws,
 * and cancelled by Ctrl-C, by SIGTERM, or if the function throws the reason of `signal`. Each of them flushes first.
 *
 * @returns What the function returns.
 * @throws What the function throws; {@linkcode RubiconException} if the end of the run cannot be written.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, readHistory, withRun } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "withRun" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await withRun(rubicon, project, { parameters: { lr: 0.1 } }, (run) => {
 *   for (let step = 0; step < 3; step++) run.log({ loss: 1 / (step + 1) }, { step });
 *   return run.experiment;
 * });
 * if ((await readHistory(rubicon, experiment)).length !== 3) throw new Error("three points");
 * ```
 */
export async function withRun<T>(
  rubicon: Composite,
  project: Project,
  input: RunInput,
  work: (run: Run) => T | Promise<T>,
): Promise<T> {
  const where = "withRun";
  checkComposite(rubicon, where);
  if (typeof work !== "function") {
    refuse(`${where} takes a function that gets the run, not ${show(work)}.`);
  }
  const { onInterrupt } = await import("./interrupt.ts");
  const run = await start(rubicon, project, input, where);
  const forget = onInterrupt(run, (rubicon as Core).options.onWarning);
  try {
    const result = await work(run);
    await run.finish();
    return result;
  } catch (error) {
    await failed(rubicon, run, error, input.signal);
    throw error;
  } finally {
    forget();
  }
}

/** Ends a run whose function threw. What that throws itself must not hide why. */
async function failed(
  rubicon: Core,
  run: Run,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (run.ended) return;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const reason = text.toWellFormed();
  try {
    if (signal?.aborted && error === signal.reason) await run.cancel(reason);
    else await run.fail(reason);
  } catch (second) {
    if (!isRubiconException(second)) throw second;
    rubicon.options.onWarning(`The end of the run could not be written: ${second.message}`, second);
  }
}

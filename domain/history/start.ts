/**
 * Starting a run, going on with one, and running a function as one.
 *
 * @module
 */
import { isRubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  refuse,
  show,
} from "../check.ts";
import { createExperiment, EXPERIMENT_FIELDS, prepareExperiment } from "../experiment.ts";
import { now } from "../format/clock.ts";
import { slugify } from "../format/slug.ts";
import { refuseTaken } from "../writing/taken.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { statusStep, writeState } from "./end.ts";
import { callOf } from "./calls.ts";
import { hostName } from "./host.ts";
import { onInterrupt } from "./interrupt.ts";
import {
  type CheckedOptions,
  checkRunOptions,
  RESUME_FIELDS,
  type ResumeOptions,
  RUN_FIELDS,
  type RunInput,
} from "./options.ts";
import { readSeries } from "./read.ts";
import { type Run, RunHandle } from "./run.ts";
import { encodeStatus, type StatusFile } from "./status_file.ts";
import { SYSTEM_METRICS, systemProbe } from "./system.ts";
import { HistoryWriter } from "./writer.ts";

const SYSTEM_NAMES = Object.keys(SYSTEM_METRICS);
const isSystem = ({ systemMetricsMs }: CheckedOptions) => systemMetricsMs !== undefined;

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
  const prepared = prepareExperiment(rubicon, project, input, where);
  const { experiment } = prepared;
  if (input.id !== undefined) await refuseTaken(rubicon, experiment, input);
  const isMetric = prepared.children.filter(({ entity }) => entity.kind === "metric");
  const taken = new Set(isMetric.map(({ entity }) => slugify(entity.name!)));
  const double = isSystem(options) && SYSTEM_NAMES.find((name) => taken.has(slugify(name)));
  if (double) refuse(`${where}: with systemMetricsMs the run logs ${double} itself. Leave it out.`);
  const writer = new HistoryWriter(rubicon, experiment, options.maxBuffered);
  const status: StatusFile = {
    ...{ state: "running", time: now(), writer: writer.id, host: hostName(), reason: null },
    ...{ started: experiment.createdAt, heartbeatMs: options.heartbeatMs },
    ...(options.summary && { summary: options.summary }),
    ...(options.samples !== undefined && { samples: options.samples }),
  };
  const step = statusStep(experiment, status);
  await createExperiment(rubicon, prepared, input, [step]);
  return new RunHandle(rubicon, experiment, writer, {
    ...options,
    ...{ worker: false, call: callOf(input), next: 0, taken },
    sign: { key: step.key, bytes: encodeStatus(status) },
    system: await systemOf(options, 0),
  });
}

/** What takes samples of the system, if that is wanted. */
async function systemOf({ systemMetricsMs: everyMs }: CheckedOptions, next: number) {
  return everyMs === undefined ? undefined : { everyMs, next, probe: await systemProbe() };
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
  const writer = new HistoryWriter(rubicon, experiment, checked.maxBuffered);
  const call = callOf(options);
  if (worker && isSystem(checked)) {
    refuse(
      `${where}: systemMetricsMs is for who starts a run or goes on with it, not for a worker.`,
    );
  }
  const common = { ...checked, worker, call, taken: new Set<string>() };
  if (worker) return new RunHandle(rubicon, experiment, writer, { ...common, next: undefined });
  const { series } = await readSeries(rubicon, experiment, {
    ...callOf(options),
    ...signalOf(options),
  });
  const nextOf = (isWanted: (name: string) => boolean) =>
    Math.max(0, ...series.keys().filter(isWanted).map((name) => afterLast(series.get(name)!)));
  const isOwn = (name: string) => !SYSTEM_NAMES.includes(name);
  let sign: { key: string; bytes: Uint8Array<ArrayBuffer> } | undefined;
  await rubicon.write(async (write) => {
    const said = {
      ...{ state: "resumed", reason: null, writer: writer.id, host: hostName() } as const,
      ...{ heartbeatMs: checked.heartbeatMs, summary: checked.summary, samples: checked.samples },
    };
    const written = await writeState(rubicon, write, experiment, said, options);
    sign = { key: written.key, bytes: encodeStatus(written.status) };
  });
  const system = await systemOf(checked, nextOf((name) => !isOwn(name)));
  return new RunHandle(rubicon, experiment, writer, {
    ...common,
    next: nextOf(isOwn),
    sign,
    system,
  });
}

const afterLast = ({ steps }: { steps: Float64Array }) => Math.floor(steps.at(-1)!) + 1;

const signalOf = ({ signal }: CallOptions) => signal ? { signal } : {};

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

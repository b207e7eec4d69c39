/**
 * What `startRun` and `resumeRun` do.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { refuse } from "../check.ts";
import { createExperiment, prepareExperiment } from "../experiment.ts";
import { now } from "../format/clock.ts";
import { slugify } from "../format/slug.ts";
import { refuseTaken } from "../writing/taken.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { statusStep, writeState } from "./end.ts";
import { callOf } from "../inputs.ts";
import {
  type CheckedOptions,
  type ResumeOptions,
  type RunInput,
  SYSTEM_METRICS,
} from "./options.ts";
import { readSeries } from "./read.ts";
import { type Run, RunHandle } from "./run.ts";
import { encodeStatus, type StatusFile } from "./status_file.ts";
import { hostName, systemProbe } from "./system.ts";
import { HistoryWriter } from "./writer.ts";

const SYSTEM_NAMES = Object.keys(SYSTEM_METRICS);
const isSystem = ({ systemMetricsMs }: CheckedOptions) => systemMetricsMs !== undefined;

/** Logs an experiment with the state of its run, and gives the run. */
export async function begin(
  rubicon: Core,
  project: Project,
  input: RunInput,
  options: CheckedOptions,
  where: string,
): Promise<Run> {
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

/** Goes on with a run. */
export async function goOn(
  rubicon: Core,
  experiment: Experiment,
  options: ResumeOptions,
  checked: CheckedOptions,
): Promise<Run> {
  const { worker = false } = options;
  const writer = new HistoryWriter(rubicon, experiment, checked.maxBuffered);
  const call = callOf(options);
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

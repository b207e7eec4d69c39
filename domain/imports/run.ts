/**
 * A run of another tracker as an experiment. All ids and times come from there, so that whoever brings it over again writes the
 * same.
 *
 * @module
 */
import { generate as uuidV5 } from "jsr:@std/uuid@^1.1.1/v5";
import { validate } from "jsr:@std/uuid@^1.1.1/common";
import { show } from "../check.ts";
import { hasCode, RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core, Step } from "../../composite/plan.ts";
import { listArtifacts, logArtifact, logJson } from "../artifact.ts";
import { createExperiment, prepareExperiment } from "../experiment.ts";
import { experimentFolder, historyFolder } from "../format/layout.ts";
import { slugify } from "../format/slug.ts";
import type { Experiment, Project } from "../format/entities.ts";
import type { Value } from "../format/values.ts";
import { encodeCompaction } from "../history/compacted.ts";
import { readSeries } from "../history/read.ts";
import { countOf, type Series } from "../history/series.ts";
import { encodeStatus } from "../history/status_file.ts";
import { summaries } from "../history/summary.ts";
import { timeText } from "../history/times.ts";
import { listMetrics } from "../metric.ts";
import { listParameters } from "../parameter.ts";
import { refuseTaken } from "../writing/taken.ts";

/** A run of another tracker, in this module's words. Times are in milliseconds since 1970. */
export interface ForeignRun {
  /** How messages call it, such as `importMlruns: run abc`. */
  where: string;
  /** Its id there. */
  foreignId: string;
  /** Its id here. */
  id: string;
  name: string | null;
  description?: string | null | undefined;
  commitHash?: string | null | undefined;
  branchName?: string | null | undefined;
  tags: string[];
  started: number;
  ended: number;
  parameters: readonly (readonly [name: string, value: Value])[];
  series: Series;
  /** How many points there were, also those of which another one took the place. */
  points: number;
  state: "finished" | "failed" | "cancelled";
  reason: string | null;
  files: readonly ForeignFile[];
  /** What has no place of its own here, as an artifact. */
  rest: { name: string; json: Value };
}

/** A file that belongs to a run. */
export interface ForeignFile {
  name: string;
  path: string;
  size: number;
}

const text = (millis: number) => timeText(Math.round(millis * 1000));

/** An id of 32 digits as a UUID. */
export const uuidOf = (id: string): string =>
  id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** A name for a file that sorts by a time, and is the same each time. */
function fileId(millis: number, id: string): string {
  const time = Math.max(0, Math.round(millis)).toString(16).padStart(12, "0");
  return uuidOf(`${time}7${id.slice(0, 3)}8${id.slice(3, 6)}${id.slice(6, 18)}`);
}

/** Brings one run over, and counts what is there then. */
export async function importRun(
  rubicon: Core,
  project: Project,
  run: ForeignRun,
  call: CallOptions,
): Promise<RunCounts> {
  const { files, series } = run;
  const prepared = await prepare(rubicon, project, run);
  const { experiment } = prepared;
  const before = await whatIsThere(rubicon, experiment, call);
  const isThere = before !== undefined && before.isWhole(run);
  if (!isThere) {
    if (!before) await refuseTaken(rubicon, experiment, call);
    await createExperiment(rubicon, prepared, call, stepsOf(run, experiment));
    const known = new Set(before?.artifacts.map(({ id }) => id));
    const createdAt = text(run.ended);
    for (const { name, path } of files) {
      const id = await uuidV5(experiment.id, new TextEncoder().encode(name));
      if (known.has(id)) continue;
      await logArtifact(rubicon, experiment, { id, name, path, createdAt, ...call });
    }
    const id = await uuidV5(experiment.id, new TextEncoder().encode("\0meta"));
    if (!known.has(id)) {
      await logJson(rubicon, experiment, { id, ...run.rest, createdAt, ...call });
    }
  }
  const after = isThere ? before : await whatIsThere(rubicon, experiment, call);
  if (!after?.isWhole(run)) {
    throw new RubiconException(
      "corrupt",
      `${run.where} has ${run.parameters.length} parameters, ${series.size} metrics, ${
        countOf(series)
      } points and ${files.length} artifacts, and what was read back of it has not. Look with verify(), then import it again.`,
    );
  }
  return {
    experiments: 1,
    alreadyThere: Number(isThere),
    parameters: run.parameters.length,
    metrics: series.size,
    points: run.points,
    superseded: run.points - countOf(series),
    artifacts: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}

async function prepare(rubicon: Core, project: Project, run: ForeignRun) {
  const { id, where } = run;
  if (!validate(id)) {
    throw new RubiconException("corrupt", `${where}: its id is no UUID: ${show(run.foreignId)}.`);
  }
  const createdAt = text(run.started);
  const parameters = await Promise.all(run.parameters.map(async ([name, value]) => ({
    ...{ id: await uuidV5(id, new TextEncoder().encode(`param ${name}`)), createdAt },
    ...{ name, value },
  })));
  const input = {
    ...{ id, createdAt, name: run.name, description: run.description ?? null, tags: run.tags },
    ...{ commitHash: run.commitHash ?? null, branchName: run.branchName ?? null },
    parameters: distinct(parameters),
  };
  const { experiment } = prepareExperiment(rubicon, project, input, where);
  const metrics = (await summaries(experiment, run.series, {})).map((
    { id, name, value, directionality, createdAt },
  ) => ({ id, name, value, directionality, createdAt }));
  return prepareExperiment(rubicon, project, { ...input, metrics: distinct(metrics) }, where);
}

/**
 * Others tell `val/loss` from `val_loss`, and a store's keys do not: those that come later get a number. Their points keep the
 * names.
 */
function distinct<T extends { name: string }>(all: readonly T[]): T[] {
  const taken = new Set<string>();
  return all.map((one) => {
    let name = one.name;
    for (let count = 2; taken.has(slugify(name)); count++) name = `${one.name} ${count}`;
    taken.add(slugify(name));
    return { ...one, name };
  });
}

/** The history and the state, as files beside the experiment. */
function stepsOf(run: ForeignRun, experiment: Experiment): Step[] {
  const folder = experimentFolder(experiment.projectName, experiment.id);
  const { series, started, ended, state, reason, foreignId } = run;
  // By when it began: one that has grown since is refused at this file, before anything else is written.
  const file = fileId(started, foreignId);
  const steps: Step[] = [];
  if (countOf(series) > 0) {
    steps.push({
      key: `${historyFolder(folder)}/history_${file}.parquet`,
      source: encodeCompaction(series, []),
    });
  }
  steps.push({
    key: `${folder}/status_${file}.json`,
    source: encodeStatus({
      ...{ state, time: text(ended), writer: null, host: null, reason },
      ...{ started: text(started), heartbeatMs: null },
    }),
  });
  return steps;
}

/** What of a run is in the store; `undefined` if the experiment is not. */
async function whatIsThere(rubicon: Core, experiment: Experiment, call: CallOptions) {
  try {
    const [parameters, metrics, artifacts, { series }] = await Promise.all([
      listParameters(rubicon, experiment, call),
      listMetrics(rubicon, experiment, call),
      listArtifacts(rubicon, experiment, call),
      readSeries(rubicon, experiment, call),
    ]);
    return {
      artifacts,
      isWhole: (run: ForeignRun) =>
        parameters.length === run.parameters.length && metrics.length === run.series.size &&
        countOf(series) === countOf(run.series) && artifacts.length === run.files.length + 1,
    };
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
    return undefined;
  }
}

/** What was brought over. */
export interface ImportedRuns {
  /** MLflow's experiments, or trackio's projects, which are projects now. */
  projects: number;
  /** Runs, which are experiments now. */
  experiments: number;
  /** How many of them were there already, whole. */
  alreadyThere: number;
  /** Parameters of all runs. */
  parameters: number;
  /** Metrics of all runs. */
  metrics: number;
  /** Points of all metrics. */
  points: number;
  /** Points of which a later one of the same step took the place, as there is one point a step. */
  superseded: number;
  /** Artifacts of all runs. */
  artifacts: number;
  /** Their bytes. */
  bytes: number;
}

/** What one run adds to the sums. */
export type RunCounts = Omit<ImportedRuns, "projects">;

/** Sums of nothing. */
export const nothing = (): ImportedRuns => ({
  ...{ projects: 0, experiments: 0, alreadyThere: 0, parameters: 0, metrics: 0, points: 0 },
  ...{ superseded: 0, artifacts: 0, bytes: 0 },
});

/** Adds what one run has. */
export function addTo(sum: ImportedRuns, counts: RunCounts): void {
  for (const key of Object.keys(counts) as (keyof RunCounts)[]) sum[key] += counts[key];
}

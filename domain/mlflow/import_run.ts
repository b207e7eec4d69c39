/**
 * One run of MLflow as an experiment. All ids and times come from MLflow, so that whoever brings it over again writes the same.
 *
 * @module
 */
import { generate as uuidV5 } from "jsr:@std/uuid@^1.1.1/v5";
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
import { countOf } from "../history/series.ts";
import { encodeStatus } from "../history/status_file.ts";
import { summaries } from "../history/summary.ts";
import { timeText } from "../history/times.ts";
import { listMetrics } from "../metric.ts";
import { listParameters } from "../parameter.ts";
import { getOrCreateProject } from "../project.ts";
import { refuseTaken } from "../writing/taken.ts";
import { artifactsOf, type MlflowExperiment, type MlflowRun } from "./files.ts";
import type { ImportedMlruns } from "./counts.ts";

/** What one run adds to the sums. */
export type RunCounts = Omit<ImportedMlruns, "projects">;

const text = (millis: number) => timeText(Math.round(millis) * 1000);

/** MLflow's ids are UUIDs without their lines. */
const uuidOf = (id: string) => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** A name for a file that sorts by a time, and is the same each time. */
function fileId(millis: number, id: string): string {
  const time = Math.max(0, Math.round(millis)).toString(16).padStart(12, "0");
  return uuidOf(`${time}7${id.slice(0, 3)}8${id.slice(3, 6)}${id.slice(6, 18)}`);
}

/** The project of one of MLflow's experiments. */
export async function projectFor(
  rubicon: Core,
  { name, created, tags }: MlflowExperiment,
  call: CallOptions,
): Promise<Project> {
  return await getOrCreateProject(rubicon, {
    name,
    description: tags.get("mlflow.note.content") ?? null,
    ...(created !== undefined && { createdAt: text(created) }),
    ...call,
  });
}

/** What is said of one run from outside. */
export interface RunOptions {
  /** Whether parameters that look like numbers are numbers. */
  parameters: "guess" | "text";
  /** MLflow's ids of the runs that belong to it. */
  children: readonly string[];
}

/** Brings one run over, and counts what is there then. */
export async function importRun(
  rubicon: Core,
  project: Project,
  from: MlflowExperiment,
  run: MlflowRun,
  options: RunOptions,
  call: CallOptions,
): Promise<RunCounts> {
  const files = await artifactsOf(run, from);
  const prepared = await prepare(rubicon, project, run, options);
  const { experiment } = prepared;
  const before = await whatIsThere(rubicon, experiment, call);
  const isThere = before !== undefined && before.isWhole(run, files.length);
  if (!isThere) {
    if (!before) await refuseTaken(rubicon, experiment, call);
    await createExperiment(rubicon, prepared, call, stepsOf(run, experiment));
    const known = new Set(before?.artifacts.map(({ id }) => id));
    for (const { name, path } of files) {
      const id = await uuidV5(experiment.id, new TextEncoder().encode(name));
      if (known.has(id)) continue;
      const createdAt = text(run.ended ?? run.started);
      await logArtifact(rubicon, experiment, { id, name, path, createdAt, ...call });
    }
    await logMeta(rubicon, experiment, run, known, call);
  }
  const after = isThere ? before : await whatIsThere(rubicon, experiment, call);
  if (!after?.isWhole(run, files.length)) {
    throw new RubiconException(
      "corrupt",
      `importMlruns: run ${run.id} has ${run.params.size} parameters, ${run.series.size} metrics, ${
        countOf(run.series)
      } points and ${files.length} artifacts, and what was read back of it has not. Look with verify(), then import it again.`,
    );
  }
  return {
    experiments: 1,
    alreadyThere: Number(isThere),
    parameters: run.params.size,
    metrics: run.series.size,
    points: run.points,
    superseded: run.points - countOf(run.series),
    artifacts: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}

/** The name that `mlflow.json` has, beside the run's own artifacts. */
const META = "mlflow.json";

async function logMeta(
  rubicon: Core,
  experiment: Experiment,
  run: MlflowRun,
  known: ReadonlySet<string>,
  call: CallOptions,
): Promise<void> {
  const id = await uuidV5(experiment.id, new TextEncoder().encode("\0meta"));
  if (known.has(id)) return;
  const json = {
    meta: run.meta as Value,
    tags: Object.fromEntries(run.tags),
    params: Object.fromEntries(run.params),
  };
  const createdAt = text(run.ended ?? run.started);
  await logJson(rubicon, experiment, { id, name: META, json, createdAt, ...call });
}

async function prepare(
  rubicon: Core,
  project: Project,
  run: MlflowRun,
  { parameters, children }: RunOptions,
) {
  const id = uuidOf(run.id);
  const createdAt = text(run.started);
  const params = await Promise.all(Array.from(run.params, async ([name, value]) => ({
    ...{ id: await uuidV5(id, new TextEncoder().encode(`param ${name}`)), createdAt },
    ...{ name, value: parameters === "guess" ? guessed(value) : value },
  })));
  const parent = run.tags.get("mlflow.parentRunId");
  const own = Array.from(run.tags).filter(([key]) => !key.startsWith("mlflow."));
  const user = run.tags.get("mlflow.user");
  const input = {
    ...{ id, createdAt, name: run.name, description: run.tags.get("mlflow.note.content") ?? null },
    ...{ commitHash: run.tags.get("mlflow.source.git.commit") ?? null },
    ...{ branchName: run.tags.get("mlflow.source.git.branch") ?? null },
    tags: [
      ...own.map(([key, value]) => `${key}:${value}`),
      ...user === undefined ? [] : [`user:${user}`],
      ...parent === undefined ? [] : [`parent:${uuidOf(parent)}`],
      ...children.map((child) => `child:${uuidOf(child)}`),
    ],
    parameters: distinct(params),
  };
  const where = `importMlruns: run ${run.id}`;
  const { experiment } = prepareExperiment(rubicon, project, input, where);
  const metrics = (await summaries(experiment, run.series, {})).map((
    { id, name, value, directionality, createdAt },
  ) => ({ id, name, value, directionality, createdAt }));
  return prepareExperiment(rubicon, project, { ...input, metrics: distinct(metrics) }, where);
}

/**
 * MLflow tells `val/loss` from `val_loss`, and a store's keys do not: those that come later get a number. Their points keep the
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

/** What Python wrote as a number or a truth value; other texts stay. */
function guessed(text: string): string | number | boolean {
  if (text === "True" || text === "False") return text === "True";
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) return text;
  const value = Number(text);
  // An integer that a number cannot hold would change.
  const isExact = !/^-?\d+$/.test(text) || Number.isSafeInteger(value);
  return isExact && Number.isFinite(value) ? value : text;
}

/** The history and the state, as files beside the experiment. */
function stepsOf(run: MlflowRun, experiment: Experiment): Step[] {
  const folder = experimentFolder(experiment.projectName, experiment.id);
  const end = run.ended ?? run.started;
  const steps: Step[] = [];
  if (countOf(run.series) > 0) {
    steps.push({
      key: `${historyFolder(folder)}/history_${fileId(end, run.id)}.parquet`,
      source: encodeCompaction(run.series, []),
    });
  }
  // One that MLflow takes for running has nobody who would end it here.
  const [state, reason] = run.status === "running"
    ? ["cancelled", "It was running in MLflow when it was imported"] as const
    : [run.status, null] as const;
  steps.push({
    key: `${folder}/status_${fileId(end, run.id)}.json`,
    source: encodeStatus({
      ...{ state, time: text(end), writer: null, host: null, reason },
      ...{ started: text(run.started), heartbeatMs: null },
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
      isWhole: (run: MlflowRun, files: number) =>
        parameters.length === run.params.size && metrics.length === run.series.size &&
        countOf(series) === countOf(run.series) && artifacts.length === files + 1,
    };
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
    return undefined;
  }
}

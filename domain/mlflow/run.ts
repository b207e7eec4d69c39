/**
 * A run of MLflow in this module's words.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { Project } from "../format/entities.ts";
import type { Value } from "../format/values.ts";
import { timeText } from "../history/times.ts";
import { type ForeignRun, uuidOf } from "../imports/run.ts";
import { getOrCreateProject } from "../project.ts";
import { artifactsOf, type MlflowExperiment, type MlflowRun } from "./files.ts";

/** The project of one of MLflow's experiments. */
export async function projectFor(
  rubicon: Core,
  { name, created, tags }: MlflowExperiment,
  call: CallOptions,
): Promise<Project> {
  return await getOrCreateProject(rubicon, {
    name,
    description: tags.get("mlflow.note.content") ?? null,
    ...(created !== undefined && { createdAt: timeText(Math.round(created) * 1000) }),
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

/** A run with all that comes over. */
export async function foreignRun(
  from: MlflowExperiment,
  run: MlflowRun,
  { parameters, children }: RunOptions,
): Promise<ForeignRun> {
  const { tags, params, meta, series, points } = run;
  const parent = tags.get("mlflow.parentRunId");
  const user = tags.get("mlflow.user");
  const own = Array.from(tags).filter(([key]) => !key.startsWith("mlflow."));
  // One that MLflow takes for running has nobody who would end it here.
  const [state, reason] = run.status === "running"
    ? ["cancelled", "It was running in MLflow when it was imported"] as const
    : [run.status, null] as const;
  return {
    ...{ where: `importMlruns: run ${run.id}`, foreignId: run.id, id: uuidOf(run.id) },
    ...{ name: run.name, description: tags.get("mlflow.note.content") },
    commitHash: tags.get("mlflow.source.git.commit"),
    branchName: tags.get("mlflow.source.git.branch"),
    tags: [
      ...own.map(([key, value]) => `${key}:${value}`),
      ...user === undefined ? [] : [`user:${user}`],
      ...parent === undefined ? [] : [`parent:${uuidOf(parent)}`],
      ...children.map((child) => `child:${uuidOf(child)}`),
    ],
    ...{ started: run.started, ended: run.ended ?? run.started, series, points, state, reason },
    parameters: Array.from(params, ([name, value]) => [
      name,
      parameters === "guess" ? guessed(value) : value,
    ]),
    files: await artifactsOf(run, from),
    rest: {
      name: "mlflow.json",
      json: {
        meta: meta as Value,
        tags: Object.fromEntries(tags),
        params: Object.fromEntries(params),
      },
    },
  };
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

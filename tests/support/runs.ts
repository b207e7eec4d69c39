/**
 * Runs without a store, for what is decided on plain data.
 */
import type { Run } from "../../domain/query/cells.ts";
import type { Experiment } from "../../mod.ts";
import type { Value } from "../../mod.ts";

/** What a run of a test says of itself. */
export interface Given extends Partial<Experiment> {
  parameters?: Record<string, Value>;
  metrics?: Record<string, Value>;
  /** The metrics of which less is better. */
  losses?: readonly string[];
}

/** A run as a listing gives it. `at` makes its id and its time. */
export function runOf(given: Given, at = 0): Run {
  const { parameters = {}, metrics = {}, losses = [], ...fields } = given;
  const id = `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`;
  const base = {
    id,
    createdAt: `2026-01-01T00:00:00.${String(at).padStart(6, "0")}+00:00`,
    description: null,
    projectName: "p",
    comments: [],
    tags: [],
  };
  const child = { ...base, experimentId: id };
  return {
    experiment: {
      ...{ ...base, kind: "experiment", name: null, branchName: null, commitHash: null },
      ...{ modelName: null, trainingMetadata: null, ...fields },
    },
    parameters: Object.entries(parameters).map(([name, value]) => ({
      ...{ ...child, kind: "parameter", name, value },
    })),
    metrics: Object.entries(metrics).map(([name, value]) => ({
      ...{ ...child, kind: "metric", name, value },
      directionality: losses.includes(name) ? "loss" : "score",
    })),
  };
}

/** Several, one after the other. */
export const runsOf = (...given: Given[]): Run[] => given.map((one, at) => runOf(one, at + 1));

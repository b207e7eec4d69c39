/**
 * What an import counts.
 *
 * @module
 */

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

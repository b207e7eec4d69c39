/**
 * What an import counts.
 *
 * @module
 */

/** What was brought over. */
export interface ImportedMlruns {
  /** MLflow's experiments, which are projects now. */
  projects: number;
  /** MLflow's runs, which are experiments now. */
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

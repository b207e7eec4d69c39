/**
 * What a pipeline is made of.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { ExperimentInput } from "../experiment.ts";
import type { Experiment } from "../format/entities.ts";
import type { Value } from "../format/values.ts";

/**
 * A step, such as a scaler or a model. All but the last one transform; the last one predicts, scores or transforms. Each of its
 * methods may give a promise.
 */
export interface PipelineStep<X = unknown, Y = unknown> {
  /** Its parameters, by name: they are logged. */
  getParams?(): Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>>;
  /** Learns from data. */
  fit?(x: X, y?: Y, params?: Readonly<Record<string, unknown>>): unknown;
  /** Data for the next step. */
  transform?(x: X): unknown;
  /** What it takes the data for. */
  predict?(x: X): unknown;
  /** How good that is: logged as the metric `score`. */
  score?(x: X, y?: Y): unknown;
  /** How likely each sample is: logged as the metric `score_samples`, a list. */
  scoreSamples?(x: X): unknown;
}

/** Which parameters of a step are logged: rubicon-ml's `FilterEstimatorLogger`. Of the three only one may be there. */
export interface StepFilter {
  /** These alone. */
  select?: readonly string[] | undefined;
  /** All but these. */
  ignore?: readonly string[] | undefined;
  /** None. */
  ignoreAll?: boolean | undefined;
}

/** A filter, or a function that makes what is logged of what there is. */
export type StepLogger =
  | StepFilter
  | ((params: Readonly<Record<string, unknown>>) => Readonly<Record<string, Value>>);

/** Options of `makePipeline`, with the fields of the experiments that are logged. */
export interface PipelineOptions extends ExperimentInput {
  /** What is logged of which step, by the step's name. Default: all parameters. */
  loggers?: Readonly<Record<string, StepLogger>> | undefined;
}

/** Options of one `fit`. */
export interface FitOptions extends CallOptions {
  /** More tags for the experiment. */
  tags?: readonly string[] | undefined;
  /** Passed to the last step's `fit`, and logged. */
  params?: Readonly<Record<string, unknown>> | undefined;
  /** Whether `params` are logged. Default: `true`. */
  logParams?: boolean | undefined;
  /** The experiment to log to. Default: a new one. */
  experiment?: Experiment | undefined;
}

/** Options of one score. */
export interface ScoreOptions extends CallOptions {
  /** The experiment to log to. Default: that of the last `fit`, or a new one if it has a score already. */
  experiment?: Experiment | undefined;
}

/** Steps that are fitted one after another, each fit an experiment. */
export interface Pipeline<X = unknown, Y = unknown> {
  /** The steps, with their names. */
  readonly steps: readonly (readonly [name: string, step: PipelineStep])[];
  /** The experiment of the last fit, until it has its score. */
  readonly experiment: Experiment | undefined;
  /** Fits all steps, then logs their parameters as `step__parameter`. Gives the experiment. */
  fit(x: X, y?: Y, options?: FitOptions): Promise<Experiment>;
  /** The data as the last step sees it, or as it leaves the last one if that transforms. */
  transform(x: X): Promise<unknown>;
  /** What the last step takes the data for. */
  predict(x: X): Promise<unknown>;
  /** The last step's score, which is logged as the metric `score`. */
  score(x: X, y?: Y, options?: ScoreOptions): Promise<number>;
  /** The last step's score of each sample, logged as the metric `score_samples`. */
  scoreSamples(x: X, options?: ScoreOptions): Promise<readonly number[]>;
}

/**
 * Pipelines that log themselves: rubicon-ml's `RubiconPipeline`, over any objects that fit and transform.
 *
 * @module
 */
import type { Composite } from "../../composite.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  checkText,
  isPlain,
  refuse,
  show,
} from "../check.ts";
import { logExperiment } from "../experiment.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { asList, CALL_FIELDS, inputFields } from "../inputs.ts";
import { encodeValue, type Value } from "../format/values.ts";
import type { CallOptions } from "../../composite.ts";
import { logMetric } from "../metric.ts";
import { suggest } from "../../messages.ts";
import { logParameters } from "../parameter.ts";
import { addTags } from "../annotations.ts";
import type {
  FitOptions,
  Pipeline,
  PipelineOptions,
  PipelineStep,
  ScoreOptions,
  StepFilter,
  StepLogger,
} from "./types.ts";

const OPTIONS = inputFields("experiment", ["loggers", "parameters", "metrics", "features"]);
const FILTER = new Set(["select", "ignore", "ignoreAll"]);
const FIT = new Set(["tags", "params", "logParams", "experiment", ...CALL_FIELDS]);
const SCORE = new Set(["experiment", ...CALL_FIELDS]);
const METHODS = ["fit", "transform", "predict", "score", "scoreSamples"] as const;

type Named = readonly [name: string, step: PipelineStep];

/**
 * Makes a pipeline of steps that logs what it does: each `fit` is an experiment with the steps' parameters, and the score after it
 * is that experiment's metric. Whatever is fitted is fitted before anything is logged.
 *
 * @param steps The steps in their order, each an object with the methods it has, or `[name, object]`. Without a name it is called
 * by its class in lower case, with a number if there are several: `scaler-1`, `scaler-2`.
 * @throws {RubiconException} `invalid-argument` for a step that has none of the methods, or a logger of a step that is not there.
 *
 * @example
 * ```ts
 * import { createProject, listMetrics, makePipeline, openComposite } from "../../mod.ts";
 *
 * class Mean {
 *   mean = 0;
 *   getParams = () => ({ robust: false });
 *   fit = (_x: number[], y?: number[]) => void (this.mean = y!.reduce((a, b) => a + b, 0) / y!.length);
 *   score = (_x: number[], y?: number[]) => -Math.max(...y!.map((one) => Math.abs(one - this.mean)));
 * }
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "makePipeline" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const pipeline = makePipeline(rubicon, project, [new Mean()], { tags: ["try"] });
 * const experiment = await pipeline.fit([1, 2], [3, 5]);
 * await pipeline.score([1, 2], [3, 5]);
 * const [metric] = await listMetrics(rubicon, experiment);
 * if (metric?.value !== -1) throw new Error("the score of the fit");
 * ```
 */
export function makePipeline<X = unknown, Y = unknown>(
  rubicon: Composite,
  project: Project,
  steps: readonly (PipelineStep<never, never> | readonly [string, PipelineStep<never, never>])[],
  options: PipelineOptions = {},
): Pipeline<X, Y> {
  const where = "makePipeline";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, OPTIONS, where);
  const named = nameSteps(steps, where);
  const { loggers = {}, ...fields } = options;
  checkLoggers(loggers, named.map(([name]) => name), where);
  return new LoggingPipeline(rubicon, project, named, loggers, fields) as Pipeline<X, Y>;
}

/** Checks the steps, and names those that have no name as scikit-learn does. */
function nameSteps(steps: readonly unknown[], where: string): Named[] {
  if (!Array.isArray(steps) || steps.length === 0) {
    refuse(`${where} takes a list of steps, not ${show(steps)}.`);
  }
  const given = steps.map((step, at) => {
    const [name, object] = Array.isArray(step) ? step : [undefined, step];
    const what = `${where}: steps[${at}]`;
    if (name !== undefined && checkText(name, `${what}: its name`) === "") {
      refuse(`${what}: its name must not be empty.`);
    }
    if (!METHODS.some((method) => typeof object?.[method] === "function")) {
      refuse(`${what} must be an object with one of ${METHODS.join(", ")}, not ${show(object)}.`);
    }
    if (at < steps.length - 1 && typeof object.transform !== "function") {
      refuse(`${what} comes before another one, so that it must have transform().`);
    }
    return [name ?? (object.constructor?.name || "step").toLowerCase(), object] as Named;
  });
  const counts = new Map<string, number>();
  for (const [name] of given) counts.set(name, (counts.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  const named = given.map(([name, object], at): Named => {
    if (counts.get(name) === 1 || Array.isArray(steps[at])) return [name, object];
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return [`${name}-${seen.get(name)}`, object];
  });
  const twice = named.find(([name], at) => named.findIndex(([other]) => other === name) < at);
  if (twice) refuse(`${where}: two steps are called ${show(twice[0])}. Give one another name.`);
  return named;
}

function checkLoggers(
  loggers: Readonly<Record<string, StepLogger>>,
  names: readonly string[],
  where: string,
): void {
  if (!isPlain(loggers)) refuse(`${where}: loggers must be an object, not ${show(loggers)}.`);
  for (const [name, logger] of Object.entries(loggers)) {
    const what = `${where}: loggers.${name}`;
    if (!names.includes(name)) refuse(`${what}: there is no such step.${suggest(name, names)}`);
    if (typeof logger === "function") continue;
    checkFields(logger, FILTER, what);
    const { select, ignore, ignoreAll } = logger as StepFilter;
    if ([select, ignore, ignoreAll].filter((one) => one !== undefined).length > 1) {
      refuse(`${what} takes one of select, ignore and ignoreAll.`);
    }
    for (const list of [select, ignore]) {
      if (list !== undefined && !Array.isArray(list)) {
        refuse(`${what} must be a list of names, not ${show(list)}.`);
      }
    }
  }
}

/** What a logger lets through. */
function filtered(
  params: Readonly<Record<string, unknown>>,
  logger: StepLogger | undefined,
): Readonly<Record<string, unknown>> {
  if (logger === undefined) return params;
  if (typeof logger === "function") return logger(params);
  const { select, ignore = [], ignoreAll = false } = logger;
  const keeps = (name: string) =>
    !ignoreAll && (select ? select.includes(name) : !ignore.includes(name));
  return Object.fromEntries(Object.entries(params).filter(([name]) => keeps(name)));
}

class LoggingPipeline implements Pipeline {
  experiment: Experiment | undefined;

  constructor(
    private readonly rubicon: Composite,
    private readonly project: Project,
    readonly steps: readonly Named[],
    private readonly loggers: Readonly<Record<string, StepLogger>>,
    private readonly fields: Omit<PipelineOptions, "loggers">,
  ) {}

  async fit(x: unknown, y?: unknown, options: FitOptions = {}): Promise<Experiment> {
    const where = "Pipeline.fit";
    checkFields(options, FIT, where);
    const { tags = [], params = {}, logParams = true, experiment, ...call } = options;
    if (experiment !== undefined) checkExperiment(experiment, `${where}: experiment`);
    if (!isPlain(params)) refuse(`${where}: params must be an object, not ${show(params)}.`);
    let data = x;
    for (const [at, [, step]] of this.steps.entries()) {
      const isLast = at === this.steps.length - 1;
      await step.fit?.(data, y, isLast ? params : {});
      if (!isLast) data = await step.transform!(data);
    }
    const parameters: Record<string, Value> = {};
    for (const [name, step] of this.steps) {
      const own = filtered(await step.getParams?.() ?? {}, this.loggers[name]);
      for (const [key, value] of Object.entries(own)) {
        this.take(
          parameters,
          `${name}__${key}`,
          value,
          `loggers: { ${show(name)}: { ignore: [${show(key)}] } }`,
        );
      }
    }
    if (logParams) {
      for (const [key, value] of Object.entries(params)) {
        this.take(parameters, key, value, "logParams: false");
      }
    }
    this.experiment = experiment === undefined
      ? await this.create({ ...call, tags: [...this.fields.tags ?? [], ...tags], parameters })
      : await this.fill(experiment, parameters, tags, call);
    return this.experiment;
  }

  /** A parameter that can be logged; others are told of, and are no reason to lose the experiment. */
  private take(all: Record<string, Value>, name: string, value: unknown, cure: string): void {
    try {
      encodeValue(value, name);
      all[name] = value as Value;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.rubicon.options.onWarning(
        `Pipeline.fit: the parameter ${
          show(name)
        } is not logged: ${why} To leave it out, pass ${cure}.`,
        cause,
      );
    }
  }

  private async create(more: PipelineOptions): Promise<Experiment> {
    const { parameters, ...fields } = this.fields;
    return await logExperiment(this.rubicon, this.project, {
      ...fields,
      ...more,
      parameters: [...asList(parameters, "value"), ...asList(more.parameters, "value")],
    });
  }

  private async fill(
    experiment: Experiment,
    parameters: Record<string, Value>,
    tags: readonly string[],
    call: CallOptions,
  ): Promise<Experiment> {
    await logParameters(this.rubicon, experiment, parameters, call);
    return tags.length > 0 ? await addTags(this.rubicon, experiment, tags, call) : experiment;
  }

  async transform(x: unknown): Promise<unknown> {
    let data = x;
    for (const [, step] of this.steps) if (step.transform) data = await step.transform(data);
    return data;
  }

  async predict(x: unknown): Promise<unknown> {
    const [step, data] = await this.last("predict", x);
    return await step.predict(data);
  }

  async score(x: unknown, y?: unknown, options: ScoreOptions = {}): Promise<number> {
    const where = "Pipeline.score";
    checkFields(options, SCORE, where);
    const [step, data] = await this.last("score", x);
    const score = await step.score(data, y);
    if (typeof score !== "number") {
      refuse(`${where}: score() must give a number, not ${show(score)}.`);
    }
    await this.log("score", score, options, where);
    return score;
  }

  async scoreSamples(x: unknown, options: ScoreOptions = {}): Promise<readonly number[]> {
    const where = "Pipeline.scoreSamples";
    checkFields(options, SCORE, where);
    const [step, data] = await this.last("scoreSamples", x);
    const scores = Array.from(await step.scoreSamples(data) as Iterable<number>);
    await this.log("score_samples", scores, options, where);
    return scores;
  }

  /** The last step, which must have a method, and the data as it sees them. */
  private async last<M extends "predict" | "score" | "scoreSamples">(
    method: M,
    x: unknown,
  ): Promise<[Required<Pick<PipelineStep, M>>, unknown]> {
    const [name, step] = this.steps.at(-1)!;
    if (typeof step[method] !== "function") {
      refuse(`Pipeline.${method}: the last step, ${show(name)}, has no ${method}().`);
    }
    let data = x;
    for (const [, before] of this.steps.slice(0, -1)) data = await before.transform!(data);
    return [step as Required<Pick<PipelineStep, M>>, data];
  }

  /** Logs a metric to the experiment of the fit, which has its score then. */
  private async log(name: string, value: Value, options: ScoreOptions, where: string) {
    const { experiment, ...call } = options;
    if (experiment !== undefined) checkExperiment(experiment, `${where}: experiment`);
    const to = experiment ?? this.experiment ?? await this.create(call);
    await logMetric(this.rubicon, to, { name, value, ...call });
    this.experiment = undefined;
  }
}

/**
 * Parameters: the settings of an experiment.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { type ChildQuery, getChild, listChildren, logChild, logChildren } from "./writing/child.ts";
import type { Experiment, Parameter } from "./format/entities.ts";
import type { ListFilter, LogInput } from "./inputs.ts";
import type { Value } from "./format/values.ts";

/** What {@linkcode logParameter} takes. */
export type ParameterInput = LogInput<Parameter, "name" | "value">;

/** Many parameters: their values by name, or a list of inputs. */
export type ParameterInputs = Readonly<Record<string, Value>> | readonly ParameterInput[];

/**
 * Logs a parameter to an experiment, in every backend.
 *
 * @throws {RubiconException} `already-exists` where the experiment has another parameter under the same key.
 *
 * @example
 * ```ts
 * import { createProject, logParameter, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logParameter" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logParameter(rubicon, experiment, { name: "n_estimators", value: 20 });
 * ```
 */
export async function logParameter(
  rubicon: Composite,
  experiment: Experiment,
  input: ParameterInput,
): Promise<Parameter> {
  return await logChild(rubicon, "parameter", experiment, input, "logParameter");
}

/**
 * Logs many parameters to an experiment at once. Nothing is written where one of them is refused.
 *
 * @throws {RubiconException} with all of them as `entity` where some were not written: pass it to this
 * function again to complete them.
 *
 * @example
 * ```ts
 * import { createProject, logParameters, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logParameters" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logParameters(rubicon, experiment, { n_estimators: 20, depth: 3 });
 * ```
 */
export async function logParameters(
  rubicon: Composite,
  experiment: Experiment,
  parameters: ParameterInputs,
  options: CallOptions = {},
): Promise<Parameter[]> {
  return await logChildren(rubicon, "parameter", experiment, parameters, options, "logParameters");
}

/**
 * Gets one parameter of an experiment, by name or by id.
 *
 * @throws {RubiconException} `not-found` where no backend has it.
 *
 * @example
 * ```ts
 * import { createProject, getParameter, logParameter, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getParameter" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * const { id, name } = await logParameter(rubicon, experiment, { name: "n_estimators", value: 20 });
 * const parameter = await getParameter(rubicon, experiment, { name });
 * if (parameter.id !== id) throw new Error("it is the one that was logged");
 * ```
 */
export async function getParameter(
  rubicon: Composite,
  experiment: Experiment,
  query: ChildQuery,
): Promise<Parameter> {
  return await getChild(rubicon, "parameter", experiment, query, "getParameter");
}

/**
 * The parameters of an experiment, oldest first.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, listParameters, logParameters, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listParameters" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logParameters(rubicon, experiment, { n_estimators: 20, depth: 3 });
 * const parameters = await listParameters(rubicon, experiment);
 * if (parameters.length !== 2) throw new Error("two were logged");
 * ```
 */
export async function listParameters(
  rubicon: Composite,
  experiment: Experiment,
  filter: ListFilter = {},
): Promise<Parameter[]> {
  return await listChildren(rubicon, "parameter", experiment, filter, "listParameters");
}

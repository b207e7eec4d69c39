/**
 * Features: the inputs of an experiment's model.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { type ChildQuery, getChild, listChildren, logChild, logChildren } from "./writing/child.ts";
import type { Experiment, Feature } from "./format/entities.ts";
import type { ListFilter, LogInput } from "./inputs.ts";
import type { Value } from "./format/values.ts";

/** What {@linkcode logFeature} takes. */
export type FeatureInput = LogInput<Feature, "name">;

/** Many features: their names, their importances by name, or a list of inputs. */
export type FeatureInputs =
  | Readonly<Record<string, Value>>
  | readonly (string | FeatureInput)[];

/**
 * Logs a feature to an experiment, in every backend.
 *
 * @throws {RubiconException} `already-exists` where the experiment has another feature under the same key.
 *
 * @example
 * ```ts
 * import { createProject, logFeature, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logFeature" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logFeature(rubicon, experiment, { name: "year", importance: 0.1 });
 * ```
 */
export async function logFeature(
  rubicon: Composite,
  experiment: Experiment,
  input: FeatureInput,
): Promise<Feature> {
  return await logChild(rubicon, "feature", experiment, input, "logFeature");
}

/**
 * Logs many features to an experiment at once. Nothing is written where one of them is refused.
 *
 * @throws {RubiconException} with all of them as `entity` where some were not written: pass it to this
 * function again to complete them.
 *
 * @example
 * ```ts
 * import { createProject, logFeatures, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logFeatures" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logFeatures(rubicon, experiment, ["year", "month"]);
 * ```
 */
export async function logFeatures(
  rubicon: Composite,
  experiment: Experiment,
  features: FeatureInputs,
  options: CallOptions = {},
): Promise<Feature[]> {
  return await logChildren(rubicon, "feature", experiment, features, options, "logFeatures");
}

/**
 * Gets one feature of an experiment, by name or by id.
 *
 * @throws {RubiconException} `not-found` where no backend has it.
 *
 * @example
 * ```ts
 * import { createProject, getFeature, logFeature, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getFeature" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * const { id, name } = await logFeature(rubicon, experiment, { name: "year", importance: 0.1 });
 * const feature = await getFeature(rubicon, experiment, { name });
 * if (feature.id !== id) throw new Error("it is the one that was logged");
 * ```
 */
export async function getFeature(
  rubicon: Composite,
  experiment: Experiment,
  query: ChildQuery,
): Promise<Feature> {
  return await getChild(rubicon, "feature", experiment, query, "getFeature");
}

/**
 * The features of an experiment, oldest first.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, listFeatures, logFeatures, logExperiment, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listFeatures" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const experiment = await logExperiment(rubicon, project);
 * await logFeatures(rubicon, experiment, ["year", "month"]);
 * const features = await listFeatures(rubicon, experiment);
 * if (features.length !== 2) throw new Error("two were logged");
 * ```
 */
export async function listFeatures(
  rubicon: Composite,
  experiment: Experiment,
  filter: ListFilter = {},
): Promise<Feature[]> {
  return await listChildren(rubicon, "feature", experiment, filter, "listFeatures");
}

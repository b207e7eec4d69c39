/**
 * Schemas: what to log of an object, as rubicon-ml's YAML files say it. The same file serves Python and this module.
 *
 * @module
 */
import type { Composite } from "../../composite.ts";
import type { Experiment } from "../format/entities.ts";

/** Where a value comes from. Of several the later of attribute, key, environment and function counts. */
export interface SchemaValue {
  /** The name that it is logged by. */
  name: string;
  /** The object's property that has it. */
  "value_attr"?: string | undefined;
  /** The property that has an object or a `Map` with it… */
  "value_dict"?: string | undefined;
  /** …and its key in there. */
  "value_key"?: string | undefined;
  /** The variable of the environment that has it, which needs its permission. */
  "value_env"?: string | undefined;
  /** The method, without arguments, that gives it, also later. */
  "value_func"?: string | undefined;
  /** Whether it may be missing: it is `null` then. */
  optional?: boolean | undefined;
  /** For a metric: whether more or less is better. Of this module's own: Python passes over it. */
  directionality?: "score" | "loss" | undefined;
}

/** Each entry of an object or a `Map`, by its own name. Of this module's own: Python does not know it. */
export interface SchemaValues {
  /** The property that has them. */
  "each_attr"?: string | undefined;
  /** The method, without arguments, that gives them. */
  "each_func"?: string | undefined;
  /** Whether they may be missing. */
  optional?: boolean | undefined;
}

/** One feature, or a list of them. */
export interface SchemaFeature {
  /** The property that has the names. */
  "names_attr"?: string | undefined;
  /** The property that has as many importances. */
  "importances_attr"?: string | undefined;
  /** The property that has one name. */
  "name_attr"?: string | undefined;
  /** The property that has its importance. */
  "importance_attr"?: string | undefined;
  /** Whether it may be missing: it is left out then. */
  optional?: boolean | undefined;
}

/** An artifact: `self` is the object, under the name of its class. */
export type SchemaArtifact = "self" | {
  /** The logger that takes the object, by name; all else here is passed to it. */
  self: string;
  /** What the logger takes. */
  [argument: string]: unknown;
} | {
  /** The artifact's name. */
  name: string;
  /** The property that has the data: bytes, a text, or what is JSON. */
  "data_object_attr"?: string | undefined;
  /** The method, without arguments, that gives it. */
  "data_object_func"?: string | undefined;
  /** Whether it may be missing: it is left out then. */
  optional?: boolean | undefined;
};

/** A dataframe: a list of rows, or lists by column. */
export interface SchemaDataframe {
  /** The dataframe's name. */
  name: string;
  /** The property that has it. */
  "df_attr"?: string | undefined;
  /** The method, without arguments, that gives it. */
  "df_func"?: string | undefined;
  /** Whether it may be missing: it is left out then. */
  optional?: boolean | undefined;
}

/** Another schema, for a property of the object. rubicon-ml's manual writes it as two items, which is understood too. */
export interface SchemaNested {
  /** The schema's name, or `infer`: by the class of what is there. */
  name?: string | undefined;
  /** The property. */
  attr?: string | undefined;
  /** Whether it may be missing: it is left out then. */
  optional?: boolean | undefined;
}

/** What to log of an object. */
export interface Schema {
  /** `<library>__<Class>`. */
  name?: string | undefined;
  /** A schema that is logged first, into the same experiment. */
  extends?: string | undefined;
  /** The features. */
  features?: readonly SchemaFeature[] | undefined;
  /** The parameters. */
  parameters?: readonly (SchemaValue | SchemaValues)[] | undefined;
  /** The metrics. */
  metrics?: readonly (SchemaValue | SchemaValues)[] | undefined;
  /** The artifacts. */
  artifacts?: readonly SchemaArtifact[] | undefined;
  /** The dataframes. */
  dataframes?: readonly SchemaDataframe[] | undefined;
  /** Schemas of properties, for the same experiment. */
  schema?: readonly SchemaNested[] | undefined;
  /** Schemas of lists: an experiment for each of their objects. */
  children?: readonly SchemaNested[] | undefined;
  /** What else the file says, such as `version`, `compatibility` and `docs_url`. */
  [more: string]: unknown;
}

/** Logs an object in its own way: what `self: NAME` of an artifact means. */
export type SchemaLogger = (
  rubicon: Composite,
  experiment: Experiment,
  object: unknown,
  args: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

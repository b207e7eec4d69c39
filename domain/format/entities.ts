/**
 * The entities, as plain data: no classes, no methods. What a function returns can be passed to the
 * next one, stored, or sent to a worker.
 *
 * @module
 */
import type { TrainingMetadata, Value } from "./values.ts";

export type { TrainingMetadata } from "./values.ts";

/** What all entities have. */
export interface Base {
  /** When it was created: ISO 8601 in UTC with microseconds, `2026-11-24T00:09:37.240755+00:00`. */
  createdAt: string;
  /** Free text. */
  description: string | null;
  /** A UUID. */
  id: string;
}

/** What can be tagged and commented. */
export interface Annotated extends Base {
  /** The project it belongs to. */
  projectName: string;
  /** Notes, in the order in which they were added. */
  comments: string[];
  /** Labels to filter by, such as `baseline` or `model:xgboost`. */
  tags: string[];
}

/** A collection of experiments with one name. */
export interface Project extends Base {
  /** Tells entities apart. */
  kind: "project";
  /** The name; its slug is its key. */
  name: string;
  /** The repository of the code. */
  githubUrl: string | null;
  /** What its experiments are trained on. */
  trainingMetadata: TrainingMetadata | null;
}

/** One run: parameters and features in, metrics out. */
export interface Experiment extends Annotated {
  /** Tells entities apart. */
  kind: "experiment";
  /** A name for people. Several experiments may have one name. */
  name: string | null;
  /** The git branch of the code. */
  branchName: string | null;
  /** The git commit of the code. */
  commitHash: string | null;
  /** The name of the model. */
  modelName: string | null;
  /** What it was trained on. */
  trainingMetadata: TrainingMetadata | null;
}

/** What belongs to an experiment and goes by name. */
export interface Child extends Annotated {
  /** The experiment it belongs to. */
  experimentId: string;
  /** The name; its slug is its key within the experiment. */
  name: string;
}

/** A result of an experiment. */
export interface Metric extends Child {
  /** Tells entities apart. */
  kind: "metric";
  /** The result. */
  value: Value;
  /** Whether more is better (`score`) or less (`loss`). */
  directionality: "score" | "loss";
}

/** A setting of an experiment. */
export interface Parameter extends Child {
  /** Tells entities apart. */
  kind: "parameter";
  /** The setting. */
  value: Value;
}

/** An input of an experiment's model. */
export interface Feature extends Child {
  /** Tells entities apart. */
  kind: "feature";
  /** How much it mattered: a number as a rule. rubicon-ml keeps whatever it is given, such as a numpy scalar. */
  importance: Value;
}

/** What belongs to a project or an experiment and goes by id. */
export interface Attached extends Annotated {
  /** The experiment it belongs to; `null` if it belongs to the project itself. */
  experimentId: string | null;
  /** The id of the project or experiment it belongs to. */
  parentId: string;
}

/** Bytes with a name. */
export interface Artifact extends Attached {
  /** Tells entities apart. */
  kind: "artifact";
  /** The name, such as a file's. */
  name: string;
}

/** A table with a name. */
export interface Dataframe extends Attached {
  /** Tells entities apart. */
  kind: "dataframe";
  /** The name. */
  name: string | null;
}

/** The entities by the word that tells them apart. */
export interface Entities {
  /** See {@linkcode Project}. */
  project: Project;
  /** See {@linkcode Experiment}. */
  experiment: Experiment;
  /** See {@linkcode Metric}. */
  metric: Metric;
  /** See {@linkcode Parameter}. */
  parameter: Parameter;
  /** See {@linkcode Feature}. */
  feature: Feature;
  /** See {@linkcode Artifact}. */
  artifact: Artifact;
  /** See {@linkcode Dataframe}. */
  dataframe: Dataframe;
}

/** The word that tells entities apart. */
export type Kind = keyof Entities;

/** Any entity. */
export type Entity = Entities[Kind];

/** The entity type of a kind. */
export type EntityOf<K extends Kind> = Entities[K];

/** What artifacts and dataframes can belong to. */
export type Parent = Project | Experiment;

/** What can be tagged and commented. */
export type Taggable = Exclude<Entity, Project>;

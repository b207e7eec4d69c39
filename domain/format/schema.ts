/**
 * The fields of each entity: their names here and in metadata.json, and their shapes. The order is
 * rubicon-ml's.
 *
 * @module
 */
import type { Kind } from "./entities.ts";

/** What a field holds. */
export type Shape =
  | "name"
  | "text"
  | "optional-text"
  | "texts"
  | "time"
  | "id"
  | "value"
  | "training"
  | "importance"
  | "directionality";

/** One field of an entity. */
export interface Field {
  /** Its name in TypeScript. */
  name: string;
  /** Its name in metadata.json. */
  key: string;
  /** What it holds. */
  shape: Shape;
}

const field = (name: string, shape: Shape): Field => ({
  name,
  key: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  shape,
});

const COMMENTS = field("comments", "texts");
const CREATED_AT = field("createdAt", "time");
const DESCRIPTION = field("description", "optional-text");
const ID = field("id", "id");
const TAGS = field("tags", "texts");
const TRAINING = field("trainingMetadata", "training");
const NAME = field("name", "name");
const VALUE = field("value", "value");

/** The fields of an entity's metadata.json. */
export const FIELDS: Readonly<Record<Kind, readonly Field[]>> = {
  project: [NAME, CREATED_AT, DESCRIPTION, field("githubUrl", "optional-text"), ID, TRAINING],
  experiment: [
    field("projectName", "name"),
    field("branchName", "optional-text"),
    COMMENTS,
    field("commitHash", "optional-text"),
    CREATED_AT,
    DESCRIPTION,
    ID,
    field("modelName", "optional-text"),
    field("name", "optional-text"),
    TAGS,
    TRAINING,
  ],
  metric: [
    NAME,
    VALUE,
    COMMENTS,
    CREATED_AT,
    DESCRIPTION,
    field("directionality", "directionality"),
    ID,
    TAGS,
  ],
  parameter: [NAME, VALUE, COMMENTS, CREATED_AT, DESCRIPTION, ID, TAGS],
  feature: [NAME, COMMENTS, CREATED_AT, DESCRIPTION, ID, field("importance", "importance"), TAGS],
  artifact: [
    field("name", "text"),
    COMMENTS,
    CREATED_AT,
    DESCRIPTION,
    ID,
    field("parentId", "id"),
    TAGS,
  ],
  dataframe: [
    COMMENTS,
    CREATED_AT,
    DESCRIPTION,
    ID,
    field("name", "optional-text"),
    field("parentId", "id"),
    TAGS,
  ],
};

/** Fields that say where an entity is, and are not in its metadata.json. */
export const PLACE_FIELDS: Readonly<Record<Kind, readonly string[]>> = {
  project: [],
  experiment: [],
  metric: ["projectName", "experimentId"],
  parameter: ["projectName", "experimentId"],
  feature: ["projectName", "experimentId"],
  artifact: ["projectName", "experimentId"],
  dataframe: ["projectName", "experimentId"],
};

/**
 * Where everything is: the only file that knows keys.
 *
 * @module
 */
import { slugify } from "./slug.ts";
import type { Entity, Kind, Parent } from "./entities.ts";

/** Enough of an entity to know its place. */
export type Place = { projectName: string; experimentId?: string | null };

/** The name of every entity's own file. */
export const METADATA = "metadata.json";
/** The name of an artifact's or dataframe's data, a file or a folder. */
export const DATA = "data";

const FOLDER: Record<Exclude<Kind, "project" | "experiment">, string> = {
  metric: "metrics",
  parameter: "parameters",
  feature: "features",
  artifact: "artifacts",
  dataframe: "dataframes",
};

/** The folder of a project. */
export const projectFolder = (name: string): string => slugify(name);

/** The folder that has all of a project's experiments. */
export const experimentsFolder = (projectName: string): string =>
  `${projectFolder(projectName)}/experiments`;

/** The folder of an experiment. */
export const experimentFolder = (projectName: string, id: string): string =>
  `${experimentsFolder(projectName)}/${id}`;

/** The folder of what metrics, artifacts and so on belong to. */
export const placeFolder = ({ projectName, experimentId }: Place): string =>
  experimentId == null ? projectFolder(projectName) : experimentFolder(projectName, experimentId);

/** The folder that has all entities of one kind at one place. */
export function kindFolder(kind: Kind, place: Place): string {
  if (kind === "project") return "";
  if (kind === "experiment") return experimentsFolder(place.projectName);
  return `${placeFolder(place)}/${FOLDER[kind]}`;
}

/** The folder of one entity. Metrics, parameters and features go by name, the others by id. */
export function entityFolder(entity: Entity): string {
  switch (entity.kind) {
    case "project":
      return projectFolder(entity.name);
    case "metric":
    case "parameter":
    case "feature":
      return `${kindFolder(entity.kind, entity)}/${slugify(entity.name)}`;
    default:
      return `${kindFolder(entity.kind, entity)}/${entity.id}`;
  }
}

/** The key of an entity's own file. */
export const metadataKey = (folder: string): string => `${folder}/${METADATA}`;

/** The folder that has an experiment's metric history. */
export const historyFolder = (experimentFolder: string): string => `${experimentFolder}/history`;

/** Whether a file directly in an experiment's folder says what state its run is in. */
export const isStatusName = (name: string): boolean => /^status_[^/]+\.json$/.test(name);

/** Whether a key is of a part of an experiment's history: of lines, or of Parquet. */
export const isHistoryKey = (key: string): boolean =>
  /^[^/]+\/experiments\/[^/]+\/history\/[^/]+\.(?:jsonl|parquet)$/.test(key);

/** Whether a key is of what a run leaves beside its experiment: of its history, or of its state. */
export const isOfRun = (key: string): boolean =>
  isHistoryKey(key) || /^[^/]+\/experiments\/[^/]+\/status_[^/]+\.json$/.test(key);

/** The keys of the entities that have to be there before something is written at a place, outermost first. */
export function parentKeys({ projectName, experimentId }: Place): string[] {
  const project = metadataKey(projectFolder(projectName));
  if (experimentId == null) return [project];
  return [project, metadataKey(experimentFolder(projectName, experimentId))];
}

/** The place of what belongs to a project or an experiment. */
export const placeIn = (parent: Parent): Place =>
  parent.kind === "project"
    ? { projectName: parent.name, experimentId: null }
    : { projectName: parent.projectName, experimentId: parent.id };

/** The trace that a deletion leaves, so that a repair does not bring back what was deleted on purpose. */
export const tombstoneKey = (kindFolder: string, id: string): string =>
  `${kindFolder}/deleted_${id}.json`;

/** What a key below `folder` is to the entity of that folder. */
export function partOf(name: string): "metadata" | "tags" | "comments" | undefined {
  if (name === METADATA) return "metadata";
  if (!name.endsWith(".json")) return undefined;
  if (name.startsWith("tags_")) return "tags";
  return name.startsWith("comments_") ? "comments" : undefined;
}

/** The folder of the entity that a deletion's trace is about; `undefined` for other keys. */
export function deletedBy(key: string): string | undefined {
  const [, kindFolder, id] = /^(.+)\/deleted_([0-9a-f-]{36})\.json$/i.exec(key) ?? [];
  return kindFolder === undefined ? undefined : `${kindFolder}/${id}`;
}

const ENTITY =
  /^[^/]+(?:\/experiments\/[^/]+)?(?:\/(?:metrics|parameters|features|artifacts|dataframes)\/[^/]+)?(?=\/)/;

/** The folder of the entity that a key belongs to. */
export const entityOf = (key: string): string => ENTITY.exec(key)?.[0] ?? "";

/**
 * An order in which objects can be copied one by one: an entity comes after its parents, and its
 * metadata after all its other files, so that it never shows before its data.
 */
export function byDependency(a: string, b: string): number {
  const [one, other] = [a, b].map((key) => {
    const folder = entityOf(key);
    return { folder, depth: folder.split("/").length, last: key === metadataKey(folder) };
  });
  return one!.depth - other!.depth || compare(one!.folder, other!.folder) ||
    Number(one!.last) - Number(other!.last) || compare(a, b);
}

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;

/** The key of a named view of the viewer: a file beside the project's own, which Python passes over. */
export const viewKey = (projectName: string, id: string): string =>
  `${projectFolder(projectName)}/view_${id}.json`;

/** Whether a key is of a named view. */
export const isView = (key: string): boolean => /^[^/]+\/view_[^/]+\.json$/.test(key);

const KIND = "(?:metrics|parameters|features|artifacts|dataframes)";
const EXPERIMENT = "[^/]+/experiments/[^/]+";
/** All that belongs to an entity, or is the trace of one. */
const OWN = new RegExp(
  "^(?:" + [
    "[^/]+/(?:metadata\\.json|view_[^/]+\\.json|archives/[^/]+\\.zip)",
    `(?:${EXPERIMENT}|(?:[^/]+|${EXPERIMENT})/${KIND}/[^/]+)/` +
    "(?:metadata\\.json|(?:tags|comments)_[^/]+\\.json|data(?:/[^/]+)*)",
    `${EXPERIMENT}/(?:digest\\.json|status_[^/]+\\.json|history/[^/]+)`,
    `[^/]+/(?:experiments|(?:experiments/[^/]+/)?${KIND})/deleted_[^/]+\\.json`,
    "[^/]+/(?:experiments/(?:restored|emptied)_[^/]+\\.json|trash/[^/]+\\.zip)",
  ].join("|") + ")$",
);

/** Whether a key is of this layout: what else is in a store is somebody else's, and left alone. */
export const isOwn = (key: string): boolean => OWN.test(key);

/** Whether a key is of an outbox, which the backends beside it do not have. */
export const isOutbox = (key: string): boolean => /^outbox_[^/]+$/.test(key);

/** The folder that has a project's archives. */
export const archivesFolder = (projectName: string): string =>
  `${projectFolder(projectName)}/archives`;

/**
 * The wave that an object is copied in: those of one wave may be copied at once. Parents come before children, and an
 * entity's metadata after its data, so that no entity ever shows before that.
 */
export function waveOf(key: string): number {
  const folder = entityOf(key);
  return folder.split("/").length * 2 + Number(key === metadataKey(folder));
}

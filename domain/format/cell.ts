/**
 * What a table has of a parameter or a metric: a name and a value, without the rest of the entity, since a table of a project
 * has some hundred thousand of them.
 *
 * @module
 */
import type { Metric, Parameter } from "./entities.ts";
import { parseDatetime, type Value } from "./values.ts";

/** A parameter or metric in a run. */
export interface Cell {
  name: string;
  value: Value;
}

/** A metric in a run. */
export interface MetricCell extends Cell {
  directionality: Metric["directionality"];
}

/** A cell with what says where it comes in the order of its run. */
export interface AgedCell {
  cell: Cell;
  createdAt: string;
  id: string;
}

/** The cell of an entity. */
export const cellOf = (entity: Parameter | Metric): AgedCell => ({
  cell: entity.kind === "metric"
    ? metricCell(entity.name, entity.value, entity.directionality)
    : { name: entity.name, value: entity.value },
  createdAt: entity.createdAt,
  id: entity.id,
});

const metricCell = (
  name: string,
  value: Value,
  directionality: Metric["directionality"],
): MetricCell => ({ name, value, directionality });

/**
 * The cell of what a metadata.json holds, if it is as nearly all are: then it is what {@linkcode cellOf} gives of the
 * decoded entity, in a fraction of the time. `undefined` says nothing: decode it.
 */
export function plainCell(
  kind: "parameter" | "metric",
  record: Readonly<Record<string, unknown>>,
): AgedCell | undefined {
  const { name, value, comments, description, directionality, id, tags } = record;
  if (typeof name !== "string" || typeof id !== "string") return undefined;
  if (typeof value === "object" ? value !== null : value === undefined) return undefined;
  if (description !== null && typeof description !== "string") return undefined;
  if (!areTexts(comments) || !areTexts(tags)) return undefined;
  const time = (record.created_at as { value?: unknown } | null | undefined)?.value;
  if (typeof time !== "string") return undefined;
  let createdAt: string;
  try {
    createdAt = parseDatetime(time);
  } catch {
    return undefined; // Who decodes it says what is wrong.
  }
  if (kind === "parameter") return { cell: { name, value: value as Value }, createdAt, id };
  if (directionality !== "score" && directionality !== "loss") return undefined;
  return { cell: metricCell(name, value as Value, directionality), createdAt, id };
}

const areTexts = (list: unknown): boolean =>
  Array.isArray(list) && list.every((text) => typeof text === "string");

/**
 * What a table has of a parameter or a metric: a name and a value, without the rest of the entity, since a table of a project
 * has some hundred thousand of them.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { Metric, Parameter } from "./entities.ts";
import { encodeValue, parseDatetime, parseJson, reviveValue, type Value } from "./values.ts";

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

/** What `JSON.parse` would refuse, or read with a loss: NaN, and integers beyond 2^53. */
const LOSSY = /NaN|Infinity|(?<![.\d])\d{16}/;

/** A cell as JSON, in a list that is sorted by `order`. */
export interface EncodedCell {
  list: "metrics" | "parameters";
  order: string;
  json: string;
}

/** The cell of an entity as JSON, if tables have it. */
export const encodeCell = (entity: Metric | Parameter): EncodedCell => ({
  list: `${entity.kind}s`,
  order: `${entity.createdAt} ${entity.id}`,
  json: cellJson(entity),
});

/** The same of a cell that was read, which is the so-manieth of its list. */
export const encodeRead = (
  list: EncodedCell["list"],
  cell: Cell | MetricCell,
  at: number,
): EncodedCell => ({ list, order: String(at).padStart(9, "0"), json: cellJson(cell) });

/** `[name, value]`, with what is not as usual behind that. */
function cellJson(cell: Cell & Partial<MetricCell>): string {
  const { name, value, directionality } = cell;
  const text = encodeValue(value, name);
  const isLossy = LOSSY.test(text);
  const isLoss = directionality === "loss";
  const rest = isLossy ? `, ${Number(isLoss)}, ${JSON.stringify(text)}` : isLoss ? ", 1" : "";
  return `[${JSON.stringify(name)}, ${isLossy ? null : text}${rest}]`;
}

/**
 * The cell that {@linkcode encodeCell} made JSON of, parsed by `JSON.parse`.
 *
 * @throws {RubiconException} `corrupt` if it is none.
 */
export function decodeCell(kind: "parameter" | "metric", json: unknown): Cell {
  const [name, plain, isLoss, text] = Array.isArray(json) ? json : [];
  if (typeof name !== "string") {
    throw new RubiconException("corrupt", `A digest has a ${kind} without a name.`);
  }
  const value = reviveValue(text === undefined ? plain : parseJson(text));
  return kind === "parameter"
    ? { name, value }
    : metricCell(name, value, isLoss === 1 ? "loss" : "score");
}

const areTexts = (list: unknown): boolean =>
  Array.isArray(list) && list.every((text) => typeof text === "string");

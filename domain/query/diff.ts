/**
 * What differs between runs.
 *
 * @module
 */
import { encodeValue, type Value } from "../format/values.ts";
import type { Feature } from "../format/entities.ts";
import type { Run } from "./cells.ts";
import type { OwnField } from "./tree.ts";

/** A run with all that is compared. */
export interface ComparedRun extends Run {
  features: readonly Feature[];
  /** What the code ran on, as it was logged; missing if it was not. */
  environment?: Value | undefined;
}

/** Where a row of a comparison comes from. */
export type DiffKind = "own" | "tag" | "parameter" | "metric" | "feature" | "environment";

/** One key that experiments are compared by. */
export interface DiffRow {
  /** Where it comes from. */
  kind: DiffKind;
  /** The name; what is nested in a value has a row each, such as `optimizer.lr`. */
  key: string;
  /** A value for each experiment, in their order; `undefined` if it has none. */
  values: (Value | undefined)[];
  /** Whether they are not all the same. */
  differs: boolean;
  /** For numbers: how much more than the first experiment each has. `undefined` if one of both is no number. */
  deltas?: (number | undefined)[];
  /** The same, as a part of the first one's value: 0.1 is ten percent more. `undefined` also if that is 0. */
  relative?: (number | undefined)[];
  /** For metrics: whether each is better than the first, by directionality. `undefined` if they are equal. */
  better?: (boolean | undefined)[];
}

const KINDS: readonly DiffKind[] = [
  ...["own", "tag", "parameter", "metric", "feature", "environment"] as const,
];
const OWN: readonly OwnField[] = [
  ...["name", "description", "modelName", "branchName", "commitHash", "createdAt"] as const,
];
/** What is nested deeper is one value. */
const MAX_DEPTH = 20;

/**
 * Compares runs, a row a key: by kind, then by key.
 *
 * @param all Whether keys with equal values are given, too.
 */
export function diffRuns(runs: readonly ComparedRun[], all: boolean): DiffRow[] {
  const found = new Map<string, DiffRow & { isLoss?: boolean }>();
  runs.forEach((run, at) => {
    const put = (kind: DiffKind, path: readonly string[], value: Value, isLoss?: boolean) => {
      const id = `${kind}\0${path.join("\0")}`;
      let row = found.get(id);
      if (!row) {
        const values = new Array<Value | undefined>(runs.length).fill(undefined);
        found.set(id, row = { kind, key: path.join("."), values, differs: false });
      }
      row.values[at] = value;
      if (isLoss !== undefined) row.isLoss ??= isLoss;
    };
    const nested = (kind: DiffKind, path: readonly string[], value: Value, isLoss?: boolean) => {
      const entries = path.length < MAX_DEPTH && isPlain(value) ? Object.entries(value) : [];
      if (entries.length === 0) put(kind, path, value, isLoss);
      else for (const [key, item] of entries) nested(kind, [...path, key], item, isLoss);
    };
    const { experiment, parameters, metrics, features, environment } = run;
    for (const field of OWN) put("own", [field], experiment[field as "name"]);
    for (const [key, value] of byKey(experiment.tags)) put("tag", [key], value);
    for (const { name, value } of parameters) nested("parameter", [name], value);
    for (const { name, value, directionality } of metrics) {
      nested("metric", [name], value, directionality === "loss");
    }
    for (const { name, importance } of features) put("feature", [name], importance);
    if (isPlain(environment)) {
      for (const [key, value] of Object.entries(environment)) nested("environment", [key], value);
    }
  });
  const rows: DiffRow[] = [];
  for (const { isLoss, ...row } of found.values()) {
    row.differs = row.values.some((value) => !isSame(value, row.values[0]));
    if (!all && !row.differs) continue;
    rows.push(row.values.some(isNumber) ? { ...row, ...numbers(row, isLoss) } : row);
  }
  const rank = new Map(KINDS.map((kind, at) => [kind, at]));
  return rows.sort((a, b) =>
    rank.get(a.kind)! - rank.get(b.kind)! || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  );
}

/** Tags as keys: `key:value` is a value, and what has no colon is just there. */
function byKey(tags: readonly string[]): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const tag of tags) {
    const colon = tag.indexOf(":");
    const [key, value] = colon > 0 ? [tag.slice(0, colon), tag.slice(colon + 1)] : [tag, true];
    const before = found.get(key);
    found.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return found;
}

function numbers(
  { kind, values }: DiffRow,
  isLoss = false,
): Pick<DiffRow, "deltas" | "relative" | "better"> {
  const [first] = values;
  const deltas = values.map((value) =>
    isNumber(value) && isNumber(first)
      ? isSame(value, first) ? 0 : difference(value, first)
      : undefined
  );
  const size = Math.abs(Number(first));
  const relative = deltas.map((delta) =>
    delta === undefined || !(size > 0) || size === Infinity ? undefined : delta / size
  );
  if (kind !== "metric") return { deltas, relative };
  const better = deltas.map((delta) =>
    delta === undefined || delta === 0 || Number.isNaN(delta) ? undefined : delta < 0 === isLoss
  );
  return { deltas, relative, better };
}

/** Exact for large integers. */
const difference = (a: number | bigint, b: number | bigint): number =>
  typeof a === "bigint" && typeof b === "bigint" ? Number(a - b) : Number(a) - Number(b);

const isNumber = (value: unknown): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";

function isPlain(value: unknown): value is Record<string, Value> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !("dtype" in value);
}

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (isNumber(a) && isNumber(b)) return a == b;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return encodeValue(a, "a value") === encodeValue(b, "a value");
}

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
  const found = new Map(KINDS.map((kind): [DiffKind, Found[]] => [kind, []]));
  const roots = new Map(KINDS.map((kind): [DiffKind, Node] => [kind, {}]));
  runs.forEach((run, at) => {
    // By the place in a tree, not by a text of the path: of thousands of keys each is written once.
    const put = (kind: DiffKind, parent: Node, key: string, value: Value, isLoss?: boolean) => {
      const node = childOf(parent, key);
      if (!node.found) {
        const values = new Array<Value | undefined>(runs.length).fill(undefined);
        const row = { kind, key: keyOf(parent, key), values, differs: false };
        found.get(kind)!.push(node.found = { row });
      }
      node.found.row.values[at] = value;
      if (isLoss !== undefined) node.found.isLoss ??= isLoss;
    };
    const nested = (
      kind: DiffKind,
      parent: Node,
      key: string,
      value: Value,
      isLoss?: boolean,
      depth = 1,
    ) => {
      const keys = depth < MAX_DEPTH && isPlain(value) ? Object.keys(value) : [];
      if (keys.length === 0) return put(kind, parent, key, value, isLoss);
      const node = childOf(parent, key);
      node.key ??= keyOf(parent, key);
      const items = value as Record<string, Value>;
      for (const one of keys) nested(kind, node, one, items[one]!, isLoss, depth + 1);
    };
    const root = (kind: DiffKind) => roots.get(kind)!;
    const { experiment, parameters, metrics, features, environment } = run;
    for (const field of OWN) put("own", root("own"), field, experiment[field as "name"]);
    for (const [key, value] of byKey(experiment.tags)) put("tag", root("tag"), key, value);
    for (const { name, value } of parameters) nested("parameter", root("parameter"), name, value);
    for (const { name, value, directionality } of metrics) {
      nested("metric", root("metric"), name, value, directionality === "loss");
    }
    for (const { name, importance } of features) put("feature", root("feature"), name, importance);
    if (isPlain(environment)) {
      for (const [key, value] of Object.entries(environment)) {
        nested("environment", root("environment"), key, value);
      }
    }
  });
  return Array.from(found.values(), (ofKind) => {
    const rows: DiffRow[] = [];
    for (const { row, isLoss } of ofKind) {
      const [first] = row.values;
      row.differs = !row.values.every((value) => isSame(value, first));
      if (!all && !row.differs) continue;
      if (row.values.some(isNumber)) Object.assign(row, numbers(row, isLoss));
      rows.push(row);
    }
    return rows.sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  }).flat();
}

interface Found {
  row: DiffRow;
  isLoss?: boolean;
}

/** A key, the row of what is at it, and the keys of what is nested in it. */
interface Node {
  key?: string;
  found?: Found;
  children?: Map<string, Node>;
}

function childOf(parent: Node, key: string): Node {
  parent.children ??= new Map();
  let node = parent.children.get(key);
  if (!node) parent.children.set(key, node = {});
  return node;
}

const keyOf = (parent: Node, key: string): string =>
  parent.key === undefined ? key : `${parent.key}.${key}`;

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
  const size = isNumber(first) ? Math.abs(Number(first)) : 0;
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

/**
 * Runs as columns: the values that a query reads, one list a column.
 *
 * @module
 */
import { isNumpyArray } from "../format/numpy.ts";
import type { Cell, MetricCell } from "../format/cell.ts";
import type { Experiment } from "../format/entities.ts";
import type { RunState } from "../format/run_state.ts";
import { OWN_FIELDS, type QueryColumn } from "./tree.ts";

/** An experiment with its parameters and metrics. */
export interface Run {
  experiment: Experiment;
  parameters: readonly Cell[];
  metrics: readonly MetricCell[];
  /** The state of the run, if it has one and somebody asked for it. */
  status?: RunState | null | undefined;
}

/** The values of some runs, by column. */
export interface Cells {
  /** How many runs there are. */
  readonly length: number;
  /** A value for each run; missing ones are `undefined` or `null`. Tags, and values of `key:value` tags, are lists. */
  of(column: QueryColumn): readonly unknown[];
  /** Whether less is better, as most of the runs say that have the metric. */
  isLoss(metric: string): boolean;
  /** The columns that there are. */
  columns(): QueryColumn[];
}

/** The values of runs. */
export function cellsOf(runs: readonly Run[]): Cells {
  const kept = new Map<string, readonly unknown[]>();
  const metricsNamed = (name: string) => named(runs.map(({ metrics }) => metrics), name);
  return {
    length: runs.length,
    of(column) {
      const key = `${column.kind} ${column.fold ?? ""} ${column.name}`;
      let found = kept.get(key);
      if (!found) kept.set(key, found = read(runs, column));
      return found;
    },
    isLoss(metric) {
      const votes = metricsNamed(metric).map((one) =>
        one === undefined ? 0 : one.directionality === "loss" ? 1 : -1
      );
      return votes.reduce((sum: number, vote) => sum + vote, 0) > 0;
    },
    columns: () => columnsOf(runs),
  };
}

function read(runs: readonly Run[], { kind, name, fold }: QueryColumn): readonly unknown[] {
  if (fold !== undefined) return read(runs, { kind, name }).map((value) => folded(value, fold));
  switch (kind) {
    case "own":
      return name === "status"
        ? runs.map(({ status }) => status)
        : runs.map(({ experiment }) => experiment[name as keyof Experiment]);
    case "tag":
      return runs.map(({ experiment }) => valuesOf(experiment.tags, `${name}:`));
    case "metric":
      return named(runs.map(({ metrics }) => metrics), name).map((one) => single(one?.value));
    case "parameter":
      return named(runs.map(({ parameters }) => parameters), name).map((one) => single(one?.value));
  }
}

/** The values of `key:value` tags, by what they start with. */
export const valuesOf = (tags: readonly string[], start: string): string[] =>
  tags.filter((tag) => tag.startsWith(start)).map((tag) => tag.slice(start.length));

/** The one of each list that has a name. Most lists are alike, so it is looked for first where the last one was. */
function named<T extends { name: string }>(lists: readonly (readonly T[])[], name: string) {
  let at = 0;
  return lists.map((list) => {
    if (list[at]?.name === name) return list[at];
    const found = list.findIndex((one) => one.name === name);
    if (found >= 0) at = found;
    return list[found];
  });
}

/** A numpy scalar is the number it holds. */
function single(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !isNumpyArray(value)) return value;
  return value.shape.length === 0 ? (value.data as ArrayLike<unknown>)[0] : value;
}

/** One number of a list of numbers; of a single number it is that number. */
export function folded(value: unknown, fold: QueryColumn["fold"]): unknown {
  if (typeof value === "number" || typeof value === "bigint") return value;
  const list = listOf(value);
  if (list === undefined) return undefined;
  if (fold === "last") return list.at(-1);
  const numbers = list.filter((one) => typeof one === "number" || typeof one === "bigint")
    .map(Number).filter((one) => !Number.isNaN(one));
  if (numbers.length === 0) return undefined;
  if (fold === "mean") return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return numbers.reduce((a, b) => (fold === "min") === (a < b) ? a : b);
}

/** The elements of a list, a typed array, a set, or a numpy array of one dimension. */
export function listOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (isNumpyArray(value)) return value.shape.length === 1 ? listOf(value.data) : undefined;
  if (value instanceof Set) return [...value];
  const isTyped = ArrayBuffer.isView(value) && !(value instanceof DataView);
  return isTyped ? Array.from(value as Float64Array) : undefined;
}

function columnsOf(runs: readonly Run[]): QueryColumn[] {
  const names = { metric: new Set<string>(), parameter: new Set<string>(), tag: new Set<string>() };
  for (const { experiment, metrics, parameters } of runs) {
    for (const { name } of metrics) names.metric.add(name);
    for (const { name } of parameters) names.parameter.add(name);
    for (const tag of experiment.tags) {
      const colon = tag.indexOf(":");
      if (colon > 0) names.tag.add(tag.slice(0, colon));
    }
  }
  return [
    ...OWN_FIELDS.map((name): QueryColumn => ({ kind: "own", name })),
    ...(["metric", "parameter", "tag"] as const).flatMap((kind) =>
      Array.from(names[kind], (name): QueryColumn => ({ kind, name }))
    ),
  ];
}

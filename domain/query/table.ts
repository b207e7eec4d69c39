/**
 * Runs as a table: columns that say what they are, and rows as plain objects.
 *
 * @module
 */
import type { Value } from "../format/values.ts";
import type { RunState } from "../format/run_state.ts";
import type { Run } from "./cells.ts";
import { fault, nearest } from "./fault.ts";
import { OWN_FIELDS } from "./tree.ts";

/** A column of a {@linkcode ProjectTable}. */
export interface TableColumn {
  /**
   * The key of its cells in the rows. Each column has another one: a metric or parameter whose name an own column has, and a
   * parameter whose name a metric has, is `metrics.NAME` or `params.NAME`.
   */
  name: string;
  /** Where it comes from: the experiment itself, a parameter, or a metric. */
  kind: "own" | "parameter" | "metric";
  /** The name of the field, parameter or metric. */
  label: string;
  /** For a metric: whether more is better, as most of the rows say. */
  directionality?: "score" | "loss";
}

/** An experiment's own cells. */
export interface OwnCells {
  /** A UUID. */
  id: string;
  /** A name for people. */
  name: string | null;
  /** Free text. */
  description: string | null;
  /** The name of the model. */
  modelName: string | null;
  /** The git branch of the code. */
  branchName: string | null;
  /** The git commit of the code. */
  commitHash: string | null;
  /** Labels. */
  tags: string[];
  /** When it was created: ISO 8601 in UTC with microseconds. */
  createdAt: string;
  /** The state of its run; `null` if nobody ever said what state it is in. */
  status: RunState | null;
}

/** One row of a {@linkcode ProjectTable}: what is known of one experiment, by the columns' names. */
export type ProjectRow<Columns = Record<string, Value>, Own = OwnCells> = Own & Columns;

/** One row an experiment, one column a parameter or metric. */
export interface ProjectTable<Columns = Record<string, Value>, Own = OwnCells> {
  /** The experiment's own columns, then the parameters, then the metrics, each sorted by name. */
  columns: TableColumn[];
  /** What an experiment lacks is missing in its row. */
  rows: ProjectRow<Columns, Own>[];
}

/** What `toTable` and `readDataframe` give, and any other table of that form. */
export interface AnyTable {
  /** The columns, or their names alone. */
  readonly columns: readonly (string | TableColumn)[];
  /** Objects of cells by the columns' names. */
  readonly rows: readonly object[];
}

/** The name of a column. */
export const columnName = (column: string | TableColumn): string =>
  typeof column === "string" ? column : column.name;

/**
 * The table of runs, in their order.
 *
 * @param own Makes of a value one that whoever has the table may change.
 */
export function tableOf(
  runs: readonly Run[],
  own: <T>(value: T) => T = (value) => value,
): ProjectTable {
  const parameterNames = new Set<string>();
  /** How many more runs say that less is better than say that more is. */
  const losses = new Map<string, { more: number }>();
  for (const run of runs) {
    for (const { name } of run.parameters) parameterNames.add(name);
    for (const { name, directionality } of run.metrics) {
      let loss = losses.get(name);
      if (!loss) losses.set(name, loss = { more: 0 });
      loss.more += directionality === "loss" ? 1 : -1;
    }
  }
  const taken = new Set<string>(OWN_FIELDS);
  /** The names of one kind, by what they are called in it. */
  const named = (labels: Iterable<string>, prefix: string) => {
    const names = Array.from(labels, (label): [string, string] => [
      label,
      // A name with a prefix is never a plain one, so no two columns have one name.
      taken.has(label) || /^(?:params|metrics)\./.test(label) ? prefix + label : label,
    ]);
    for (const [label] of names) taken.add(label);
    return new Map(names);
  };
  const metrics = named(losses.keys(), "metrics.");
  const parameters = named(parameterNames, "params.");
  const byLabel = (a: { label: string }, b: { label: string }) => a.label < b.label ? -1 : 1;
  const columns: TableColumn[] = [
    ...OWN_FIELDS.map((name): TableColumn => ({ name, kind: "own", label: name })),
    ...Array.from(parameters, ([label, name]): TableColumn => ({ name, kind: "parameter", label }))
      .sort(byLabel),
    ...Array.from(metrics, ([label, name]): TableColumn => ({
      name,
      kind: "metric",
      label,
      directionality: losses.get(label)!.more > 0 ? "loss" : "score",
    })).sort(byLabel),
  ];
  const rows = runs.map((run) => {
    const row = ownCells(run) as unknown as Record<string, Value>;
    for (const { name, value } of run.parameters) put(row, parameters.get(name)!, own(value));
    for (const { name, value } of run.metrics) put(row, metrics.get(name)!, own(value));
    return row as ProjectRow;
  });
  return { columns, rows };
}

/** Written out: an object that is made with its fields takes half the time and memory of one that gets them later. */
const ownCells = ({ experiment, status = null }: Run): OwnCells => ({
  id: experiment.id,
  name: experiment.name,
  description: experiment.description,
  modelName: experiment.modelName,
  branchName: experiment.branchName,
  commitHash: experiment.commitHash,
  tags: [...experiment.tags],
  createdAt: experiment.createdAt,
  status,
});

function put(row: Record<string, Value>, name: string, value: Value): void {
  if (name !== "__proto__") {
    row[name] = value;
    return;
  }
  // A plain assignment would not make a property.
  const property = { value, enumerable: true, writable: true, configurable: true };
  Object.defineProperty(row, name, property);
}

/** A column by its name, by `metrics.NAME` or `params.NAME`; `undefined` if there is none. */
export function findColumn(
  columns: readonly TableColumn[],
  name: string,
): TableColumn | undefined {
  return columns.find((column) => column.name === name) ??
    columns.find(({ kind, label }) =>
      kind === "metric" && `metrics.${label}` === name ||
      kind === "parameter" && `params.${label}` === name
    );
}

/** A table with some of its columns alone, in the order that is asked for. */
export function selectColumns(
  { columns, rows }: ProjectTable,
  names: readonly string[],
  what: string,
): ProjectTable {
  const chosen = new Set(names.map((name) => {
    const found = findColumn(columns, name);
    if (found) return found;
    // In an empty project no parameter and no metric is known yet.
    if (rows.length === 0) {
      const [, prefix, label = name] = /^(params|metrics)\.(.*)$/s.exec(name) ?? [];
      const kind: TableColumn["kind"] = prefix === "metrics" ? "metric" : "parameter";
      return { name, kind, label };
    }
    const near = nearest(
      name.replace(/^(?:params|metrics)\./, ""),
      columns.map(({ label }) => label),
    );
    const meant = columns.find(({ label }) => label === near)?.name;
    return fault(
      what,
      `There is no column ${JSON.stringify(name)}.` +
        (meant === undefined ? "" : ` Did you mean ${JSON.stringify(meant)}?`),
    );
  }));
  const kept = [...chosen];
  return {
    columns: kept,
    rows: rows.map((row) => {
      const cells: Record<string, Value> = {};
      for (const { name } of kept) if (Object.hasOwn(row, name)) put(cells, name, row[name]!);
      return cells as ProjectRow;
    }),
  };
}

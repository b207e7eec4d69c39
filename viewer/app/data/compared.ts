/**
 * Runs as the comparison reads them: from the columns of the table, and from the runs' own files once they are there.
 *
 * @module
 */
import { type ComparedRun, type DiffRow, diffRuns } from "../../../domain/query/diff.ts";
import { decodeCell } from "../../cells.ts";
import type { RunFile } from "../../contract.ts";
import type { Cell, RunColumn, Runs } from "../types.ts";

const textOrNull = (cell: Cell | undefined): string | null =>
  typeof cell === "string" ? cell : null;

const has = (column: RunColumn, row: number): boolean =>
  column.cells[row] !== null || (column.nulls?.includes(row) ?? false);

/** A run of the table; features and the environment are in its own file alone. */
function ofTable(runs: Runs, row: number, file: RunFile | undefined): object {
  const own = (name: string) => runs.column("own", name)?.cells[row];
  const named = (kind: RunColumn["kind"]) =>
    runs.columns.filter((column) => column.kind === kind && has(column, row));
  return {
    experiment: {
      name: textOrNull(own("name")),
      description: textOrNull(own("description")),
      modelName: textOrNull(own("modelName")),
      branchName: textOrNull(own("branchName")),
      commitHash: textOrNull(own("commitHash")),
      createdAt: textOrNull(own("createdAt")),
      tags: Array.isArray(own("tags")) ? own("tags") : [],
    },
    parameters: named("parameter").map(({ name, cells }) => ({ name, value: cells[row] })),
    metrics: named("metric").map(({ name, cells, directionality }) => ({
      name,
      value: cells[row],
      directionality,
    })),
    ...extras(file),
  };
}

const extras = (file: RunFile | undefined) => ({
  features: file?.features.map(({ name, importance }) => ({
    name,
    importance: decodeCell(importance),
  })) ?? [],
  environment: file?.environment ?? undefined,
});

function ofFile(file: RunFile): object {
  const { name, description, modelName, branchName, commitHash, createdAt, tags } = file;
  return {
    experiment: { name, description, modelName, branchName, commitHash, createdAt, tags },
    parameters: file.parameters.map(({ name, value }) => ({ name, value: decodeCell(value) })),
    metrics: file.metrics.map(({ name, value, directionality }) => ({
      name,
      value: decodeCell(value),
      directionality,
    })),
    ...extras(file),
  };
}

/** Whether the table has all that is compared: in a project of very many columns it has not. */
export const tableSuffices = (runs: Runs): boolean => !runs.columns.some(({ loading }) => loading);

/** A run whose file is still on its way. */
const NOTHING = { experiment: { tags: [] }, parameters: [], metrics: [], features: [] };

/** What differs between runs; the first of them is what the others are compared with. */
export function compared(
  runs: Runs,
  rows: readonly number[],
  files: readonly (RunFile | undefined)[],
  all: boolean,
): DiffRow[] {
  const suffices = tableSuffices(runs);
  const list = rows.map((row, at) => {
    const file = files[at];
    return suffices ? ofTable(runs, row, file) : file ? ofFile(file) : NOTHING;
  });
  return diffRuns(list as ComparedRun[], all);
}

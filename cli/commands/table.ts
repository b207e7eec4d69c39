/**
 * `rubicon table`: a project's experiments with their parameters and metrics.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import { toTable } from "../../domain/table.ts";
import type { ProjectTable } from "../../domain/query/table.ts";
import type { Cli } from "../context.ts";
import { findProject } from "../find.ts";
import { addProject, addSelection, selectionOf, type SelectionOptions } from "../selection.ts";
import { tableLines } from "../table_view.ts";
import { inView } from "./ls.ts";

/** What commander makes of the options. */
export interface TableOptions extends SelectionOptions {
  columns?: string[];
}

/** Adds `--columns`. */
export const addColumns = (command: Command): Command =>
  command.addOption(
    new Option("-c, --columns <names>", "only these, in this order: name,metrics.acc,params.lr")
      .argParser(columnsOf),
  );

export function define(command: Command): void {
  command.argument("[project]", "the project");
  addProject(command);
  addColumns(command);
  addSelection(command);
}

export async function run(
  cli: Cli,
  options: TableOptions,
  [given]: [string | undefined],
): Promise<void> {
  await showTable(cli, options, given ?? options.project);
}

/** Names with commas between them; one in backticks may have commas itself. */
export const columnsOf = (text: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  ...Array.from(text.matchAll(/`([^`]*)`|[^,]+/g), ([all, quoted]) => quoted ?? all.trim())
    .filter((name) => name !== ""),
];

/** The table that options ask for. */
export async function tableOf(
  cli: Cli,
  options: TableOptions,
  project: string | undefined,
): Promise<ProjectTable> {
  const rubicon = await cli.open();
  const found = await findProject(cli, rubicon, project);
  const { columns } = options;
  const filter = selectionOf(cli, options);
  return await toTable(rubicon, found, { ...filter, columns }) as ProjectTable;
}

/** Prints the table that options ask for. */
export async function showTable(
  cli: Cli,
  options: TableOptions,
  project: string | undefined,
): Promise<void> {
  const table = await tableOf(cli, options, project);
  const { columns, rows } = table;
  if (rows.length === 0) cli.note("No experiment is like that.");
  await cli.answer({
    value: { columns, rows },
    lines: rows,
    text: () => tableLines(cli, table, inView(cli, rows, options), options.columns !== undefined),
  });
}

/**
 * `rubicon query`: experiments for which an expression is true.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import type { Cli } from "../context.ts";
import { addProject, addSelection } from "../selection.ts";
import { addColumns, showTable, type TableOptions } from "./table.ts";

export function define(command: Command): void {
  command.argument(
    "<expression>",
    "such as \"metrics.acc > 0.9 and params.opt = 'adam' order by metrics.acc desc\"; MLflow's filters, too",
  );
  addProject(command);
  addColumns(command);
  addSelection(command, ["where"]);
}

export async function run(cli: Cli, options: TableOptions, [where]: [string]): Promise<void> {
  await showTable(cli, { ...options, where }, options.project);
}

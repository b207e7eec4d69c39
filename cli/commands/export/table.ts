/**
 * `rubicon export csv` and `jsonl`, and what `parquet` does without `--to`: a project's table as a file.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import type { CommandModule } from "../../command.ts";
import type { Cli } from "../../context.ts";
import { UsageError } from "../../exit.ts";
import { printBytes } from "../../output/stream.ts";
import { plainText } from "../../output/text.ts";
import { addProject, addSelection } from "../../selection.ts";
import { addColumns, tableOf, type TableOptions } from "../table.ts";

type Format = "csv" | "jsonl" | "parquet";

/** What commander makes of the options. */
export interface ExportOptions extends TableOptions {
  output: string;
  defuseFormulas?: boolean;
}

/** The command of one format. `project` is how it takes the project. */
export const tableAs = (format: Format, project = "[project]"): CommandModule => ({
  define: (command) => define(command, format, project),
  run: (cli, options, [one]) => run(cli, options, one, format),
});

function define(command: Command, format: Format, project: string): void {
  command.argument(project, "the project")
    .addOption(new Option("-o, --output <path>", "a file or a folder; - is stdout").default("-"));
  if (format === "csv") {
    command.option(
      "--defuse-formulas",
      "texts that spreadsheets take for formulas lose that meaning",
    );
  }
  addProject(command);
  addColumns(command);
  addSelection(command, ["all"]);
}

async function run(
  cli: Cli,
  options: ExportOptions,
  given: string | undefined,
  format: Format,
): Promise<void> {
  const { output } = options;
  if (output === "-" && !cli.isForPeople) {
    throw new UsageError(
      "The export goes to stdout, so there is no other answer: leave out --json.",
    );
  }
  if (output === "-" && format === "parquet" && Deno.stdout.isTerminal()) {
    throw new UsageError("Parquet is nothing for a terminal: give --output runs.parquet.");
  }
  const table = await tableOf(cli, options, given ?? options.project);
  const { signal } = cli;
  const to = output === "-" ? new WritableStream<Uint8Array>({ write: printBytes }) : output;
  if (format === "parquet") {
    const { toParquet } = await import("../../../domain/export/parquet.ts");
    await toParquet(table, { to, signal });
  } else {
    const { toCsv, toJsonLines } = await import("../../../domain/export/csv.ts");
    const { defuseFormulas } = options;
    if (format === "csv") await toCsv(table, { to, signal, defuseFormulas });
    else await toJsonLines(table, { to, signal });
  }
  if (output === "-") return;
  await cli.answer({
    value: { output, rows: table.rows.length },
    text: () => [`${plainText(output)}\n`],
  });
}

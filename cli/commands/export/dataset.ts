/**
 * `rubicon export parquet`: a project's table as a Parquet file, or with `--to` projects as a dataset.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import type { CommandModule } from "../../command.ts";
import type { Cli } from "../../context.ts";
import { UsageError } from "../../exit.ts";
import { projectName } from "../../find.ts";
import { sizeText } from "../../output/cells.ts";
import { plainText } from "../../output/text.ts";
import { storesAt } from "../../store/given.ts";
import { loadDrivers } from "../../store/open.ts";
import { type ExportOptions, tableAs } from "./table.ts";

interface DatasetOptions extends ExportOptions {
  to?: string;
}

const table = tableAs("parquet", "[projects...]");

/** The command. */
export const parquet: CommandModule = {
  define(command: Command): void {
    table.define(command);
    command.option(
      "--to <path>",
      "all of the projects as a dataset in this folder or s3://bucket/prefix (default: of all projects; " +
        "with --since last only what changed)",
    );
  },
  async run(cli: Cli, options: DatasetOptions, [given]: [string[]]): Promise<void> {
    const { to } = options;
    if (to !== undefined) return await exportTo(cli, to, options, given);
    if (given.length > 1) {
      throw new UsageError("A table is of one project. Give --to PATH for a dataset of several.");
    }
    await table.run(cli, options, given, []);
  },
};

/** The options that a dataset has no use for. */
const OTHERS = {
  ...{ columns: "--columns", where: "--where", orderBy: "--order-by", tag: "--tag" },
  ...{ matchAll: "--match-all", without: "--without", name: "--name", before: "--before" },
  limit: "--limit",
} as const;

async function exportTo(
  cli: Cli,
  to: string,
  options: DatasetOptions,
  given: readonly string[],
): Promise<void> {
  const { since, output } = options;
  for (const [name, flag] of Object.entries(OTHERS)) {
    if (options[name as keyof typeof OTHERS] === undefined) continue;
    throw new UsageError(`A dataset has whole projects: leave out ${flag}, or --to.`);
  }
  if (output !== "-") {
    throw new UsageError("--output and --to both say where to. Give one of them.");
  }
  if (since !== undefined && since !== "last") {
    throw new UsageError("With --to it is --since last, or all: leave out --since, or --to.");
  }
  const [{ exportParquet }, { getProject, listProjects }] = await Promise.all([
    import("../../../domain/export/dataset.ts"),
    import("../../../domain/project.ts"),
  ]);
  const { backends } = storesAt([to], cli.options);
  await loadDrivers(backends);
  const rubicon = await cli.open();
  const { signal } = cli;
  const one = projectName(cli, options.project);
  const names = given.length > 0 ? given : one === undefined ? [] : [one];
  const projects = names.length > 0
    ? await Promise.all(names.map((name) => getProject(rubicon, { name, signal })))
    : await listProjects(rubicon, { signal });
  const done = await cli.withBar((onProgress) =>
    exportParquet(rubicon, projects, {
      ...{ to, since, signal, onProgress },
      configure: () => backends[0]!,
    })
  );
  const { experiments, values, points, artifacts, written, kept, removed, bytes } = done;
  await cli.answer({
    value: { to, ...done },
    text: () => [
      `${
        plainText(to)
      }: ${experiments} experiments, ${values} values, ${points} points, ${artifacts} artifacts.\n`,
      `${written} files written (${sizeText(bytes)}), ${kept} kept, ${removed} removed.\n`,
    ],
  });
}

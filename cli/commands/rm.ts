/**
 * `rubicon rm`: experiments, or a project, to the trash.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { deleteExperiment, deleteProject } from "../../domain/upkeep/trash.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { findExperiment, findProject } from "../find.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";

export function define(command: Command): void {
  command.argument("[experiments...]", "ids, starts of ids or names")
    .option("--whole-project", "the project itself, with all its experiments");
  addProject(command);
  command.addHelpText(
    "after",
    "\nThey show nowhere any more. rubicon undelete brings them back, until rubicon empty-trash.",
  );
}

export async function run(
  cli: Cli,
  { project: name, wholeProject = false }: { project?: string; wholeProject?: boolean },
  [given]: [string[]],
): Promise<void> {
  if (wholeProject === given.length > 0) {
    throw new UsageError("What goes? Name experiments, or give --whole-project.");
  }
  if (wholeProject && name === undefined) {
    throw new UsageError(
      "Which project goes? Name it by --project: no file and no variable counts here.",
    );
  }
  const rubicon = await cli.open("writes");
  const project = await findProject(cli, rubicon, name);
  const { signal } = cli;
  if (wholeProject) {
    await deleteProject(rubicon, project, { signal });
    return await cli.answer({
      value: [project],
      lines: [project],
      text: () => [`${project.id}\n`],
    });
  }
  // All of them are found before any of them goes.
  const found = await Promise.all(given.map((one) => findExperiment(cli, rubicon, project, one)));
  const experiments = [...new Map(found.map((one) => [one.id, one])).values()];
  for (const experiment of experiments) await deleteExperiment(rubicon, experiment, { signal });
  await cli.answer({
    value: experiments,
    lines: experiments,
    text: () => experiments.map(({ id }) => `${plainText(id)}\n`),
  });
}

/**
 * `rubicon tag`: tags of an experiment.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { addTags, removeTags } from "../../domain/annotations.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { findExperiment, findProject } from "../find.ts";
import { collect } from "../global_options.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";

export function define(command: Command): void {
  command.argument("<experiment>", "id, start of an id, name, or latest")
    .argument("[tags...]", "tags to add")
    .option("--remove <tag>", "a tag to take back (several times)", collect);
  addProject(command);
}

export async function run(
  cli: Cli,
  { project: name, remove = [] }: { project?: string; remove?: string[] },
  [given, add]: [string, string[]],
): Promise<void> {
  if (add.length + remove.length === 0) {
    throw new UsageError("Which tags? Give some to add, or --remove TAG.");
  }
  const rubicon = await cli.open("writes");
  const project = await findProject(cli, rubicon, name);
  const { signal } = cli;
  let experiment = await findExperiment(cli, rubicon, project, given);
  if (add.length > 0) experiment = await addTags(rubicon, experiment, add, { signal });
  if (remove.length > 0) experiment = await removeTags(rubicon, experiment, remove, { signal });
  await cli.answer({
    value: experiment,
    text: () => experiment.tags.map((tag) => `${plainText(tag)}\n`),
  });
}

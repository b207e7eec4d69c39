/**
 * `rubicon archive`: experiments as a zip in the store.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { archiveProject } from "../../domain/upkeep/archive.ts";
import type { Cli } from "../context.ts";
import { findExperiment, findProject } from "../find.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";
import { addTarget, openTarget, type TargetOptions } from "../store/target.ts";

export function define(command: Command): void {
  command.argument("[experiments...]", "ids, starts of ids or names (default: all of the project)");
  addTarget(command, "the store that gets the archive (default: its own)");
  addProject(command);
}

export async function run(
  cli: Cli,
  options: TargetOptions & { project?: string },
  [names]: [string[]],
): Promise<void> {
  const rubicon = await cli.open("writes");
  const project = await findProject(cli, rubicon, options.project);
  const experiments = await Promise.all(
    names.map((name) => findExperiment(cli, rubicon, project, name)),
  );
  const to = await openTarget(cli, options);
  const { signal } = cli;
  const key = await cli.withBar((onProgress) =>
    archiveProject(rubicon, project, {
      ...{ signal, onProgress },
      ...(to && { to }),
      ...(experiments.length > 0 && { experiments }),
    })
  );
  await cli.answer({ value: { key }, text: () => [`${plainText(key)}\n`] });
}

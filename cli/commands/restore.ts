/**
 * `rubicon restore`: experiments back from archives.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { restoreArchives } from "../../domain/upkeep/restore.ts";
import type { Cli } from "../context.ts";
import { findProject } from "../find.ts";
import { addProject } from "../selection.ts";
import { addTarget, openTarget, type TargetOptions } from "../store/target.ts";

export function define(command: Command): void {
  command.option("--latest", "only the archive that was made last");
  addTarget(command, "the store that gets the experiments (default: the one with the archives)");
  addProject(command);
}

export async function run(
  cli: Cli,
  options: TargetOptions & { project?: string; latest?: boolean },
): Promise<void> {
  const rubicon = await cli.open("writes");
  const project = await findProject(cli, rubicon, options.project);
  const to = await openTarget(cli, options);
  const { signal } = cli;
  const experiments = await cli.withBar((onProgress) =>
    restoreArchives(rubicon, project, {
      ...{ signal, onProgress, latestOnly: options.latest ?? false },
      ...(to && { to }),
    })
  );
  await cli.answer({
    value: { experiments },
    lines: experiments,
    text: () => experiments.map((id) => `${id}\n`),
  });
}

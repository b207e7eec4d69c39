/**
 * `rubicon empty-trash`: what was deleted goes for good.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import { emptyTrash } from "../../domain/upkeep/trash.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { findProject } from "../find.ts";
import { sizeText } from "../output/cells.ts";
import { addProject, spanOf } from "../selection.ts";
import { trashLines } from "./undelete.ts";

interface Options {
  project?: string;
  wholeProjects?: boolean;
  olderThan?: number;
  dryRun?: boolean;
  yes?: boolean;
}

export function define(command: Command): void {
  const options = [
    new Option("--dry-run", "only say what would be gone"),
    new Option("--yes", "do it: no repair and no copy brings it back"),
    new Option("--older-than <span>", "only what was deleted so long ago: 30d, 12h").argParser(
      spanOf,
    ),
    new Option("--whole-projects", "the projects in the trash, not the experiments of one"),
  ];
  for (const option of options) command.addOption(option);
  addProject(command);
}

export async function run(cli: Cli, options: Options): Promise<void> {
  const { dryRun = false, yes = false, olderThan, wholeProjects = false } = options;
  if (dryRun === yes) {
    throw new UsageError(
      "What is emptied is gone for good: --dry-run says what that is, --yes does it.",
    );
  }
  const rubicon = await cli.open(dryRun ? "reads" : "writes");
  const project = wholeProjects ? undefined : await findProject(cli, rubicon, options.project);
  const found = await emptyTrash(rubicon, project, {
    ...{ dryRun, signal: cli.signal },
    ...(olderThan !== undefined && { olderThanMs: olderThan }),
  });
  const { emptied, bytes } = found;
  await cli.answer({
    value: { ...found, dryRun },
    lines: emptied,
    text: async () => [
      ...emptied.length > 0 ? await trashLines(cli, emptied) : [],
      `${emptied.length} of them ${dryRun ? "would be" : "are"} gone, ${
        sizeText(bytes)
      } in each store.\n`,
    ],
  });
}

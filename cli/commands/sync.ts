/**
 * `rubicon sync`: projects from one store to another.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { getProject, listProjects } from "../../domain/project.ts";
import { type Synced, syncProject } from "../../domain/upkeep/sync.ts";
import type { Cli } from "../context.ts";
import { projectName } from "../find.ts";
import { sizeText } from "../output/cells.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";
import { addTarget, openOther, type TargetOptions } from "../store/target.ts";
import { noteForeign } from "./verify.ts";

export function define(command: Command): void {
  command.argument("[projects...]", "their names (default: all)");
  addTarget(command, "the store that gets them");
  addProject(command);
}

export async function run(
  cli: Cli,
  options: TargetOptions & { project?: string },
  [given]: [string[]],
): Promise<void> {
  const to = await openOther(cli, options);
  const rubicon = await cli.open();
  const { signal } = cli;
  const one = projectName(cli, options.project);
  const names = given.length > 0 ? given : one === undefined ? [] : [one];
  const projects = names.length > 0
    ? await Promise.all(names.map((name) => getProject(rubicon, { name, signal })))
    : await listProjects(rubicon, { signal });
  const done: (Synced & { project: string })[] = [];
  for (const project of projects) {
    const synced = await cli.withBar((onProgress) =>
      syncProject(rubicon, project, { to, signal, onProgress })
    );
    done.push({ project: project.name, ...synced });
  }
  await cli.answer({
    value: done,
    lines: done,
    text: () =>
      cli.table(
        [
          { title: "PROJECT", rank: 4 },
          { title: "COPIED", rank: 3, align: "number" },
          { title: "WERE THERE", rank: 2, align: "number" },
          { title: "SIZE", rank: 1, align: "number" },
        ],
        done.map(({ project, copied, skipped, bytes }) => [
          ...[plainText(project), String(copied), String(skipped), sizeText(bytes)],
        ]),
      ),
  });
  noteForeign(cli, done.flatMap(({ foreign }) => foreign));
}

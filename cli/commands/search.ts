/**
 * `rubicon search`: values by a JSONPath, with the options of `rubicon_ml search`.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { listProjects } from "../../domain/project.ts";
import { search } from "../../domain/search.ts";
import type { Cli } from "../context.ts";
import { findProject } from "../find.ts";
import { jsonLine, prettyJson } from "../output/json.ts";
import { addProject } from "../selection.ts";

export function define(command: Command): void {
  command.argument("<jsonpath>", "such as \"$..experiment[?(@.tags[*]=='large')].name\"")
    .option("--pp", "print it pretty")
    .option("--all-projects", "search all projects");
  addProject(command);
}

export async function run(
  cli: Cli,
  options: { project?: string; pp?: boolean; allProjects?: boolean },
  [path]: [string],
): Promise<void> {
  const rubicon = await cli.open();
  const { signal } = cli;
  const projects = options.allProjects
    ? await listProjects(rubicon, { signal })
    : [await findProject(cli, rubicon, options.project)];
  const found = await search(rubicon, { projects }, path, { signal });
  await cli.answer({
    value: found,
    lines: found,
    text: () => [options.pp ? prettyJson(found) : jsonLine(found)],
  });
}

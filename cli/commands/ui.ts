/**
 * `rubicon ui`: the viewer, with the options of `rubicon_ml ui`.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "npm:commander@15.1.0";
import type { Cli } from "../context.ts";
import { projectName } from "../find.ts";
import { collect } from "../global_options.ts";

interface Options {
  project?: string[];
  host?: string;
  port?: number;
  edit?: boolean;
  open?: boolean;
  title?: string;
  hosts?: string[];
  debug?: string;
  pageSize?: string;
}

export function define(command: Command): void {
  // -h is the host, as in rubicon_ml.
  command.helpOption("--help", "print this");
  const options = [
    new Option("--project <name>", "only this project (several times; -pn, as rubicon_ml has it)")
      .argParser(collect),
    new Option(
      "-h, --host <address>",
      "where to listen (default: 127.0.0.1, for this machine alone)",
    ),
    new Option("-p, --port <port>", "the port; 0 takes any that is free (default: 8420)").argParser(
      portOf,
    ),
    new Option("--edit", "let the page change tags and comments, keep views, and repair"),
    new Option("--open", "open a browser (takes --allow-run)"),
    new Option("--title <text>", "what the page is called"),
    new Option("--hosts <name>", "a further name of the server, such as a proxy's (several times)")
      .argParser(collect),
    new Option("-d, --debug <bool>", "of rubicon_ml, without a meaning here").hideHelp(),
    new Option("--page-size <rows>", "of rubicon_ml, without a meaning here").hideHelp(),
  ];
  for (const option of options) command.addOption(option);
  command.addHelpText("after", "\nThe address goes to stdout. Ctrl-C ends it.");
}

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

export async function run(cli: Cli, options: Options): Promise<void> {
  const { host, port, edit, open, title, hosts, debug, pageSize } = options;
  for (const [name, value] of Object.entries({ "--debug": debug, "--page-size": pageSize })) {
    if (value !== undefined) cli.note(`${name} has no meaning here.`);
  }
  const named = projectName(cli, undefined);
  const projects = options.project ?? (named === undefined ? undefined : [named]);
  const { signal } = cli;
  const { serveViewer } = await import("../../viewer/serve.ts");
  const rubicon = await cli.open(edit ? "writes" : "reads");
  if (projects) {
    // A name that is not there would be an empty page.
    const { getProject } = await import("../../domain/project.ts");
    await Promise.all(projects.map((name) => getProject(rubicon, { name, signal })));
  }
  const viewer = await serveViewer(rubicon, {
    ...{ port, edit, open, title, hosts, projects, signal },
    ...(host !== undefined && { hostname: host }),
  });
  await cli.answer({ value: { url: viewer.url }, text: () => [`${viewer.url}\n`] });
  await viewer.finished;
}

/**
 * `rubicon ui`: the viewer, with the options of `rubicon_ml ui`.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "npm:commander@15.1.0";
import type { BackendConfig, Composite } from "../../composite/types.ts";
import type { Catalog } from "../../domain/catalog/catalog.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { projectName } from "../find.ts";
import { collect } from "../global_options.ts";
import { backendOf } from "../store/given.ts";
import { compositeOptions, loadDrivers } from "../store/open.ts";

interface Options {
  catalog?: string;
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
    new Option(
      "--catalog <file>",
      "the experiments of a catalog, as publish and rubicon_ml write it, in place of a store: a path or a URL",
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
  const { catalog, host, port, edit, open, title, hosts, debug, pageSize } = options;
  for (const [name, value] of Object.entries({ "--debug": debug, "--page-size": pageSize })) {
    if (value !== undefined) cli.note(`${name} has no meaning here.`);
  }
  const { signal } = cli;
  const { serveViewer } = await import("../../viewer/serve.ts");
  const serve = async (what: Composite | Catalog, projects: readonly string[] | undefined) => {
    const viewer = await serveViewer(what, {
      ...{ port, edit, open, title, hosts, projects, signal },
      ...(host !== undefined && { hostname: host }),
    });
    await cli.answer({ value: { url: viewer.url }, text: () => [`${viewer.url}\n`] });
    await viewer.finished;
  };
  if (catalog !== undefined) {
    await using opened = await openGiven(cli, catalog);
    return await serve(opened, options.project);
  }
  const named = projectName(cli, undefined);
  const projects = options.project ?? (named === undefined ? undefined : [named]);
  const rubicon = await cli.open(edit ? "writes" : "reads");
  if (projects) {
    // A name that is not there would be an empty page.
    const { getProject } = await import("../../domain/project.ts");
    await Promise.all(projects.map((name) => getProject(rubicon, { name, signal })));
  }
  await serve(rubicon, projects);
}

/** Opens a catalog. Its stores get the storage options, since no secret is in its file. */
async function openGiven(cli: Cli, file: string): Promise<Catalog> {
  const { options, signal } = cli;
  if (options.rootDir || options.config !== undefined) {
    throw new UsageError("--catalog says where its stores are. Leave out --root-dir and --config.");
  }
  const { openCatalog } = await import("../../domain/catalog/catalog.ts");
  const configure = (root: string) => backendOf(root, options) as BackendConfig;
  // The file may be in a bucket itself.
  await loadDrivers([configure(file)]);
  const catalog = await openCatalog(file, {
    ...{ configure, composite: compositeOptions(cli), signal },
  });
  await loadDrivers(catalog.experiments.flatMap(({ backends }) => backends.map(configure)));
  return catalog;
}

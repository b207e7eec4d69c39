/**
 * `rubicon log`: an experiment from options, or from JSON on stdin.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import type { ArtifactInput } from "../../domain/artifact.ts";
import { logExperiment } from "../../domain/experiment.ts";
import type { Experiment } from "../../domain/format/entities.ts";
import { pooled } from "../../domain/pool.ts";
import { getOrCreateProject } from "../../domain/project.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { projectName } from "../find.ts";
import { collect } from "../global_options.ts";
import { addProject } from "../selection.ts";
import type { Given } from "./log_input.ts";
import { fromOptions, fromStdin, type LogOptions } from "./log_input.ts";

export function define(command: Command): void {
  addProject(command);
  const options = [
    new Option("--name <name>", "a name for people"),
    new Option("-P, --param <name=value>", "a parameter (several times)").argParser(collect),
    new Option("-m, --metric <name=value>", "a metric of which more is better (several times)")
      .argParser(collect),
    new Option("--loss <name=value>", "a metric of which less is better (several times)")
      .argParser(collect),
    new Option("--feature <name[=importance]>", "a feature (several times)").argParser(collect),
    new Option("-t, --tag <tag>", "a tag (several times)").argParser(collect),
    new Option("--comment <text>", "a comment (several times)").argParser(collect),
    new Option("--artifact <path>", "a file, or a folder as a zip; NAME=PATH gives it a name")
      .argParser(collect),
    new Option("--description <text>", "free text"),
    new Option("--model <name>", "the name of the model"),
    new Option("--git", "the branch and the commit, and the tag dirty (takes --allow-run=git)"),
    new Option("--stdin", "experiments as JSON on stdin: one, a list, or one a line"),
  ];
  for (const option of options) command.addOption(option);
  command.addHelpText(
    "after",
    "\nA value is JSON (0.1, true, null, [1,2]) or else text. The id of what was logged goes to stdout.",
  );
}

export async function run(cli: Cli, options: LogOptions): Promise<void> {
  const name = projectName(cli, options.project);
  if (name === undefined) throw new UsageError("Which project? Give --project NAME.");
  // All of the input is understood before anything is written.
  const all: Given[] = options.stdin
    ? await fromStdin(options, cli.signal)
    : [fromOptions(options)];
  const git = options.git ? await (await import("../../domain/host/git.ts")).gitInfo() : undefined;
  const rubicon = await cli.open("writes");
  const { signal } = cli;
  const project = await getOrCreateProject(rubicon, {
    name,
    signal,
    ...(git && { githubUrl: git.githubUrl }),
  });
  const done: (Experiment | undefined)[] = new Array(all.length).fill(undefined);
  try {
    await pooled(all, async (given, at) => {
      const { experiment } = given;
      const one = await logExperiment(rubicon, project, {
        ...experiment,
        ...(git && {
          branchName: git.branchName,
          commitHash: git.commitHash,
          tags: [...(experiment.tags ?? []), ...(git.dirty ? ["dirty"] : [])],
        }),
        signal,
      });
      done[at] = await withData(cli, rubicon, one, given, all.length === 1);
    });
  } finally {
    // Also if one of them could not be logged: who pipes many needs to know which ones were.
    const logged = done.filter((one) => one !== undefined);
    if (logged.length > 0 && !signal.aborted) await tell(cli, logged, options.stdin ?? false);
  }
}

async function tell(cli: Cli, logged: readonly Experiment[], isList: boolean): Promise<void> {
  await cli.answer({
    value: isList ? logged : logged[0],
    lines: logged,
    text: () => logged.map(({ id }) => `${id}\n`),
  });
}

async function withData(
  cli: Cli,
  rubicon: Awaited<ReturnType<Cli["open"]>>,
  experiment: Experiment,
  { artifacts, dataframes }: Given,
  isOnly: boolean,
): Promise<Experiment> {
  const { signal } = cli;
  if (artifacts.length > 0) {
    const { logArtifact } = await import("../../domain/artifact.ts");
    const logAll = async (more: Pick<ArtifactInput, "onProgress">) => {
      for (const artifact of artifacts) {
        await logArtifact(rubicon, experiment, { ...artifact, ...more, signal });
      }
    };
    // There is one bar, and of many experiments several are logged at once.
    await (isOnly ? cli.withBar((onProgress) => logAll({ onProgress })) : logAll({}));
  }
  if (dataframes.length > 0) {
    const { logDataframe } = await import("../../domain/dataframe.ts");
    for (const dataframe of dataframes) {
      await logDataframe(rubicon, experiment, { ...dataframe, signal });
    }
  }
  return experiment;
}

/**
 * `rubicon import`: runs of other trackers.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import type { CommandModule } from "../../command.ts";
import type { Cli } from "../../context.ts";
import type { ImportedRuns } from "../../../domain/imports/run.ts";
import { collect } from "../../global_options.ts";
import { sizeText } from "../../output/cells.ts";

interface Options {
  project?: string[];
  deleted?: boolean;
  text?: boolean;
}

const addProject = (command: Command, whose: string): Command =>
  command.addOption(
    new Option("-p, --project <name>", `only this ${whose} (several times)`).argParser(collect),
  );

/** `rubicon import mlruns`. */
export const mlruns: CommandModule = {
  define(command: Command): void {
    addProject(
      command.argument("<path>", "the folder, such as ./mlruns"),
      "experiment of MLflow, which is a project here",
    )
      .option("--deleted", "what is deleted in MLflow, too")
      .option("--text", "leave parameters the texts that they are in MLflow");
  },
  async run(cli: Cli, { project, deleted, text }: Options, [path]: [string]): Promise<void> {
    const { importMlruns } = await import("../../../domain/mlflow/mlruns.ts");
    const rubicon = await cli.open("writes");
    const { signal } = cli;
    const done = await cli.withBar((onProgress) =>
      importMlruns(rubicon, path, {
        ...{ experiments: project, deleted, signal, onProgress },
        ...(text && { parameters: "text" }),
      })
    );
    await answer(cli, done);
  },
};

/** `rubicon import trackio`. */
export const trackio: CommandModule = {
  define(command: Command): void {
    addProject(
      command.argument("<path>", "trackio's folder, or one project's .db file"),
      "project of trackio",
    );
  },
  async run(cli: Cli, { project: projects }: Options, [path]: [string]): Promise<void> {
    const { importTrackio } = await import("../../../domain/trackio/trackio.ts");
    const rubicon = await cli.open("writes");
    const { signal } = cli;
    const done = await cli.withBar((onProgress) =>
      importTrackio(rubicon, path, { projects, signal, onProgress })
    );
    await answer(cli, done);
  },
};

async function answer(cli: Cli, done: ImportedRuns): Promise<void> {
  const { projects, experiments, alreadyThere, parameters, metrics, points, superseded } = done;
  const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
  const parts = [
    ...[counted(projects, "project"), counted(experiments, "experiment")],
    ...[counted(parameters, "parameter"), counted(metrics, "metric"), counted(points, "point")],
    `${counted(done.artifacts, "artifact")} (${sizeText(done.bytes)})`,
  ];
  await cli.answer({ value: done, text: () => [`${parts.join(", ")}.\n`] });
  if (alreadyThere > 0) {
    cli.note(`${counted(alreadyThere, "experiment")} of them were there already.`);
  }
  if (superseded > 0) {
    cli.note(`Of ${counted(superseded, "point")} a later one of the same step took the place.`);
  }
}

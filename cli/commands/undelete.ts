/**
 * `rubicon undelete`: what is in the trash, and bringing it back.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import type { Composite } from "../../composite/types.ts";
import type { Experiment, Project } from "../../domain/format/entities.ts";
import {
  listTrash,
  restoreExperiment,
  restoreProject,
  type Trashed,
} from "../../domain/upkeep/trash.ts";
import { RubiconException } from "../../errors.ts";
import { suggest } from "../../messages.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { findProject } from "../find.ts";
import { sizeText, timeCell, valueText } from "../output/cells.ts";
import { addProject } from "../selection.ts";

interface Options {
  project?: string;
  wholeProject?: string | true;
}

export function define(command: Command): void {
  command.argument(
    "[experiments...]",
    "ids, starts of ids or names; without any, what is in the trash",
  )
    .option("--whole-project [name]", "a project; without a name, the projects in the trash");
  addProject(command);
}

export async function run(cli: Cli, options: Options, [given]: [string[]]): Promise<void> {
  const { wholeProject } = options;
  if (wholeProject !== undefined && given.length > 0) {
    throw new UsageError("Name experiments, or give --whole-project, not both.");
  }
  const { signal } = cli;
  const isList = given.length === 0 && (wholeProject === undefined || wholeProject === true);
  const rubicon = await cli.open(isList ? "reads" : "writes");
  if (typeof wholeProject === "string") {
    const project = await restoreProject(rubicon, { name: wholeProject, signal });
    return await told(cli, [project]);
  }
  const project = wholeProject ? undefined : await findProject(cli, rubicon, options.project);
  const trash = await listTrash(rubicon, project, { signal });
  if (isList) {
    return await cli.answer({ value: trash, lines: trash, text: () => trashLines(cli, trash) });
  }
  const wanted = given.map((one) => inTrash(trash, one));
  await told(cli, await restored(cli, rubicon, project!, wanted));
}

async function restored(
  cli: Cli,
  rubicon: Composite,
  project: Project,
  wanted: readonly Trashed[],
): Promise<Experiment[]> {
  const back: Experiment[] = [];
  for (const { id } of wanted) {
    back.push(await restoreExperiment(rubicon, project, { id, signal: cli.signal }));
  }
  return back;
}

const told = (cli: Cli, back: readonly (Experiment | Project)[]): Promise<void> =>
  cli.answer({ value: back, lines: back, text: () => back.map(({ id }) => `${id}\n`) });

/** One by its id, the start of its id, or its name: of several the one that was deleted last. */
function inTrash(trash: readonly Trashed[], text: string): Trashed {
  const starts = /^[\da-f]{4}[\da-f-]*$/i.test(text)
    ? trash.filter(({ id }) => id.startsWith(text.toLowerCase()))
    : [];
  if (starts.length > 1) {
    const some = starts.slice(0, 3).map(({ id }) => id).join(", ");
    throw new UsageError(
      `${starts.length} of them have ids that start so: ${some}. Give more of it.`,
    );
  }
  const found = trash.find(({ name }) => name === text) ?? starts[0];
  if (found) return found;
  const names = trash.map(({ name, id }) => name ?? id);
  throw new RubiconException(
    "not-found",
    `There is no ${JSON.stringify(text)} in the trash.${suggest(text, names)}`,
  );
}

/** What is in the trash, as a table. */
export async function trashLines(cli: Cli, trash: readonly Trashed[]): Promise<string[]> {
  if (trash.length === 0) cli.note("Nothing is in the trash.");
  return await cli.table(
    [
      { title: "ID", rank: 9, whole: true },
      { title: "NAME", rank: 8 },
      { title: "DELETED (UTC)", rank: 7, whole: true },
      { title: "SIZE", rank: 6, align: "right" },
    ],
    trash.map(({ id, name, deletedAt, bytes }) => [
      { text: id, paint: "cyan" },
      valueText(name),
      timeCell(deletedAt),
      sizeText(bytes),
    ]),
  );
}

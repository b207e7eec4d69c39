/**
 * `rubicon ls`: the projects of a store, or the experiments of a project.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import type { Composite } from "../../composite/types.ts";
import type { OwnCells } from "../../domain/query/table.ts";
import { listProjects } from "../../domain/project.ts";
import type { Cli } from "../context.ts";
import { findProject, idLength } from "../find.ts";
import { timeCell, valueText } from "../output/cells.ts";
import { stateCell } from "../output/states.ts";
import type { Column, TableCell } from "../output/table.ts";
import { addProject, addSelection, selectionOf, type SelectionOptions } from "../selection.ts";

export function define(command: Command): void {
  command.argument("[project]", "list the experiments of this project, the newest first")
    .option("-l, --long", "of projects: how many experiments, and when the last one was logged");
  addProject(command);
  addSelection(command);
}

export async function run(
  cli: Cli,
  options: SelectionOptions & { long?: boolean },
  [given]: [string | undefined],
): Promise<void> {
  const rubicon = await cli.open();
  // Without a name it is the projects, whatever the environment or a file names.
  const name = given ?? options.project;
  if (name === undefined) return await projects(cli, rubicon, options.long ?? false);
  const project = await findProject(cli, rubicon, name);
  const filter = selectionOf(cli, options);
  const order = options.orderBy ? {} : { order: "newest" as const };
  if (cli.isForPeople) {
    const { toTable } = await import("../../domain/table.ts");
    const { OWN_FIELDS } = await import("../../domain/query/tree.ts");
    const columns = [...OWN_FIELDS];
    const { rows } = await toTable(rubicon, project, { ...order, ...filter, columns });
    if (rows.length === 0) cli.note("No experiment is like that.");
    const shown = inView(cli, rows as OwnCells[], options);
    return await cli.answer({ value: rows, text: () => experimentTable(cli, shown) });
  }
  const [{ listExperiments }, { toTable }] = await Promise.all([
    import("../../domain/experiment.ts"),
    import("../../domain/table.ts"),
  ]);
  const [found, { rows }] = await Promise.all([
    listExperiments(rubicon, project, { ...order, ...filter }),
    toTable(rubicon, project, { ...order, ...filter, columns: ["id", "status"] }),
  ]);
  const states = new Map((rows as OwnCells[]).map(({ id, status }) => [id, status]));
  const value = found.map((one) => ({ ...one, status: states.get(one.id) ?? null }));
  await cli.answer({ value, lines: value, text: () => [] });
}

/** What fits on a terminal at once, unless something else is asked for. */
export function inView<T>(cli: Cli, all: readonly T[], { all: every, limit }: SelectionOptions) {
  const most = every || limit !== undefined ? undefined : cli.rowsInView;
  if (most === undefined || all.length <= most) return all;
  cli.note(`The first ${most} of ${all.length}: --all shows the rest, --limit so many.`);
  return all.slice(0, most);
}

async function projects(cli: Cli, rubicon: Composite, long: boolean): Promise<void> {
  const { signal } = cli;
  const all = await listProjects(rubicon, { signal });
  const places = rubicon.backends.map(({ label }) => label).join(", ");
  if (all.length === 0) cli.note(`There is no project in ${places}.`);
  const counts = long ? await countsOf(cli, rubicon, all) : [];
  const columns: Column[] = [
    { title: "PROJECT", rank: 5 },
    ...(long
      ? [
        { title: "EXPERIMENTS", rank: 4, align: "number" as const },
        { title: "LAST (UTC)", rank: 3, whole: true },
      ]
      : []),
    { title: "CREATED (UTC)", rank: 2, whole: true },
    { title: "DESCRIPTION", rank: 1 },
  ];
  const rows = all.map((project, at): TableCell[] => [
    { text: valueText(project.name), paint: "cyan" },
    ...(long ? [String(counts[at]!.experiments), timeCell(counts[at]!.last ?? "")] : []),
    timeCell(project.createdAt),
    valueText(project.description),
  ]);
  const value = all.map((project, at) => ({ ...project, ...counts[at] }));
  await cli.answer({ value, lines: value, text: () => cli.table(columns, rows) });
}

async function countsOf(
  cli: Cli,
  rubicon: Composite,
  all: Awaited<ReturnType<typeof listProjects>>,
) {
  const { listExperiments } = await import("../../domain/experiment.ts");
  return await Promise.all(all.map(async (project) => {
    const found = await listExperiments(rubicon, project, { signal: cli.signal });
    return { experiments: found.length, last: found.at(-1)?.createdAt ?? null };
  }));
}

/** Experiments with their own fields. A column in which nothing stands is left out. */
export async function experimentTable(
  cli: Cli,
  all: readonly OwnCells[],
): Promise<string[]> {
  const length = idLength(all.map(({ id }) => id));
  const columns: (Column & { cell: (one: OwnCells) => TableCell })[] = [
    {
      title: "ID",
      rank: 9,
      whole: true,
      cell: ({ id }) => ({ text: id.slice(0, length), paint: "cyan" }),
    },
    { title: "NAME", rank: 9, cell: ({ name }) => valueText(name) },
    { title: "CREATED (UTC)", rank: 8, whole: true, cell: ({ createdAt }) => timeCell(createdAt) },
    { title: "STATUS", rank: 7, whole: true, cell: ({ status }) => stateCell(status) },
    { title: "TAGS", rank: 6, cell: ({ tags }) => valueText(tags) },
    { title: "MODEL", rank: 5, cell: ({ modelName }) => valueText(modelName) },
    { title: "COMMIT", rank: 3, cell: ({ commitHash }) => valueText(commitHash).slice(0, 8) },
    { title: "BRANCH", rank: 2, cell: ({ branchName }) => valueText(branchName) },
    { title: "DESCRIPTION", rank: 1, cell: ({ description }) => valueText(description) },
  ];
  const used = columns.filter(({ rank, cell }) => rank >= 8 || all.some((one) => cell(one) !== ""));
  return await cli.table(used, all.map((one) => used.map(({ cell }) => cell(one))));
}

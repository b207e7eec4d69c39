/**
 * `rubicon diff`: what differs between experiments.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { diffExperiments, type ExperimentDiff } from "../../domain/diff.ts";
import type { DiffRow } from "../../domain/query/diff.ts";
import type { Cli } from "../context.ts";
import { findExperiment, findProject, titleOf } from "../find.ts";
import { deltaText, timeCell, valueText } from "../output/cells.ts";
import type { Column, TableCell } from "../output/table.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";

export function define(command: Command): void {
  command.argument(
    "<experiments...>",
    "ids, starts of ids, names, or latest; the first is the baseline",
  )
    .option("--same", "what is the same in all of them, too");
  addProject(command);
}

export async function run(
  cli: Cli,
  options: { project?: string; same?: boolean },
  [names]: [string[]],
): Promise<void> {
  const rubicon = await cli.open();
  const project = await findProject(cli, rubicon, options.project);
  const experiments = await Promise.all(
    names.map((name) => findExperiment(cli, rubicon, project, name)),
  );
  const { signal } = cli;
  const diff = await diffExperiments(rubicon, experiments, { all: options.same ?? false, signal });
  await cli.answer({ value: diff, lines: diff.rows, text: () => diffLines(cli, diff) });
}

/** The lines of a comparison: a row a key, a column an experiment, and the difference to the first. */
export async function diffLines(
  cli: Cli,
  { experiments, rows }: ExperimentDiff,
): Promise<string[]> {
  if (rows.length === 0) {
    cli.note("They do not differ.");
    return [];
  }
  const columns: Column[] = [
    { title: "KIND", rank: 1 },
    { title: "KEY", rank: 9 },
    ...experiments.flatMap((one, at): Column[] => [
      { title: titleOf(one), rank: 8, align: "right" },
      ...(at > 0
        ? [
          { title: "Δ", rank: 5, align: "right" as const, whole: true },
          { title: "Δ %", rank: 4, align: "right" as const, whole: true },
        ]
        : []),
    ]),
  ];
  const cells = rows.map((row) => [
    row.kind,
    plainText(row.key),
    ...experiments.flatMap((_, at): TableCell[] => [
      cellText(row, at),
      ...(at > 0 ? deltaCells(row, at) : []),
    ]),
  ]);
  return await cli.table(columns, cells);
}

function cellText({ kind, key, values }: DiffRow, at: number): string {
  const value = values[at];
  if (kind === "own" && key === "createdAt" && typeof value === "string") return timeCell(value);
  if (kind === "own" && key === "commitHash") return valueText(value).slice(0, 8);
  return valueText(value);
}

/** By how much an experiment is more than the first, green if that is better and red if it is worse. */
function deltaCells({ deltas, relative, better }: DiffRow, at: number): TableCell[] {
  const [delta, part, isBetter] = [deltas?.[at], relative?.[at], better?.[at]];
  const paint = isBetter === undefined ? undefined : isBetter ? "green" : "red";
  return [
    { text: delta === undefined ? "" : deltaText(delta), paint },
    { text: part === undefined || part === 0 ? "" : `${deltaText(part * 100, 3)} %`, paint },
  ];
}

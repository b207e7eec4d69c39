/**
 * `rubicon best`: the experiment with the best value of a metric.
 *
 * @module
 */
import type { Command } from "npm:commander@15.1.0";
import { bestExperiment } from "../../domain/best.ts";
import { listMetrics } from "../../domain/metric.ts";
import type { MetricColumn } from "../../domain/query/where.ts";
import type { Cli } from "../context.ts";
import { Exit } from "../exit.ts";
import { findProject } from "../find.ts";
import { valueText } from "../output/cells.ts";
import { addProject, addSelection, selectionOf, type SelectionOptions } from "../selection.ts";

export function define(command: Command): void {
  command.argument(
    "<metric>",
    "its name, or last(NAME), min(NAME), max(NAME) of one that is a list",
  );
  addProject(command);
  addSelection(command, ["orderBy", "limit", "all"]);
}

export async function run(
  cli: Cli,
  options: SelectionOptions,
  [given]: [string],
): Promise<number | void> {
  const rubicon = await cli.open();
  const project = await findProject(cli, rubicon, options.project);
  const metric = metricColumn(given);
  const { signal } = cli;
  const experiment = await bestExperiment(rubicon, project, metric, selectionOf(cli, options));
  if (!experiment) {
    cli.note(`No experiment of project ${JSON.stringify(project.name)} has a number there.`);
    return Exit.no;
  }
  const name = labelOf(metric);
  const metrics = await listMetrics(rubicon, experiment, { signal });
  const found = metrics.find((one) => one.name === name);
  const value = found?.value ?? null;
  await cli.answer({
    value: { experiment, metric: name, value, directionality: found?.directionality ?? null },
    text: () =>
      cli.table([
        { title: "ID", rank: 4 },
        { title: "NAME", rank: 2 },
        { title: name, rank: 3, align: "number" },
        { title: "TAGS", rank: 1 },
      ], [[
        { text: experiment.id, paint: "cyan" },
        valueText(experiment.name),
        { text: valueText(value), paint: "green" },
        valueText(experiment.tags),
      ]]),
  });
}

/** A metric as queries name it: `acc` is `metrics.acc`, and `last(loss)` is `last(metrics.loss)`. */
export function metricColumn(given: string): MetricColumn {
  const [, fold, inner] = /^(last|min|max|mean)\(\s*(.*?)\s*\)$/s.exec(given) ?? [];
  const name = inner ?? given;
  const column = /^metrics?\./.test(name)
    ? name
    : `metrics.${
      /^[\p{L}_][\p{L}\d_.]*$/u.test(name) || /^`.*`$/s.test(name) ? name : `\`${name}\``
    }`;
  return (fold ? `${fold}(${column})` : column) as MetricColumn;
}

/** The metric's own name. */
export const labelOf = (column: string): string =>
  column.replace(/^(?:last|min|max|mean)\((.*)\)$/s, "$1").replace(/^metrics?\./, "")
    .replace(/^`(.*)`$/s, "$1");

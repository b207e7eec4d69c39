/**
 * `rubicon gate`: is the newest experiment as good as a baseline? For the CI, which goes by the exit code.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import { bestExperiment } from "../../domain/best.ts";
import { diffExperiments } from "../../domain/diff.ts";
import { RubiconException } from "../../errors.ts";
import type { Composite } from "../../composite/types.ts";
import { listExperiments } from "../../domain/experiment.ts";
import type { Experiment, Project } from "../../domain/format/entities.ts";
import { listMetrics } from "../../domain/metric.ts";
import type { MetricColumn } from "../../domain/query/where.ts";
import type { Cli } from "../context.ts";
import { Exit } from "../exit.ts";
import { findExperiment, findProject } from "../find.ts";
import { anyNumber, collect } from "../global_options.ts";
import { addProject, addSelection, selectionOf, type SelectionOptions } from "../selection.ts";
import { labelOf, metricColumn } from "./best.ts";
import { judge, type Judged } from "./gate_judge.ts";
import { gateLines, putSummary } from "./gate_view.ts";

interface Options extends SelectionOptions {
  metric: string[];
  baseline: string;
  experiment?: string;
  minDelta: number;
  summary?: string | true;
}

export function define(command: Command): void {
  const options = [
    new Option("-m, --metric <name>", "the metric that has to hold (several times)")
      .argParser(collect).makeOptionMandatory(),
    new Option(
      "-b, --baseline <which>",
      "best (of the others), a tag (the newest other one that has it), an id or a name",
    ).default("best"),
    new Option("-e, --experiment <which>", "the experiment in question (default: the newest)"),
    new Option(
      "--min-delta <number>",
      "how much better it has to be at least; -0.01 lets it be worse by that much",
    ).argParser(anyNumber).default(0),
    new Option(
      "--summary [file]",
      "append Markdown to this file (default: $GITHUB_STEP_SUMMARY; - is stdout, and nothing else)",
    ),
  ];
  for (const option of options) command.addOption(option);
  addProject(command);
  addSelection(command, ["orderBy", "limit", "all"]);
}

export async function run(cli: Cli, options: Options): Promise<number> {
  const { metric, minDelta, summary } = options;
  const rubicon = await cli.open();
  const project = await findProject(cli, rubicon, options.project);
  const candidate = await candidateOf(cli, rubicon, project, options);
  const judged: Judged[] = [];
  const now = await listMetrics(rubicon, candidate, { signal: cli.signal });
  for (const name of metric.map((one) => labelOf(metricColumn(one)))) {
    const isList = Array.isArray(now.find((one) => one.name === name)?.value);
    const column = metricColumn(isList ? `last(${name})` : name);
    const baseline = await baselineOf(cli, rubicon, project, candidate, column, options);
    const before = await listMetrics(rubicon, baseline, { signal: cli.signal });
    judged.push(judge(name, minDelta, { baseline, metrics: before }, { candidate, metrics: now }));
  }
  const baselines = [...new Map(judged.map(({ baseline }) => [baseline.id, baseline])).values()];
  const diff = await diffExperiments(rubicon, [...baselines, candidate], { signal: cli.signal });
  const passed = judged.every((one) => one.passed);
  const report = { passed, candidate, judged, diff };
  if (summary !== undefined) await putSummary(cli, project, report, summary);
  if (summary !== "-") {
    const { rows: differences } = diff;
    const checks = judged.map(({ baseline, ...one }) => ({ ...one, baseline: baseline.id }));
    await cli.answer({
      value: { passed, experiment: candidate, baselines, checks, differences },
      lines: checks,
      text: () => gateLines(cli, report),
    });
  }
  return passed ? Exit.done : Exit.no;
}

async function candidateOf(
  cli: Cli,
  rubicon: Composite,
  project: Project,
  options: Options,
): Promise<Experiment> {
  if (options.experiment !== undefined) {
    return await findExperiment(cli, rubicon, project, options.experiment);
  }
  const filter = selectionOf(cli, options);
  const [newest] = await listExperiments(rubicon, project, {
    ...filter,
    order: "newest",
    limit: 1,
  });
  if (newest) return newest;
  throw new RubiconException(
    "not-found",
    `There is no such experiment in project ${JSON.stringify(project.name)} to be compared.`,
  );
}

async function baselineOf(
  cli: Cli,
  rubicon: Composite,
  project: Project,
  candidate: Experiment,
  metric: MetricColumn,
  { baseline }: Options,
): Promise<Experiment> {
  const { signal } = cli;
  if (baseline === "best") {
    const without = `id != '${candidate.id}'`;
    const best = await bestExperiment(rubicon, project, metric, {
      where: without,
      signal,
    });
    if (best) return best;
    throw new RubiconException(
      "not-found",
      `No other experiment of project ${JSON.stringify(project.name)} has a number in ${metric}.`,
    );
  }
  const others = (await listExperiments(rubicon, project, { order: "newest", signal }))
    .filter(({ id }) => id !== candidate.id);
  const tagged = others.find(({ tags }) => tags.includes(baseline));
  if (tagged) return tagged;
  if (candidate.tags.includes(baseline) && !others.some(({ name }) => name === baseline)) {
    throw new RubiconException(
      "not-found",
      `The baseline: of project ${
        JSON.stringify(project.name)
      } only the experiment in question has the tag ` +
        `${JSON.stringify(baseline)}. Tag another one.`,
    );
  }
  return await findExperiment(cli, rubicon, project, baseline);
}

/**
 * `rubicon tail`: a run's curves, as they are logged.
 *
 * @module
 */
import { type Command, Option } from "npm:commander@15.1.0";
import type { Composite } from "../../composite/types.ts";
import type { Experiment } from "../../domain/format/entities.ts";
import { readHistory, readHistoryColumns } from "../../domain/history/history.ts";
import type { ExperimentStatus } from "../../domain/history/state.ts";
import { experimentStatus } from "../../domain/history/status.ts";
import { pause } from "../../domain/pause.ts";
import type { Cli } from "../context.ts";
import { Exit } from "../exit.ts";
import { findExperiment, findProject } from "../find.ts";
import { collect, numberFrom } from "../global_options.ts";
import { jsonLine } from "../output/json.ts";
import { print } from "../output/stream.ts";
import { plainText } from "../output/text.ts";
import { addProject } from "../selection.ts";
import { curveLines, type Curves } from "./tail_view.ts";

interface Options {
  project?: string;
  metric?: string[];
  interval: number;
  once?: boolean;
}

export function define(command: Command): void {
  command.argument("[experiment]", "id, start of an id, name, or latest", "latest")
    .addOption(
      new Option("-m, --metric <name>", "only this metric (several times)").argParser(collect),
    )
    .addOption(
      new Option("--interval <seconds>", "how often to look").argParser(numberFrom(0.01)).default(
        2,
      ),
    )
    .option("--once", "what is there now, and no more");
  addProject(command);
  command.addHelpText(
    "after",
    "\nIt ends with the run: exit 0 if that is finished, 1 if it failed, was cancelled or is lost.\n" +
      "On a terminal each metric is a line that is drawn anew; in a pipe each point is one: metric, step, value.",
  );
}

export async function run(cli: Cli, options: Options, [given]: [string]): Promise<number> {
  const rubicon = await cli.open();
  const project = await findProject(cli, rubicon, options.project);
  const experiment = await findExperiment(cli, rubicon, project, given);
  const { metric: metrics } = options;
  if (cli.options.json) {
    const call = { signal: cli.signal };
    const [status, points] = await Promise.all([
      experimentStatus(rubicon, experiment, call),
      readHistory(rubicon, experiment, { ...call, metrics }),
    ]);
    await cli.answer({ value: { experiment, status: status ?? null, points }, text: () => [] });
    return codeOf(status);
  }
  const isDrawn = cli.isForPeople && Deno.stdout.isTerminal();
  const show = isDrawn ? drawing(cli, experiment) : listing(cli);
  for (;;) {
    // The state first: what a run logs before its end is read after it.
    const call = { signal: cli.signal };
    const status = await experimentStatus(rubicon, experiment, call);
    const curves = await curvesOf(rubicon, experiment, metrics, cli.signal);
    await show(curves, status);
    if (options.once || status?.state !== "running") return codeOf(status);
    await pause(options.interval * 1000, cli.signal);
  }
}

const codeOf = (status: ExperimentStatus | undefined): number =>
  status === undefined || ["running", "finished"].includes(status.state) ? Exit.done : Exit.no;

async function curvesOf(
  rubicon: Composite,
  experiment: Experiment,
  metrics: string[] | undefined,
  signal: AbortSignal,
): Promise<Curves> {
  return await readHistoryColumns(rubicon, experiment, { metrics, signal });
}

type Show = (curves: Curves, status: ExperimentStatus | undefined) => Promise<void>;

/** On a terminal: what was drawn before is drawn over. */
function drawing(cli: Cli, experiment: Experiment): Show {
  let drawn = 0;
  return async (curves, status) => {
    const lines = await curveLines(experiment, curves, status, cli.screen);
    const over = drawn > 0 ? `\x1b[${drawn}F\x1b[J` : "";
    await print([over, ...lines.map((line) => `${line}\n`)]);
    drawn = lines.length;
  };
}

/** In a pipe: each point once. */
function listing(cli: Cli): Show {
  const seen = new Map<string, number>();
  return async (curves) => {
    const points = Array.from(curves, ([name, { steps, values, times }]) => {
      const last = seen.get(name) ?? -Infinity;
      const from = steps.findIndex((step) => step > last);
      if (from === -1) return [];
      seen.set(name, steps.at(-1)!);
      return Array.from(steps.subarray(from), (step, at) => ({
        ...{ name, step, value: values[from + at]! },
        time: new Date(times[from + at]!).toISOString(),
      }));
    }).flat();
    await print(
      points.map((point) =>
        cli.isForPeople
          ? `${plainText(point.name)}\t${point.step}\t${point.value}\n`
          : jsonLine(point)
      ),
    );
  };
}

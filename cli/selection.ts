/**
 * Which experiments: the options of everything that lists them.
 *
 * @module
 */
import { type Command, InvalidArgumentError, Option } from "npm:commander@15.1.0";
import type { ExperimentFilter } from "../domain/experiment.ts";
import type { OrderBy } from "../domain/query/where.ts";
import type { Cli } from "./context.ts";
import { collect, numberFrom } from "./global_options.ts";

/** What commander makes of them. */
export interface SelectionOptions {
  project?: string;
  where?: string;
  orderBy?: string[];
  tag?: string[];
  matchAll?: boolean;
  without?: string[];
  name?: string;
  since?: string;
  before?: string;
  limit?: number;
  all?: boolean;
}

const WHICH = "Which experiments:";

/** Adds `--project`. */
export const addProject = (command: Command): Command =>
  command.option(
    "-p, --project <name>",
    "the project (default: $RUBICON_PROJECT_NAME, or the only one)",
  );

/** Adds the options that say which experiments. */
export function addSelection(command: Command, leaves: readonly string[] = []): Command {
  const options = [
    new Option("-w, --where <query>", 'an expression such as "metrics.acc > 0.9"'),
    new Option(
      "--order-by <columns>",
      'such as "metrics.acc desc"; "metrics.acc best" goes by directionality',
    )
      .argParser(collect),
    new Option("-t, --tag <tag>", "with this tag; * stands for any characters (several times)")
      .argParser(collect),
    new Option("--match-all", "with all of these tags; else one is enough"),
    new Option("--without <tag>", "without this tag (several times)").argParser(collect),
    new Option("--name <name>", "with this name; * stands for any characters"),
    new Option("--since <time>", "created then or later: 2026-11-24, 2026-11-24T09:30Z, 3d, 12h"),
    new Option("--before <time>", "created before"),
    new Option("-n, --limit <count>", "so many at most").argParser(numberFrom(1, true)),
    new Option("-a, --all", "all, also on a terminal (default there: what one sees at once)"),
  ];
  for (const option of options) {
    if (!leaves.includes(option.attributeName())) command.addOption(option.helpGroup(WHICH));
  }
  return command;
}

/** The filter that the options are. */
export function selectionOf(cli: Cli, options: SelectionOptions): ExperimentFilter {
  const { where, orderBy, tag, matchAll, without, name, since, before, limit } = options;
  return {
    signal: cli.signal,
    ...(where !== undefined && { where }),
    ...(orderBy && { orderBy: orderBy.flatMap(orderOf) }),
    ...(tag && { tags: tag }),
    ...(matchAll && { match: "all" }),
    ...(without && { without }),
    ...(name !== undefined && { name }),
    ...(since !== undefined && { since: timeOf(since) }),
    ...(before !== undefined && { before: timeOf(before) }),
    ...(limit !== undefined && { limit }),
  };
}

/** `metrics.acc desc, name` as what `orderBy` takes. Names in quotes or backticks may have commas. */
const orderOf = (text: string): OrderBy[] =>
  (/["`]/.test(text) ? [text] : text.split(",")).map((one) => one.trim() as OrderBy);

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A time as ISO 8601, a day, or so long ago: `3d`. */
function timeOf(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00Z`;
  const span = millisecondsOf(text);
  return span === undefined ? text : new Date(Date.now() - span).toISOString();
}

/** `3d`, `12h`, `30m` or `2w` in milliseconds; `undefined` for anything else. */
function millisecondsOf(text: string): number | undefined {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\s*([mhdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * UNITS[unit!]! * 1000;
}

/** A span of time, in milliseconds. */
export function spanOf(text: string): number {
  const span = millisecondsOf(text);
  if (span !== undefined) return span;
  throw new InvalidArgumentError("It must be a span of time such as 30d, 12h or 2w.");
}

/**
 * Queries on runs that are read already: filtering and sorting, comparing, and hostile expressions. Nothing else does
 * the same work, so each stands beside its goal.
 */
import { cellsOf, type Run } from "../domain/query/cells.ts";
import { diffRuns } from "../domain/query/diff.ts";
import { evaluate } from "../domain/query/evaluate.ts";
import { tableOf } from "../domain/query/table.ts";
import { parseQuery, RubiconException, toCsv } from "../mod.ts";
import { runsOf } from "../tests/support/runs.ts";
import { inTurns, type Row } from "./lib.ts";

const RUNS = 10_000;
/** Half of them are parameters, half metrics. */
const COLUMNS = 50;
const KEYS = 8_000;

/** Runs with numbers, texts and tags. */
function someRuns(count: number, columns: number): Run[] {
  return runsOf(...Array.from({ length: count }, (_, at) => ({
    name: `run ${at}`,
    tags: [`batch:${at % 10}`, at % 3 === 0 ? "large" : "small"],
    parameters: Object.fromEntries(
      Array.from({ length: columns / 2 }, (_, column) => [
        `p${column}`,
        column % 5 === 0 ? `text ${(at * 7) % 13}` : (at * 31 + column) % 1_000 / 1_000,
      ]),
    ),
    metrics: Object.fromEntries(
      Array.from({ length: columns / 2 }, (_, column) => [`m${column}`, Math.sin(at + column)]),
    ),
  })));
}

const timed = (work: () => unknown) => () => {
  const start = performance.now();
  work();
  return Promise.resolve(performance.now() - start);
};

/** An expression that has to be refused, or answered. */
function answered(text: string, runs: readonly Run[]): void {
  try {
    evaluate(parseQuery(text), cellsOf(runs));
  } catch (error) {
    if (!(error instanceof RubiconException)) throw error;
  }
}

const QUERY =
  'metrics.m3 > 0.1 and params.p1 < 0.9 and params.p0 like "text%" and tags.batch in (1, 2, 3) ' +
  'and name =~ "[0-4]$" or tags.has("lar*") order by metrics.m7 desc, params.p2, created_at';

export async function query(): Promise<Row[]> {
  const runs = someRuns(RUNS, COLUMNS);
  const compared = someRuns(10, KEYS).map((run) => ({ ...run, features: [] }));
  const table = tableOf(runs);
  const hostile = "metrics.m1 > 0 or ".repeat(100_000 / 18);
  const found = await inTurns(11, {
    query: timed(() => evaluate(parseQuery(QUERY), cellsOf(runs))),
    table: timed(() => tableOf(runs)),
    diff: timed(() => diffRuns(compared, false)),
    hostile: timed(() => answered(hostile, runs)),
    longest: timed(() => answered(`${hostile.slice(0, 18 * 499)}name = 'x'`, runs)),
    pattern: timed(() => answered(`name =~ '${"(a|b|r)*".repeat(60)}x'`, runs.slice(0, 1_000))),
    csv: async () => {
      const start = performance.now();
      await toCsv(table);
      return performance.now() - start;
    },
  });
  const row = (what: string, ours: number, goal: number): Row => ({
    ...{ what, ours, theirs: goal, unit: "ms", against: "the goal", ratio: ours / goal },
    ...{ goal: 1, limit: true },
  });
  return [
    row(`query: ${RUNS} runs × ${COLUMNS} columns, filtered and sorted`, found.query, 100),
    row(`query: a table of them`, found.table, 200),
    row(`query: the table as CSV`, found.csv, 1_000),
    row(`query: 10 runs × ${KEYS} keys compared`, found.diff, 200),
    row("query: an expression of 100 kB", found.hostile, 100),
    row(`query: 500 tests on ${RUNS} runs`, found.longest, 1_000),
    row("query: a hostile pattern on 1,000 runs", found.pattern, 100),
  ];
}

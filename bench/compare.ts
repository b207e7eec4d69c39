// deno-lint-ignore-file no-console -- it prints its figures.
/**
 * This module beside the real rubicon-ml 0.15.3 and beside what is bare: the same machine, store and data, in turns;
 * medians and ratios as a table, or as JSON with `--json`.
 *
 *     deno task bench [local] [s3] [start] [frames] [query] [history] [dataset] [viewer] [growth] [--json]
 */
import { dataset } from "./dataset.ts";
import { frames } from "./frames.ts";
import { type Growth, growth } from "./growth.ts";
import { history } from "./history.ts";
import type { Row } from "./lib.ts";
import { local } from "./local.ts";
import { s3 } from "./s3.ts";
import { query } from "./query.ts";
import { reads } from "./reads.ts";
import { start } from "./start.ts";
import { viewer } from "./viewer.ts";

const parts = { local, s3, start, frames, query, reads, history, dataset, viewer };
const chosen = Deno.args.filter((arg) => !arg.startsWith("--"));
const wanted = (part: string) => chosen.length === 0 || chosen.includes(part);

const rows: Row[] = [];
for (const [name, run] of Object.entries(parts)) {
  if (wanted(name)) rows.push(...await run());
}
const growing: Growth[] = wanted("growth") ? await growth() : [];

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
const isMet = ({ ratio, goal, limit }: Row): boolean => limit ? ratio <= goal! : ratio >= goal!;

function judged(row: Row): string {
  if (row.goal === undefined) return "";
  return `${row.limit ? "≤" : "≥"} ${row.goal}: ${isMet(row) ? "met" : "not met"}`;
}

if (Deno.args.includes("--json")) console.log(JSON.stringify({ rows, growth: growing }, null, 2));
else {
  console.log("| what | here | beside | | ratio | goal |\n| --- | --- | --- | --- | --- | --- |");
  for (const row of rows) {
    const { what, ours, theirs, unit, against, ratio } = row;
    console.log(
      `| ${what} | ${number(ours)} ${unit} | ${against} | ${number(theirs)} ${unit} | ${
        ratio.toFixed(2)
      } | ${judged(row)} |`,
    );
  }
  if (growing.length > 0) {
    console.log(
      "\n| store | experiments | table | list | newest 10 | memory |\n| --- | --- | --- | --- | --- | --- |",
    );
  }
  for (const { store, experiments, table, list, newest, memory, before } of growing) {
    const each = (ms: number) =>
      `${number(ms)} ms (${(ms / experiments * 1000).toFixed(0)} µs each)`;
    console.log(
      `| ${store} | ${experiments.toLocaleString("en")} | ${each(table)} | ${each(list)} | ${
        number(newest)
      } ms | ${number(memory)} MiB, of which ${number(before)} before |`,
    );
  }
}

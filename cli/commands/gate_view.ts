/**
 * The answer of a gate: for people, and as Markdown.
 *
 * @module
 */
import type { ExperimentDiff } from "../../domain/diff.ts";
import type { Experiment, Project } from "../../domain/format/entities.ts";
import type { Cli } from "../context.ts";
import { UsageError } from "../exit.ts";
import { titleOf } from "../find.ts";
import { deltaText, valueText } from "../output/cells.ts";
import { OutputFailed, print } from "../output/stream.ts";
import { envOf } from "../store/environment.ts";
import { diffLines } from "./diff.ts";
import type { Judged } from "./gate_judge.ts";

/** What a gate found. */
export interface GateReport {
  passed: boolean;
  candidate: Experiment;
  judged: readonly Judged[];
  diff: ExperimentDiff;
}

/** For people. */
export async function gateLines(cli: Cli, report: GateReport): Promise<string[]> {
  const { passed, candidate, judged, diff } = report;
  const checks = await cli.table(
    [
      { title: "GATE", rank: 9 },
      { title: "METRIC", rank: 8 },
      { title: "BASELINE", rank: 5, align: "right" },
      { title: "NOW", rank: 7, align: "right" },
      { title: "BETTER BY", rank: 6, align: "right" },
      { title: "AT LEAST", rank: 4, align: "right" },
      { title: "COMPARED WITH", rank: 3 },
    ],
    judged.map((one) => [
      { text: one.passed ? "passed" : "failed", paint: one.passed ? "green" : "red" },
      valueText(one.metric),
      valueText(one.before),
      valueText(one.now),
      one.better === null ? "" : deltaText(one.better),
      deltaText(one.minDelta),
      titleOf(one.baseline),
    ]),
  );
  const reasons = judged.flatMap(({ reason }) => reason === null ? [] : [`${reason}.\n`]);
  return [
    `${titleOf(candidate)} (${candidate.id}): ${passed ? "passed" : "failed"}\n\n`,
    ...checks,
    ...(reasons.length > 0 ? ["\n", ...reasons] : []),
    "\n",
    ...await diffLines(cli, diff),
  ];
}

/** Appends the summary to a file, or prints it. */
export async function putSummary(
  cli: Cli,
  project: Project,
  report: GateReport,
  given: string | true,
): Promise<void> {
  const text = markdown(project, report);
  if (given === "-") return await print([text]);
  const path = given === true ? envOf("GITHUB_STEP_SUMMARY") : given;
  if (path === undefined) {
    throw new UsageError(
      "--summary: GITHUB_STEP_SUMMARY is not set (or may not be read: --allow-env). Give a file, or - for stdout.",
    );
  }
  try {
    await Deno.writeTextFile(path, text, { append: true, signal: cli.signal });
  } catch (cause) {
    cli.signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OutputFailed(`--summary: ${path} cannot be written: ${why}`, { cause });
  }
}

/** As GitHub shows it in a job's summary. */
export function markdown(
  project: Project,
  { passed, candidate, judged, diff }: GateReport,
): string {
  const rows = judged.map((one) =>
    row([
      one.passed ? "✅" : "❌",
      code(one.metric),
      `${code(titleOf(one.baseline))}: ${cell(one.before)}`,
      cell(one.now),
      one.better === null ? "–" : deltaText(one.better),
      deltaText(one.minDelta),
    ])
  );
  const shown = diff.rows.filter(({ kind }) => kind !== "own");
  const differences = shown.map(({ kind, key, values, deltas, better }) =>
    row([
      kind,
      code(key),
      ...values.map(cell),
      ...(deltas ?? []).slice(-1).map((delta) => delta === undefined ? "" : deltaText(delta)),
      ...(deltas ? [] : [""]),
      better?.at(-1) === undefined ? "" : better.at(-1) ? "better" : "worse",
    ])
  );
  const lines = [
    `## ${passed ? "✅ Passed" : "❌ Failed"}: ${code(titleOf(candidate))} of ${
      code(project.name)
    }`,
    "",
    row(["", "metric", "baseline", "now", "better by", "at least"]),
    row(["---", "---", "---:", "---:", "---:", "---:"]),
    ...rows,
    ...(differences.length > 0
      ? [
        "",
        "<details><summary>What differs</summary>",
        "",
        row(["kind", "key", ...diff.experiments.map((one) => code(titleOf(one))), "Δ", ""]),
        row(["---", "---", ...diff.experiments.map(() => "---:"), "---:", "---"]),
        ...differences,
        "",
        "</details>",
      ]
      : []),
  ];
  return `${lines.join("\n")}\n\n`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const cell = (value: unknown): string => {
  const text = valueText(value);
  return text === "" ? "–" : /^[\d.+-]+$/.test(text) ? text : code(text);
};

/** Text that no Markdown, no HTML and no table takes for more than text. */
function code(text: string): string {
  const safe = text.replaceAll(
    /[&<>\\`*_{}[\]()#+!|~@:/]/g,
    (char) => `&#${char.charCodeAt(0)};`,
  );
  return `<code>${safe}</code>`;
}

/**
 * One number for the many of a metric: what its summary says.
 *
 * @module
 */
import { refuse, show } from "../check.ts";
import type { Columns } from "./series.ts";

/** How one number is made of a metric's points. `best` goes by the directionality. */
export type SummaryFold = "last" | "min" | "max" | "mean" | "best";

/** What the summary of a metric says. */
export interface MetricSummary {
  /** Which number. Default: `last`. */
  fold?: SummaryFold | undefined;
  /** Whether more is better (`score`) or less (`loss`). Default: `loss` for `min`, else `score`. */
  directionality?: "score" | "loss" | undefined;
}

/** What the summaries of a run say. */
export interface SummaryOptions {
  /** Which number of each metric goes into its summary, by name. Default: the last. */
  summary?: Readonly<Record<string, SummaryFold | MetricSummary>> | undefined;
  /**
   * So many values of each metric, evenly spread over its points, are logged as a list, too: the metric `NAME samples`,
   * which rubicon-ml's `MetricListsComparison` shows. Of fewer points some come twice. Default: none.
   */
  samples?: number | undefined;
}

const FOLDS: readonly unknown[] = ["last", "min", "max", "mean", "best"];
/** More values than that are a history, and not a list to look at. */
const MOST_SAMPLES = 10_000;

/** Checks what summaries are to say. */
export function checkSummary({ summary, samples }: SummaryOptions, where: string): void {
  if (samples !== undefined) {
    if (!Number.isSafeInteger(samples) || samples < 1 || samples > MOST_SAMPLES) {
      refuse(`${where}: samples must be a whole number from 1 to 10,000, not ${show(samples)}.`);
    }
  }
  if (summary === undefined) return;
  if (typeof summary !== "object" || summary === null || Array.isArray(summary)) {
    refuse(`${where}: summary must be an object such as { loss: "min" }, not ${show(summary)}.`);
  }
  for (const [name, one] of Object.entries(summary)) {
    const { fold = "last", directionality = "score" } = typeof one === "string"
      ? { fold: one }
      : Object(one) as MetricSummary;
    if (!FOLDS.includes(fold)) {
      refuse(
        `${where}: summary: ${show(name)} must be one of ${FOLDS.join(", ")}, not ${show(fold)}.`,
      );
    }
    if (directionality !== "score" && directionality !== "loss") {
      refuse(
        `${where}: summary: the directionality of ${show(name)} must be "score" or "loss", not ${
          show(directionality)
        }.`,
      );
    }
  }
}

/** What the summary of one metric says, with the defaults. */
export function summaryOf(
  { summary }: SummaryOptions,
  name: string,
): Required<{ [Field in keyof MetricSummary]: NonNullable<MetricSummary[Field]> }> {
  const one = summary && Object.hasOwn(summary, name) ? summary[name]! : "last";
  const { fold = "last", directionality } = typeof one === "string" ? { fold: one } : one;
  return { fold, directionality: directionality ?? (fold === "min" ? "loss" : "score") };
}

/** One number of a metric's values, of which there is one at least. NaN counts only if there is nothing else. */
export function folded(
  values: Float64Array,
  fold: SummaryFold,
  directionality: "score" | "loss",
): number {
  if (fold === "last") return values[values.length - 1]!;
  const side = fold === "best" ? directionality === "loss" ? "min" : "max" : fold;
  let [found, sum, count] = [NaN, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    if (count++ === 0 || (side === "min" ? value < found : value > found)) found = value;
  }
  return side === "mean" ? sum / count : found;
}

/** The name of the metric that has some values of another one. */
export const samplesOf = (name: string): string => `${name} samples`;

/**
 * Some values, evenly spread, the first and the last among them. Of few points some come twice, since Python compares
 * lists of one length alone.
 */
export function sampled({ values }: Columns, count: number): number[] {
  if (count === 1) return [values[values.length - 1]!];
  const step = (values.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, at) => values[Math.round(at * step)]!);
}

/**
 * Whether one experiment's metric is as good as another's, by directionality.
 *
 * @module
 */
import type { Experiment, Metric } from "../../domain/format/entities.ts";
import type { Value } from "../../domain/format/values.ts";

/** What came of one metric. */
export interface Judged {
  metric: string;
  passed: boolean;
  directionality: "score" | "loss";
  /** The baseline's value; `null` if it has none. */
  before: Value;
  /** The value of the experiment in question; `null` if it has none. */
  now: Value;
  /** By how much it is better; below zero if it is worse. `null` if one of both is no number. */
  better: number | null;
  /** How much better it had to be. */
  minDelta: number;
  /** Why it did not pass, in words. */
  reason: string | null;
  baseline: Experiment;
}

/** Compares a metric. What is no number does not pass. */
export function judge(
  metric: string,
  minDelta: number,
  { baseline, metrics: before }: { baseline: Experiment; metrics: readonly Metric[] },
  { metrics: now }: { candidate: Experiment; metrics: readonly Metric[] },
): Judged {
  const [old, new_] = [before, now].map((all) => all.find(({ name }) => name === metric));
  const directionality = (old ?? new_)?.directionality ?? "score";
  const [a, b] = [old, new_].map(numberOf);
  const result = {
    ...{ metric, directionality, before: old?.value ?? null, now: new_?.value ?? null },
    ...{ minDelta, baseline },
  };
  const reason = b === undefined
    ? `the experiment has no number in ${metric}`
    : a === undefined
    ? `the baseline has no number in ${metric}`
    : undefined;
  if (reason !== undefined || a === undefined || b === undefined) {
    return { ...result, passed: false, better: null, reason: reason! };
  }
  const better = a === b ? 0 : directionality === "loss" ? a - b : b - a;
  // 0.79 - 0.8 is a little less than -0.01, which is what people ask for.
  const slack = Number.EPSILON * 4 * Math.max(Math.abs(a), Math.abs(b));
  const passed = better >= minDelta - slack;
  return { ...result, passed, better, reason: passed ? null : `${metric} is not good enough` };
}

/** A number, or the last one of a list. */
function numberOf(metric: Metric | undefined): number | undefined {
  const value = Array.isArray(metric?.value) ? metric.value.at(-1) : metric?.value;
  const isNumber = typeof value === "number" || typeof value === "bigint";
  return isNumber && !Number.isNaN(value) ? Number(value) : undefined;
}

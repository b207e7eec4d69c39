/**
 * The options of runs, and their checks.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import { refuse, show } from "../check.ts";
import type { ExperimentInput } from "../experiment.ts";
import { CALL_FIELDS } from "../inputs.ts";
import { checkSummary, type MetricSummary, type SummaryOptions } from "./fold.ts";
import { HEARTBEAT } from "../format/run_state.ts";

/** Options of a run's handle. */
export interface RunOptions extends SummaryOptions, CallOptions {
  /** How long points stay in memory at most, in milliseconds. Default: 15,000. */
  flushMs?: number | undefined;
  /**
   * How often the run shows that it is alive, in milliseconds, if it writes nothing else. After two of them without a
   * sign it counts as lost. Default: 60,000.
   */
  heartbeatMs?: number | undefined;
  /**
   * So many points are kept in memory at most while no backend takes any; what comes after that is lost, and the next
   * flush says so. Default: 4,000,000, some 100 MB.
   */
  maxBuffered?: number | undefined;
  /** Whether the end of the run is added as a tag, such as `status:failed`, which Python sees. Default: `false`. */
  tagStatus?: boolean | undefined;
  /**
   * How often what this process takes of its machine is logged as metrics, in milliseconds: `system_rss_bytes`,
   * `system_heap_bytes`, `system_cpu_percent` (100: one core) and, with `--allow-sys=loadavg`, `system_load` (of one
   * minute). Their steps count the samples, of which the first and the last come with the start and the end. Default: never.
   */
  systemMetricsMs?: number | undefined;
}

/** What `resumeRun` takes. */
export interface ResumeOptions extends RunOptions {
  /**
   * Whether this process only logs points to a run that another one started: it says the step of each, and its `finish`
   * ends nothing but the handle. Default: `false`.
   */
  worker?: boolean | undefined;
}

/** What `startRun` and `withRun` take: an experiment's fields, and the options of the handle. */
export type RunInput = ExperimentInput & RunOptions;

/** The names of the handle's options. */
export const RUN_FIELDS: readonly string[] = [
  ...["flushMs", "heartbeatMs", "maxBuffered", "tagStatus", "summary", "samples"],
  "systemMetricsMs",
];
/** The names of what `resumeRun` takes. */
export const RESUME_FIELDS: ReadonlySet<string> = new Set([
  ...RUN_FIELDS,
  "worker",
  ...CALL_FIELDS,
]);

/** The metrics of what a process takes of its machine, and what their summaries say: peaks of memory, and means of the rest. Less of each is better. */
export const SYSTEM_METRICS = {
  system_rss_bytes: { fold: "max", directionality: "loss" },
  system_heap_bytes: { fold: "max", directionality: "loss" },
  system_cpu_percent: { fold: "mean", directionality: "loss" },
  system_load: { fold: "mean", directionality: "loss" },
} as const satisfies Record<string, MetricSummary>;

const MOST_BUFFERED = 4_000_000;
const FLUSH = 15_000;

/** Options with their defaults. */
export interface CheckedOptions extends SummaryOptions {
  flushMs: number;
  heartbeatMs: number;
  maxBuffered: number;
  tagStatus: boolean;
  systemMetricsMs: number | undefined;
}

/** Checks the options of a handle. */
export function checkRunOptions(options: RunOptions, where: string): CheckedOptions {
  const { samples, systemMetricsMs } = options;
  checkSummary(options, where);
  // setTimeout takes 32 bits; a longer time would be over at once.
  const ms = (name: "flushMs" | "heartbeatMs" | "systemMetricsMs", otherwise?: number) => {
    const value = options[name] ?? otherwise;
    if (typeof value === "number" && value > 0 && value < 2 ** 31) return value;
    return refuse(
      `${where}: ${name} must be a number of milliseconds above 0 and below 2^31, not ${
        show(value)
      }.`,
    );
  };
  const { maxBuffered = MOST_BUFFERED, tagStatus = false } = options;
  if (!Number.isSafeInteger(maxBuffered) || maxBuffered < 1) {
    refuse(`${where}: maxBuffered must be a whole number from 1 up, not ${show(maxBuffered)}.`);
  }
  if (typeof tagStatus !== "boolean") {
    refuse(`${where}: tagStatus must be true or false, not ${show(tagStatus)}.`);
  }
  const own = systemMetricsMs === undefined ? undefined : SYSTEM_METRICS;
  const summary = options.summary || own ? { ...own, ...options.summary } : undefined;
  return {
    flushMs: ms("flushMs", FLUSH),
    heartbeatMs: ms("heartbeatMs", HEARTBEAT),
    maxBuffered,
    tagStatus,
    systemMetricsMs: own && ms("systemMetricsMs"),
    ...(summary && { summary }),
    ...(samples !== undefined && { samples }),
  };
}

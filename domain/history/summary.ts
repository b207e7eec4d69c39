/**
 * The metrics that Python reads of a history: one number each. Whoever writes one from the same points writes the same
 * bytes.
 *
 * @module
 */
import { generate as uuidV5 } from "jsr:@std/uuid@^1.1.1/v5";
import { hasCode } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core, Write } from "../../composite/plan.ts";
import { describe, encodeEntity, identify } from "../format/codec.ts";
import { entityFolder, metadataKey, placeIn } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import { above } from "../writing/above.ts";
import { readOnly } from "../inputs.ts";
import { build, stepOf } from "../writing/create.ts";
import type { Experiment, Metric } from "../format/entities.ts";
import type { Series } from "./series.ts";
import { folded, sampled, samplesOf, summaryOf, type SummaryOptions } from "./fold.ts";
import { timeText } from "./times.ts";

/**
 * A metric that sums up a history.
 *
 * @param time When its last point was, in microseconds since 1970.
 */
export async function metricOf(
  experiment: Experiment,
  name: string,
  value: Metric["value"],
  time: number,
  directionality: Metric["directionality"],
): Promise<Metric> {
  const id = await uuidV5(experiment.id, new TextEncoder().encode(name));
  const createdAt = timeText(time);
  const input = { id, name, value, directionality, createdAt };
  return build("metric", placeIn(experiment), input, `the summary of ${describe(experiment)}`);
}

/** The metrics that sum up a history. */
export async function summaries(
  experiment: Experiment,
  series: Series,
  options: SummaryOptions,
): Promise<Metric[]> {
  const metrics: Metric[] = [];
  for (const [name, columns] of series) {
    const { fold, directionality } = summaryOf(options, name);
    const value = folded(columns.values, fold, directionality);
    const time = columns.times[columns.times.length - 1]!;
    metrics.push(await metricOf(experiment, name, value, time, directionality));
    if (options.samples === undefined) continue;
    const list = sampled(columns, options.samples);
    metrics.push(await metricOf(experiment, samplesOf(name), list, time, directionality));
  }
  return metrics;
}

/**
 * Writes the metrics that sum up a history. One of an earlier end of the run is replaced; any other metric that has the
 * name stays, and the composite's `onWarning` is told.
 */
export async function writeSummaries(
  rubicon: Core,
  write: Write,
  experiment: Experiment,
  series: Series,
  options: SummaryOptions,
  call: CallOptions,
): Promise<void> {
  await pooled(await summaries(experiment, series, options), async (metric) => {
    const step = stepOf(metric, encodeEntity(metric, rubicon.options));
    const plan = { what: describe(metric), ...above(placeIn(experiment)), entity: metric };
    try {
      await write({ ...plan, waves: [[step]] }, call);
    } catch (error) {
      if (!hasCode(error, "already-exists")) throw error;
      if (await isOurs(rubicon, metric, call)) {
        await write({ ...plan, waves: [[{ ...step, present: "replace" }]] }, call);
      } else {
        rubicon.options.onWarning(
          `${describe(metric)} of ${
            describe(experiment)
          } was logged without a step, too. Its summary is not written, ` +
            "since that would be in its place; its history is. Use another name for one of them.",
          error,
        );
      }
    }
  });
}

/** Whether what is there in a metric's place sums up this history, too. */
async function isOurs(rubicon: Core, metric: Metric, call: CallOptions): Promise<boolean> {
  const key = metadataKey(entityFolder(metric));
  const ids = await rubicon.read<unknown[]>({
    what: describe(metric),
    run: async ({ driver }) => ({ value: [identify((await driver.get(key)).bytes).id] }),
    merge: (all) => all.flat(),
  }, { ...readOnly(call), read: "merge" });
  return ids.every((id) => id === metric.id);
}

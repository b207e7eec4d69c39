/**
 * Making one file of many parts of a history, which then go.
 *
 * @module
 */
import { generate as uuidV7 } from "jsr:@std/uuid@^1.1.1/v7";
import { hasCode, isRubiconException, type RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core, Write, WritePlan } from "../../composite/plan.ts";
import { growing } from "../format/clock.ts";
import { describe } from "../format/codec.ts";
import { experimentFolder, historyFolder, placeIn } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import { above } from "../writing/above.ts";
import type { Experiment } from "../format/entities.ts";
import { type History, readPart } from "./read.ts";
import { type Series, SeriesBuilder } from "./series.ts";

/** A write of points as one file, which takes the files away that have them now. */
async function planOf(
  experiment: Experiment,
  series: Series,
  names: readonly string[],
): Promise<WritePlan> {
  const folder = historyFolder(experimentFolder(experiment.projectName, experiment.id));
  const { encodeCompaction } = await import("./compacted.ts");
  const key = `${folder}/history_${uuidV7(growing())}.parquet`;
  return {
    what: `the history of ${describe(experiment)}`,
    waves: [[{ key, source: encodeCompaction(series, names) }]],
    // After that, in each backend: what has missed the file keeps the parts.
    deletes: names.map((name) => `${folder}/${name}`),
    ...above(placeIn(experiment)),
  };
}

/**
 * Makes one file of some parts.
 *
 * @returns The failure, if there is one: then all of them are still there.
 */
export async function compactParts(
  rubicon: Core,
  experiment: Experiment,
  keys: readonly string[],
  call: CallOptions,
): Promise<RubiconException | undefined> {
  let failure: RubiconException | undefined;
  await rubicon.write(async (write) => {
    try {
      const builders = await pooled(keys, (key) => pointsOf(rubicon, key, call));
      const all = new SeriesBuilder();
      for (const one of builders) if (one) all.addAll(one);
      const there = keys.filter((_, at) => builders[at]);
      if (there.length === 0) return;
      const names = there.map((key) => key.slice(key.lastIndexOf("/") + 1));
      await write(await planOf(experiment, all.series(), names), call);
    } catch (error) {
      if (!isRubiconException(error)) throw error;
      failure = error;
    }
  });
  return failure;
}

/** The points of a part; nothing if somebody else has made a file of it, or it never came to be. */
async function pointsOf(
  rubicon: Core,
  key: string,
  call: CallOptions,
): Promise<Series | undefined> {
  const builder = new SeriesBuilder();
  try {
    await readPart(rubicon, key, call, builder);
    return builder.series();
  } catch (error) {
    if (!hasCode(error, "not-found")) throw error;
  }
}

/** Makes one file of all that was read of a history, unless it is one. */
export async function compactAll(
  write: Write,
  experiment: Experiment,
  { series, files }: History,
  call: CallOptions,
): Promise<void> {
  const names = [...files].sort();
  if (names.length === 0 || names.length === 1 && names[0]!.endsWith(".parquet")) return;
  await write(await planOf(experiment, series, names), call);
}

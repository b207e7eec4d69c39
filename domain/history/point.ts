/**
 * Single points of a history, each written at once.
 *
 * @module
 */
import { generate as uuidV7 } from "jsr:@std/uuid@^1.1.1/v7";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { checkComposite, checkExperiment, checkFields, checkName, refuse, show } from "../check.ts";
import { describe } from "../format/codec.ts";
import { experimentFolder, historyFolder, placeIn } from "../format/layout.ts";
import { CALL_FIELDS, callOf } from "../inputs.ts";
import { above } from "../writing/above.ts";
import type { Experiment, Metric } from "../format/entities.ts";
import { PointBuffer } from "./buffer.ts";
import { compactParts } from "./compaction.ts";
import { COMPACTED, partName } from "./part.ts";
import { checkMicros, checkStep } from "./point_input.ts";
import { metricOf } from "./summary.ts";

/** What a composite has written of one experiment's history by single points. */
interface Writer {
  id: string;
  count: number;
  /** Keys of its parts that are not compacted. */
  written: string[];
}

/** So many experiments are remembered: one more has a writer of another name, which costs nothing. */
const MOST_WRITERS = 1_000;
const writers = new WeakMap<Composite, Map<string, Writer>>();

function writerOf(rubicon: Core, { id }: Experiment): Writer {
  const all = writers.get(rubicon) ?? new Map<string, Writer>();
  writers.set(rubicon, all);
  const writer = all.get(id) ?? { id: uuidV7(), count: 0, written: [] };
  // The one that was used last is the last to go.
  all.delete(id);
  all.set(id, writer);
  if (all.size > MOST_WRITERS) all.delete(all.keys().next().value!);
  return writer;
}

const POINT = new Set(["name", "value", "step", "time", ...CALL_FIELDS]);

/** Writes one point, as a part of its own. Of many parts one file is made. */
export async function logPoint(
  rubicon: Composite,
  experiment: Experiment,
  input: CallOptions & { name?: unknown; value?: unknown; step?: unknown; time?: unknown },
  where: string,
): Promise<Metric> {
  checkComposite(rubicon, where);
  checkExperiment(experiment, where);
  checkFields(input, POINT, `${where} with a step`);
  const { value, step } = input;
  const name = checkName(input.name, `${where}: name`);
  if (typeof value !== "number") {
    refuse(`${where}: the value at a step must be a number, not ${show(value)}.`);
  }
  checkStep(step, `${where}: step`);
  const time = checkMicros(input.time, `${where}: time`);
  const buffer = new PointBuffer();
  buffer.add({ [name]: value }, step + 0, time);
  const metric = await metricOf(experiment, name, value, time, "score");
  const writer = writerOf(rubicon, experiment);
  const folder = historyFolder(experimentFolder(experiment.projectName, experiment.id));
  const key = `${folder}/${partName(writer.id, writer.count++)}`;
  await rubicon.write({
    what: `the step ${step} of ${describe(metric)}`,
    waves: [[{ key, source: buffer.take(1).bytes }]],
    ...above(placeIn(experiment)),
    entity: { ...metric, step },
  }, input);
  writer.written.push(key);
  if (writer.written.length < COMPACTED) return metric;
  const keys = writer.written;
  writer.written = [];
  const failure = await compactParts(rubicon, experiment, keys, callOf(input));
  if (failure) writer.written = [...keys, ...writer.written];
  return metric;
}

/**
 * The end of a run: one file of its history, its summaries, and then its state.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Core, Step, Write } from "../../composite/plan.ts";
import { now } from "../format/clock.ts";
import { describe } from "../format/codec.ts";
import { experimentFolder, placeIn } from "../format/layout.ts";
import { above } from "../writing/above.ts";
import { readOnly } from "../inputs.ts";
import type { Experiment } from "../format/entities.ts";
import { compactAll } from "./compaction.ts";
import { readSeries } from "./read.ts";
import { type Found, readState } from "./state.ts";
import { encodeStatus, type StatusFile, statusName } from "./status_file.ts";
import { writeSummaries } from "./summary.ts";
import type { SummaryOptions } from "./fold.ts";

/** What a state that is written says beside what is known of the run. */
export type Said =
  & Pick<StatusFile, "state" | "reason">
  & Partial<Pick<StatusFile, "writer" | "host" | "heartbeatMs">>
  & SummaryOptions;

/** What one backend lacks must not be taken for the end of it. */
const merging = (call: CallOptions): CallOptions => ({ ...readOnly(call), read: "merge" });

/** A status file as an object of a write. */
export const statusStep = (
  experiment: Experiment,
  status: StatusFile,
  seen: readonly string[] = [],
): Step => ({
  key: `${experimentFolder(experiment.projectName, experiment.id)}/${statusName(seen)}`,
  source: encodeStatus(status),
  what: `the status of ${describe(experiment)}`,
});

/**
 * Writes a state after all that are there, which then go: what they say that still counts, it says too.
 *
 * @returns The key of the file, and what it says.
 */
export async function writeState(
  rubicon: Core,
  write: Write,
  experiment: Experiment,
  said: Said,
  call: CallOptions,
  found?: Found,
): Promise<{ key: string; status: StatusFile }> {
  const { names, latest } = found ?? await readState(rubicon, experiment, merging(call), true);
  const { summary = latest?.summary, samples = latest?.samples } = said;
  const status: StatusFile = {
    state: said.state,
    time: now(),
    writer: said.writer ?? null,
    host: said.host ?? null,
    reason: said.reason,
    started: latest?.started ?? experiment.createdAt,
    heartbeatMs: said.heartbeatMs ?? latest?.heartbeatMs ?? null,
    ...(summary && { summary }),
    ...(samples !== undefined && { samples }),
  };
  const folder = experimentFolder(experiment.projectName, experiment.id);
  const step = statusStep(experiment, status, names);
  await write({
    what: step.what!,
    waves: [[step]],
    deletes: names.map((name) => `${folder}/${name}`),
    ...above(placeIn(experiment)),
  }, call);
  return { key: step.key, status };
}

/** Ends a run: whoever does it, from the same points comes the same. */
export async function endRun(
  rubicon: Core,
  write: Write,
  experiment: Experiment,
  said: Said,
  call: CallOptions,
): Promise<void> {
  const [history, found] = await Promise.all([
    readSeries(rubicon, experiment, merging(call), true),
    readState(rubicon, experiment, merging(call), true),
  ]);
  await compactAll(write, experiment, history, call);
  const { summary = found.latest?.summary, samples = found.latest?.samples } = said;
  const options = { summary, samples };
  await writeSummaries(rubicon, write, experiment, history.series, options, call);
  await writeState(rubicon, write, experiment, said, call, found);
}

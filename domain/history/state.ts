/**
 * The state of an experiment's run, as a store tells it.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import { describe } from "../format/codec.ts";
import { experimentFolder, historyFolder, isStatusName } from "../format/layout.ts";
import { readAttached } from "../reading/deleted.ts";
import { readParent } from "../reading/parent.ts";
import type { Experiment } from "../format/entities.ts";
import { HEARTBEAT, type RunState } from "../format/run_state.ts";
import { decodeStatus, latestStatus, type StatusFile } from "./status_file.ts";
import { microsOf, timeText } from "./times.ts";

/** What is known of a run. */
export interface ExperimentStatus {
  /** Its state. */
  state: RunState;
  /** When it began: ISO 8601 in UTC with microseconds. */
  startedAt: string;
  /** When it ended; while it runs, when the store last heard of it, by the store's clock. */
  updatedAt: string;
  /** Why it is in that state. */
  reason: string | null;
  /** A name for the handle of the process that wrote the state. */
  writer: string | null;
  /** The machine of that process. */
  host: string | null;
  /** How long it took, in milliseconds, or how long it was heard of if it is lost; `null` while it runs. */
  durationMs: number | null;
}

/** A run that shows no heartbeat is lost after so many of them. */
const HEARTBEATS = 2;
/** What a store has of a run's state. */
export interface Found {
  /** The names of its status files. */
  names: readonly string[];
  /** What the latest of them says; missing if there is none. */
  latest?: StatusFile;
  /** When the store last heard of the run, in milliseconds, by the store's clock. */
  heard: number;
  /** What time it is, by the store's clock, in milliseconds. */
  now: number;
}

/**
 * Looks for the state of a run.
 *
 * @param isForWriter Whether what is in the background does not count, which is behind.
 */
export async function readState(
  rubicon: Core,
  experiment: Experiment,
  call: CallOptions,
  isForWriter = false,
): Promise<Found> {
  return await readAttached<Found>(
    rubicon,
    experimentFolder(experiment.projectName, experiment.id),
    `the status of ${describe(experiment)}`,
    async (backend) =>
      isForWriter && backend.outbox
        ? { value: { names: [], heard: 0, now: 0 }, weak: "bare" }
        : await stateIn(backend, experiment),
    call,
    newest,
  );
}

/** What several stores have, as one. */
function newest(all: readonly Found[]): Found {
  const names = [...new Set(all.flatMap(({ names }) => names))];
  const latest = latestStatus(names);
  // The clocks of two stores may differ, so each is asked for itself how long ago it heard of the run.
  const [first, ...others] = all.filter((one) => latestStatus(one.names) === latest)
    .sort((a, b) => (a.now - a.heard) - (b.now - b.heard));
  return { ...first ?? others[0]!, names };
}

async function stateIn(backend: Backend, experiment: Experiment): Promise<Answer<Found>> {
  const folder = experimentFolder(experiment.projectName, experiment.id);
  for (let round = 1;; round++) {
    const names: string[] = [];
    let heard = 0;
    for await (const { key, lastModified } of backend.driver.list(folder, { depth: 1 })) {
      const name = key.slice(folder.length + 1);
      if (!isStatusName(name)) continue;
      names.push(name);
      heard = Math.max(heard, lastModified.getTime());
    }
    const now = await storeTime(backend);
    const name = latestStatus(names);
    if (name === undefined) {
      await readParent(backend, {
        projectName: experiment.projectName,
        experimentId: experiment.id,
      });
      return { value: { names, heard, now }, weak: "bare" };
    }
    try {
      const key = `${folder}/${name}`;
      const { bytes } = await backend.driver.get(key);
      const latest = decodeStatus(bytes, `${backend.label}: ${key}`);
      if (isRunning(latest)) {
        for await (const { lastModified } of backend.driver.list(historyFolder(folder))) {
          heard = Math.max(heard, lastModified.getTime());
        }
      }
      return { value: { names, latest, heard, now } };
    } catch (error) {
      // The end of a run takes the files before it away.
      if (round === 3 || !hasCode(error, "not-found")) throw error;
    }
  }
}

/** What time it is by a store's clock, in milliseconds. */
export async function storeTime({ driver }: Pick<Backend, "driver">): Promise<number> {
  const { ahead = 0 } = await driver.times?.() ?? {};
  return Date.now() + ahead;
}

/** Whether a status says that the run goes on. */
export const isRunning = ({ state }: StatusFile): boolean =>
  state === "running" || state === "resumed";

/** The state that a status file stands for now. */
export function runState(latest: StatusFile, heard: number, now: number): RunState {
  if (!isRunning(latest)) return latest.state as RunState;
  return now - heard > HEARTBEATS * (latest.heartbeatMs ?? HEARTBEAT) ? "lost" : "running";
}

/** How long a run took that does not go on, or how long it was heard of, in milliseconds. */
export function durationOf(latest: StatusFile, heard: number): number {
  const started = microsOf(latest.started);
  const ended = isRunning(latest) ? heard * 1000 : microsOf(latest.time);
  return Math.max(0, (ended - started) / 1000);
}

/** What is found, as users have it; `undefined` if the experiment never said what state it is in. */
export function statusOf({ latest, heard, now }: Found): ExperimentStatus | undefined {
  if (!latest) return undefined;
  const state = runState(latest, heard, now);
  const updatedAt = isRunning(latest)
    ? timeText(Math.max(heard * 1000, microsOf(latest.started)))
    : latest.time;
  return {
    state,
    startedAt: latest.started,
    updatedAt,
    reason: state === "lost"
      ? "its process has not shown that it is alive for two heartbeats"
      : latest.reason,
    writer: latest.writer,
    host: latest.host,
    durationMs: state === "running"
      ? null
      : Math.max(0, (microsOf(updatedAt) - microsOf(latest.started)) / 1000),
  };
}

/**
 * The states of many runs in one store, as far as listings and status files tell. No part of a history is read for it.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../../errors.ts";
import type { Backend } from "../../composite/plan.ts";
import type { ListEntry } from "../../drivers/driver.ts";
import { isStatusName } from "../format/layout.ts";
import type { RunState } from "../format/run_state.ts";
import { durationOf, isRunning, runState, storeTime } from "../history/state.ts";
import { decodeStatus, type StatusFile, statusFrom } from "../history/status_file.ts";

/** The latest status file of a run: its bytes or what they hold, and when the store has it from. */
export interface Life {
  /** The bytes, or what is in them. */
  source: Uint8Array | Record<string, unknown>;
  /** Where it is, for messages. */
  at: string;
  /** When the store last heard of the run by it, in milliseconds, by the store's clock. */
  heard: number;
}

/** Whether states of runs are asked for. */
export type StateUse =
  /** Nobody does. */
  | "none"
  /** They are a column. */
  | "shown"
  /** They decide which runs are wanted. */
  | "decides";

/** What became of the states of runs. */
export interface States {
  /** The states, by the runs' ids; a run that never said what state it is in has none. */
  states: ReadonlyMap<string, RunState>;
  /** How long those took that do not go on, in milliseconds; how long they were heard of if they are lost. */
  lasted: ReadonlyMap<string, number>;
  /** What could not be read, each with its reason. */
  damage: readonly RubiconException[];
}

/** Nobody asked for them. */
export const NO_STATES: States = { states: new Map(), lasted: new Map(), damage: [] };

/**
 * The states of runs, by their ids.
 *
 * @param heardOf When the store last got a part of a run's history. It is asked of runs that go on alone.
 */
export async function statesOf(
  backend: Pick<Backend, "driver">,
  lives: ReadonlyMap<string, Life>,
  heardOf: (ids: readonly string[]) => Promise<readonly (number | undefined)[]>,
): Promise<States> {
  if (lives.size === 0) return NO_STATES;
  const states = new Map<string, RunState>();
  const lasted = new Map<string, number>();
  const damage: RubiconException[] = [];
  const files = Array.from(lives).flatMap(([id, life]) => {
    try {
      return [{ id, heard: life.heard, file: fileOf(life) }];
    } catch (error) {
      if (!hasCode(error, "corrupt")) throw error;
      damage.push(error);
      return [];
    }
  });
  const running = files.filter(({ file }) => isRunning(file));
  const heard = running.length === 0 ? [] : await heardOf(running.map(({ id }) => id));
  const now = await storeTime(backend);
  for (const [at, one] of running.entries()) one.heard = Math.max(one.heard, heard[at] ?? 0);
  for (const { id, heard, file } of files) {
    const state = runState(file, heard, now);
    states.set(id, state);
    if (state !== "running") lasted.set(id, durationOf(file, heard));
  }
  return { states, lasted, damage };
}

const fileOf = ({ source, at }: Life): StatusFile =>
  source instanceof Uint8Array ? decodeStatus(source, at) : statusFrom(source, at);

/** So often the latest status file is looked for: the end of a run takes those before it away. */
const ROUNDS = 3;

/** Reads the latest status file of a run, which a listing has just told of. */
export async function readLife(
  { driver, label }: Backend,
  folder: string,
  listed: ListEntry,
): Promise<Life | undefined> {
  let entry: ListEntry | undefined = listed;
  for (let round = 1; entry; round++) {
    const { key, checksum, lastModified } = entry;
    try {
      const source = await driver.read(key, checksum);
      return { source, at: `${label}: ${key}`, heard: lastModified.getTime() };
    } catch (error) {
      if (round === ROUNDS || !hasCode(error, "not-found")) throw error;
    }
    entry = undefined;
    for await (const one of driver.list(folder, { depth: 1 })) {
      const isStatus = isStatusName(one.key.slice(folder.length + 1));
      if (isStatus && !(entry && entry.key > one.key)) entry = one;
    }
  }
}

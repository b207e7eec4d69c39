/**
 * The files that say what state a run is in. The newest name counts.
 *
 * @module
 */
import { extractTimestamp, generate as uuidV7, validate as isV7 } from "jsr:@std/uuid@^1.1.1/v7";
import { hasCode, RubiconException } from "../../errors.ts";
import { growing } from "../format/clock.ts";
import { parseObject } from "../format/codec.ts";
import { isStatusName } from "../format/layout.ts";
import { parseDatetime } from "../format/datetime.ts";
import { checkSummary, type SummaryOptions } from "./fold.ts";

/** What a file says: `resumed` is running once more. */
export type WrittenState = "running" | "resumed" | "finished" | "failed" | "cancelled";

/** What a status file holds. */
export interface StatusFile extends SummaryOptions {
  /** The state. */
  state: WrittenState;
  /** When it was written, by its writer's clock. */
  time: string;
  /** The writer: a name for one handle of one process. `null` if the state was set from outside. */
  writer: string | null;
  /** The writer's machine, if it may be known. */
  host: string | null;
  /** Why, for people. */
  reason: string | null;
  /** When the run began. */
  started: string;
  /** How often the writer shows that it is alive, in milliseconds; `null` if it does not. */
  heartbeatMs: number | null;
}

const STATES: readonly unknown[] = [
  ...["running", "resumed", "finished", "failed", "cancelled"] satisfies WrittenState[],
];

/** The bytes of a status file. */
export const encodeStatus = (status: StatusFile): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(status));

/**
 * A status file from its bytes.
 *
 * @throws {RubiconException} `corrupt` if it is none.
 */
export const decodeStatus = (bytes: Uint8Array, at: string): StatusFile =>
  statusFrom(parseObject(bytes, at), at);

/** A status file from what its JSON holds, by the rules of {@linkcode decodeStatus}. */
export function statusFrom(found: Record<string, unknown>, at: string): StatusFile {
  const { state, time, started, heartbeatMs, summary, samples } = found;
  if (!STATES.includes(state) || typeof time !== "string") {
    throw new RubiconException("corrupt", `${at} does not say what state a run is in.`);
  }
  const text = (value: unknown) => typeof value === "string" ? value : null;
  const written = timeIn(time, at);
  return {
    state: state as WrittenState,
    time: written,
    writer: text(found.writer),
    host: text(found.host),
    reason: text(found.reason),
    started: typeof started === "string" ? timeIn(started, at) : written,
    heartbeatMs: typeof heartbeatMs === "number" && heartbeatMs > 0 ? heartbeatMs : null,
    ...(isSummary(summary) && { summary }),
    ...(typeof samples === "number" && { samples }),
  };
}

function timeIn(text: string, at: string): string {
  try {
    return parseDatetime(text);
  } catch (cause) {
    throw new RubiconException("corrupt", `${at} has a time that is none.`, { cause });
  }
}

/** What is no summary of this version is passed over: a later one may say more. */
function isSummary(summary: unknown): summary is NonNullable<SummaryOptions["summary"]> {
  try {
    checkSummary({ summary } as SummaryOptions, "");
    return summary !== undefined;
  } catch (error) {
    if (!hasCode(error, "invalid-argument")) throw error;
    return false;
  }
}

/** The latest of status files by their names, in a list of names; `undefined` if there is none. */
export function latestStatus(names: Iterable<string>): string | undefined {
  let latest: string | undefined;
  for (const name of names) {
    if (isStatusName(name) && (latest === undefined || name > latest)) latest = name;
  }
  return latest;
}

/** A new file's name, which sorts after those that its writer has seen, also if its clock is behind. */
export function statusName(seen: Iterable<string> = []): string {
  const latest = latestStatus(seen);
  const id = latest?.slice("status_".length, -".json".length);
  const time = id !== undefined && isV7(id) ? extractTimestamp(id) : 0;
  return `status_${uuidV7(Math.max(growing(), time + 1))}.json`;
}

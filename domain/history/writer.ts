/**
 * Writing a history: points are gathered in memory, and each flush is one object with all that came since the last.
 *
 * @module
 */
import { generate as uuidV7 } from "jsr:@std/uuid@^1.1.1/v7";
import { isRubiconException, RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core, WritePlan } from "../../composite/plan.ts";
import { describe } from "../format/codec.ts";
import { experimentFolder, historyFolder, placeIn } from "../format/layout.ts";
import { above } from "../writing/above.ts";
import type { Experiment } from "../format/entities.ts";
import { PointBuffer } from "./buffer.ts";
import { compactParts } from "./compaction.ts";
import { COMPACTED, partName } from "./part.ts";
import { partBytes } from "./read.ts";

/** What is logged and not yet acknowledged by the backends. */
export interface PendingPoints {
  /** How many points that is. */
  points: number;
  /** How many of them are in one backend at least, so that a repair finds them; others still lack them. */
  spilled: number;
  /** How many points did not fit into memory while no backend took any, and are gone. */
  dropped: number;
  /** Why the last flush failed. Missing if it did not. */
  lastError?: string;
}

/** An object that is not acknowledged yet. */
interface Part {
  key: string;
  /** How many points are in it. */
  points: number;
  /** Its bytes; missing once a backend has them. */
  bytes?: Uint8Array<ArrayBuffer>;
}

/** So many calls of `log` are in one part at most. */
const MOST_CALLS = 500_000;

/** Carries out a plan, and gives the failure, whatever the composite does with failures. */
export async function tryWrite(
  rubicon: Core,
  plan: WritePlan,
  call: CallOptions,
): Promise<RubiconException | undefined> {
  let failure: RubiconException | undefined;
  await rubicon.write(async (write) => {
    try {
      await write(plan, call);
    } catch (error) {
      if (!isRubiconException(error)) throw error;
      failure = error;
    }
  });
  return failure;
}

/** The history that one handle writes to an experiment. */
export class HistoryWriter {
  /** Its name in the store. */
  readonly id: string = uuidV7();
  readonly #rubicon: Core;
  readonly #experiment: Experiment;
  readonly #folder: string;
  readonly #most: number;
  readonly #buffer = new PointBuffer();
  /** Parts that are not acknowledged, the first that was made first. */
  #parts: Part[] = [];
  /** Keys of parts that are acknowledged and not compacted. */
  #written: string[] = [];
  #count = 0;
  #logged = 0;
  #settled = 0;
  #dropped = 0;
  #sending: Promise<void> | undefined;
  #failure: RubiconException | undefined;

  /** @param most So many points are kept in memory at most. */
  constructor(rubicon: Core, experiment: Experiment, most: number) {
    this.#rubicon = rubicon;
    this.#experiment = experiment;
    this.#folder = historyFolder(experimentFolder(experiment.projectName, experiment.id));
    this.#most = most;
  }

  /** How many points are in memory and in no part yet. */
  get buffered(): number {
    return this.#buffer.size;
  }

  /** Whether a flush is under way. */
  get isSending(): boolean {
    return this.#sending !== undefined;
  }

  /** What is not acknowledged yet. */
  get pending(): PendingPoints {
    const spilled = this.#parts.reduce((sum, { bytes, points }) => sum + (bytes ? 0 : points), 0);
    return {
      points: this.#logged - this.#settled,
      spilled,
      dropped: this.#dropped,
      ...(this.#failure && { lastError: this.#failure.message }),
    };
  }

  /** Adds values at a step. `time` is in microseconds since 1970. Gives `false` if there is no room for them. */
  log(values: Readonly<Record<string, number>>, step: number, time: number): boolean {
    const before = this.#buffer.size;
    if (before >= this.#most) {
      this.#dropped += Object.keys(values).length;
      return false;
    }
    this.#buffer.add(values, step, time);
    this.#logged += this.#buffer.size - before;
    return true;
  }

  /**
   * Writes all that was logged so far. What fails stays, and is written with the next flush.
   *
   * @throws {RubiconException} if the policy is not met.
   */
  async flush(call: CallOptions = {}): Promise<void> {
    const wanted = this.#logged;
    while (this.#settled < wanted) {
      this.#sending ??= this.#send(call);
      try {
        await this.#sending;
      } finally {
        this.#sending = undefined;
      }
    }
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    throw new RubiconException(
      "write-failed",
      `${dropped} points of ${
        describe(this.#experiment)
      } are lost: no backend took any while they were logged, and ` +
        "more than so many are not kept in memory. All others are written.",
    );
  }

  /** Writes the parts that are left, then what is in memory. */
  async #send(call: CallOptions): Promise<void> {
    let failure: RubiconException | undefined;
    let isStuck = false;
    for (const part of [...this.#parts]) {
      // Of those that a backend has, one tells whether the others are back.
      if (isStuck && !part.bytes) continue;
      const failed = await this.#write(part, call);
      if (!failed) continue;
      failure ??= failed;
      if (part.bytes) return this.#fail(failure);
      isStuck = true;
    }
    while (this.#buffer.size > 0) {
      const part = this.#seal();
      const failed = await this.#write(part, call);
      if (!failed) continue;
      failure ??= failed;
      if (part.bytes) break;
    }
    if (failure) return this.#fail(failure);
    this.#failure = undefined;
    if (this.#written.length >= COMPACTED) await this.#compact(call);
  }

  #fail(failure: RubiconException): never {
    this.#failure = failure;
    throw failure;
  }

  #seal(): Part {
    const { bytes, points } = this.#buffer.take(MOST_CALLS);
    const key = `${this.#folder}/${partName(this.id, this.#count++)}`;
    const part = { key, points, bytes };
    this.#parts.push(part);
    return part;
  }

  /** Writes a part. If only some backends take it, they have its bytes for those that do not. */
  async #write(part: Part, call: CallOptions): Promise<RubiconException | undefined> {
    const source = part.bytes ?? await partBytes(this.#rubicon, part.key, call);
    const failure = await tryWrite(this.#rubicon, {
      what: `the history of ${describe(this.#experiment)}`,
      waves: [[{ key: part.key, source }]],
      ...above(placeIn(this.#experiment)),
    }, call);
    if (failure) {
      if (failure.receipts.some(({ outcome }) => outcome === "ok")) delete part.bytes;
      return failure;
    }
    this.#parts = this.#parts.filter((one) => one !== part);
    this.#settled += part.points;
    this.#written.push(part.key);
    return undefined;
  }

  /** Makes one file of the parts so far. If that fails they stay as they are, and more of them are tried later. */
  async #compact(call: CallOptions): Promise<void> {
    const keys = this.#written;
    this.#written = [];
    const failure = await compactParts(this.#rubicon, this.#experiment, keys, call);
    if (failure) this.#written = [...keys, ...this.#written];
  }
}

/**
 * What a run does by the clock: flushes, and shows that it is alive. None of it holds the process.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { describe } from "../format/codec.ts";
import { placeIn } from "../format/layout.ts";
import { above } from "../writing/above.ts";
import type { Experiment } from "../format/entities.ts";
import { tryWrite } from "./writer.ts";

/** How often, and what. */
interface Settings {
  flushMs: number;
  heartbeatMs: number;
  call: CallOptions;
  sign?: { key: string; bytes: Uint8Array<ArrayBuffer> } | undefined;
}

interface Work {
  /** Writes what is in memory, and gives whether something is left. Never rejects. */
  flush(): Promise<boolean>;
  /** The program is about to end. Never rejects. */
  leave(): Promise<void>;
}

/** The clock of one run. */
export class Beat {
  readonly #rubicon: Core;
  readonly #experiment: Experiment;
  readonly #settings: Settings;
  readonly #work: Work;
  #flushing: ReturnType<typeof setTimeout> | undefined;
  #beating: ReturnType<typeof setTimeout> | undefined;
  /** When the store last heard of the run. */
  #heard = performance.now();
  #stopped = false;
  readonly #onLeave = (event: Event) => {
    // Only what the event loop still has to do keeps the process: the flush does.
    event.preventDefault();
    globalThis.removeEventListener("beforeunload", this.#onLeave);
    this.#work.leave();
  };

  constructor(rubicon: Core, experiment: Experiment, settings: Settings, work: Work) {
    this.#rubicon = rubicon;
    this.#experiment = experiment;
    this.#settings = settings;
    this.#work = work;
    this.start();
  }

  /** Begins, or goes on after {@linkcode stop}. */
  start(): void {
    this.#stopped = false;
    globalThis.addEventListener("beforeunload", this.#onLeave);
    if (this.#settings.sign) this.#arm(this.#settings.heartbeatMs);
  }

  /** Something is in memory: it is written before long. */
  logged(): void {
    if (this.#flushing !== undefined || this.#stopped) return;
    this.#flushing = later(async () => {
      const isLeft = await this.#work.flush();
      this.#flushing = undefined;
      if (isLeft) this.logged();
    }, this.#settings.flushMs);
  }

  /** What was in memory is in the store, which has so heard of the run. */
  wrote(): void {
    this.#heard = performance.now();
  }

  /** The run has ended, or is about to. */
  stop(): void {
    this.#stopped = true;
    globalThis.removeEventListener("beforeunload", this.#onLeave);
    clearTimeout(this.#flushing);
    clearTimeout(this.#beating);
    this.#flushing = undefined;
  }

  #arm(ms: number): void {
    if (this.#stopped) return;
    this.#beating = later(() => this.#show(), ms);
  }

  /** Stores the same file again, if the store has not heard of the run for a heartbeat: its time is the sign. */
  async #show(): Promise<void> {
    const { heartbeatMs, sign, call } = this.#settings;
    const silent = performance.now() - this.#heard;
    if (silent < heartbeatMs) return this.#arm(heartbeatMs - silent);
    try {
      const failure = await tryWrite(this.#rubicon, {
        what: `the heartbeat of ${describe(this.#experiment)}`,
        waves: [[{ key: sign!.key, source: sign!.bytes, present: "replace" }]],
        ...above(placeIn(this.#experiment)),
      }, call);
      if (!failure) this.wrote();
    } catch (error) {
      // Nothing beats in a composite that is closed.
      if (!hasCode(error, "closed")) throw error;
      return this.stop();
    }
    this.#arm(heartbeatMs);
  }
}

function later(work: () => Promise<void>, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(work, ms);
  Deno.unrefTimer(timer);
  return timer;
}

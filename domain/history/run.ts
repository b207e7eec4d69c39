/**
 * The handle of a run: takes points at once, and writes them in the background.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { checkName, checkText, refuse, show } from "../check.ts";
import { describe } from "../format/codec.ts";
import { slugify } from "../format/slug.ts";
import { addTags } from "../annotations.ts";
import type { Experiment } from "../format/entities.ts";
import { endRun } from "./end.ts";
import { samplesOf, type SummaryOptions } from "./fold.ts";
import { Beat } from "./beat.ts";
import { checkMicros, checkStep } from "./point_input.ts";
import { SYSTEM_METRICS } from "./options.ts";
import { hostName, SystemSampler, type SystemSampling } from "./system.ts";
import type { HistoryWriter, PendingPoints } from "./writer.ts";

/** Where and when a point belongs. */
export interface PointPlace {
  /** The step: any finite number, such as an epoch. Default: one more than the last of this handle, at first 0. */
  step?: number | undefined;
  /** When it was: a `Date` or ISO 8601. Default: now. */
  time?: Date | string | undefined;
}

/** A run that points are logged to. */
export interface Run extends AsyncDisposable {
  /** The experiment. */
  readonly experiment: Experiment;
  /**
   * Logs values of metrics at one step. It returns at once: they are in memory until the next flush, so that no backend
   * that is slow or away holds the program. Of one step logged twice the later time counts.
   *
   * @throws {RubiconException} `invalid-argument` for what is no number or no name, `closed` once the run has ended.
   */
  log(values: Readonly<Record<string, number>>, at?: PointPlace): void;
  /**
   * Writes what was logged so far, as one object. Once it resolves, no kill loses any of that.
   *
   * @throws {RubiconException} if the write policy is not met: then all of it stays, and goes with the next flush.
   */
  flush(): Promise<void>;
  /** What is logged and not acknowledged yet. */
  pending(): PendingPoints;
  /** Ends the run: flushes, makes one file of its history, and writes its summaries. */
  finish(): Promise<void>;
  /** Ends the run as failed. */
  fail(reason: string): Promise<void>;
  /** Ends the run as cancelled. */
  cancel(reason?: string): Promise<void>;
  /** Whether the run has ended. */
  readonly ended: boolean;
}

/** Options of a run's handle, with the defaults. */
export interface HandleSettings extends SummaryOptions {
  /** See `RunOptions`. */
  flushMs: number;
  /** See `RunOptions`. */
  heartbeatMs: number;
  /** See `RunOptions`. */
  worker: boolean;
  /** See `RunOptions`. */
  tagStatus: boolean;
  /** Options of the calls. */
  call: CallOptions;
  /** The step that comes next, if the caller says none; missing where each has to be said. */
  next: number | undefined;
  /** The slugs that metrics without a history have. */
  taken: ReadonlySet<string>;
  /** The key of the file that says that the run goes on, and its bytes; missing for a worker. */
  sign?: { key: string; bytes: Uint8Array<ArrayBuffer> } | undefined;
  /** How often the system is asked, and from which step on; missing where it is not. */
  system?: SystemSampling | undefined;
}

/** Once so many points are in memory they are written without waiting for the time. */
const MANY = 200_000;

type End = { state: "finished" | "failed" | "cancelled"; reason: string | null };

/** The handle of a run. */
export class RunHandle implements Run {
  readonly experiment: Experiment;
  readonly #rubicon: Core;
  readonly #writer: HistoryWriter;
  readonly #settings: HandleSettings;
  readonly #beat: Beat;
  readonly #system: SystemSampler | undefined;
  /** The names that were logged, by their slugs. */
  readonly #slugs = new Map<string, string>();
  readonly #names = new Set<string>();
  #next: number | undefined;
  #ending: Promise<void> | undefined;
  #ended = false;
  #told = false;

  constructor(
    rubicon: Core,
    experiment: Experiment,
    writer: HistoryWriter,
    settings: HandleSettings,
  ) {
    this.experiment = experiment;
    this.#rubicon = rubicon;
    this.#writer = writer;
    this.#settings = settings;
    this.#next = settings.next;
    this.#beat = new Beat(rubicon, experiment, settings, {
      flush: () => this.#flushAside(),
      leave: () => this.#leave(),
    });
    const { system } = settings;
    if (system) {
      for (const name of Object.keys(SYSTEM_METRICS)) this.#checkNew(name);
      const log = (values: Readonly<Record<string, number>>, step: number) => {
        this.#writer.log(values, step, checkMicros(undefined, "run.log: time"));
        this.#beat.logged();
      };
      // What comes once the composite is closed could be written by nobody.
      this.#system = new SystemSampler(system, log, () => rubicon.closed);
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  log(values: Readonly<Record<string, number>>, at: PointPlace = {}): void {
    if (this.#ending) {
      throw new RubiconException(
        "closed",
        `run.log: the run of ${describe(this.experiment)} has ended. Go on with resumeRun().`,
      );
    }
    this.#check(values);
    const { step = this.#next, time } = at;
    if (step === undefined) {
      refuse("run.log: say the step. A worker does not know which one others are at.");
    }
    checkStep(step, "run.log: step");
    if (this.#next !== undefined) this.#next = Math.floor(step) + 1;
    // Of the two zeros there is one.
    const isKept = this.#writer.log(
      values,
      step + 0,
      checkMicros(time, "run.log: time"),
    );
    if (!isKept) this.#tell("no backend takes any, and there is no room for more in memory");
    this.#beat.logged();
    if (this.#writer.buffered >= MANY && !this.#writer.isSending) this.#flushAside();
  }

  #check(values: Readonly<Record<string, number>>): void {
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      refuse(`run.log takes an object of numbers by name, not ${show(values)}.`);
    }
    for (const name in values) {
      if (typeof values[name] !== "number") {
        refuse(`run.log: ${name} must be a number, not ${show(values[name])}.`);
      }
      if (!this.#names.has(name)) this.#checkNew(name);
      else if (this.#system && Object.hasOwn(SYSTEM_METRICS, name)) {
        refuse(`run.log: with systemMetricsMs the run logs ${name} itself. Use another name.`);
      }
    }
  }

  #checkNew(name: string): void {
    const own = [checkName(name, "run.log: the name")];
    if (this.#settings.samples !== undefined) own.push(samplesOf(name));
    for (const one of own) {
      const slug = slugify(one);
      const other = this.#slugs.get(slug);
      if (other === undefined && !this.#settings.taken.has(slug)) continue;
      refuse(
        `run.log: ${show(one)} and ${
          other === undefined ? "a metric that the experiment was logged with" : show(other)
        } have one key in the store ("${slug}"). Use names that differ in letters or digits.`,
      );
    }
    for (const one of own) this.#slugs.set(slugify(one), one);
    this.#names.add(name);
  }

  async flush(): Promise<void> {
    try {
      await this.#writer.flush(this.#settings.call);
      this.#told = false;
      this.#beat.wrote();
    } catch (error) {
      // The composite decides whether that ends the program.
      await this.#rubicon.write(() => Promise.reject(error));
    }
  }

  pending(): PendingPoints {
    return this.#writer.pending;
  }

  finish(): Promise<void> {
    return this.#end({ state: "finished", reason: null });
  }

  async fail(reason: string): Promise<void> {
    await this.#end({ state: "failed", reason: checkText(reason, "run.fail: the reason") });
  }

  async cancel(reason?: string): Promise<void> {
    const text = reason === undefined ? null : checkText(reason, "run.cancel: the reason");
    await this.#end({ state: "cancelled", reason: text });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.fail("left its scope before finish()");
  }

  async #end(end: End): Promise<void> {
    if (this.#ended) return;
    this.#beat.stop();
    if (!this.#ending) this.#system?.stop();
    const ending = this.#ending ??= this.#close(end);
    try {
      await ending;
    } catch (error) {
      // It can be tried again once the backends are back.
      this.#ending = undefined;
      this.#beat.start();
      this.#system?.start();
      throw error;
    }
  }

  async #close({ state, reason }: End): Promise<void> {
    await this.flush();
    const { worker, call, tagStatus, summary, samples } = this.#settings;
    if (!worker) {
      const [writer, host] = [this.#writer.id, hostName()];
      const said = { state, reason, writer, host, summary, samples };
      await this.#rubicon.write((write) =>
        endRun(this.#rubicon, write, this.experiment, said, call)
      );
      if (tagStatus) await addTags(this.#rubicon, this.experiment, [`status:${state}`], call);
    }
    this.#ended = true;
  }

  /** Flushes while the program goes on. Gives whether something is left. */
  async #flushAside(): Promise<boolean> {
    try {
      await this.#writer.flush(this.#settings.call);
      this.#told = false;
      this.#beat.wrote();
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    }
    return this.pending().points > 0;
  }

  /** Says once what keeps the points of a run from being written, until some are again. */
  #tell(why: string): void {
    if (this.#told) return;
    this.#told = true;
    const { points } = this.pending();
    this.#rubicon.options.onWarning(
      `The history of ${describe(this.experiment)}: ${points} points wait to be written: ${why}`,
    );
  }

  /** The program has nothing more to do, and the run has not ended. */
  async #leave(): Promise<void> {
    if (this.#ending) return;
    try {
      if (this.#settings.worker) await this.flush();
      else await this.fail("its program ended before finish()");
    } catch (error) {
      this.#tell(error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * What the domain asks of a composite, and what a composite has inside. None of it is for users.
 *
 * @module
 */
import type { Receipt } from "../errors.ts";
import type { Bytes, Driver, Source } from "../drivers/driver.ts";
import type { Health } from "./layers/health.ts";
import type { Bundling } from "./layers/bundle.ts";
import type { TableCell } from "./layers/bundle_format.ts";
import type { Cached } from "./layers/cache.ts";
import type { Present } from "./layers/present.ts";
import type { BackendInfo, CallOptions, Composite } from "./types.ts";

/** One object of a write. */
export interface Step {
  /** The object's key. */
  key: string;
  /** Its bytes. */
  source: Source;
  /**
   * What to do where something is there already. `same` (default): the same bytes are success, others
   * are `already-exists`. `keep`: whatever is there is success. `replace`: it is overwritten.
   */
  present?: "same" | "keep" | "replace";
  /** What it is, for messages, if that is not what the plan writes: `metric "accuracy"`. */
  what?: string;
  /** What a bundle holds in place of all of it; nothing: it holds nothing of it. Missing: all. */
  cell?: () => TableCell | undefined;
  /** Explains an object that is in the way, from its bytes. */
  conflict?: (existing: Uint8Array) => string | undefined;
}

/** An object beside a parent. */
export interface Beside {
  /** Its key. */
  key: string;
  /** When it was stored. */
  lastModified: Date;
  /** Its bytes. */
  bytes: Bytes;
}

/** What the domain knows of objects that are copied from one backend to another. */
export interface CopyRules {
  /** Whether bytes are all of an object, as far as they tell: one that was cut short is not copied. */
  isWhole(key: string, bytes: Uint8Array): boolean;
  /** What is stored beside a parent, given what is there in the backend that has it and in the one that gets it. */
  beside(
    from: readonly Beside[],
    to: readonly Beside[],
  ): readonly { key: string; bytes: Uint8Array; replace: boolean }[];
  /** Why a parent that a backend lacks must not be brought there, by what any of the backends knows; nothing if it may. */
  whyNot?(parent: string, backends: readonly Backend[]): Promise<string | undefined>;
}

/** A write, as the domain describes it: what goes where, and what has to be there first. */
export interface WritePlan {
  /** What is written, for messages: `metric "accuracy"`. */
  what: string;
  /** Written wave after wave in each backend, each at once: an entity never shows before its data. */
  waves: readonly (readonly Step[])[];
  /**
   * The folder that all objects are in and that is new with them: a backend that is able makes it with all of them in
   * one step.
   */
  folder?: string;
  /** Keys that are removed after that, in this order. */
  deletes?: readonly string[];
  /** Keys that have to be there first, outermost first. Copied from another backend where missing. */
  parents?: readonly string[];
  /** Gives how such copies are made. Missing: byte for byte, with all files that are beside a parent. */
  copies?: () => Promise<CopyRules>;
  /**
   * Whether the first backend that answers decides, before the others are asked, which of several
   * racing writers wins. It costs one more wait, and keeps backends from taking different winners.
   */
  decide?: boolean;
  /** Whether some backend has it already: one that lacks it then lacks what is below it, too. */
  exists?: boolean;
  /** The entity as plain data: an exception carries it, so that the caller can try again. */
  entity?: unknown;
}

/** One backend's answer to a read. */
export interface Answer<T> {
  /** What it found. */
  value: T;
  /**
   * Missing where the answer is whole. `empty`: there is nothing, which counts only when no other
   * backend may have something. `bare`: there is nothing below something that is there, which counts unless
   * another backend has something. `damaged`: something could not be read; other backends may have it.
   */
  weak?: "empty" | "bare" | "damaged";
  /** What could not be read, each with its reason: worth a warning where no backend has it whole. */
  damage?: readonly string[];
}

/** A read, as the domain describes it. */
export interface ReadPlan<T> {
  /** What is read, for messages: `the metrics of experiment …`. */
  what: string;
  /**
   * Reads from one backend, whose driver is bound to the signal and the time limit of the call. Throws if that backend
   * is not able.
   */
  run(backend: Backend): Promise<Answer<T>>;
  /** Joins the answers of several backends, earlier ones first. Missing: the first answer stands. */
  merge?: (values: T[]) => T;
}

/** What is still to be done in a background backend, and the worker that does it. */
export interface Outbox {
  /** Keeps what a write leaves to be done. Resolves once it is durable; then the worker takes it. */
  keep(plan: WritePlan, keepers: readonly Backend[]): Promise<() => void>;
  /** Finds what an earlier process left to be done. */
  resume(): Promise<void>;
  /** How many writes are still to be done. */
  pending(): number;
  /** Resolves once nothing is left to be done, or `signal` is aborted. */
  drained(signal: AbortSignal): Promise<void>;
  /** Stops the worker: what is left stays in the outbox. */
  stop(): Promise<void>;
}

/** A driver under all layers of a backend. */
export type Store = Driver & Present & Cached & Bundling;

/** One backend of a composite, from the inside. */
export interface Backend extends BackendInfo {
  /** The driver under its layers. */
  readonly driver: Store;
  /** Failures, the circuit breaker, and what the backend missed. */
  readonly health: Health;
  /** What is still to be brought here, for a background backend. */
  readonly outbox?: Outbox;
}

/** Carries out one plan, and throws if that fails. */
export type Write = (plan: WritePlan, options?: CallOptions) => Promise<readonly Receipt[]>;

/** A composite, as the domain sees it. */
export interface Core extends Composite {
  /** The backends, in the order of the configuration. */
  readonly backends: readonly Backend[];
  /**
   * Writes to every backend at once, and resolves once the policy is met. What fails for reasons outside the program is
   * thrown or told of, as the composite's failure mode says.
   *
   * @param plan A plan, or work that reads and writes by plans and fails or succeeds as a whole.
   */
  write(
    plan: WritePlan | ((write: Write) => Promise<unknown>),
    options?: CallOptions,
  ): Promise<readonly Receipt[]>;
  /** Reads from the first backend that is able, or from all and merges. */
  read<T>(plan: ReadPlan<T>, options?: CallOptions): Promise<T>;
}

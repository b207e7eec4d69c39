/**
 * What a composite is made of. `composite.ts` opens one.
 *
 * @module
 */
import type { Receipt } from "../errors.ts";
import type { Bytes, Driver, Source } from "../drivers/driver.ts";
import type { DriverConfig } from "../drivers/registry.ts";
import type { Cache } from "./layers/cache.ts";
import type { Outbox } from "./outbox/outbox.ts";

/** How many backends have to take a write before it counts. */
export type WritePolicy = "all" | "quorum" | "any";
/** Who answers a read: the first backend that is able, or all of them together (the union by id). */
export type ReadPolicy = "first" | "merge";

/** One backend's configuration: its driver's, and what the composite does with it. */
export interface BackendConfig extends DriverConfig {
  /** How this backend is called in messages and receipts. Default: the driver's own label. */
  label?: string;
  /** The longest time without progress in one operation, in milliseconds. Default: the composite's. */
  timeoutMs?: number;
  /**
   * `sync` (default): a write waits for it, as the policy says. `background`: a write is noted in an outbox
   * in a `sync` backend and brought here later; it is read last.
   */
  mode?: "sync" | "background";
}

/** Settings of a composite, each of which a single call may override. */
export interface Policies {
  /** Default: `all`. */
  write?: WritePolicy;
  /** Default: `first`. */
  read?: ReadPolicy;
}

/** Settings of {@linkcode openComposite}. */
export interface CompositeOptions extends Policies {
  /** The longest time without progress in one operation of one backend, in milliseconds. Default: 30,000. */
  timeoutMs?: number;
  /**
   * What happens when logging, tagging or deleting fails for reasons outside the program (a backend is
   * down, a policy is not met): `raise` throws; `warn` hands the exception to `onWarning`; `log` keeps it
   * in `status`. Both then return the entity that was to be written, so that the program goes on. Bad
   * input always throws, and so do reads, which have nothing to give. Default: `raise`.
   */
  failureMode?: "raise" | "warn" | "log";
  /**
   * Whether times are written as rubicon-ml 0.13 and older do (`YYYY-MM-DD HH:MM:SS.ffffff`, in UTC), which 0.6.5 to
   * 0.15.3 read. The other form fails a whole project in 0.13 and older. Both are always read. Default: `false`.
   */
  legacyTimes?: boolean;
  /** Gets what is worth knowing but no error. Default: `console.warn`. */
  onWarning?: (message: string, cause?: unknown) => void;
}

/** Options that every function on a composite takes. */
export interface CallOptions extends Policies {
  /** Stops the call: it rejects with `signal.reason`. What is already written stays. */
  signal?: AbortSignal;
  /** The longest time without progress in one operation of one backend, in milliseconds. */
  timeoutMs?: number;
  /** Gets each backend's outcome once the call has its answer. */
  onReceipts?: (receipts: readonly Receipt[]) => void;
}

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
  /** Whether it is of use only to backends whose listings tell checksums; the others do not get it. */
  forChecksums?: boolean;
}

/** Objects that come after a write, unless a backend takes them together with it. */
export interface Below {
  /** The objects, all of them bytes. */
  steps: readonly Step[];
  /** The backends that have taken them. */
  taken: Set<Backend>;
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
}

/** A write, as the domain describes it: what goes where, and what has to be there first. */
export interface WritePlan {
  /** What is written, for messages: `metric "accuracy"`. */
  what: string;
  /** Written in this order in each backend, so that an entity never shows before its data. */
  steps: readonly Step[];
  /**
   * The folder that all objects are in and that is new with them: a backend that is able makes it with all of them in
   * one step.
   */
  folder?: string;
  /** What such a backend takes in the same step. */
  below?: Below;
  /** Keys that are removed after the steps, in this order. */
  deletes?: readonly string[];
  /** Keys that have to be there first, outermost first. Copied from another backend where missing. */
  parents?: readonly string[];
  /** How such copies are made. Missing: byte for byte, with all files that are beside a parent. */
  copies?: CopyRules;
  /**
   * Whether the first backend that answers decides, before the others are asked, which of several
   * racing writers wins. It costs one more wait, and keeps backends from taking different winners.
   */
  decide?: boolean;
  /** Whether some backend has it already: one that lacks it then lacks what is below it, too. */
  exists?: boolean;
  /** The entity as plain data: an exception carries it, so that the caller can try again. */
  entity?: unknown;
  /** Explains an object that is in the way, from its bytes. */
  conflict?: (existing: Uint8Array) => string | undefined;
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
  /** Reads from one backend. Throws where that backend is not able. */
  run(backend: Backend, signal?: AbortSignal): Promise<Answer<T>>;
  /** Joins the answers of several backends, earlier ones first. Missing: the first answer stands. */
  merge?: (values: T[]) => T;
}

/** Whether a backend is used, and what it did lately. */
export interface BackendStatus {
  /** The backend's label. */
  backend: string;
  /** Its persistence name. */
  persistence: string;
  /**
   * `closed`: in use · `open`: left alone for a while after repeated failures · `half-open`: the next
   * operation tries it again.
   */
  circuit: "closed" | "open" | "half-open";
  /** How many operations in a row found it unavailable. */
  failures: number;
  /**
   * Writes that this composite acknowledged and that are missing here: until `repair` has brought them, others
   * are asked first.
   */
  missed: number;
  /** Writes that are still under way here, or in the outbox for it. */
  pending: number;
  /** Whether writes wait for it. */
  mode: "sync" | "background";
  /** The last error, where there was one since the last success; else why a write was missed. */
  lastError?: string;
}

/** One backend of a composite. */
export interface Backend {
  /** How it is called in messages and receipts. */
  readonly label: string;
  /** The name under which its driver is registered. */
  readonly persistence: string;
  /** Where the store is: two backends of one place would be one copy. */
  readonly place: string;
  /** The driver without a time limit, for calls that have one of their own. */
  readonly unlimited: Driver;
  /** The driver, with the time limit and the circuit breaker around its verbs. */
  readonly driver: Driver;
  /** Small objects that were read before, by checksum. */
  readonly cache: Cache;
  /** Keys of entities that are known to be there, so that parents are looked for once. */
  readonly known: Set<string>;
  /** Lookups of parents that are under way, by key. */
  readonly ensuring: Map<string, Promise<void>>;
  /** What is still to be brought here, for a background backend. */
  readonly outbox?: Outbox;
  /** Failures and the circuit breaker. */
  readonly health: {
    /**
     * Whether an operation may go to this backend now; it may wait for another one that tries it. One that is
     * told `trial` is that one: it calls `untried` when it ends, since it may end without a verb.
     */
    admits(): boolean | Promise<boolean | "trial">;
    /** Notes how an operation ended; `undefined` is a success. */
    note(error: unknown): void;
    /** Notes that a trial ended, if there was one, and said nothing of the backend. */
    untried(): void;
    /** Counts writes under way (`+1`, `-1`). */
    pending(change: number): void;
    /** Counts a write that others took and this backend did not, with the reason where there is one. */
    missed(reason?: unknown): void;
    /** Forgets so many of the writes that were missed: they are there now. */
    repaired(count: number): void;
    /** What `status` says. */
    status(): Omit<BackendStatus, "mode">;
  };
}

/** An ordered list of backends, written to together and read in order. */
export interface Composite extends AsyncDisposable {
  /** The backends, in the order of the configuration. */
  readonly backends: readonly Backend[];
  /** The settings in force. */
  readonly options: Readonly<Required<CompositeOptions>>;
  /** Whether `close` was called. */
  readonly closed: boolean;
  /** Writes to every backend at once; resolves once the policy is met. */
  write(plan: WritePlan, options?: CallOptions): Promise<readonly Receipt[]>;
  /** Reads from the first backend that is able, or from all and merges. */
  read<T>(plan: ReadPlan<T>, options?: CallOptions): Promise<T>;
  /** Resolves once no write is under way and no outbox has anything left, or `signal` is aborted. */
  settled(signal: AbortSignal): Promise<void>;
  /**
   * Waits for what is under way, then lets go of the drivers. What is still in an outbox stays there; `flush`
   * first to wait for that too, as `await using` does. It may be called twice.
   */
  close(): Promise<void>;
}

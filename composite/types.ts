/**
 * What users of a composite see. `composite.ts` opens one; `plan.ts` is what it does inside.
 *
 * @module
 */
import type { Receipt } from "../errors.ts";
import type { Driver } from "../drivers/driver.ts";
import type { KnownDriverConfig, OtherDriverConfig } from "../drivers/registry.ts";

/** How many backends have to take a write before it counts. */
export type WritePolicy = "all" | "quorum" | "any";
/** Who answers a read: the first backend that is able, or all of them together (the union by id). */
export type ReadPolicy = "first" | "merge";

/** What a composite does with one backend. */
export interface BackendSettings {
  /** How this backend is called in messages and receipts. Default: the driver's own label. */
  label?: string | undefined;
  /** The longest time without progress in one operation, in milliseconds. Default: the composite's. */
  timeoutMs?: number | undefined;
  /**
   * `sync` (default): a write waits for it, as the policy says. `background`: a write is noted in an outbox
   * in a `sync` backend and brought here later; it is read last.
   */
  mode?: "sync" | "background" | undefined;
}

/**
 * One backend's configuration: its driver's, and what the composite does with it. A wrong option of a persistence that
 * is declared (`DriverConfigs`) is an error to the compiler. `Name` are other names that it may have:
 * `BackendConfig<string>` is the type of what is only known when the program runs.
 */
export type BackendConfig<Name extends string = never> =
  & (KnownDriverConfig | OtherDriverConfig<Name>)
  & BackendSettings;

/** A driver of one's own, and what the composite does with it. */
export interface DriverBackend extends BackendSettings {
  /** The driver. */
  driver: Driver;
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
  signal?: AbortSignal | undefined;
  /** The longest time without progress in one operation of one backend, in milliseconds. */
  timeoutMs?: number;
  /** Gets each backend's outcome once the call has its answer. */
  onReceipts?: (receipts: readonly Receipt[]) => void;
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
export interface BackendInfo {
  /** How it is called in messages and receipts. */
  readonly label: string;
  /** The name under which its driver is registered. */
  readonly persistence: string;
  /** Where the store is: two backends of one place would be one copy. */
  readonly place: string;
  /** The root that its configuration names; missing for a driver that was passed as an object. */
  readonly rootDir?: string;
}

/** An ordered list of backends, written to together and read in order. */
export interface Composite extends AsyncDisposable {
  /** The backends, in the order of the configuration. */
  readonly backends: readonly BackendInfo[];
  /** The settings in force. */
  readonly options: Readonly<Required<CompositeOptions>>;
  /** Whether `close` was called. */
  readonly closed: boolean;
  /** Resolves once no write is under way and no outbox has anything left, or `signal` is aborted. */
  settled(signal: AbortSignal): Promise<void>;
  /**
   * Waits for what is under way, then lets go of the drivers, and tells `onWarning` which backends lack what. What is
   * still in an outbox stays there; `flush` first to wait for that too, as `await using` does. It may be called twice.
   */
  close(): Promise<void>;
}

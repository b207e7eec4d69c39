/**
 * Several storage backends as one: from configuration to an ordered list of backends that are written
 * to together and read in order. Nothing in here knows of experiments.
 *
 * @module
 */
import { type Receipt, RubiconException } from "./errors.ts";
import type { Driver } from "./drivers/driver.ts";
import { fromEnvironment, inBackground, openBackend } from "./composite/backend.ts";
import { limited } from "./composite/layers/limit.ts";
import { checkOptions, DEFAULTS } from "./composite/options.ts";
import { readFirst } from "./composite/read.ts";
import { writeAll } from "./composite/write/write.ts";
import type {
  Backend,
  BackendConfig,
  BackendStatus,
  CallOptions,
  Composite,
  CompositeOptions,
  ReadPlan,
  WritePlan,
} from "./composite/types.ts";

export type * from "./composite/types.ts";
export type { Cache } from "./composite/layers/cache.ts";
export type { Outbox } from "./composite/outbox/outbox.ts";

/**
 * Opens a composite. Backends are read in the order given here, and written to all at once.
 *
 * @param backends One configuration or driver, or several. Without any, `PERSISTENCE` and `ROOT_DIR`
 * of the environment name the one backend.
 * @param options How many backends have to take a write, who answers reads, and time limits.
 * @throws {RubiconException} `invalid-config`, before anything is opened for good.
 *
 * @example
 * ```ts
 * import "./drivers/memory.ts";
 * import { openComposite } from "./composite.ts";
 *
 * await using rubicon = await openComposite([
 *   { persistence: "memory", rootDir: "a" },
 *   { persistence: "memory", rootDir: "b" },
 * ]);
 * ```
 */
export async function openComposite(
  backends?: BackendConfig | Driver | readonly (BackendConfig | Driver)[],
  options: CompositeOptions = {},
): Promise<Composite> {
  checkOptions(options, Object.keys(DEFAULTS));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: Required<CompositeOptions> = { ...DEFAULTS, ...Object.fromEntries(given) };
  const list = backends === undefined ? [fromEnvironment()] : [backends].flat();
  if (list.length === 0) {
    throw new RubiconException(
      "invalid-config",
      "A composite needs one backend at least: pass its configuration, or nothing at all to take " +
        "PERSISTENCE and ROOT_DIR from the environment.",
    );
  }
  const opened: Backend[] = [];
  try {
    for (const one of list) opened.push(await openBackend(one, settings, opened));
  } catch (error) {
    await Promise.all(opened.map(({ driver }) => driver.close?.()));
    throw error;
  }
  const keepers = opened.filter((backend) => !inBackground(list[opened.indexOf(backend)]!));
  if (keepers.length === 0) {
    await Promise.all(opened.map(({ driver }) => driver.close?.()));
    throw new RubiconException(
      "invalid-config",
      "All backends are in the background: one at least has to take writes at once.",
    );
  }
  if (
    keepers.length < opened.length && keepers.every(({ persistence }) => persistence === "memory")
  ) {
    settings.onWarning(
      "The outbox of the background backends is in memory only: what they do not have yet when this " +
        "process ends is lost. Put a folder or a bucket before them.",
    );
  }
  const complete = await Promise.all(opened.map(async (backend): Promise<Backend> => {
    if (keepers.includes(backend)) return backend;
    const { openOutbox } = await import("./composite/outbox/outbox.ts");
    return { ...backend, outbox: await openOutbox(backend, keepers, settings.onWarning) };
  }));
  return compose(complete, settings);
}

/**
 * How each backend of a composite is doing: circuits, failures, writes it missed.
 *
 * @example
 * ```ts
 * import "./drivers/memory.ts";
 * import { openComposite, status } from "./composite.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "status" });
 * if (status(rubicon)[0]?.circuit !== "closed") throw new Error("it is in use");
 * ```
 */
export function status(rubicon: Composite): BackendStatus[] {
  checkComposite(rubicon, "status");
  return rubicon.backends.map(({ health, outbox }) => {
    const status = health.status();
    return {
      ...status,
      pending: status.pending + (outbox?.pending() ?? 0),
      mode: outbox ? "background" : "sync",
    };
  });
}

/** Options of {@linkcode flush}. */
export interface FlushOptions {
  /** How long to wait at most, in milliseconds. Default: the composite's `timeoutMs`. */
  timeoutMs?: number;
}

/**
 * Waits, a bounded time, until every backend has what was written: backends that a policy did not wait for,
 * and background backends.
 *
 * @returns What is still pending after that, by backend. Empty where nothing is.
 *
 * @example
 * ```ts
 * import "./drivers/memory.ts";
 * import { flush, openComposite } from "./composite.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "flush" });
 * const pending = await flush(rubicon, { timeoutMs: 1_000 });
 * if (pending.length > 0) throw new Error("nothing was written");
 * ```
 */
export async function flush(
  rubicon: Composite,
  options: FlushOptions = {},
): Promise<BackendStatus[]> {
  checkComposite(rubicon, "flush");
  checkOptions(options, ["timeoutMs"]);
  const timer = new AbortController();
  const limit = options.timeoutMs ?? rubicon.options.timeoutMs;
  const expiry = setTimeout(() => timer.abort(), limit);
  await rubicon.settled(timer.signal);
  clearTimeout(expiry);
  return status(rubicon).filter(({ pending }) => pending > 0);
}

function checkComposite(rubicon: Composite, what: string): void {
  if (Array.isArray(rubicon?.backends)) return;
  throw new RubiconException(
    "invalid-argument",
    `${what} takes a composite, from openComposite(), not ${rubicon}.`,
  );
}

function compose(backends: readonly Backend[], options: Required<CompositeOptions>): Composite {
  const pending = new Set<Promise<unknown>>();
  let closed = false;
  const track = <T>(work: Promise<T>): Promise<T> => {
    pending.add(work);
    const done = () => void pending.delete(work);
    work.then(done, done);
    return work;
  };
  const sync = backends.filter(({ outbox }) => !outbox);
  const background = backends.filter(({ outbox }) => outbox);
  const inOrder = [...sync, ...background];
  /** A write whose rest is in the outboxes by the time it is acknowledged. */
  const noted = async (plan: WritePlan, writing: Promise<readonly Receipt[]>) => {
    const kept = background.map(({ outbox }) => outbox!.keep(plan, sync));
    try {
      return await writing;
    } finally {
      // Also where the policy was not met: what one backend took is not to be lost.
      for (const release of await Promise.all(kept)) release();
    }
  };
  const checkOpen = (what: string) => {
    if (!closed) return;
    throw new RubiconException(
      "closed",
      `${what} was asked of a composite that is closed. Open one again.`,
    );
  };
  const composite: Composite = {
    backends,
    options,
    get closed() {
      return closed;
    },
    async write(plan: WritePlan, call: CallOptions = {}): Promise<readonly Receipt[]> {
      checkOpen(plan.what);
      checkOptions(call);
      const policy = call.write ?? options.write;
      const later = background.map(({ label }): Receipt => ({
        backend: label,
        outcome: "pending",
        milliseconds: 0,
        bytes: 0,
      }));
      const writing = writeAll(timed(sync, call), plan, policy, call, track);
      try {
        const receipts = await track(background.length > 0 ? noted(plan, writing) : writing);
        const all = [...receipts, ...later];
        call.onReceipts?.(all);
        return all;
      } catch (error) {
        if (!(error instanceof RubiconException)) throw error;
        // The program may go on as if it was written, so that it was not has to show.
        if (options.failureMode !== "raise" && error.code !== "already-exists") {
          for (const [at, { outcome, error: why }] of error.receipts.entries()) {
            if (outcome !== "ok") sync[at]?.health.missed(why);
          }
        }
        if (later.length === 0) throw error;
        throw withReceipts(error, [...error.receipts, ...later]);
      }
    },
    async read<T>(plan: ReadPlan<T>, call: CallOptions = {}): Promise<T> {
      checkOpen(plan.what);
      checkOptions(call);
      const policy = call.read ?? options.read;
      return await track(readFirst(timed(inOrder, call), plan, policy, call, options.onWarning));
    },
    async settled(signal) {
      const aborted = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve());
      });
      await Promise.race([aborted, Promise.allSettled(pending)]);
      await Promise.all(background.map(({ outbox }) => outbox!.drained(signal)));
    },
    async close() {
      closed = true;
      await Promise.allSettled(pending);
      await Promise.all(background.map(({ outbox }) => outbox!.stop()));
      await Promise.all(backends.map(({ driver }) => driver.close?.()));
    },
    async [Symbol.asyncDispose]() {
      const left = await flush(composite);
      await composite.close();
      for (const { backend, pending, lastError } of left) {
        options.onWarning(`${backend}: ${pending} writes are not there yet: ${lastError}`);
      }
    },
  };
  for (const { outbox } of background) track(outbox!.resume());
  return composite;
}

/** An exception with other receipts. */
function withReceipts(error: RubiconException, receipts: readonly Receipt[]): RubiconException {
  const { code, message, cause, entity, backend } = error;
  return new RubiconException(code, message, {
    receipts,
    ...(cause !== undefined && { cause }),
    ...(entity !== undefined && { entity }),
    ...(backend !== undefined && { backend }),
  });
}

/** The backends with the time limit of one call. */
function timed(backends: readonly Backend[], { timeoutMs }: CallOptions): readonly Backend[] {
  if (timeoutMs === undefined) return backends;
  return backends.map((backend) => ({
    ...backend,
    driver: limited(backend.unlimited, timeoutMs, backend.health),
  }));
}

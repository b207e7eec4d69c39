/**
 * Several storage backends as one: from configuration to an ordered list of backends that are written
 * to together and read in order. Nothing in here knows of experiments.
 *
 * @module
 */
import { RubiconException } from "./errors.ts";
import type { Driver } from "./drivers/driver.ts";
import { fromEnvironment, type Given, inBackground, openBackend } from "./composite/backend.ts";
import { OpenComposite } from "./composite/core.ts";
import { checkOptions, COMPOSITE, DEFAULTS, FLUSH } from "./composite/options.ts";
import type { Backend, Core } from "./composite/plan.ts";
import type {
  BackendConfig,
  BackendStatus,
  Composite,
  CompositeOptions,
  DriverBackend,
} from "./composite/types.ts";

export type * from "./composite/types.ts";

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
export async function openComposite<Name extends string = never>(
  backends?:
    | BackendConfig<Name>
    | DriverBackend
    | Driver
    | readonly (BackendConfig<Name> | DriverBackend | Driver)[],
  options: CompositeOptions = {},
): Promise<Composite> {
  checkOptions(options, COMPOSITE);
  const settings = settingsOf(options);
  const list: Given[] = backends === undefined ? [fromEnvironment()] : [backends].flat();
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
    return new OpenComposite(await withOutboxes(opened, list, settings), settings);
  } catch (error) {
    await Promise.all(opened.map(({ driver }) => driver.close?.()));
    throw error;
  }
}

/** The settings in force. What `onWarning` throws is told of, and ends nothing. */
function settingsOf(options: CompositeOptions): Required<CompositeOptions> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: Required<CompositeOptions> = { ...DEFAULTS, ...Object.fromEntries(given) };
  return {
    ...settings,
    onWarning(message, cause) {
      try {
        settings.onWarning(message, cause);
      } catch (error) {
        DEFAULTS.onWarning(`onWarning threw, and this is what it was told: ${message}`, error);
      }
    },
  };
}

/** The backends, those in the background with their outboxes. */
async function withOutboxes(
  opened: readonly Backend[],
  list: readonly Given[],
  { onWarning }: Required<CompositeOptions>,
): Promise<Backend[]> {
  const keepers = opened.filter((_, at) => !inBackground(list[at]!));
  if (keepers.length === 0) {
    throw new RubiconException(
      "invalid-config",
      "All backends are in the background: one at least has to take writes at once.",
    );
  }
  const isShort = keepers.every(({ persistence }) => persistence === "memory");
  if (isShort && keepers.length < opened.length) {
    onWarning(
      "The outbox of the background backends is in memory only: what they do not have yet when this " +
        "process ends is lost. Put a folder or a bucket before them.",
    );
  }
  return await Promise.all(opened.map(async (backend) => {
    if (keepers.includes(backend)) return backend;
    const { openOutbox } = await import("./composite/outbox/outbox.ts");
    return { ...backend, outbox: await openOutbox(backend, keepers, onWarning) };
  }));
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
  checkOpened(rubicon, "status");
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
  timeoutMs?: number | undefined;
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
  checkOpened(rubicon, "flush");
  checkOptions(options, FLUSH);
  const timer = new AbortController();
  const limit = options.timeoutMs ?? rubicon.options.timeoutMs;
  const expiry = setTimeout(() => timer.abort(), limit);
  await rubicon.settled(timer.signal);
  clearTimeout(expiry);
  return status(rubicon).filter(({ pending }) => pending > 0);
}

function checkOpened(rubicon: Composite, what: string): asserts rubicon is Core {
  if (Array.isArray(rubicon?.backends)) return;
  throw new RubiconException(
    "invalid-argument",
    `${what} takes a composite, from openComposite(), not ${rubicon}.`,
  );
}

/**
 * Several storage backends as one: from configuration to an ordered list of backends that are written
 * to together and read in order. Nothing in here knows of experiments.
 *
 * @module
 */
import { type Receipt, RubiconException } from "./errors.ts";
import type { Driver } from "./drivers/driver.ts";
import { guard } from "./drivers/guard.ts";
import { openDriver } from "./drivers/registry.ts";
import { health } from "./composite/health.ts";
import { limited } from "./composite/limit.ts";
import { readFirst } from "./composite/read.ts";
import { writeAll } from "./composite/write.ts";
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

const DEFAULTS: Required<CompositeOptions> = {
  write: "all",
  read: "first",
  timeoutMs: 30_000,
  failureMode: "raise",
  // deno-lint-ignore no-console -- a warning that nobody takes must not be lost.
  onWarning: (message, cause) => console.warn(message, ...(cause === undefined ? [] : [cause])),
};

const CHOICES = {
  write: ["all", "quorum", "any"],
  read: ["first", "merge"],
  failureMode: ["raise", "warn", "log"],
} as const;

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
  const settings = { ...DEFAULTS, ...checkOptions(options) };
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
  return compose(opened, settings);
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
 * if (status(rubicon)[0].circuit !== "closed") throw new Error("it is in use");
 * ```
 */
export function status(rubicon: Composite): BackendStatus[] {
  return rubicon.backends.map(({ health }) => health.status());
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
      const writing = writeAll(timed(backends, call), plan, policy, call, track);
      const receipts = await track(writing);
      call.onReceipts?.(receipts);
      return receipts;
    },
    async read<T>(plan: ReadPlan<T>, call: CallOptions = {}): Promise<T> {
      checkOpen(plan.what);
      checkOptions(call);
      return await track(readFirst(timed(backends, call), plan, call.read ?? options.read, call));
    },
    async close() {
      closed = true;
      await Promise.allSettled(pending);
      await Promise.all(backends.map(({ driver }) => driver.close?.()));
    },
    [Symbol.asyncDispose]: () => composite.close(),
  };
  return composite;
}

/** The backends with the time limit of one call. */
function timed(backends: readonly Backend[], { timeoutMs }: CallOptions): readonly Backend[] {
  if (timeoutMs === undefined) return backends;
  return backends.map((backend) => ({
    ...backend,
    driver: limited(backend.driver, timeoutMs, () => {}),
  }));
}

async function openBackend(
  config: BackendConfig | Driver,
  options: Required<CompositeOptions>,
  before: readonly Backend[],
): Promise<Backend> {
  if (typeof config !== "object" || config === null) {
    throw new RubiconException(
      "invalid-config",
      `A backend is a configuration such as { persistence: "memory" } or a driver, not ${config}.`,
    );
  }
  let driver: Driver;
  let timeoutMs = options.timeoutMs;
  let label: string | undefined;
  if (isDriver(config)) driver = guard(config);
  else {
    const { label: ownLabel, timeoutMs: ownLimit, ...rest } = config;
    checkOptions({ ...(ownLimit !== undefined && { timeoutMs: ownLimit }) });
    label = ownLabel;
    timeoutMs = ownLimit ?? timeoutMs;
    driver = await openDriver(rest);
  }
  label ??= driver.label;
  if (before.some((other) => other.label === label)) {
    await driver.close?.();
    throw new RubiconException(
      "invalid-config",
      `Two backends are ${label}. Two copies in one place are one copy: give one another root.`,
    );
  }
  const state = health(label, driver.persistence);
  return {
    label,
    driver: limited({ ...driver, label }, timeoutMs, state.note),
    known: new Set(),
    ensuring: new Map(),
    health: state,
  };
}

function isDriver(config: BackendConfig | Driver): config is Driver {
  return typeof config.get === "function" && typeof config.put === "function";
}

function fromEnvironment(): BackendConfig {
  const persistence = Deno.env.get("PERSISTENCE");
  const rootDir = Deno.env.get("ROOT_DIR");
  if (!persistence) {
    throw new RubiconException(
      "invalid-config",
      "No backend was given, and PERSISTENCE is not set in the environment. Pass a configuration to " +
        "openComposite, or set PERSISTENCE (and ROOT_DIR).",
    );
  }
  return { persistence, ...(rootDir && { rootDir }) };
}

/** Refuses policies and limits that are none, also in options that have other fields too. */
function checkOptions<T extends CompositeOptions | CallOptions>(options: T): Partial<T> {
  const given = options as Record<string, unknown>;
  for (const [name, choices] of Object.entries(CHOICES)) {
    const choice = given[name];
    if (choice !== undefined && !(choices as readonly unknown[]).includes(choice)) {
      throw new RubiconException(
        "invalid-config",
        `${name} is ${choices.map((one) => `"${one}"`).join(" or ")}, not ${
          JSON.stringify(choice)
        }.`,
      );
    }
  }
  const limit = given.timeoutMs;
  // setTimeout takes 32 bits; a longer limit would end at once.
  if (limit !== undefined && !(typeof limit === "number" && limit > 0 && limit < 2 ** 31)) {
    throw new RubiconException(
      "invalid-config",
      `timeoutMs is a number of milliseconds above 0 and below 2^31, not ${limit}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/**
 * Backends of a composite: from configuration to a driver under its layers.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { Driver } from "../drivers/driver.ts";
import { guard } from "../drivers/guard.ts";
import { layer } from "../drivers/layer.ts";
import { type DriverConfig, openDriver } from "../drivers/registry.ts";
import { breaker } from "./layers/breaker.ts";
import { Health } from "./layers/health.ts";
import { bundle } from "./layers/bundle.ts";
import { cache } from "./layers/cache.ts";
import { limit } from "./layers/limit.ts";
import { present } from "./layers/present.ts";
import { BACKEND, checkValues } from "./options.ts";
import type { Backend, Store } from "./plan.ts";
import type { BackendConfig, BackendSettings, CompositeOptions, DriverBackend } from "./types.ts";

/** What a backend can be made of. */
export type Given = BackendConfig<string> | DriverBackend | Driver;

/** Opens one backend, which must not be one of those before it. */
export async function openBackend(
  given: Given,
  options: Required<CompositeOptions>,
  before: readonly Backend[],
): Promise<Backend> {
  const { label: ownLabel, timeoutMs = options.timeoutMs } = settingsOf(given);
  const driver = await driverOf(given);
  const label = ownLabel ?? driver.label;
  const place = driver.place ?? driver.label;
  for (const other of before) {
    const fault = faultOf({ label, place, driver }, other);
    if (fault === undefined) continue;
    await driver.close?.();
    throw new RubiconException("invalid-config", fault);
  }
  const health = new Health(label, driver.persistence);
  const { persistence } = driver;
  const rootDir = isDriver(given) ? undefined : (given as BackendConfig).rootDir;
  return {
    label,
    persistence,
    place,
    ...(rootDir !== undefined && { rootDir: String(rootDir) }),
    health,
    driver: stack(layer(driver, { label }), timeoutMs, health),
  };
}

type Placed = Pick<Backend, "label" | "place"> & { driver: Driver };

/** Why two backends cannot be in one composite. */
function faultOf(one: Placed, other: Placed): string | undefined {
  const roots = [one.driver.root, other.driver.root];
  const isOne = one.place === other.place || roots[0] !== undefined && roots[0] === roots[1];
  if (isOne) {
    return `Two backends are ${one.place}. Two copies in one place are one copy: give one another root.`;
  }
  if (one.label === other.label) {
    return `Two backends are called ${one.label}. Give one another label.`;
  }
  if (!isInside(roots[0], roots[1]) && !isInside(roots[1], roots[0])) return undefined;
  return `Of ${other.label} and ${one.label} one is inside the other, so that copies would be copied again and ` +
    "again. Give one another root.";
}

const isInside = (path: string | undefined, folder: string | undefined): boolean =>
  path !== undefined && folder !== undefined &&
  path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** The layers of a backend, each of which does one thing. */
export const stack = (guarded: Driver, timeoutMs: number, health: Health): Store =>
  bundle(cache(present(breaker(limit(guarded, timeoutMs), health))));

/** Whether a backend gets its writes later. */
export const inBackground = (given: Given): boolean =>
  !isDriver(given) && given.mode === "background";

function settingsOf(given: Given): BackendSettings {
  if (typeof given !== "object" || given === null) {
    throw new RubiconException(
      "invalid-config",
      `A backend must be a configuration such as { persistence: "memory" } or a driver, not ${given}.`,
    );
  }
  if (isDriver(given)) return {};
  checkValues(given, BACKEND);
  return given;
}

async function driverOf(given: Given): Promise<Driver> {
  if (isDriver(given)) return guard(given);
  const { label: _label, timeoutMs: _timeoutMs, mode: _mode, ...rest } = given;
  if (!("driver" in rest)) return await openDriver(rest as DriverConfig);
  const [odd] = Object.keys(rest).filter((name) => name !== "driver");
  if (odd === undefined) return guard(rest.driver as Driver);
  throw new RubiconException(
    "invalid-config",
    `A backend with a driver of its own takes label, timeoutMs and mode beside it, not ${
      JSON.stringify(odd)
    }: pass that to the driver.`,
  );
}

function isDriver(given: Given): given is Driver {
  const { get, put } = given as Partial<Driver>;
  return typeof get === "function" && typeof put === "function";
}

/**
 * The one backend that the environment names.
 *
 * @throws {RubiconException} `invalid-config` if it names none, `permission-denied` if it may not be read.
 */
export function fromEnvironment(): BackendConfig<string> {
  let persistence: string | undefined;
  let rootDir: string | undefined;
  try {
    persistence = Deno.env.get("PERSISTENCE");
    rootDir = Deno.env.get("ROOT_DIR");
  } catch (cause) {
    throw new RubiconException(
      "permission-denied",
      "No backend was given, and the environment may not be read. Pass a configuration to openComposite, " +
        "or run with --allow-env=PERSISTENCE,ROOT_DIR.",
      { cause },
    );
  }
  if (!persistence) {
    throw new RubiconException(
      "invalid-config",
      "No backend was given, and PERSISTENCE is not set in the environment. Pass a configuration to " +
        "openComposite, or set PERSISTENCE (and ROOT_DIR).",
    );
  }
  return { persistence, ...(rootDir && { rootDir }) };
}

/**
 * Backends of a composite: from configuration to a driver with a time limit and a circuit breaker.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { Driver } from "../drivers/driver.ts";
import { guard } from "../drivers/guard.ts";
import { openDriver } from "../drivers/registry.ts";
import { cache } from "./layers/cache.ts";
import { health } from "./layers/breaker.ts";
import { limited } from "./layers/limit.ts";
import { checkOptions } from "./options.ts";
import type { Backend, BackendConfig, CompositeOptions } from "./types.ts";

/** Opens one backend, which must not be one of those before it. */
export async function openBackend(
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
    const { label: ownLabel, timeoutMs: ownLimit, mode, ...rest } = config;
    checkOptions({ ...(ownLimit !== undefined && { timeoutMs: ownLimit }) });
    if (mode !== undefined && mode !== "sync" && mode !== "background") {
      throw new RubiconException(
        "invalid-config",
        `mode is "sync" or "background", not ${JSON.stringify(mode)}.`,
      );
    }
    if (ownLabel !== undefined && (typeof ownLabel !== "string" || ownLabel === "")) {
      throw new RubiconException(
        "invalid-config",
        `label is a text that is not empty, not ${JSON.stringify(ownLabel)}.`,
      );
    }
    label = ownLabel;
    timeoutMs = ownLimit ?? timeoutMs;
    driver = await openDriver(rest);
  }
  label ??= driver.label;
  const place = driver.place ?? driver.label;
  const root = driver.root;
  const twin = before.find((other) =>
    other.label === label || other.place === place ||
    root !== undefined && other.unlimited.root !== undefined &&
      (isInside(root, other.unlimited.root) || isInside(other.unlimited.root, root))
  );
  if (twin) {
    await driver.close?.();
    const isOne = twin.place === place || twin.unlimited.root === root && root !== undefined;
    throw new RubiconException(
      "invalid-config",
      isOne
        ? `Two backends are ${place}. Two copies in one place are one copy: give one another root.`
        : twin.label === label
        ? `Two backends are called ${label}. Give one another label.`
        : `Of ${twin.label} and ${label} one is inside the other, so that copies would be copied again and again. ` +
          "Give one another root.",
    );
  }
  const state = health(label, driver.persistence);
  return {
    label,
    persistence: driver.persistence,
    place,
    unlimited: { ...driver, label },
    driver: limited({ ...driver, label }, timeoutMs, state),
    cache: cache(),
    known: new Set(),
    ensuring: new Map(),
    health: state,
  };
}

const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** Whether a backend gets its writes later. */
export const inBackground = (config: BackendConfig | Driver): boolean =>
  !isDriver(config) && config.mode === "background";

function isDriver(config: BackendConfig | Driver): config is Driver {
  return typeof config.get === "function" && typeof config.put === "function";
}

/** The one backend that the environment names. */
export function fromEnvironment(): BackendConfig {
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

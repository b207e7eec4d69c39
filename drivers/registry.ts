/**
 * Persistence names and the factories behind them. A driver's file calls `registerDriver` once, at
 * its top level; importing that file is all it takes to make the name known.
 *
 * @module
 */
import { isRubiconException, RubiconException } from "../errors.ts";
import { didYouMean } from "../messages.ts";
import type { Driver } from "./driver.ts";
import { guard } from "./guard.ts";
import type { S3Options } from "./s3/options.ts";

/** Where a store is. */
export interface RootOptions {
  /** A folder, a `file:` URL, `s3://bucket/prefix`, or any name for `memory`. */
  rootDir?: string | URL | undefined;
}

/** Options of the `filesystem` driver beside `persistence` and `rootDir`. */
export interface FilesystemOptions {
  /** Whether a write waits until file and folders are on the disk itself. Default: `false`. */
  durable?: boolean | undefined;
}

/**
 * The options of each persistence, by its name. A driver of one's own declares its options here, by interface merging:
 *
 * ```ts ignore
 * declare module "./registry.ts" { // with the URL that it is imported from
 *   interface DriverConfigs {
 *     sqlite: { rootDir: string };
 *   }
 * }
 * ```
 */
export interface DriverConfigs {
  /** Objects in this process. */
  memory: RootOptions;
  /** A folder. rubicon-ml spells a bucket as a filesystem with an s3:// root. */
  filesystem: (RootOptions & FilesystemOptions) | ({ rootDir: `s3://${string}` } & S3Options);
  /** A bucket. */
  s3: RootOptions & S3Options;
}

/** One backend's configuration, of any driver: the persistence name, the root, and the driver's own options. */
export interface DriverConfig {
  /** The name under which the driver is registered: `memory`, `filesystem`, `s3`, or your own. */
  persistence: string;
  /** Where the store is: a folder, a `file:` URL, `s3://bucket/prefix`, or any name for `memory`. */
  rootDir?: string | URL | undefined;
  /** The driver's own options, by name. */
  [option: string]: unknown;
}

/** A configuration of a persistence that is in {@linkcode DriverConfigs}: other options are errors to the compiler. */
export type KnownDriverConfig = {
  [Name in keyof DriverConfigs]: { persistence: Name } & DriverConfigs[Name];
}[keyof DriverConfigs];

/** A configuration of other persistence names, or of one that is only known when the program runs (`string`). */
export type OtherDriverConfig<Name extends string> =
  & { persistence: Name }
  & (Name extends keyof DriverConfigs ? never : DriverConfig);

/** Makes a driver from a configuration that has only options the driver registered. */
export type DriverFactory = (config: DriverConfig) => Driver | Promise<Driver>;

/** What a driver says of itself when it registers. */
export interface DriverRegistration {
  /** The options it takes beside `persistence` and `rootDir`. Others are refused by name. */
  options?: readonly string[];
}

const registry = new Map<string, { factory: DriverFactory; options: readonly string[] }>();

/**
 * Makes a driver known under a persistence name.
 *
 * @throws {RubiconException} `invalid-config` where the name is taken or is no name.
 *
 * @example
 * ```ts
 * import { registerDriver } from "./registry.ts";
 * import { openMemory } from "./memory.ts";
 *
 * registerDriver("scratch", (config) => openMemory(config));
 * ```
 */
export function registerDriver(
  name: string,
  factory: DriverFactory,
  registration: DriverRegistration = {},
): void {
  if (typeof name !== "string" || !/^[a-z][a-z0-9_-]*$/.test(name)) {
    throw new RubiconException(
      "invalid-config",
      `A persistence name is lower case letters, digits, "-" and "_", and starts with a letter: ${
        JSON.stringify(name)
      } is not one.`,
    );
  }
  if (typeof factory !== "function") {
    throw new RubiconException(
      "invalid-config",
      `registerDriver("${name}", …) takes a function that makes the driver, not ${typeof factory}.`,
    );
  }
  if (registry.has(name)) {
    throw new RubiconException(
      "invalid-config",
      `The persistence "${name}" is taken. Register the driver under another name.`,
    );
  }
  registry.set(name, { factory, options: registration.options ?? [] });
}

/**
 * The persistence names that are registered, in alphabetical order.
 *
 * @example
 * ```ts
 * import { registeredDrivers } from "./registry.ts";
 * import "./memory.ts";
 *
 * if (!registeredDrivers().includes("memory")) throw new Error("its file is imported");
 * ```
 */
export function registeredDrivers(): string[] {
  return [...registry.keys()].sort();
}

/**
 * Opens the driver that a configuration names, behind the wrapper that checks keys and aborts and
 * stamps errors with the driver's label.
 *
 * @throws {RubiconException} `invalid-config` for an unknown persistence or option.
 *
 * @example
 * ```ts
 * import { openDriver } from "./registry.ts";
 * import "./memory.ts";
 *
 * const driver = await openDriver({ persistence: "memory", rootDir: "openDriver" });
 * await driver.put("a/b", new TextEncoder().encode("hello"));
 * if ((await driver.stat("a/b")).size !== 5) throw new Error("it is there");
 * ```
 */
export async function openDriver(config: DriverConfig): Promise<Driver> {
  // rubicon-ml spells S3 as a filesystem with an s3:// root.
  const persistence = config.persistence === "filesystem" && /^s3:/i.test(String(config.rootDir))
    ? "s3"
    : config.persistence;
  const registered = registry.get(persistence);
  if (!registered) {
    throw new RubiconException(
      "invalid-config",
      `There is no persistence ${JSON.stringify(persistence)}${
        didYouMean(String(persistence), registry.keys())
      }. Known are: ${
        registeredDrivers().join(", ")
      }. Import the file of the driver that you mean, or correct the name.`,
    );
  }
  const known = ["persistence", "rootDir", ...registered.options];
  for (const option of Object.keys(config)) {
    if (!known.includes(option)) {
      throw new RubiconException(
        "invalid-config",
        `The persistence "${persistence}" has no option "${option}"${
          didYouMean(option, known)
        }. It takes: ${known.slice(1).join(", ")}.`,
      );
    }
  }
  return guard(await make(persistence, registered.factory, config));
}

/** What a factory throws is one of this module's errors, too: Deno's own, where a permission lacks, among them. */
async function make(
  persistence: string,
  factory: DriverFactory,
  config: DriverConfig,
): Promise<Driver> {
  try {
    return await factory({ ...config, persistence });
  } catch (cause) {
    if (isRubiconException(cause)) throw cause;
    const isRefused = cause instanceof Deno.errors.NotCapable;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RubiconException(
      isRefused ? "permission-denied" : "invalid-config",
      `${persistence} could not be opened: ${why}`,
      { cause },
    );
  }
}

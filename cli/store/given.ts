/**
 * Which store is meant: by options, else by the environment, else by a file. Nothing of it is ever printed but places.
 *
 * @module
 */
import type { BackendConfig } from "../../composite/types.ts";
import type { GlobalOptions } from "../options.ts";
import { UsageError } from "../exit.ts";
import { STORAGE_OPTIONS } from "../global_options.ts";
import { envOf } from "./environment.ts";
import { findConfig, type Given, readConfig } from "./config.ts";

/** The store that a command works on. */
export function storeOf(options: GlobalOptions): Given {
  const { rootDir, config } = options;
  if (rootDir && config !== undefined) {
    throw new UsageError("--root-dir and --config both say where the store is. Give one of them.");
  }
  if (rootDir) return storesAt(rootDir, options);
  if (config !== undefined) return withStorage(readConfig(config), options);
  const root = envOf("RUBICON_ROOT_DIR");
  if (root) return { ...storesAt([root], options), source: "RUBICON_ROOT_DIR" };
  const persistence = envOf("PERSISTENCE");
  const ownRoot = envOf("ROOT_DIR");
  if (persistence) {
    const backend: BackendConfig<string> = { persistence, ...(ownRoot && { rootDir: ownRoot }) };
    return withStorage({ backends: [backend], options: {}, source: "PERSISTENCE" }, options);
  }
  const found = findConfig();
  if (found !== undefined) return withStorage(readConfig(found), options);
  throw new UsageError(
    "Which store? Give --root-dir PATH or --root-dir s3://bucket/prefix, set RUBICON_ROOT_DIR, or write a " +
      "rubicon.json (docs/cli.md says what is in it; reading them takes --allow-env and --allow-read).",
  );
}

/** Stores at other places, with the same storage options. */
export const storesAt = (roots: readonly string[], options: GlobalOptions): Given => ({
  backends: roots.map((root) => backendOf(root, options)),
  options: {},
  source: "--root-dir",
});

/** One store at a place, with the storage options. */
export function backendOf(rootDir: string, options: GlobalOptions): BackendConfig<string> {
  if (rootDir === "") {
    throw new UsageError("--root-dir is empty. Give a path or s3://bucket/prefix.");
  }
  const persistence = /^s3:/i.test(rootDir) ? "s3" : "filesystem";
  return { persistence, rootDir, ...storageOf(persistence, options) };
}

/** The storage options for backends of one kind. */
function storageOf(persistence: string, options: GlobalOptions): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(STORAGE_OPTIONS)) {
    const value = options[name as keyof typeof STORAGE_OPTIONS];
    if (value === undefined || kind !== persistence) continue;
    given[name] = name === "pathStyle" ? value === "true" : value;
  }
  return given;
}

const withStorage = (given: Given, options: GlobalOptions): Given => ({
  ...given,
  backends: given.backends.map((one) => ({ ...one, ...storageOf(one.persistence, options) })),
});

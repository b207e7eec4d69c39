/**
 * Opens stores.
 *
 * @module
 */
import { openComposite } from "../../composite.ts";
import type { BackendConfig, Composite, CompositeOptions } from "../../composite/types.ts";
import type { GlobalOptions } from "../options.ts";
import type { Given } from "./config.ts";

/** What opens a store: the options of all commands, and who is told what is worth knowing. */
interface Opener {
  readonly options: GlobalOptions;
  warn(text: string): void;
}

/** Opens a store. Only the drivers that it needs are loaded. */
export async function openStore(
  { backends, options }: Given,
  opener: Opener,
): Promise<Composite> {
  await loadDrivers(backends);
  return await openComposite(backends, { ...options, ...compositeOptions(opener) });
}

/** What the options of all commands say of composites. */
export const compositeOptions = (
  { options: { write, read, timeout }, warn }: Opener,
): CompositeOptions => ({
  ...(write && { write }),
  ...(read && { read }),
  ...(timeout && { timeoutMs: timeout * 1000 }),
  onWarning: (message) => warn(message),
});

/** Loads the drivers of these backends. */
export async function loadDrivers(backends: readonly BackendConfig<string>[]): Promise<void> {
  const names = new Set(
    backends.map(({ persistence, rootDir }) => /^s3:/i.test(String(rootDir)) ? "s3" : persistence),
  );
  await Promise.all([
    names.has("filesystem") && import("../../drivers/filesystem.ts"),
    names.has("s3") && import("../../drivers/s3.ts"),
    names.has("memory") && import("../../drivers/memory.ts"),
  ]);
}

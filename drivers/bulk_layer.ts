/**
 * One thing around each of a driver's bulk reads.
 *
 * @module
 */
import type { BulkReader, VerbOptions } from "./driver.ts";

/** Runs one bulk read of these keys; `run` takes the options that the driver gets. */
export type AroundBulk = <T>(
  keys: readonly string[],
  options: VerbOptions | undefined,
  run: (options: VerbOptions | undefined) => Promise<T>,
) => Promise<T>;

/** A bulk reader with something around each of its reads. */
export const bulkLayer = (inner: BulkReader, around: AroundBulk): BulkReader => ({
  list: (folders, options) => around(folders, options, (changed) => inner.list(folders, changed)),
  stat: (keys, options) => around(keys, options, (changed) => inner.stat(keys, changed)),
  get: (keys, options) => around(keys, options, (changed) => inner.get(keys, changed)),
});

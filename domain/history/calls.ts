/**
 * The options of calls that come after the first one.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";

/** The options of calls that a handle makes for as long as it lives: an abort of the first is none of the others. */
export function callOf({ timeoutMs, write, read, onReceipts }: CallOptions): CallOptions {
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(write && { write }),
    ...(read && { read }),
    ...(onReceipts && { onReceipts }),
  };
}

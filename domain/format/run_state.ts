/**
 * The states that a run can be in.
 *
 * @module
 */

/**
 * The state of a run. `lost`: it should be running, and its process has not shown that it is alive for two heartbeats.
 */
export type RunState = "running" | "finished" | "failed" | "cancelled" | "lost";

/** All of them. */
export const RUN_STATES: readonly RunState[] = [
  ...["running", "finished", "failed", "cancelled", "lost"] as const,
];

/** How often a run shows that it is alive, in milliseconds, if nothing else is said. */
export const HEARTBEAT = 60_000;

/**
 * What `rubicon import` brings over: each is a command of its own.
 *
 * @module
 */
import type { CommandEntry } from "../../command.ts";

/** All of them, in the order of the help. */
export const SOURCES: readonly CommandEntry[] = [
  {
    ...{ name: "mlruns", summary: "a file store of MLflow" },
    load: async () => (await import("./import.ts")).mlruns,
  },
  {
    ...{ name: "trackio", summary: "the databases of trackio" },
    load: async () => (await import("./import.ts")).trackio,
  },
];

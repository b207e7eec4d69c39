/**
 * Ctrl-C and SIGTERM while a run goes on.
 *
 * @module
 */
import type { Run } from "./run.ts";

/** The longest that a program is kept from ending, in milliseconds. */
const LONGEST = 5_000;
/** What a shell gives for a program that a signal ended. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Ends a run as cancelled if the process is told to end, and then the process, as the signal would have done: within a
 * bounded time, whatever the backends do. A second signal ends it at once.
 *
 * @returns What takes that back.
 */
export function onInterrupt(
  run: Run,
  warn: (message: string, cause?: unknown) => void,
): () => void {
  let isEnding = false;
  const listeners = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const listener = async () => {
      if (isEnding) Deno.exit(CODES[name]);
      isEnding = true;
      const limit = setTimeout(() => Deno.exit(CODES[name]), LONGEST);
      try {
        await run.cancel(name === "SIGINT" ? "interrupted (Ctrl-C)" : "told to end (SIGTERM)");
      } catch (error) {
        warn("The end of the run could not be written before the process ends.", error);
      }
      clearTimeout(limit);
      Deno.exit(CODES[name]);
    };
    return { name, listener };
  });
  const added = listeners.filter(({ name, listener }) => {
    try {
      Deno.addSignalListener(name, listener);
      return true;
    } catch {
      return false; // Windows has no SIGTERM, and Deploy no signals.
    }
  });
  return () => {
    for (const { name, listener } of added) Deno.removeSignalListener(name, listener);
  };
}

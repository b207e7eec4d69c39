/**
 * Telling callers how far something long is.
 *
 * @module
 */
import { refuse, show } from "./check.ts";

/**
 * How far something long is. `done` only grows, and the last one of a call that succeeds, and that one alone,
 * has a `total` that equals it.
 */
export interface Progress {
  /** What is being done, for people. */
  what: string;
  /** How much is done. */
  done: number;
  /** How much there is; missing for as long as that is not known. */
  total?: number;
  /** What is counted: objects of the store, bytes of an artifact, or experiments. */
  unit: "objects" | "bytes" | "experiments";
}

/** The option that everything long takes. */
export interface ProgressOption {
  /**
   * Gets told of the progress, often: whoever shows it decides how often that is. It is not waited for. What it
   * throws ends the call, which then rejects with it, as with an abort; what is done by then stays done.
   */
  onProgress?: (progress: Progress) => void;
}

/** Tells of the progress of one call. */
export interface Reporter {
  /** Tells how much is done, where that is news. */
  report(what: string, done: number, total?: number): void;
  /** The signal of the call, which what `onProgress` throws aborts too. */
  signal?: AbortSignal | undefined;
}

/** Checks the option, and makes the reporter of one call. */
export function reporter(
  unit: Progress["unit"],
  { onProgress, signal }: ProgressOption & { signal?: AbortSignal | undefined },
  where: string,
): Reporter {
  if (onProgress === undefined) return { report() {}, ...(signal && { signal }) };
  if (typeof onProgress !== "function") {
    refuse(`${where}: onProgress must be a function, not ${show(onProgress)}.`);
  }
  const failed = new AbortController();
  let most = 0;
  let ended = false;
  return {
    report(what, done, total) {
      most = Math.max(most, done);
      if (ended) return;
      ended = most === total;
      try {
        onProgress({ what, done: most, ...(total !== undefined && { total }), unit });
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    },
    signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
  };
}

/**
 * Waiting for something that may never come.
 *
 * @module
 */

/**
 * Waits for `work`, or rejects with `signal.reason` as soon as it is aborted. The work itself goes on, and what becomes
 * of it then is nobody's concern.
 *
 * @example
 * ```ts
 * import { abortable } from "./abortable.ts";
 *
 * const reason = new Error("that takes too long");
 * const error = await abortable(new Promise(() => {}), AbortSignal.abort(reason)).catch((error) => error);
 * if (error !== reason) throw error;
 * ```
 */
export async function abortable<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!signal) return await work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

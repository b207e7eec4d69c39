/**
 * A bounded number of requests at once.
 *
 * @module
 */

/** Lets a bounded number in; the others wait in line. */
export function makeSlots(width: number): (signal?: AbortSignal) => Promise<() => void> {
  let free = width;
  const line: (() => void)[] = [];
  const release = () => {
    const next = line.shift();
    if (next) next();
    else free++;
  };
  return async (signal) => {
    if (free > 0) free--;
    else {
      await new Promise<void>((resolve, reject) => {
        const stop = () => {
          const at = line.indexOf(enter);
          if (at >= 0) line.splice(at, 1);
          reject(signal!.reason);
        };
        const enter = () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        line.push(enter);
        signal?.addEventListener("abort", stop, { once: true });
      });
    }
    return release;
  };
}

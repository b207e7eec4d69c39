/**
 * A bar for whatever takes an `onProgress`: on a terminal, and nothing elsewhere. It needs no permission, and the
 * library is loaded on a terminal alone.
 */
import type { Progress } from "../mod.ts";

/** Runs `work` with a bar that follows what its `onProgress` is told, and is gone at the end. */
export async function withBar<T>(work: (onProgress: (progress: Progress) => void) => Promise<T>) {
  if (!Deno.stderr.isTerminal()) return await work(() => {});
  const { SingleBar } = await import("npm:cli-progress@3.12.0");
  const bar = new SingleBar({
    format: "  {bar} {value}{of} {unit} {what}",
    barsize: 30,
    clearOnComplete: true,
    hideCursor: true,
    stopOnComplete: false,
  });
  bar.start(Infinity, 0, { of: "", unit: "", what: "" });
  try {
    return await work(({ what, done, total, unit }) => {
      // Where the total is not known yet, the bar stays empty and counts.
      bar.setTotal(total ?? Infinity);
      bar.update(done, { what, unit, of: total === undefined ? "" : `/${total}` });
    });
  } finally {
    bar.stop();
  }
}

/**
 * A bar on stderr for what takes a while.
 *
 * @module
 */
import cliProgress from "npm:cli-progress@3.12.0";
import type { Progress } from "../../domain/progress.ts";
import type { Stderr } from "./stream.ts";
import { cut, plainText } from "./text.ts";

/** Runs `work` with a bar that is gone at the end, and whenever something else is said. */
export async function withBar<T>(
  stderr: Stderr,
  work: (onProgress: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const bar = new cliProgress.SingleBar({
    format: "  {bar} {value}{of} {unit} {what}",
    barsize: 30,
    clearOnComplete: true,
    hideCursor: true,
    stopOnComplete: false,
    fps: 10,
  });
  const stop = () => {
    bar.stop();
    stderr.clear = () => {};
  };
  stderr.clear = stop;
  bar.start(Infinity, 0, { of: "", unit: "", what: "" });
  try {
    return await work(({ what, done, total, unit }) => {
      const room = Math.max(0, Deno.consoleSize().columns - 60);
      // Where the total is not known yet, the bar stays empty and counts.
      bar.setTotal(total ?? Infinity);
      bar.update(done, {
        unit,
        what: cut(plainText(what), room),
        of: total === undefined ? "" : `/${total}`,
      });
    });
  } finally {
    stop();
  }
}

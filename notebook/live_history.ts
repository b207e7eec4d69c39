/**
 * Curves in a cell that are drawn anew while runs go on.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { Composite } from "../composite.ts";
import { refuse, show } from "../domain/check.ts";
import { experimentStatus } from "../domain/history/status.ts";
import { CALL_FIELDS } from "../domain/inputs.ts";
import { pause } from "../domain/pause.ts";
import { pooled } from "../domain/pool.ts";
import type { Experiment } from "../domain/format/entities.ts";
import { checkHistory, historyPlot, type PlotHistoryOptions } from "./plot_history.ts";

/** Options of {@linkcode liveHistory}. */
export interface LiveHistoryOptions extends PlotHistoryOptions {
  /** How long it waits before it looks again, in milliseconds, 100 at least. Default: 2,000. */
  everyMs?: number;
}

/** Something to look at, by MIME type. */
export type Bundle = Readonly<Record<string, string>>;

/**
 * Shows the plot of {@linkcode plotHistory} in the cell that calls it, and draws it anew while the runs log: until all
 * of them have ended, or are lost. It sees what was flushed, by any process: let the run have a `flushMs` of a second
 * or so. A training in the same kernel has to `await` something now and then, so that there is time to draw.
 *
 * @throws {RubiconException} `unsupported` outside a notebook, and where no backend is able to read; the reason of
 * `signal` once that is aborted.
 *
 * @example
 * ```ts
 * import { createProject, hasCode, openComposite, startRun } from "../mod.ts";
 * import { liveHistory } from "../notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "liveHistory" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const run = await startRun(rubicon, project, { flushMs: 1000 });
 * const train = async () => {
 *   for (let step = 0; step < 10; step++) run.log({ loss: 1 / (step + 1) });
 *   await run.finish();
 * };
 * const training = train();
 * try {
 *   await liveHistory(rubicon, run.experiment, { metric: "loss", smoothing: 0.6 });
 * } catch (error) {
 *   if (!hasCode(error, "unsupported")) throw error; // outside a notebook
 * }
 * await training;
 * ```
 */
export async function liveHistory(
  rubicon: Composite,
  experiments: Experiment | readonly Experiment[],
  options: LiveHistoryOptions = {},
): Promise<void> {
  const where = "liveHistory";
  const { everyMs = 2_000, ...rest } = options;
  const runs = checkHistory(rubicon, experiments, rest, where);
  if (!(Number.isFinite(everyMs) && everyMs >= 100)) {
    refuse(
      `${where}: everyMs must be a number of milliseconds, 100 or more, not ${show(everyMs)}.`,
    );
  }
  const display = kernelDisplay();
  const id = crypto.randomUUID();
  await followHistory(rubicon, runs, rest, {
    show: (bundle, update) => display(bundle, { raw: true, display_id: id, update }),
    wait: () => pause(everyMs, options.signal),
  });
}

/** Shows the plot, and shows it again each time it has changed, until no run goes on. */
export async function followHistory(
  rubicon: Composite,
  runs: readonly Experiment[],
  options: PlotHistoryOptions,
  { show, wait }: {
    show: (bundle: Bundle, update: boolean) => Promise<void>;
    wait: () => Promise<void>;
  },
): Promise<void> {
  const call = Object.fromEntries(
    Object.entries(options).filter(([name]) => CALL_FIELDS.has(name)),
  );
  let shown: string | undefined;
  while (true) {
    // Before the points are read, so that none comes after the last look.
    const states = await pooled(runs, (run) => experimentStatus(rubicon, run, call));
    const goesOn = states.some((status) => status?.state === "running");
    const { bundle = nothingYet(options.metric, goesOn) } = await historyPlot(
      rubicon,
      runs,
      options,
    );
    const text = JSON.stringify(bundle);
    if (text !== shown) await show(bundle, shown !== undefined);
    shown = text;
    if (!goesOn) return;
    await wait();
  }
}

const nothingYet = (metric = "anything", goesOn: boolean): Bundle => ({
  "text/plain": goesOn
    ? `Waiting for the first points of ${metric} …`
    : `The runs have ended without points of ${metric} that can be drawn.`,
});

type Display = (
  bundle: Bundle,
  options: { raw: boolean; display_id: string; update: boolean },
) => Promise<void>;

/** What the kernel shows things with; `Deno.jupyter` throws elsewhere, or is not there. */
function kernelDisplay(): Display {
  let jupyter: { display: Display } | undefined;
  try {
    jupyter = (globalThis as { Deno?: { jupyter?: { display: Display } } }).Deno?.jupyter;
  } catch {
    jupyter = undefined;
  }
  if (jupyter) return jupyter.display;
  throw new RubiconException(
    "unsupported",
    "liveHistory draws in a notebook with the Deno kernel. Elsewhere use plotHistory, or the viewer.",
  );
}

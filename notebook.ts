/**
 * For notebooks with the Deno kernel for Jupyter: the store's projects, experiments, artifacts and dataframes to
 * look at, and plots of them as SVG. `mod.ts` does not import it; nobody else pays for it.
 *
 * @example
 * ```ts
 * import { getOrCreateProject, logExperiment, openComposite } from "./mod.ts";
 * import { display, plotScatter } from "./notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "notebook" });
 * const project = await getOrCreateProject(rubicon, { name: "Iris" });
 * for (const depth of [1, 2, 3]) {
 *   await logExperiment(rubicon, project, {
 *     parameters: { depth },
 *     metrics: { accuracy: 1 - 1 / (depth + 1) },
 *   });
 * }
 * const table = await display(rubicon, project); // the last expression of a cell is shown
 * const plot = await plotScatter(rubicon, project, { x: "depth", y: "accuracy" });
 * if (!plot.mime["image/svg+xml"].startsWith("<svg")) throw new Error("a picture");
 * console.log(table); // elsewhere: as text
 * ```
 *
 * @module
 */
export { display, type Displayable, type DisplayOptions } from "./notebook/display.ts";
export type { Displayed } from "./notebook/mime.ts";
export { plotDataframe, type PlotDataframeOptions } from "./notebook/plot_dataframe.ts";
export { liveHistory, type LiveHistoryOptions } from "./notebook/live_history.ts";
export { plotHistory, type PlotHistoryOptions } from "./notebook/plot_history.ts";
export { plotMetricLists, type PlotMetricListsOptions } from "./notebook/plot_metric_lists.ts";
export { plotParallel, type PlotParallelOptions } from "./notebook/plot_parallel.ts";
export { plotScatter, type PlotScatterOptions } from "./notebook/plot_scatter.ts";
export type { PlotOptions, PlotSource } from "./notebook/plot_source.ts";

/**
 * The charts of the viewer. Each gets `ChartProps` and knows nothing of the page around it.
 *
 * @module
 */
export { Curves } from "./curves.tsx";
export { FramePlot } from "./frame_plot.tsx";
export { Heatmap } from "./heatmap.tsx";
export { Parallel } from "./parallel.tsx";
export { Scatter } from "./scatter.tsx";
export { Spark, type SparkProps } from "./spark.tsx";
export type {
  CurvesProps,
  CurvesSettings,
  FrameSettings,
  HeatmapSettings,
  ParallelSettings,
  ScatterSettings,
} from "./settings.ts";

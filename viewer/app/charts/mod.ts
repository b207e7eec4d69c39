/**
 * The charts of the viewer. Each gets {@linkcode ChartProps} and knows nothing of the page around it.
 *
 * @module
 */
export { Curves, type CurvesProps, type CurvesSettings } from "./curves.tsx";
export { FramePlot, type FrameSettings } from "./frame_plot.tsx";
export { Heatmap, type HeatmapProps, type HeatmapSettings } from "./heatmap.tsx";
export { Parallel, type ParallelSettings } from "./parallel.tsx";
export { Scatter, type ScatterSettings } from "./scatter.tsx";
export { Spark, type SparkProps } from "./spark.tsx";

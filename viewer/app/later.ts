/**
 * What the page has besides its table and its curves: a script of its own, which comes when any of it is first shown.
 *
 * @module
 */
export { FramePlot } from "./charts/frame_plot.tsx";
export { Heatmap } from "./charts/heatmap.tsx";
export { Parallel } from "./charts/parallel.tsx";
export { Scatter } from "./charts/scatter.tsx";
export { About } from "./screens/about.tsx";
export { Backends } from "./screens/backends.tsx";
export { Compare } from "./screens/compare.tsx";
export { Run } from "./screens/run.tsx";

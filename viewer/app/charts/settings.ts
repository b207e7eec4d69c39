/**
 * What each chart keeps in the page's address: plain JSON with short names. A 1 stands for "yes".
 *
 * @module
 */
import type { ChartProps } from "../types.ts";
import type { SavedRange } from "./brush.ts";
import type { FrameKind } from "./frame_shapes.ts";
import type { AlongX } from "./lines.ts";
import type { Within } from "./ranks.ts";

/** Of Curves. */
export interface CurvesSettings {
  /** What lies along x. Default: `step`. */
  x: AlongX;
  /** Smoothing, 0 to 0.999. */
  s: number;
  /** Logarithmic axes. */
  lx: 1;
  ly: 1;
  /** Outliers are left out of the range. */
  o: 1;
  /** The column whose values make groups. */
  g: string;
  /** The column that gives the colours, if runs are not grouped; without it those of the runs. */
  c: string;
  /** Pinned metrics. */
  p: string[];
  /** The metric that is shown large. */
  e: string;
  /** The range of x. */
  z: [number, number];
  /** Only metrics whose names have this text. */
  q: string;
  /** How many runs are drawn at most, if none is selected. */
  n: number;
}

/** Of Parallel. */
export interface ParallelSettings {
  /** The axes, by their columns' keys. */
  a: string[];
  /** Which of them are flipped, and which logarithmic. */
  f: string[];
  l: string[];
  /** The column that gives the colours. */
  c: string;
  /** Ranges by axis. */
  b: Record<string, SavedRange[]>;
}

/** Of Scatter. */
export interface ScatterSettings {
  /** The columns along both sides, by their keys. */
  x: string;
  y: string;
  /** The column that gives the colours; empty for those of the runs. */
  c: string;
  /** Logarithmic axes; unless it is said, where the numbers are such. */
  lx: 0 | 1;
  ly: 0 | 1;
  /** There is a trend line. */
  t: 1;
}

/** Of Heatmap. */
export interface HeatmapSettings {
  /** The metric, by its column's key. */
  m: string;
  /** Scaled within each column, or within all. Default: `column`. */
  w: Within;
  /** The column by whose values rows are sorted, from most to least. */
  o: number;
  /** The names of the columns, as a catalog gives them; used if they are as many. */
  l: string[];
  /** The parameter that has the names of the columns, by its key; empty: none has. Default: what `l` gives. */
  n: string;
}

/** Of FramePlot. */
export interface FrameSettings {
  /** The dataframe's name. */
  d: string;
  /** How it is drawn. Default: `line`. */
  t: FrameKind;
  /** The columns along both sides. Default: the first two. */
  x: string;
  y: string;
  /** Logarithmic axes. */
  lx: 1;
  ly: 1;
  /** How many runs are drawn at most, if none is selected. */
  n: number;
}

/** What the curves get beside what all charts get. */
export type CurvesProps = ChartProps<CurvesSettings> & {
  /** Changes whenever any curve of the project does (the checksum of `sparks.json`): runs that are not over are read again. */
  curvesMark?: string | undefined;
};

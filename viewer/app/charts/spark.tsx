/**
 * A curve as small as a word, for a cell of a table.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";

/** What a sparkline gets. */
export interface SparkProps {
  /** Few numbers; what is none leaves a gap. */
  values: readonly (number | null)[];
  /** Default: 72 by 18 pixels. */
  width?: number;
  height?: number;
  /** Default: the text's colour. */
  stroke?: string;
}

/** The line of a sparkline as the `d` of an SVG path: gaps stay gaps, a lonely point is a dot. */
export function sparkPath(
  values: readonly (number | null)[],
  width: number,
  height: number,
): { line: string; last: [x: number, y: number] | undefined } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value - value !== 0) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const step = (width - 4) / Math.max(values.length - 1, 1);
  const tall = height - 4;
  let line = "";
  let isOpen = false;
  let last: [number, number] | undefined;
  values.forEach((value, at) => {
    if (value === null || value - value !== 0) {
      isOpen = false;
      return;
    }
    const x = Math.round((2 + at * step) * 10) / 10;
    const part = high > low ? (high - value) / (high - low) : 0.5;
    const y = Math.round((2 + part * tall) * 10) / 10;
    // A line of no length with round ends is a dot.
    line += isOpen ? `L${x} ${y}` : `M${x} ${y}h0`;
    isOpen = true;
    last = [x, y];
  });
  return { line, last };
}

/** A sparkline. It says nothing to screen readers: the cell has the value. */
export function Spark(
  { values, width = 72, height = 18, stroke = "currentColor" }: SparkProps,
): JSX.Element {
  const { line, last } = sparkPath(values, width, height);
  return (
    <svg
      class="chart-spark"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path d={line} style={{ stroke }} />
      {last && <circle cx={last[0]} cy={last[1]} r="1.8" style={{ fill: stroke }} />}
    </svg>
  );
}

/**
 * Selects runs of a scatter plot by numbers.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import type { ChartProps, RunColumn } from "../types.ts";
import { axisOf } from "./columns.ts";
import { Bar, NumberBox } from "./controls.tsx";
import type { Plot } from "./frame.ts";
import type { Points } from "./points.ts";
import type { ScatterSettings } from "./settings.ts";

type Props = ChartProps<ScatterSettings>;

/** Selects by numbers what a box would. */
export function Ranges(
  { plot, x, y, points, onSelect }: {
    plot: Plot;
    x: RunColumn;
    y: RunColumn;
    points: Points;
    onSelect: Props["onSelect"];
  },
): JSX.Element | null {
  const [ends, setEnds] = useState<(number | undefined)[]>([]);
  if (
    plot.x.kind !== "linear" && plot.x.kind !== "log" ||
    plot.y.kind !== "linear" && plot.y.kind !== "log"
  ) {
    return null;
  }
  const box = (at: number, label: string) => (
    <NumberBox
      label={label}
      value={ends[at]}
      onChange={(value) => {
        const next = [0, 1, 2, 3].map((other) => other === at ? value : ends[other]);
        setEnds(next);
        const [lowX = -Infinity, highX = Infinity, lowY = -Infinity, highY = Infinity] = next;
        const [xs, ys] = [axisOf(x).values, axisOf(y).values];
        if (next.every((one) => one === undefined)) return onSelect([], "set");
        onSelect(
          points.rows.filter((row) =>
            xs[row]! >= lowX && xs[row]! <= highX && ys[row]! >= lowY && ys[row]! <= highY
          ),
          "set",
        );
      }}
    />
  );
  return (
    <details class="chart-details">
      <summary>Select by numbers</summary>
      <Bar label="Ranges to select">
        {box(0, `${x.name} from`)}
        {box(1, "to")}
        {box(2, `${y.name} from`)}
        {box(3, "to")}
      </Bar>
    </details>
  );
}

/**
 * Parallel coordinates: an axis a parameter, a line a run, the metric last. A brush is a selection everywhere.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { useMemo } from "npm:preact@^11.2.0/hooks";
import type { ChartProps } from "../types.ts";
import { isDrawable, menuOf } from "./columns.ts";
import { Bar, ColumnMenu } from "./controls.tsx";
import { chosenAxes, metricOf } from "./parallel_data.ts";
import { Plane } from "./parallel_plane.tsx";
import type { ParallelSettings } from "./settings.ts";
import { Empty } from "./surface.tsx";

type Props = ChartProps<ParallelSettings>;

/** Parallel coordinates of the runs. */
export function Parallel(props: Props): JSX.Element {
  const { runs, rows, settings, onSettings } = props;
  const metric = useMemo(() => metricOf(runs, rows, settings.c), [runs, rows, settings.c]);
  const chosen = useMemo(() => chosenAxes(runs, rows, metric), [runs, rows, metric]);
  const columns = useMemo(() => {
    const asked = settings.a?.flatMap((key) => runs.byKey(key) ?? []).filter(isDrawable);
    return asked ?? chosen.columns;
  }, [runs, settings.a, chosen]);
  const set = (change: Partial<ParallelSettings>) => {
    const next = { ...settings, ...change };
    for (const key of ["f", "b"] as const) {
      if (Object.keys(next[key] ?? {}).length === 0) delete next[key];
    }
    onSettings(next);
  };
  if (rows.length === 0) {
    return <Empty>No runs to draw: change the filter, or show hidden runs.</Empty>;
  }
  if (!metric && columns.length < 2) {
    return (
      <Empty>
        These runs have no metric and fewer than two parameters that differ. Log parameters and
        metrics, and each becomes an axis here.
      </Empty>
    );
  }
  const others = menuOf(runs, (column) => isDrawable(column) && !columns.includes(column));
  return (
    <section class="chart-room" aria-label="Parallel coordinates">
      <Bar label="What is drawn">
        {metric && (
          <ColumnMenu
            label="Colour"
            value={metric.key}
            groups={menuOf(runs)}
            onChange={(c) => set({ c })}
          />
        )}
        <ColumnMenu
          label="Add axis"
          value=""
          none="choose…"
          groups={others}
          onChange={(key) => key !== "" && set({ a: [...columns.map((one) => one.key), key] })}
        />
        {settings.a && (
          <button
            type="button"
            class="chart-link"
            onClick={() => onSettings({ ...settings.c !== undefined && { c: settings.c } })}
          >
            Reset axes
          </button>
        )}
        {!settings.a && chosen.of + 1 > columns.length && metric && (
          <span class="chart-note">
            {columns.length - 1} of {chosen.of} columns, those that tell most of {metric.name}
          </span>
        )}
      </Bar>
      {columns.length < 2
        ? <Empty>One axis alone has no lines: add another.</Empty>
        : <Plane {...{ props, columns, metric, set }} />}
    </section>
  );
}

/**
 * Any two columns against each other, a dot a run.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { useMemo } from "npm:preact@^11.2.0/hooks";
import type { ChartProps, RunColumn, Runs } from "../types.ts";
import {
  axisOf,
  colouring,
  isDrawable,
  isLogByNature,
  isNumeric,
  isPending,
  menuOf,
  varies,
} from "./columns.ts";
import { Bar, Check, ColumnMenu } from "./controls.tsx";
import { relation } from "./parallel_data.ts";
import { Cloud, MAX_COLOURS } from "./scatter_cloud.tsx";
import type { ScatterSettings } from "./settings.ts";
import { Empty } from "./surface.tsx";

type Props = ChartProps<ScatterSettings>;

/** A scatter plot of the runs. */
export function Scatter(props: Props): JSX.Element {
  const { runs, rows, settings, onSettings, theme } = props;
  const chosen = useMemo(() => chosenColumns(runs, rows), [runs, rows]);
  const asked = (key: string | undefined) => {
    const column = key === undefined ? undefined : runs.byKey(key);
    return column && isDrawable(column) ? column : undefined;
  };
  const x = asked(settings.x) ?? chosen?.x;
  const y = asked(settings.y) ?? chosen?.y;
  const byColour = asked(settings.c);
  const colours = useMemo(
    () => byColour && colouring(axisOf(byColour), rows, theme === "dark"),
    [byColour, rows, theme],
  );
  const set = (change: Partial<ScatterSettings>, ...gone: (keyof ScatterSettings)[]) => {
    const next = { ...settings, ...change };
    for (const key of gone) delete next[key];
    onSettings(next);
  };
  const logX = useLog(x, rows, settings.lx);
  const logY = useLog(y, rows, settings.ly);
  if (rows.length === 0) {
    return <Empty>No runs to draw: change the filter, or show hidden runs.</Empty>;
  }
  if (!x || !y) {
    return (
      <Empty>
        These runs have no two columns to draw. Log a parameter and a metric to see one by the
        other.
      </Empty>
    );
  }
  const menu = menuOf(runs);
  return (
    <section class="chart-room" aria-label="Scatter plot">
      <Bar label="What is drawn">
        <ColumnMenu
          label="x"
          value={x.key}
          groups={menu}
          onChange={(key) => set({ x: key }, "lx")}
        />
        <ColumnMenu
          label="y"
          value={y.key}
          groups={menu}
          onChange={(key) => set({ y: key }, "ly")}
        />
        <ColumnMenu
          label="Colour"
          none={rows.length > MAX_COLOURS ? "none" : "the runs' own"}
          value={byColour?.key ?? ""}
          groups={menu}
          onChange={(key) => key === "" ? set({}, "c") : set({ c: key })}
        />
        <Check
          label="Log x"
          value={logX}
          disabled={x.type !== "number"}
          onChange={(value) => set({ lx: value ? 1 : 0 })}
        />
        <Check
          label="Log y"
          value={logY}
          disabled={y.type !== "number"}
          onChange={(value) => set({ ly: value ? 1 : 0 })}
        />
        <Check
          label="Trend"
          title="The straight line with the least squares"
          value={settings.t === 1}
          disabled={!isNumeric(x) || !isNumeric(y)}
          onChange={(value) => value ? set({ t: 1 }) : set({}, "t")}
        />
        <button
          type="button"
          class="chart-link"
          onClick={() => set({ x: y.key, y: x.key, lx: logY ? 1 : 0, ly: logX ? 1 : 0 })}
        >
          Swap x and y
        </button>
      </Bar>
      <Cloud {...{ props, x, y, logX, logY, byColour, colours }} />
    </section>
  );
}

/** Whether an axis is logarithmic: as it was chosen, else by its numbers. */
function useLog(
  column: RunColumn | undefined,
  rows: readonly number[],
  chosen: 0 | 1 | undefined,
): boolean {
  return useMemo(
    () => chosen === undefined ? !!column && isLogByNature(axisOf(column), rows) : chosen === 1,
    [column, rows, chosen],
  );
}

/** A metric that differs by a parameter that differs; else whatever there is. */
function chosenColumns(
  runs: Runs,
  rows: readonly number[],
): { x: RunColumn; y: RunColumn } | undefined {
  const drawable = runs.columns.filter(isDrawable);
  const firstPending = drawable.find((one) => one.kind === "parameter" && isPending(one));
  const differ = drawable.filter((column) => varies(column, rows) || column === firstPending);
  const metrics = [...differ, ...drawable].filter(({ kind }) => kind === "metric");
  const y = metrics[0];
  const numbers = differ.filter((column) =>
    column.kind === "parameter" && (isPending(column) || isNumeric(column))
  );
  const x = closest(numbers, y, rows) ?? differ.find(({ kind }) => kind === "parameter") ??
    metrics.find((column) => column !== y) ?? runs.column("own", "createdAt");
  return x && y ? { x, y } : undefined;
}

/** The column that tells most of the metric. */
function closest(
  columns: readonly RunColumn[],
  metric: RunColumn | undefined,
  rows: readonly number[],
): RunColumn | undefined {
  if (!metric || columns.length < 2 || columns.some(isPending) || isPending(metric)) {
    return columns[0];
  }
  const target = axisOf(metric);
  const relations = columns.map((column) => relation(axisOf(column), target, rows));
  return columns[relations.indexOf(Math.max(...relations))];
}

/**
 * A heatmap of a metric that is a list: a row a run, a column an index.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { useMemo } from "npm:preact@^11.2.0/hooks";
import { listOf } from "../data/cell.ts";
import type { ChartProps, RunColumn, Runs } from "../types.ts";
import { isPending } from "./columns.ts";
import { Bar, Menu } from "./controls.tsx";
import { Grid } from "./heatmap_grid.tsx";
import type { Cells } from "./ranks.ts";
import type { HeatmapSettings } from "./settings.ts";
import { Empty } from "./surface.tsx";

/** Names as a catalog gave them. */
const GIVEN = "*";

/** A heatmap of list metrics. */
export function Heatmap(props: ChartProps<HeatmapSettings>): JSX.Element {
  const { runs, rows, settings, onSettings } = props;
  const metrics = useMemo(() => listsOf(runs), [runs]);
  const metric = metrics.find(({ key }) => key === settings.m) ??
    metrics.find((column) => !isPending(column));
  const cells = useMemo(() => metric ? cellsOf(metric, rows) : [], [metric, rows]);
  const count = useMemo(
    () => cells.reduce((most, { values }) => Math.max(most, values.length), 0),
    [cells],
  );
  const named = useMemo(() => namings(runs, rows, count), [runs, rows, count]);
  const given = settings.l?.length === count ? settings.l : undefined;
  const naming = settings.n ?? (given ? GIVEN : "");
  const names = naming === GIVEN ? given : named.find(({ key }) => key === naming)?.names;
  if (metrics.length === 0) {
    return (
      <Empty>
        No metric of this project is a list of numbers. Log one, such as the importances of features
        or the recall of each class, and its runs are compared here.
      </Empty>
    );
  }
  return (
    <section class="chart-room" aria-label="Heatmap">
      <Bar label="What is drawn">
        <Menu
          label="Metric"
          value={metric?.key ?? ""}
          options={[
            ...(metric ? [] : [["", "choose…"] as const]),
            ...metrics.map(({ key, name }) => [key, name] as const),
          ]}
          onChange={(m) => onSettings({ ...settings, m })}
        />
        <Menu
          label="Scaled within"
          value={settings.w ?? "column"}
          options={[["column", "each column"], ["all", "all cells"]]}
          onChange={(w) => onSettings({ ...settings, w })}
        />
        {(named.length > 0 || given) && (
          <Menu
            label="Columns"
            value={names ? naming : ""}
            options={[
              ["", "by number"],
              ...given ? [[GIVEN, "as the catalog names them"] as const] : [],
              ...named.map(({ key, name }) => [key, `named by ${name}`] as const),
            ]}
            onChange={(n) => {
              const { n: _, ...rest } = settings;
              onSettings(n === GIVEN ? rest : { ...rest, n });
            }}
          />
        )}
        {settings.o !== undefined && (
          <button
            type="button"
            class="chart-link"
            onClick={() => {
              const { o: _, ...rest } = settings;
              onSettings(rest);
            }}
          >
            Order of the table
          </button>
        )}
      </Bar>
      {metric && cells.length > 0 ? <Grid {...{ props, metric, cells, count, names }} /> : (
        <Empty>
          {!metric
            ? "Choose the metric whose lists are to be compared."
            : isPending(metric)
            ? "Reading…"
            : `None of the runs that are shown has ${metric.name}: change the filter, or choose another metric.`}
        </Empty>
      )}
    </section>
  );
}

/** Metrics with lists. Columns whose cells come when they are asked for may be such. */
const listsOf = (runs: Runs): RunColumn[] =>
  runs.columns.filter((column) =>
    column.kind === "metric" && (isPending(column) || column.type === "list")
  );

/** Parameters that are lists of as many texts, such as the names of features or classes; those of the first run count. */
function namings(runs: Runs, rows: readonly number[], count: number) {
  return runs.columns.flatMap((column) => {
    if (column.kind !== "parameter" || isPending(column) || count === 0) return [];
    const names = rows.map((row) => column.cells[row]).find((cell) =>
      Array.isArray(cell) && cell.length === count && cell.every((one) => typeof one === "string")
    ) as string[] | undefined;
    return names ? [{ key: column.key, name: column.name, names }] : [];
  });
}

const cellsOf = (metric: RunColumn, rows: readonly number[]): Cells[] =>
  rows.flatMap((row) => {
    const cell = metric.cells[row] ?? null;
    const values = typeof cell === "number" ? [cell] : listOf(cell);
    return values ? [{ row, values }] : [];
  });

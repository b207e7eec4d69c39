/**
 * What is chosen above the curves.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { useMemo } from "npm:preact@^11.2.0/hooks";
import { axisOf, isPending, menuOf } from "./columns.ts";
import { Bar, Check, ColumnMenu, Menu } from "./controls.tsx";
import type { MetricProps } from "./curve_metric.tsx";
import type { AlongX } from "./lines.ts";
import type { CurvesProps } from "./settings.ts";

/** A column with more values makes no groups. */
const MAX_GROUPS = 30;

/** The menus and boxes above the curves. */
export function Controls(
  { props: { runs, rows, settings }, metrics, along, set }: {
    props: CurvesProps;
    metrics: readonly string[];
    along: AlongX;
    set: MetricProps["set"];
  },
): JSX.Element {
  const groups = useMemo(() =>
    menuOf(runs, (column) => {
      if (isPending(column)) return true;
      if (
        column.type !== "text" && column.type !== "boolean" && column.type !== "number"
      ) return false;
      const { values } = axisOf(column);
      const different = new Set<number>();
      for (const row of rows) {
        if (!Number.isNaN(values[row]!)) different.add(values[row]!);
        if (different.size > MAX_GROUPS) return false;
      }
      return different.size > 0;
    }), [runs, rows]);
  const flag = (key: "lx" | "ly" | "o") => (value: boolean) =>
    value ? set({ [key]: 1 }) : set({}, key);
  const smoothing = settings.s ?? 0;
  const smoothTo = (value: number) =>
    value > 0 ? set({ s: Math.min(0.999, Math.max(0, value)) }) : set({}, "s");
  return (
    <Bar label="How curves are drawn">
      <Menu
        label="Along x"
        value={along}
        options={[
          ["step", "Step"],
          ["time", "Time"],
          ["relative", "Relative time"],
          ...metrics.map((name) => [`m:${name}`, name] as [AlongX, string]),
        ]}
        onChange={(x) => x === "step" ? set({}, "x", "z") : set({ x }, "z")}
      />
      <label class="chart-control">
        <span>Smoothing</span>
        <input
          type="range"
          min="0"
          max="0.999"
          step="0.001"
          value={smoothing}
          onInput={({ currentTarget }) => smoothTo(currentTarget.valueAsNumber)}
        />
        <input
          type="number"
          class="chart-number"
          aria-label="Smoothing, 0 to 0.999"
          min="0"
          max="0.999"
          step="0.001"
          value={smoothing}
          onChange={({ currentTarget }) => smoothTo(currentTarget.valueAsNumber)}
        />
      </label>
      {rows.length > 1 && (
        <ColumnMenu
          label="Group by"
          none="Nothing"
          value={settings.g ?? ""}
          groups={groups}
          onChange={(g) => g === "" ? set({}, "g") : set({ g })}
        />
      )}
      {rows.length > 1 && !settings.g && (
        <ColumnMenu
          label="Colour"
          none="the runs' own"
          value={settings.c ?? ""}
          groups={menuOf(runs)}
          onChange={(c) => c === "" ? set({}, "c") : set({ c })}
        />
      )}
      <Check
        label="Log x"
        value={settings.lx === 1}
        disabled={along === "time" || along === "relative"}
        onChange={flag("lx")}
      />
      <Check label="Log y" value={settings.ly === 1} onChange={flag("ly")} />
      <Check
        label="Ignore outliers"
        title="The range of y leaves out the lowest and the highest twentieth"
        value={settings.o === 1}
        onChange={flag("o")}
      />
      {metrics.length > 4 && (
        <label class="chart-control">
          <span>Metrics</span>
          <input
            type="search"
            placeholder="part of a name"
            value={settings.q ?? ""}
            onInput={({ currentTarget: { value } }) =>
              value === "" ? set({}, "q") : set({ q: value })}
          />
        </label>
      )}
    </Bar>
  );
}

/**
 * The tabs with charts: a list of the runs beside a chart of them.
 *
 * @module
 */
/// <reference lib="dom" />
import { signal } from "npm:@preact/signals@^2.11.4";
import type { ComponentType, VNode } from "npm:preact@^11.2.0";
import { useLayoutEffect, useMemo, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { Curves } from "../charts/curves.tsx";
import type { CurvesSettings } from "../charts/settings.ts";
import { ranksOf } from "../data/sort.ts";
import { count, numbersOf } from "../data/format.ts";
import { loadTogether } from "../data/curves.ts";
import { loadJson } from "../data/load.ts";
import { Empty, Swatch } from "../parts/bits.tsx";
import { Icon } from "../parts/icon.tsx";
import { later } from "../parts/later.tsx";
import { colourOf, nameOf, remember, remembered, theme } from "../state/colours.ts";
import { change, openRun } from "../state/navigate.ts";
import {
  anchor,
  drawn,
  hidden,
  rows,
  select,
  selected,
  selectTo,
  setHidden,
} from "../state/rows.ts";
import { cursor, hovered, index, project, runs, view } from "../state/store.ts";
import type { Tab } from "../state/view.ts";
import type { ChartProps } from "../types.ts";
import { labelOf } from "../table/cells.tsx";
import { SHOWN_TABS } from "./tabs.ts";

type AnyChart = ComponentType<ChartProps<Record<string, unknown>>>;

const CHARTS: Readonly<Partial<Record<Tab, unknown>>> = {
  curves: Curves,
  parallel: later(({ Parallel }) => Parallel),
  scatter: later(({ Scatter }) => Scatter),
  heatmap: later(({ Heatmap }) => Heatmap),
  frames: later(({ FramePlot }) => FramePlot),
};

const KEPT = "rubicon.runs";
const isOpen = signal(remembered(KEPT) !== "closed");

/** A tab with a chart. */
export function ChartTab({ tab }: { tab: Tab }): VNode {
  const Chart = CHARTS[tab] as AnyChart;
  const settings = (view.value.charts[tab] ?? {}) as Record<string, unknown>;
  const shown = drawn.value;
  const setSettings = (next: Record<string, unknown>) =>
    change({ charts: { ...view.value.charts, [tab]: next } }, `chart ${tab}`);
  return (
    <div class={isOpen.value ? "chart-tab" : "chart-tab alone"}>
      <RunList />
      <div class="tab-body">
        <h2 class="unseen">{SHOWN_TABS.find((one) => one.tab === tab)?.label}</h2>
        {shown.length === 0
          ? (
            <Empty icon="hide" title="All runs are hidden">
              <button
                type="button"
                class="button primary"
                onClick={() => setHidden([...hidden.value], false)}
              >
                Show them
              </button>
            </Empty>
          )
          : (
            <Chart
              key={tab}
              {...shared()}
              rows={shown}
              selected={selected.value}
              hidden={hidden.value}
              settings={settings}
              onSettings={setSettings}
              {...(tab === "curves" && { curvesMark: project.value?.sparks?.checksum })}
            />
          )}
      </div>
    </div>
  );
}

/** The curves of one run, on its page. */
export function RunCurves({ row }: { row: number }): VNode {
  const [settings, setSettings] = useState<Partial<CurvesSettings>>({});
  const only = useMemo(() => [row], [row]);
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>Curves</h2>
      </div>
      <Curves
        {...shared()}
        rows={only}
        selected={NONE}
        hidden={NONE}
        settings={settings}
        onSettings={setSettings}
        curvesMark={project.value?.sparks?.checksum}
      />
    </section>
  );
}

const NONE: ReadonlySet<number> = new Set();

/** What each chart gets, whichever it is. */
const shared = () => ({
  runs: runs.value!,
  hovered,
  colourOf: colourOf.value,
  nameOf: nameOf.value,
  onSelect: select,
  onOpen: openRun,
  load: index.value?.live ? loadTogether : loadJson,
  theme: theme.value,
});

const ROW = 28;

/** The runs beside a chart: which is which, which are drawn. */
function RunList(): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ from: 0, to: 40 });
  const list = rows.value;
  const measure = () => {
    const box = scroller.current;
    if (!box) return;
    const from = Math.max(0, Math.floor(box.scrollTop / ROW) - 6);
    const to = Math.min(from + 60, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 6);
    setRange((now) => now.from === from && now.to === to ? now : { from, to });
  };
  useLayoutEffect(() => {
    measure();
    if (!scroller.current) return;
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [list, isOpen.value]);
  const toggle = () => {
    isOpen.value = !isOpen.value;
    remember(KEPT, isOpen.value ? "open" : "closed");
  };
  if (!isOpen.value) {
    return (
      <button
        type="button"
        class="run-list-closed"
        aria-label="Show the list of runs"
        title="Show the list of runs"
        onClick={toggle}
      >
        <Icon name="list" size={14} />
      </button>
    );
  }
  const first = view.value.sort[0];
  const by = first ? runs.value!.byKey(first.key) : undefined;
  const shownBy = by && by.kind !== "own" && by.type === "number" ? by : undefined;
  const allHidden = list.every((row) => hidden.value.has(row));
  return (
    <aside class="run-list" aria-label="Runs">
      <div class="run-list-head">
        <span class="grow">
          {count(list.length)} runs{shownBy && <span class="muted">, by {labelOf(shownBy)}</span>}
        </span>
        <button
          type="button"
          class="button quiet"
          aria-label={allHidden ? "Show all runs" : "Hide all runs"}
          title={allHidden ? "Show all runs" : "Hide all runs"}
          onClick={() => setHidden(list, !allHidden)}
        >
          <Icon name={allHidden ? "hide" : "eye"} size={14} />
        </button>
        <button
          type="button"
          class="button quiet"
          aria-label="Close the list of runs"
          title="Close the list of runs"
          onClick={toggle}
        >
          <Icon name="left" size={14} />
        </button>
      </div>
      <div
        ref={scroller}
        class="run-list-body"
        tabIndex={0}
        role="region"
        aria-label="Runs that are drawn"
        onScroll={measure}
        onPointerLeave={() => hovered.value = undefined}
      >
        <ul style={{ height: `${list.length * ROW}px` }}>
          {list.slice(range.from, range.to).map((row, place) => {
            const value = shownBy ? ranksOf(shownBy)[row]! : NaN;
            return (
              <RunLine
                key={row}
                row={row}
                top={(range.from + place) * ROW}
                value={shownBy && !Number.isNaN(value) ? numbersOf(shownBy)(value) : ""}
              />
            );
          })}
        </ul>
      </div>
    </aside>
  );
}

function RunLine({ row, top, value }: { row: number; top: number; value: string }): VNode {
  const name = nameOf.value(row);
  const [isSelected, isHidden] = [selected.value.has(row), hidden.value.has(row)];
  const classes = ["run-line"];
  if (isSelected) classes.push("selected");
  if (isHidden) classes.push("hidden-run");
  if (hovered.value === row || cursor.value === row) classes.push("hovered");
  return (
    <li
      class={classes.join(" ")}
      style={{ transform: `translateY(${top}px)` }}
      onPointerEnter={() => hovered.value = row}
    >
      <input
        type="checkbox"
        aria-label={`Select ${name}`}
        checked={isSelected}
        onClick={(event) => {
          if (event.shiftKey) {
            event.preventDefault();
            selectTo(row, rows.value);
          } else select([row], "toggle");
          anchor.value = row;
        }}
      />
      <button
        type="button"
        class="eye"
        aria-label={`${isHidden ? "Show" : "Hide"} ${name}`}
        title={isHidden ? "Show" : "Hide"}
        onClick={() => setHidden([row], !isHidden)}
      >
        <Swatch style={colourOf.value(row)} hollow={isHidden} />
      </button>
      <button type="button" class="link clip grow" title={name} onClick={() => openRun(row)}>
        {name}
      </button>
      <span class="run-line-value">{value}</span>
    </li>
  );
}

/**
 * Curves: a chart a metric, all along the same x.
 *
 * @module
 */
import { type Signal, useSignal } from "npm:@preact/signals@^2.11.4";
import type { JSX } from "npm:preact@^11.2.0";
import { useEffect, useMemo, useRef, useState } from "npm:preact@^11.2.0/hooks";
import type { ChartProps, RunColumn } from "../types.ts";
import {
  axisOf,
  type Colouring,
  colouring,
  isDrawable,
  isLogByNature,
  isPending,
  menuOf,
} from "./columns.ts";
import { Bar, Check, ColumnMenu, Legend, Menu, Swatch } from "./controls.tsx";
import { CurveChart } from "./curve_chart.tsx";
import type { Series, View } from "./curve_lines.ts";
import { type Histories, useHistories } from "./histories.ts";
import { type AlongX, bandOf, type Line, lineOf } from "./lines.ts";
import { asPeopleCount } from "../data/cell.ts";
import { count, counted } from "../data/format.ts";
import { Empty } from "./surface.tsx";

/** What is kept in the page's address. Ones stand for "yes". */
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

/** What the curves get beside what all charts get. */
export type CurvesProps = ChartProps<CurvesSettings> & {
  /** Changes whenever any curve of the project does (the checksum of `sparks.json`): runs that are not over are read again. */
  curvesMark?: string | undefined;
};
type Props = CurvesProps;

/** So many runs are drawn unless more are asked for. */
const MAX_RUNS = 100;
/** With so few runs there is a legend. */
const MAX_LEGEND = 12;
/** A column with more values makes no groups. */
const MAX_GROUPS = 30;
/** Bands have so many places along x. */
const PLACES = 400;

/** All curves of the runs. */
export function Curves(props: Props): JSX.Element {
  const { runs, rows, selected, settings, onSettings, load, theme } = props;
  const cursor = useSignal<number | undefined>(undefined);
  const along = settings.x ?? "step";
  const withCurves = useMemo(
    () => rows.filter((row) => runs.file.history[row]),
    [runs, rows],
  );
  const chosen = useMemo(() => withCurves.filter((row) => selected.has(row)), [
    withCurves,
    selected,
  ]);
  const candidates = chosen.length > 0 ? chosen : withCurves;
  const limit = settings.n ?? MAX_RUNS;
  const drawn = useMemo(() => candidates.slice(0, limit), [candidates, limit]);
  const histories = useHistories(runs, drawn, load, props.curvesMark ?? "");
  const metrics = useMemo(
    () =>
      [...new Set(drawn.flatMap((row) => [...histories.of(row)?.keys() ?? []]))].sort(
        asPeopleCount,
      ),
    [drawn, histories.version],
  );
  const set = (change: Partial<CurvesSettings>, ...gone: (keyof CurvesSettings)[]) => {
    const next = { ...settings, ...change };
    for (const key of gone) delete next[key];
    onSettings(next);
  };
  const grouping = settings.g ? runs.byKey(settings.g) : undefined;
  const byColour = settings.c ? runs.byKey(settings.c) : undefined;
  const colours = useMemo(
    () =>
      byColour && isDrawable(byColour)
        ? colouring(
          axisOf(byColour),
          drawn,
          theme === "dark",
          isLogByNature(axisOf(byColour), drawn),
        )
        : undefined,
    [byColour, drawn, theme],
  );
  const view = useMemo<View>(() => ({
    along: along === "time" ? "time" : along === "relative" ? "duration" : "linear",
    logX: settings.lx === 1,
    logY: settings.ly === 1,
    withoutOutliers: settings.o === 1,
    zoom: settings.z,
    hasRaw: (settings.s ?? 0) > 0,
  }), [along, settings.lx, settings.ly, settings.o, settings.z, settings.s]);

  if (!runs.file.history.some((path) => path)) {
    return (
      <Empty>
        No run of this project has curves. Log points while it trains, with{" "}
        <code>run.log({"{ loss }"})</code> of <code>startRun</code>, and they are drawn here.
      </Empty>
    );
  }
  if (withCurves.length === 0) {
    return (
      <Empty>None of the runs that are shown has curves: change the filter to see others.</Empty>
    );
  }
  const found = metrics.filter((name) =>
    name.toLowerCase().includes((settings.q ?? "").toLowerCase())
  );
  const pinned = (settings.p ?? []).filter((name) => found.includes(name));
  const chart = (metric: string) => (
    <Lazy key={metric} isWide={settings.e === metric}>
      {() => (
        <MetricChart
          {...{
            ...props,
            metric,
            along,
            view,
            drawn,
            histories,
            grouping,
            colours,
            cursor,
            set,
            pinned,
          }}
        />
      )}
    </Lazy>
  );
  return (
    <section class="chart-room" aria-label="Curves">
      <Controls {...{ props, metrics, along, set }} />
      <div class="chart-note" role="status">
        {histories.pending > 0
          ? `Reading ${histories.pending} of ${counted(drawn.length, "run")}…`
          : `${counted(drawn.length, "run")}${chosen.length > 0 ? " selected" : ""}`}
        {candidates.length > drawn.length && (
          <>
            {` of ${count(candidates.length)} `}
            <button type="button" class="chart-link" onClick={() => set({ n: candidates.length })}>
              Draw all
            </button>
          </>
        )}
        {grouping
          ? <GroupLegend {...{ grouping, drawn, props }} />
          : colours && byColour
          ? <Legend title={byColour.name} legend={colours.legend} />
          : drawn.length <= MAX_LEGEND && <RunLegend {...{ drawn, props }} />}
        {settings.z && (
          <button type="button" class="chart-link" onClick={() => set({}, "z")}>Reset zoom</button>
        )}
        {histories.failed.size > 0 && (
          <span class="chart-error">
            {`${counted(histories.failed.size, "run")} could not be read: ${
              [...histories.failed.values()][0]
            } `}
            <button type="button" class="chart-link" onClick={histories.retry}>Try again</button>
          </span>
        )}
      </div>
      {found.length === 0 && metrics.length > 0 && (
        <Empty>No metric has “{settings.q}” in its name.</Empty>
      )}
      {pinned.length > 0 && <Group name="Pinned" key="*pinned">{pinned.map(chart)}</Group>}
      {sectionsOf(found.filter((name) => !pinned.includes(name))).map(([name, list], _, all) => (
        <Group key={name} name={all.length > 1 || pinned.length > 0 ? name : ""}>
          {list.map(chart)}
        </Group>
      ))}
    </section>
  );
}

/** `train/loss` and `train/acc` stand together, as do all without a `/`. */
export function sectionsOf(metrics: readonly string[]): [name: string, metrics: string[]][] {
  const sections = new Map<string, string[]>();
  for (const metric of metrics) {
    const at = metric.indexOf("/");
    const name = at > 0 ? metric.slice(0, at) : "Metrics";
    sections.set(name, [...sections.get(name) ?? [], metric]);
  }
  return [...sections];
}

function Group({ name, children }: { name: string; children: JSX.Element[] }): JSX.Element {
  return (
    <>
      {name !== "" && <h3 class="chart-section">{name}</h3>}
      <div class="chart-grid">{children}</div>
    </>
  );
}

/** What is far from the screen is not built, and not kept. */
function Lazy({ children, isWide }: { children(): JSX.Element; isWide: boolean }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([entry]) => setNear(entry!.isIntersecting),
      { rootMargin: "300px" },
    );
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={element} class={isWide ? "chart-slot chart-wide" : "chart-slot"}>
      {isNear && children()}
    </div>
  );
}

interface MetricProps extends Props {
  metric: string;
  along: AlongX;
  view: View;
  drawn: readonly number[];
  histories: Histories;
  grouping: RunColumn | undefined;
  colours: Colouring | undefined;
  cursor: Signal<number | undefined>;
  pinned: readonly string[];
  set(change: Partial<CurvesSettings>, ...gone: (keyof CurvesSettings)[]): void;
}

function MetricChart(props: MetricProps): JSX.Element {
  const { metric, along, view, drawn, histories, grouping, colours, settings, set, pinned, theme } =
    props;
  const weight = settings.s ?? 0;
  const lines = useMemo(
    () =>
      drawn.flatMap((row) => {
        const curves = histories.of(row);
        const line = curves && lineOf(curves, metric, along, weight);
        return line ? [{ row, line }] : [];
      }),
    [drawn, histories.version, metric, along, weight],
  );
  const series = useMemo(
    () =>
      grouping ? groupsOf(lines, grouping, drawn, theme) : lines.map(({ row, line }): Series => ({
        row,
        line,
        name: props.nameOf(row),
        style: colours
          ? { stroke: colours.colours[colours.shade(row)]!, dash: [] }
          : props.colourOf(row),
      })),
    [lines, grouping, colours, drawn, theme, props.nameOf, props.colourOf],
  );
  const isPinned = pinned.includes(metric);
  const isWide = settings.e === metric;
  const others = (settings.p ?? []).filter((name) => name !== metric);
  return (
    <CurveChart
      {...{ metric, series, view, theme, isPinned, isWide }}
      xName={nameOfX(along)}
      pending={histories.pending}
      hovered={props.hovered}
      cursor={props.cursor}
      onPin={() =>
        isPinned && others.length === 0
          ? set({}, "p")
          : set({ p: isPinned ? others : [...others, metric] })}
      onWiden={() => isWide ? set({}, "e") : set({ e: metric })}
      onZoom={(range) => range ? set({ z: range.map(rounded) as [number, number] }) : set({}, "z")}
      onOpen={props.onOpen}
      onToggle={(row) => props.onSelect([row], "toggle")}
    />
  );
}

/** Few digits: the address has them. */
const rounded = (value: number) => Number(value.toPrecision(value > 1e11 ? 13 : 6));

const nameOfX = (along: AlongX): string =>
  ({ step: "step", time: "time", relative: "relative time" } as Record<string, string>)[along] ??
    along.slice(2);

function groupsOf(
  lines: readonly { row: number; line: Line }[],
  column: RunColumn,
  drawn: readonly number[],
  theme: string,
): Series[] {
  const groups = Map.groupBy(lines, ({ row }) => groupText(column, row));
  const { of } = groupColours(column, drawn, theme);
  return [...groups].sort(([a], [b]) => asPeopleCount(a, b)).map(([name, members]) => {
    const band = bandOf(members.map(({ line }) => line), PLACES);
    const line = { x: band.x, y: band.mean, raw: band.mean };
    return { row: undefined, name, style: { stroke: of(name), dash: [] }, line, band };
  });
}

function groupText(column: RunColumn, row: number): string {
  const axis = axisOf(column);
  const value = axis.values[row]!;
  if (Number.isNaN(value)) return "(none)";
  return axis.type === "category" ? axis.categories[value]! : String(value);
}

/** A colour a group: of categories their own, of numbers those of a scale. */
function groupColours(column: RunColumn, drawn: readonly number[], theme: string) {
  const colours = colouring(axisOf(column), drawn, theme === "dark");
  const names = new Map<string, string>();
  for (const row of drawn) {
    names.set(groupText(column, row), colours.colours[colours.shade(row)]!);
  }
  return { of: (name: string) => names.get(name)!, names };
}

function GroupLegend(
  { grouping, drawn, props }: { grouping: RunColumn; drawn: readonly number[]; props: Props },
): JSX.Element {
  const { names } = groupColours(grouping, drawn, props.theme);
  return (
    <div class="chart-legend">
      <span class="chart-legend-title">{grouping.name}</span>
      {[...names].sort(([a], [b]) => asPeopleCount(a, b)).map(([name, stroke]) => (
        <span key={name} class="chart-entry">
          <Swatch stroke={stroke} dash={[]} />
          {name}
        </span>
      ))}
    </div>
  );
}

function RunLegend({ drawn, props }: { drawn: readonly number[]; props: Props }): JSX.Element {
  return (
    <div class="chart-legend">
      {drawn.map((row) => (
        <button
          key={row}
          type="button"
          class="chart-entry chart-link"
          onPointerEnter={() => props.hovered.value = row}
          onPointerLeave={() => props.hovered.value = undefined}
          onFocus={() => props.hovered.value = row}
          onBlur={() => props.hovered.value = undefined}
          onClick={() => props.onOpen(row)}
        >
          <Swatch {...props.colourOf(row)} />
          {props.nameOf(row)}
        </button>
      ))}
    </div>
  );
}

function Controls(
  { props: { runs, rows, settings }, metrics, along, set }: {
    props: Props;
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
      <ColumnMenu
        label="Group by"
        none="Nothing"
        value={settings.g ?? ""}
        groups={groups}
        onChange={(g) => g === "" ? set({}, "g") : set({ g })}
      />
      {!settings.g && (
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

/**
 * Curves: a chart a metric, all along the same x.
 *
 * @module
 */
import { useSignal } from "npm:@preact/signals@^2.11.4";
import type { JSX } from "npm:preact@^11.2.0";
import { useMemo } from "npm:preact@^11.2.0/hooks";
import { asPeopleCount } from "../data/cell.ts";
import { count, counted } from "../data/format.ts";
import { axisOf, colouring, isDrawable, isLogByNature } from "./columns.ts";
import { Legend } from "./controls.tsx";
import { Controls } from "./curve_controls.tsx";
import { GroupLegend, RunLegend } from "./curve_groups.tsx";
import type { View } from "./curve_lines.ts";
import { Lazy, MetricChart } from "./curve_metric.tsx";
import { useHistories } from "./histories.ts";
import type { CurvesProps, CurvesSettings } from "./settings.ts";
import { Empty } from "./surface.tsx";

type Props = CurvesProps;

/** So many runs are drawn unless more are asked for. */
const MAX_RUNS = 100;
/** With so few runs there is a legend. */
const MAX_LEGEND = 12;

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

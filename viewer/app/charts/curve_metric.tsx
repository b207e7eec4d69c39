/**
 * One metric of the runs, drawn while it is near the screen.
 *
 * @module
 */
import type { Signal } from "npm:@preact/signals@^2.11.4";
import type { JSX } from "npm:preact@^11.2.0";
import { useEffect, useMemo, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { asPeopleCount } from "../data/cell.ts";
import type { RunColumn } from "../types.ts";
import type { Colouring } from "./columns.ts";
import { CurveChart } from "./curve_chart.tsx";
import { groupColours, groupText } from "./curve_groups.tsx";
import type { Series, View } from "./curve_lines.ts";
import type { Histories } from "./histories.ts";
import { type AlongX, bandOf, type Line, lineOf } from "./lines.ts";
import type { CurvesProps, CurvesSettings } from "./settings.ts";

/** Bands have so many places along x. */
const PLACES = 400;

/** What is far from the screen is not built, and not kept. */
export function Lazy(
  { children, isWide }: { children(): JSX.Element; isWide: boolean },
): JSX.Element {
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

/** What a chart of a metric gets. */
export interface MetricProps extends CurvesProps {
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

/** Lines or bands of one metric. */
export function MetricChart(props: MetricProps): JSX.Element {
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

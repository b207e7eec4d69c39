/**
 * Any two columns against each other, a dot a run.
 *
 * @module
 */
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import type { ChartProps, RunColumn, Runs } from "../types.ts";
import {
  axisOf,
  cellText,
  type Colouring,
  colouring,
  isDrawable,
  isLogByNature,
  isPending,
  menuOf,
  scaleFor,
  varies,
} from "./columns.ts";
import { Bar, Check, ColumnMenu, Legend, NumberBox, Status, Tooltip } from "./controls.tsx";
import { clipped, drawFrame, layOut, type Plot, xOf, yOf } from "./frame.ts";
import { IconButton } from "./icons.tsx";
import { counted } from "../data/format.ts";
import { type Trend, trend } from "./numbers.ts";
import type { Paint } from "./paint.ts";
import { relation } from "./parallel_data.ts";
import { pointAt, pointBeside, type Points, pointsOf, radiusFor, within } from "./points.ts";
import { savePicture } from "./picture.ts";
import { type Draw, Empty, Layer, useSize } from "./surface.tsx";

/** What is kept in the page's address. */
export interface ScatterSettings {
  /** The columns along both sides, by their keys. */
  x: string;
  y: string;
  /** The column that gives the colours; empty for those of the runs. */
  c: string;
  /** Logarithmic axes; unless it is said, where the numbers are such. */
  lx: 0 | 1;
  ly: 0 | 1;
  /** There is a trend line. */
  t: 1;
}

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

/** Of more runs the colours say nothing: there are but few that can be told apart. */
const MAX_COLOURS = 40;

const isNumeric = ({ type }: RunColumn) => type === "number" || type === "time";

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

function Cloud(
  { props, x, y, logX, logY, byColour, colours }: {
    props: Props;
    x: RunColumn;
    y: RunColumn;
    logX: boolean;
    logY: boolean;
    byColour: RunColumn | undefined;
    colours: Colouring | undefined;
  },
): JSX.Element {
  const { rows, selected, theme, hovered, settings, colourOf, onSelect, nameOf } = props;
  const [element, size] = useSize<HTMLDivElement>();
  const [box, setBox] = useState<{ from: Place; to: Place }>();
  const [said, setSaid] = useState("");
  const [xAxis, yAxis] = [axisOf(x), axisOf(y)];
  const plot = useMemo(() => {
    if (!size) return undefined;
    // Only runs that have both count for the ranges.
    const both = rows.filter((row) =>
      !Number.isNaN(xAxis.values[row]!) && !Number.isNaN(yAxis.values[row]!)
    );
    const scales = [[xAxis, logX], [yAxis, logY]] as const;
    const [xScale, yScale] = scales.map(([axis, log]) => scaleFor(axis, both, log, 0.06));
    return layOut(size, xScale!, yScale!, { x: x.name, y: y.name });
  }, [size, rows, xAxis, yAxis, logX, logY]);
  const radius = radiusFor(rows.length);
  const points = useMemo(
    () => plot && pointsOf(rows, xAxis, yAxis, plot, radius),
    [plot, rows, xAxis, yAxis, radius],
  );
  const line = useMemo(
    () =>
      settings.t === 1 && plot && points && isNumeric(x) && isNumeric(y)
        ? trendOf(points.rows, xAxis.values, yAxis.values, plot)
        : undefined,
    [settings.t, plot, points],
  );
  const fillOf = useCallback(
    (row: number, paint: Paint) =>
      colours
        ? colours.colours[colours.shade(row)]!
        : rows.length > MAX_COLOURS
        ? paint.accent
        : colourOf(row).stroke,
    [colours, rows.length, colourOf],
  );
  const draw = useCallback<Draw>((pen, paint) => {
    if (!plot || !points) return;
    drawFrame(pen, paint, plot, { x: x.name, y: y.name });
    const isAny = points.rows.some((row) => selected.has(row));
    const passes = isAny ? [false, true] : [true];
    for (const isBright of passes) {
      pen.globalAlpha = isBright ? (points.rows.length > 1000 ? 0.6 : 0.85) : 0.16;
      points.rows.forEach((row, at) => {
        if (isAny && selected.has(row) !== isBright) return;
        pen.fillStyle = fillOf(row, paint);
        pen.beginPath();
        pen.arc(points.xs[at]!, points.ys[at]!, radius, 0, 2 * Math.PI);
        pen.fill();
      });
    }
    pen.globalAlpha = 1;
    if (line) {
      clipped(pen, plot, () => {
        pen.strokeStyle = paint.ink;
        pen.lineWidth = 1.5;
        pen.setLineDash([6, 4]);
        pen.beginPath();
        line.pixels.forEach(([px, py]) => pen.lineTo(px, py));
        pen.stroke();
        pen.setLineDash([]);
      });
    }
  }, [plot, points, fillOf, selected, radius, line]);

  const at = points && hovered.value !== undefined ? points.rows.indexOf(hovered.value) : -1;
  const drawOver = useCallback<Draw>((pen, paint) => {
    if (!points) return;
    if (box) {
      const [left, top] = [Math.min(box.from.x, box.to.x), Math.min(box.from.y, box.to.y)];
      const [wide, high] = [Math.abs(box.to.x - box.from.x), Math.abs(box.to.y - box.from.y)];
      pen.fillStyle = pen.strokeStyle = paint.accent;
      pen.globalAlpha = 0.14;
      pen.fillRect(left, top, wide, high);
      pen.globalAlpha = 1;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.rect(left, top, wide, high);
      pen.stroke();
    }
    if (at < 0) return;
    pen.beginPath();
    pen.arc(points.xs[at]!, points.ys[at]!, radius + 2, 0, 2 * Math.PI);
    const row = points.rows[at]!;
    pen.fillStyle = fillOf(row, paint);
    pen.fill();
    pen.strokeStyle = paint.ink;
    pen.lineWidth = 1.5;
    pen.stroke();
  }, [points, box, at, radius, fillOf]);

  if (size && points && points.rows.length === 0) {
    return (
      <Empty>
        No run has both {x.name} and {y.name}
        {logX || logY ? " above zero" : ""}.
      </Empty>
    );
  }
  const placeOf = (
    { currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLDivElement>,
  ): Place => {
    const { left, top } = currentTarget.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const isBox = box && (Math.abs(box.to.x - box.from.x) > 4 || Math.abs(box.to.y - box.from.y) > 4);
  const onPointerMove = (event: TargetedPointerEvent<HTMLDivElement>) => {
    if (!points) return;
    const here = placeOf(event);
    if (box) setBox({ ...box, to: here });
    else {
      const found = pointAt(points, here.x, here.y, 14);
      hovered.value = found < 0 ? undefined : points.rows[found];
    }
  };
  const onPointerUp = ({ shiftKey, ctrlKey, metaKey }: TargetedPointerEvent<HTMLDivElement>) => {
    if (!box || !points) return;
    if (isBox) {
      onSelect(
        within(points, box.from, box.to),
        shiftKey ? "add" : ctrlKey || metaKey ? "toggle" : "set",
      );
    } else if (hovered.value !== undefined) onSelect([hovered.value], "toggle");
    else onSelect([], "set");
    setBox(undefined);
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (!points || points.rows.length === 0 || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const way = ARROWS[event.key];
    const row = at < 0 ? undefined : points.rows[at];
    if (way) {
      const next = points.rows[at < 0 ? 0 : pointBeside(points, at, way)]!;
      hovered.value = next;
      setSaid(
        `${nameOf(next)}: ${x.name} ${plot!.x.text(xAxis.values[next]!)}, ` +
          `${y.name} ${plot!.y.text(yAxis.values[next]!)}`,
      );
    } else if (event.key === " " && row !== undefined) onSelect([row], "toggle");
    else if (event.key === "Enter" && row !== undefined) props.onOpen(row);
    else if (event.key === "Escape") {
      onSelect([], "set");
      hovered.value = undefined;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const missing = points ? rows.length - points.rows.length : 0;
  return (
    <>
      <div class="chart-note">
        {points && counted(points.rows.length, "run")}
        {missing > 0 &&
          `, ${missing} without both values${logX || logY ? " above zero" : ""}`}
        {line && `. Trend: ${trendText(line.trend)}`}
        {byColour && colours && <Legend title={byColour.name} legend={colours.legend} />}
        {size && (
          <IconButton
            icon="export"
            label="Download the scatter plot as SVG"
            onClick={() =>
              savePicture(`${y.name} by ${x.name}`, size, draw, element.current!, theme)}
          />
        )}
      </div>
      <div class="chart-scatter">
        <div class="chart-inner">
          <div
            ref={element}
            class="chart-plot chart-brushing"
            role="img"
            tabIndex={0}
            aria-label={points && plot
              ? summary(points, plot, x, y, byColour, line?.trend)
              : "Scatter plot"}
            onPointerMove={onPointerMove}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              const here = placeOf(event);
              setBox({ from: here, to: here });
            }}
            onPointerUp={onPointerUp}
            onPointerCancel={() => setBox(undefined)}
            onPointerLeave={() => hovered.value = undefined}
            onDblClick={() => hovered.value !== undefined && props.onOpen(hovered.value)}
            onKeyDown={onKey}
          >
            {size && plot && points && (
              <>
                <Layer size={size} draw={draw} theme={theme} />
                <Layer size={size} draw={drawOver} theme={theme} />
              </>
            )}
          </div>
          {points && plot && at >= 0 && !isBox && (
            <Tooltip x={points.xs[at]!} y={Math.max(4, points.ys[at]! - 20)} width={size!.width}>
              <div class="chart-tip-title">{nameOf(points.rows[at]!)}</div>
              <table>
                <tbody>
                  {[x, y, ...byColour && byColour !== x && byColour !== y ? [byColour] : []].map((
                    column,
                  ) => (
                    <tr key={column.key}>
                      <td class="chart-tip-name">{column.name}</td>
                      <td class="chart-tip-number">
                        {cellText(column.cells[points.rows[at]!]) || "none"}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {points.same[at]! > 1 && (
                <div class="chart-tip-more">{points.same[at]} runs have these two values</div>
              )}
            </Tooltip>
          )}
        </div>
      </div>
      {plot && points && <Ranges {...{ plot, x, y, points, onSelect }} />}
      <Status>{said}</Status>
    </>
  );
}

interface Place {
  x: number;
  y: number;
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Selects by numbers what a box would. */
function Ranges(
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

/** The trend as it is drawn: straight on the axes that are shown, so of logarithms where they are logarithmic. */
function trendOf(
  rows: readonly number[],
  xs: Float64Array,
  ys: Float64Array,
  plot: Plot,
): { trend: Trend; pixels: [number, number][] } | undefined {
  const found = trend(
    rows.map((row) => plot.x.at(xs[row]!)),
    rows.map((row) => plot.y.at(ys[row]!)),
  );
  if (!found) return undefined;
  const pixels = [0, 1].map((at): [number, number] => [
    xOf(plot, plot.x.back(at)),
    yOf(plot, plot.y.back(found.intercept + found.slope * at)),
  ]);
  return { trend: found, pixels };
}

const trendText = ({ r, slope }: Trend) =>
  `r = ${r.toFixed(2)}, ${slope > 0 ? "rising" : slope < 0 ? "falling" : "flat"}`;

function summary(
  points: Points,
  plot: Plot,
  x: RunColumn,
  y: RunColumn,
  byColour: RunColumn | undefined,
  line: Trend | undefined,
): string {
  const range = (scale: Plot["x"]) =>
    scale.kind === "category"
      ? `of ${counted(scale.categories.length, "category", "categories")}`
      : `from ${scale.text(scale.domain[0])} to ${scale.text(scale.domain[1])}`;
  return `${y.name} by ${x.name} of ${counted(points.rows.length, "run")}: ${x.name} ${
    range(plot.x)
  }, ` +
    `${y.name} ${range(plot.y)}${byColour ? `, coloured by ${byColour.name}` : ""}` +
    `${
      line ? `, trend ${trendText(line)}` : ""
    }. Arrow keys go from run to run, space selects, Enter opens.`;
}

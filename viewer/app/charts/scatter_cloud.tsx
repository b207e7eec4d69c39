/**
 * The dots of a scatter plot.
 *
 * @module
 */
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import { counted } from "../data/format.ts";
import type { ChartProps, RunColumn } from "../types.ts";
import { axisOf, cellText, type Colouring, isNumeric, scaleFor } from "./columns.ts";
import { Legend, Status, Tooltip } from "./controls.tsx";
import { clipped, drawFrame, layOut, type Plot, xOf, yOf } from "./frame.ts";
import { type Trend, trend } from "./numbers.ts";
import type { Paint } from "./paint.ts";
import { SavePicture } from "./save_picture.tsx";
import { pointAt, pointBeside, type Points, pointsOf, radiusFor, within } from "./points.ts";
import { Ranges } from "./scatter_ranges.tsx";
import type { ScatterSettings } from "./settings.ts";
import { type Draw, Empty, Layer, useSize } from "./surface.tsx";

type Props = ChartProps<ScatterSettings>;

/** Of more runs the colours say nothing: there are but few that can be told apart. */
export const MAX_COLOURS = 40;

/** The plot with its dots. */
export function Cloud(
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
          <SavePicture
            what="the scatter plot"
            name={`${y.name} by ${x.name}`}
            below={element}
            {...{ size, draw, theme }}
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

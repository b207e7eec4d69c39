/**
 * The curves of one metric, a line a run or a band a group.
 *
 * @module
 */
import type { Signal } from "npm:@preact/signals@^2.11.4";
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import { Status, Swatch, Tooltip } from "./controls.tsx";
import {
  drawFocus,
  drawShapes,
  type Hit,
  hitsAt,
  pointsOf,
  scalesOf,
  type Series,
  shapesOf,
  type View,
} from "./curve_lines.ts";
import { drawFrame, layOut, type Plot, xOf, yOf } from "./frame.ts";
import { counted, number } from "../data/format.ts";
import { savePicture } from "./picture.ts";
import { IconButton } from "./icons.tsx";
import { type Draw, Empty, Layer, useSize } from "./surface.tsx";

/** What a chart of one metric gets. */
export interface CurveChartProps {
  metric: string;
  series: readonly Series[];
  view: View;
  theme: string;
  /** What lies along x, for people. */
  xName: string;
  /** How many runs are still being read. */
  pending: number;
  hovered: Signal<number | undefined>;
  /** Where the pointer is along x, in all charts. */
  cursor: Signal<number | undefined>;
  isPinned: boolean;
  isWide: boolean;
  onPin(): void;
  onWiden(): void;
  onZoom(range: readonly [number, number] | undefined): void;
  onOpen(row: number): void;
  onToggle(row: number): void;
}

/** A tooltip does not have more lines. */
const MAX_TIPS = 8;

/** One chart. */
export function CurveChart(props: CurveChartProps): JSX.Element {
  const { metric, series, view, theme, xName, hovered, cursor, onZoom } = props;
  const [element, size] = useSize<HTMLDivElement>();
  const [pointer, setPointer] = useState<{ x: number; y: number }>();
  const [drag, setDrag] = useState<{ from: number; to: number }>();
  const [said, setSaid] = useState("");
  const scales = useMemo(() => scalesOf(series, view), [series, view]);
  const plot = useMemo(
    () => size && scales && layOut(size, scales.x, scales.y),
    [size, scales],
  );
  const shapes = useMemo(
    () => plot ? shapesOf(series, plot, view.hasRaw) : [],
    [series, plot, view],
  );
  const draw = useCallback<Draw>((pen, paint) => {
    if (!plot) return;
    drawFrame(pen, paint, plot);
    drawShapes(pen, plot, shapes);
  }, [plot, shapes]);
  const drawGround = useCallback<Draw>((pen, paint) => {
    if (plot) drawFrame(pen, paint, plot);
  }, [plot]);
  const drawLines = useCallback<Draw>((pen) => {
    if (plot) drawShapes(pen, plot, shapes);
  }, [plot, shapes]);

  const row = hovered.value;
  const along = cursor.value;
  const hits = useMemo(
    () => plot && pointer ? hitsAt(series, plot, pointer.x, pointer.y) : [],
    [series, plot, pointer],
  );
  const focus = pointer ? hits[0]?.index : series.findIndex((one) => one.row === row);
  const drawOver = useCallback<Draw>((pen, paint) => {
    if (!plot) return;
    if (along !== undefined) {
      const x = xOf(plot, along);
      if (x >= plot.left && x <= plot.left + plot.width) {
        pen.strokeStyle = paint.muted;
        pen.lineWidth = 1;
        pen.setLineDash([3, 3]);
        pen.beginPath();
        pen.moveTo(Math.round(x) + 0.5, plot.top);
        pen.lineTo(Math.round(x) + 0.5, plot.top + plot.height);
        pen.stroke();
        pen.setLineDash([]);
      }
    }
    const shape = focus === undefined ? undefined : shapes[focus];
    if (shape) drawFocus(pen, paint, plot, shape, pointAt(shape.series, along));
    if (drag) {
      pen.fillStyle = paint.accent;
      pen.globalAlpha = 0.15;
      pen.fillRect(
        Math.min(drag.from, drag.to),
        plot.top,
        Math.abs(drag.to - drag.from),
        plot.height,
      );
      pen.globalAlpha = 1;
    }
  }, [plot, shapes, focus, along, drag]);

  const point = (px: number, py: number) => {
    if (!plot) return;
    setPointer({ x: px, y: py });
    const found = hitsAt(series, plot, px, py)[0];
    const hit = found && series[found.index];
    hovered.value = hit?.row;
    cursor.value = plot.x.back((px - plot.left) / plot.width);
  };
  const leave = () => {
    setPointer(undefined);
    setDrag(undefined);
    hovered.value = undefined;
    cursor.value = undefined;
  };
  const placeOf = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const finish = () => {
    if (plot && drag && Math.abs(drag.to - drag.from) > 5) {
      const ends = [drag.from, drag.to].sort((a, b) => a - b)
        .map((px) => plot.x.back(Math.min(1, Math.max(0, (px - plot.left) / plot.width))));
      onZoom([ends[0]!, ends[1]!]);
    }
    setDrag(undefined);
  };

  const onKey = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (!plot || event.altKey || event.ctrlKey || event.metaKey) return;
    const done = keyed(event.key, event.shiftKey, { plot, pointer, series, hits });
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
    if ("zoom" in done) onZoom(done.zoom);
    else if ("open" in done) {
      const opened = series[done.open]?.row;
      if (opened !== undefined) props.onOpen(opened);
    } else {
      point(done.x, done.y);
      const found = hitsAt(series, plot, done.x, done.y)[0];
      const one = found && series[found.index];
      setSaid(
        one
          ? `${one.name}: ${number(one.line.y[found.at]!)} at ${plot.x.text(one.line.x[found.at]!)}`
          : "no run here",
      );
    }
  };

  return (
    <figure class={props.isWide ? "chart-card chart-wide" : "chart-card"}>
      <figcaption class="chart-head">
        <span class="chart-title" title={metric}>{metric}</span>
        <span class="chart-tools">
          <IconButton
            icon="pin"
            label={props.isPinned ? `Unpin ${metric}` : `Pin ${metric} to the top`}
            pressed={props.isPinned}
            onClick={props.onPin}
          />
          <IconButton
            icon="expand"
            label={props.isWide ? `Make ${metric} small again` : `Make ${metric} large`}
            pressed={props.isWide}
            onClick={props.onWiden}
          />
          <IconButton
            icon="export"
            label={`Download ${metric} as SVG`}
            onClick={() => size && savePicture(metric, size, draw, element.current!, theme)}
          />
        </span>
      </figcaption>
      <div
        ref={element}
        class="chart-plot chart-curve"
        role="img"
        tabIndex={0}
        aria-label={summary(metric, series, plot, xName)}
        data-points={pointsOf(shapes)}
        onPointerMove={(event) => {
          const { x, y } = placeOf(event);
          point(x, y);
          if (drag) setDrag({ ...drag, to: x });
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          const { x } = placeOf(event);
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: x, to: x });
        }}
        onPointerUp={(event) => {
          if (drag && Math.abs(drag.to - drag.from) <= 5 && event.shiftKey) {
            const hit = hits[0] && series[hits[0].index]?.row;
            if (hit !== undefined) props.onToggle(hit);
          }
          finish();
        }}
        onPointerCancel={leave}
        onPointerLeave={leave}
        onBlur={leave}
        onDblClick={() => onZoom(undefined)}
        onKeyDown={onKey}
      >
        {size && plot && (
          <>
            <Layer size={size} draw={drawGround} theme={theme} />
            <Layer
              size={size}
              draw={drawLines}
              theme={theme}
              dim={focus !== undefined && focus >= 0}
            />
            <Layer size={size} draw={drawOver} theme={theme} />
            {pointer && !drag && hits.length > 0 && (
              <Tip
                plot={plot}
                hits={hits}
                series={series}
                width={size.width}
                {...{ pointer, view }}
              />
            )}
          </>
        )}
      </div>
      {!scales && (
        <Empty>
          {props.pending > 0
            ? "Reading…"
            : view.zoom
            ? "No points in this range. Reset the zoom to see all."
            : view.logY || view.logX
            ? "No values above zero: turn the log axis off to see them."
            : `None of these runs has numbers of ${metric} along ${xName}.`}
        </Empty>
      )}
      <Status>{said}</Status>
    </figure>
  );
}

/** The point of a series that is nearest to a place along x; its last without one. */
function pointAt({ line }: Series, along: number | undefined): number {
  if (along === undefined) return line.x.length - 1;
  let low = 0;
  let high = line.x.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (line.x[middle]! <= along) low = middle;
    else high = middle;
  }
  return Math.abs(line.x[low]! - along) <= Math.abs(line.x[high]! - along) ? low : high;
}

/** The chart in words. */
function summary(
  metric: string,
  series: readonly Series[],
  plot: Plot | undefined,
  xName: string,
): string {
  if (!plot) return `${metric}: nothing to draw`;
  const isGrouped = series[0]?.band !== undefined;
  const [lowX, highX] = plot.x.domain.map(plot.x.text);
  const [low, high] = plot.y.domain;
  return `${metric} of ${
    counted(series.length, isGrouped ? "group" : "run")
  }, ${xName} from ${lowX} ` +
    `to ${highX}, values from ${number(low, 3)} to ${number(high, 3)}. ` +
    `Arrow keys read values, plus and minus zoom, 0 resets, Enter opens the run.`;
}

function Tip(
  { plot, hits, series, pointer, view, width }: {
    plot: Plot;
    hits: readonly Hit[];
    series: readonly Series[];
    pointer: { x: number; y: number };
    view: View;
    width: number;
  },
): JSX.Element {
  const first = hits[0]!;
  const shown = hits.slice(0, MAX_TIPS)
    .sort((a, b) => series[b.index]!.line.y[b.at]! - series[a.index]!.line.y[a.at]!);
  return (
    <Tooltip x={pointer.x} y={plot.top + 4} width={width}>
      <div class="chart-tip-title">{plot.x.text(series[first.index]!.line.x[first.at]!)}</div>
      <table>
        <tbody>
          {shown.map(({ index, at }) => {
            const { name, style, line, band } = series[index]!;
            return (
              <tr key={index} class={index === first.index ? "chart-tip-first" : ""}>
                <td>
                  <Swatch {...style} />
                </td>
                <td class="chart-tip-name">{name}</td>
                <td class="chart-tip-number">{number(line.y[at]!, 4)}</td>
                {band && (
                  <td class="chart-tip-more">
                    {number(band.low[at]!)} – {number(band.high[at]!)} ({band.lines[at]})
                  </td>
                )}
                {!band && view.hasRaw && <td class="chart-tip-more">{number(line.raw[at]!, 4)}</td>}
              </tr>
            );
          })}
        </tbody>
      </table>
      {hits.length > MAX_TIPS && <div class="chart-tip-more">and {hits.length - MAX_TIPS} more
      </div>}
    </Tooltip>
  );
}

/** What a key does: move the place that is read, zoom, or open a run. */
function keyed(
  key: string,
  isShifted: boolean,
  { plot, pointer, series, hits }: {
    plot: Plot;
    pointer: { x: number; y: number } | undefined;
    series: readonly Series[];
    hits: readonly Hit[];
  },
):
  | { x: number; y: number }
  | { zoom: [number, number] | undefined }
  | { open: number }
  | undefined {
  const here = pointer ?? { x: plot.left + plot.width / 2, y: plot.top + plot.height / 2 };
  const side = key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
  const range = (from: number, to: number) => ({
    zoom: [plot.x.back(from), plot.x.back(to)] as [number, number],
  });
  if (side !== 0 && isShifted) return range(side / 4, 1 + side / 4);
  if (side !== 0) {
    const first = hits[0];
    const x = Math.min(
      plot.left + plot.width,
      Math.max(plot.left, here.x + side * plot.width / 40),
    );
    if (!first) return { x, y: here.y };
    // Along the run that is read.
    const { line } = series[first.index]!;
    const at = pointAt(series[first.index]!, plot.x.back((x - plot.left) / plot.width));
    const y = yOf(plot, line.y[at]!);
    return { x, y: Number.isNaN(y) ? here.y : y };
  }
  if (key === "ArrowUp" || key === "ArrowDown") {
    const ys = hits.map(({ index, at }) => yOf(plot, series[index]!.line.y[at]!))
      .filter((y) => key === "ArrowUp" ? y < here.y - 0.5 : y > here.y + 0.5);
    if (ys.length === 0) return here;
    return { x: here.x, y: key === "ArrowUp" ? Math.max(...ys) : Math.min(...ys) };
  }
  const center = (here.x - plot.left) / plot.width;
  if (key === "+" || key === "=") return range(center - center / 2, center + (1 - center) / 2);
  if (key === "-") return range(-center, 2 - center);
  if (key === "0" || key === "Escape") return { zoom: undefined };
  if (key === "Enter" && hits[0]) return { open: hits[0].index };
  return undefined;
}

/**
 * The curves of one metric, a line a run or a band a group.
 *
 * @module
 */
import type { Signal } from "npm:@preact/signals@^2.11.4";
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import { counted, number } from "../data/format.ts";
import { Status } from "./controls.tsx";
import { keyed, nearestIndex } from "./curve_keys.ts";
import {
  drawFocus,
  drawShapes,
  hitsAt,
  pointsOf,
  scalesOf,
  type Series,
  shapesOf,
  type View,
} from "./curve_lines.ts";
import { Tip } from "./curve_tip.tsx";
import { drawFrame, layOut, type Plot, xOf } from "./frame.ts";
import { IconButton } from "./icons.tsx";
import { SavePicture } from "./save_picture.tsx";
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
  const focus = pointer
    ? hits[0]?.index
    : series.findIndex((one) => row !== undefined && one.row === row);
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
    if (shape) drawFocus(pen, paint, plot, shape, nearestIndex(shape.series, along));
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
          {size && (
            <SavePicture what={metric} name={metric} below={element} {...{ size, draw, theme }} />
          )}
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

/**
 * The picture of dataframes.
 *
 * @module
 */
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useState } from "npm:preact@^11.2.0/hooks";
import { counted } from "../data/format.ts";
import type { ChartProps } from "../types.ts";
import { Status, Swatch, Tooltip } from "./controls.tsx";
import { fillDots, MAX_DOTS, strokeLine } from "./curve_lines.ts";
import { clipped, drawFrame } from "./frame.ts";
import { columnOf, type RunFrame } from "./frame_data.ts";
import {
  type FrameKind,
  type FrameShapes,
  type Mark,
  markAt,
  radiusOf,
  shapesOfFrames,
} from "./frame_shapes.ts";
import { SavePicture } from "./save_picture.tsx";
import type { FrameSettings } from "./settings.ts";
import { type Draw, Empty, Layer, useSize } from "./surface.tsx";

type Props = ChartProps<FrameSettings>;

/** The picture, with its legend and what is below the pointer. */
export function Picture(
  { props, frames, kind, x, y, name, logX, logY }: {
    props: Props;
    frames: readonly RunFrame[];
    kind: FrameKind;
    x: string;
    y: string;
    name: string;
    logX: boolean;
    logY: boolean;
  },
): JSX.Element {
  const { hovered, theme, colourOf, nameOf } = props;
  const [element, size] = useSize<HTMLDivElement>();
  const [mark, setMark] = useState<Mark>();
  const [said, setSaid] = useState("");
  const shapes = useMemo(() =>
    size && shapesOfFrames({
      frames,
      kind,
      x: columnOf(frames, x),
      y: columnOf(frames, y),
      names: { x, y },
      logX,
      logY: logY && kind !== "histogram",
      size,
    }), [size, frames, kind, x, y, logX, logY]);
  const drawGround = useCallback<Draw>((pen, paint) => {
    if (!shapes) return;
    const names = kind === "histogram" ? { x: y, y: "rows" } : { x, y };
    drawFrame(pen, paint, shapes.plot, names);
  }, [shapes]);
  const drawShapes = useCallback<Draw>((pen) => {
    if (shapes) drawAll(pen, shapes, kind, colourOf);
  }, [shapes, colourOf]);
  const draw = useCallback<Draw>((pen, paint) => {
    drawGround(pen, paint);
    drawShapes(pen, paint);
  }, [drawGround, drawShapes]);
  const row = hovered.value;
  const drawOver = useCallback<Draw>((pen, paint) => {
    const { plot } = shapes ?? {};
    if (!shapes || !plot || row === undefined) return;
    drawAll(pen, onlyRow(shapes, row), kind, colourOf, true);
    if (!mark || kind === "bar" || kind === "histogram") return;
    pen.beginPath();
    pen.arc(mark.x, mark.y, 4.5, 0, 2 * Math.PI);
    pen.fillStyle = colourOf(mark.row).stroke;
    pen.fill();
    pen.strokeStyle = paint.surface;
    pen.lineWidth = 1.5;
    pen.stroke();
  }, [shapes, row, mark, colourOf]);
  const show = (next: Mark | undefined) => {
    setMark(next);
    hovered.value = next?.row;
  };
  const onPointerMove = (
    { currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLDivElement>,
  ) => {
    if (!shapes) return;
    const { left, top } = currentTarget.getBoundingClientRect();
    show(markAt(shapes, clientX - left, clientY - top));
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (!shapes || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by !== undefined || next !== undefined) {
      const found = step(shapes, frames, mark, by ?? 0, next ?? 0);
      show(found);
      if (found) setSaid(`${nameOf(found.row)}, ${found.text}`);
    } else if (event.key === "Enter" && mark) props.onOpen(mark.row);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const isDim = row !== undefined && frames.some((one) => one.row === row) && frames.length > 1;
  return (
    <>
      <div class="chart-note">
        <div class="chart-legend">
          {frames.slice(0, 24).map((one) => (
            <span key={one.row} class="chart-entry">
              <Swatch {...colourOf(one.row)} />
              {nameOf(one.row)}
            </span>
          ))}
          {frames.length > 24 && <span>and {frames.length - 24} more</span>}
        </div>
        {size && <SavePicture what={name} below={element} {...{ name, size, draw, theme }} />}
      </div>
      <div class="chart-scatter">
        <div class="chart-inner">
          <div
            ref={element}
            class="chart-plot"
            role="img"
            tabIndex={0}
            aria-label={`Dataframe ${name} of ${counted(frames.length, "run")} as ${kind}: ` +
              `${kind === "histogram" ? y : `${y} by ${x}`}. ` +
              `Left and right read values, up and down change the run, Enter opens it.`}
            onPointerMove={onPointerMove}
            onPointerLeave={() => show(undefined)}
            onBlur={() => show(undefined)}
            onDblClick={() => mark && props.onOpen(mark.row)}
            onKeyDown={onKey}
          >
            {size && shapes && (
              <>
                <Layer size={size} draw={drawGround} theme={theme} />
                <Layer size={size} draw={drawShapes} theme={theme} dim={isDim} />
                <Layer size={size} draw={drawOver} theme={theme} />
              </>
            )}
          </div>
          {mark && size && (
            <Tooltip x={mark.x} y={Math.max(4, mark.y - 20)} width={size.width}>
              <div class="chart-tip-title">{nameOf(mark.row)}</div>
              {mark.text}
            </Tooltip>
          )}
          {size && !shapes && (
            <Empty>
              {kind === "histogram"
                ? `${y} has no values`
                : `${x} and ${y} have no values together`}
              {logX || logY ? " above zero: turn the log axes off." : ": choose other columns."}
            </Empty>
          )}
        </div>
      </div>
      <Status>{said}</Status>
    </>
  );
}

const onlyRow = (shapes: FrameShapes, row: number): FrameShapes => ({
  ...shapes,
  lines: shapes.lines.filter((one) => one.row === row),
  boxes: shapes.boxes.filter((one) => one.row === row),
  dots: shapes.dots.filter((one) => one.row === row),
});

function drawAll(
  pen: Parameters<Draw>[0],
  { plot, lines, boxes, dots }: FrameShapes,
  kind: FrameKind,
  colourOf: Props["colourOf"],
  isFocus = false,
): void {
  clipped(pen, plot, () => {
    for (const { row, left, top, width, height } of boxes) {
      pen.fillStyle = colourOf(row).stroke;
      pen.globalAlpha = kind === "histogram" ? (isFocus ? 0.45 : 0.16) : 0.9;
      pen.fillRect(left, top, width - (kind === "bar" && width > 3 ? 1 : 0), height);
    }
    pen.globalAlpha = 1;
    pen.lineJoin = "round";
    for (const { row, points } of lines) {
      const { stroke, dash } = colourOf(row);
      pen.strokeStyle = pen.fillStyle = stroke;
      pen.lineWidth = isFocus ? 2.75 : 1.75;
      pen.setLineDash(kind === "line" ? dash as number[] : []);
      strokeLine(pen, points);
      if (kind === "line" && points.length <= 2 * MAX_DOTS) fillDots(pen, points);
    }
    pen.setLineDash([]);
    pen.globalAlpha = isFocus ? 1 : 0.7;
    const radius = radiusOf(dots.length);
    for (const { row, x, y } of dots) {
      pen.fillStyle = colourOf(row).stroke;
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fill();
    }
    pen.globalAlpha = 1;
  });
}

/** The mark beside another: of the same run along x, or of the next run. */
function step(
  { marks }: FrameShapes,
  frames: readonly RunFrame[],
  from: Mark | undefined,
  by: number,
  next: number,
): Mark | undefined {
  if (!from) return marks[0];
  const rows = frames.map(({ row }) => row);
  const row = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(from.row) + next))]!;
  const own = marks.filter((mark) => mark.row === row).sort((a, b) => a.x - b.x);
  if (next !== 0) {
    return own.reduce((a, b) => Math.abs(a.x - from.x) <= Math.abs(b.x - from.x) ? a : b, own[0]!);
  }
  const at = own.findIndex((mark) => mark.x === from.x && mark.y === from.y) + by;
  return own[Math.min(own.length - 1, Math.max(0, at))];
}

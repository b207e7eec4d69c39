/**
 * The axes and lines of parallel coordinates, and what the pointer does there.
 *
 * @module
 */
import type { JSX, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useMemo, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { count, counted } from "../data/format.ts";
import type { ChartProps, RunColumn } from "../types.ts";
import { brushed, type Brushes, type Range, rangesOf, savedOf } from "./brush.ts";
import { useBrushSelection } from "./brush_selection.ts";
import { axisOf, cellText, colouring, isLogByNature } from "./columns.ts";
import { Legend, Tooltip } from "./controls.tsx";
import { AxisHead } from "./parallel_axis.tsx";
import { held, type Hold, hold, letGo, rangePixels, REACH } from "./parallel_brush.ts";
import {
  crossings,
  nearestLine,
  NONE_ROOM,
  type Room,
  type Shown,
  shownOf,
  spread,
} from "./parallel_data.ts";
import { alphaFor, drawAxes, type Lines, strokeLines } from "./parallel_draw.ts";
import { LineLayer } from "./parallel_lines.tsx";
import { SavePicture } from "./save_picture.tsx";
import type { ParallelSettings } from "./settings.ts";
import { type Draw, Layer, type Size, useSize } from "./surface.tsx";

type Props = ChartProps<ParallelSettings>;

const TOP = 56;
const HEAD = 44;
const LEFT = 40;
const RIGHT = 62;
const LEAST_GAP = 92;

/** Axes and lines. */
export function Plane(
  { props, columns, metric, set }: {
    props: Props;
    columns: readonly RunColumn[];
    metric: RunColumn | undefined;
    set(change: Partial<ParallelSettings>): void;
  },
): JSX.Element {
  const { rows, selected, settings, theme, hovered } = props;
  const [element, size] = useSize<HTMLDivElement>();
  const [open, setOpen] = useState<string>();
  const [moving, setMoving] = useState<{ key: string; x: number }>();
  const [inHand, setInHand] = useState<{ key: string; ranges: Range[] }>();
  const [pointer, setPointer] = useState<{ x: number; y: number }>();
  const holding = useRef<Hold | undefined>(undefined);

  const flipped = settings.f ?? [];
  const logged = useMemo(
    () =>
      settings.l ?? [...columns, ...metric ? [metric] : []]
        .filter((column) => isLogByNature(axisOf(column), rows)).map(({ key }) => key),
    [settings.l, columns, metric, rows],
  );
  const [flips, logs] = [flipped.join("\n"), logged.join("\n")];
  const shown = useMemo(() =>
    columns.map((column) =>
      shownOf(column, rows, {
        isFlipped: flipped.includes(column.key),
        isLog: logged.includes(column.key),
      })
    ), [columns, rows, flips, logs]);
  const saved = useMemo<Brushes>(
    () =>
      Object.fromEntries(
        shown.map(({ axis }) => [axis.key, rangesOf(axis, settings.b?.[axis.key])]),
      ),
    [shown, settings.b],
  );
  const brushes = useMemo<Brushes>(
    () => inHand ? { ...saved, [inHand.key]: inHand.ranges } : saved,
    [saved, inHand],
  );
  const isBrushed = Object.values(brushes).some((ranges) => ranges.length > 0);
  const within = useMemo(
    () => isBrushed ? brushed(rows, shown.map(({ axis }) => axis), brushes) : undefined,
    [rows, shown, brushes, isBrushed],
  );
  useBrushSelection({
    selected,
    onSelect: props.onSelect,
    within,
    isInHand: inHand !== undefined,
    clear: () => set({ b: {} }),
  });

  const room = useMemo<Room | undefined>(() => {
    if (!size) return undefined;
    const gap = (size.width - LEFT - RIGHT) / (columns.length - 1);
    const xs = shown.map(({ axis }, at) => moving?.key === axis.key ? moving.x : LEFT + at * gap);
    const below = shown.some(({ hasNone }) => hasNone) ? NONE_ROOM : 0;
    return { top: TOP, height: size.height - TOP - below - 12, xs };
  }, [size, shown, moving]);
  const colours = useMemo(
    () => metric && colouring(axisOf(metric), rows, theme === "dark", logged.includes(metric.key)),
    [metric, rows, theme, logs],
  );
  const lines = useMemo<Lines | undefined>(() =>
    room && {
      xs: room.xs,
      ys: crossings(shown, rows, room, metric && axisOf(metric)),
      shades: Uint8Array.from(rows, (row) => colours?.shade(row) ?? 0),
      colours: colours?.colours ?? ["#4269d0"],
    }, [room, shown, rows, colours, metric]);
  const place = useMemo(() => new Map(rows.map((row, at) => [row, at])), [rows]);
  const bright = useMemo(() => {
    if (within) return within;
    const chosen = rows.filter((row) => selected.has(row));
    return chosen.length > 0 ? chosen : undefined;
  }, [within, rows, selected]);
  const order = useMemo(() => spread(rows.length), [rows.length]);
  const isBright = useMemo(() => {
    const isIn = new Uint8Array(rows.length);
    if (!bright) return isIn.fill(1);
    for (const row of bright) isIn[place.get(row)!] = 1;
    return isIn;
  }, [bright, place]);
  const brightAt = useMemo(() => order.filter((at) => isBright[at] === 1), [order, isBright]);

  const drawAll = useCallback<Draw>((pen, paint) => {
    if (!lines || !room) return;
    pen.lineWidth = 1.25;
    pen.globalAlpha = alphaFor(brightAt.length);
    strokeLines(pen, lines, brightAt);
    pen.globalAlpha = 1;
    drawAxes(pen, paint, shown, room);
    shown.forEach(({ axis }, at) => {
      pen.textAlign = at === 0 ? "left" : at === shown.length - 1 ? "right" : "center";
      pen.fillStyle = paint.ink;
      pen.fillText(
        axis.name,
        room.xs[at]! + (at === 0 ? -30 : at === shown.length - 1 ? 50 : 0),
        20,
      );
    });
  }, [lines, room, shown, brightAt]);
  const drawTicks = useCallback<Draw>((pen, paint) => {
    if (room) drawAxes(pen, paint, shown, room);
  }, [shown, room]);

  const hoveredAt = hovered.value === undefined ? undefined : place.get(hovered.value);
  const drawOver = useCallback<Draw>((pen, paint) => {
    if (!room || !lines) return;
    pen.fillStyle = pen.strokeStyle = paint.accent;
    pen.lineWidth = 1.5;
    shown.forEach((one, at) => {
      for (const [top, bottom] of rangePixels(one, room, brushes[one.axis.key] ?? [])) {
        pen.globalAlpha = 0.22;
        pen.fillRect(room.xs[at]! - 8, top, 16, bottom - top);
        pen.globalAlpha = 1;
        pen.beginPath();
        pen.rect(room.xs[at]! - 8, top, 16, bottom - top);
        pen.stroke();
      }
    });
    if (hoveredAt === undefined) return;
    pen.lineJoin = "round";
    for (
      const [width, colour] of [[5, paint.surface], [
        2.75,
        lines.colours[lines.shades[hoveredAt]!]!,
      ]] as const
    ) {
      pen.lineWidth = width;
      strokeLines(pen, { ...lines, colours: lines.colours.map(() => colour) }, [hoveredAt]);
    }
  }, [shown, room, lines, brushes, hoveredAt]);

  const rangesSet = (key: string, ranges: readonly Range[]) => {
    const at = shown.findIndex(({ axis }) => axis.key === key);
    const b = { ...settings.b };
    const next = savedOf(shown[at]!.axis, letGo(ranges, shown[at]!));
    if (next.length > 0) b[key] = next;
    else delete b[key];
    set({ b });
  };
  const move = (from: number, to: number) => {
    if (to < 0 || to >= columns.length) return;
    const keys = columns.map(({ key }) => key);
    keys.splice(to, 0, ...keys.splice(from, 1));
    set({ a: keys });
  };
  const toggled = (list: readonly string[], key: string) =>
    list.includes(key) ? list.filter((one) => one !== key) : [...list, key];

  const placeOf = ({ currentTarget, clientX, clientY }: TargetedPointerEvent<HTMLDivElement>) => {
    const { left, top } = currentTarget.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const axisAt = (x: number) => room ? room.xs.findIndex((one) => Math.abs(one - x) <= REACH) : -1;
  const ground = pointer && room ? axisAt(pointer.x) : -1;
  const onPointerMove = (event: TargetedPointerEvent<HTMLDivElement>) => {
    if (!room || !lines) return;
    const { x, y } = placeOf(event);
    const now = holding.current;
    if (now) {
      const one = shown[now.axis]!;
      setInHand({ key: one.axis.key, ranges: held(now, one, room, y) });
      return;
    }
    setPointer({ x, y });
    if (axisAt(x) >= 0) {
      hovered.value = undefined;
      return;
    }
    const near = nearestLine(lines.ys, lines.xs, x, y, (at) => isBright[at] === 1);
    hovered.value = near && near.distance < 8 ? rows[near.at] : undefined;
  };
  const onPointerDown = (event: TargetedPointerEvent<HTMLDivElement>) => {
    if (!room || event.button !== 0) return;
    const { x, y } = placeOf(event);
    const at = axisAt(x);
    if (at < 0 || y < TOP - 8) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const one = shown[at]!;
    holding.current = hold(at, one, room, brushes[one.axis.key] ?? [], y, event.shiftKey);
    hovered.value = undefined;
    setPointer(undefined);
  };
  const onPointerUp = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const now = holding.current;
    if (now && room) {
      const one = shown[now.axis]!;
      holding.current = undefined;
      rangesSet(one.axis.key, held(now, one, room, placeOf(event).y));
      setInHand(undefined);
    } else if (hovered.value !== undefined) props.onSelect([hovered.value], "toggle");
  };
  const leave = () => {
    setPointer(undefined);
    hovered.value = undefined;
  };

  const gap = room && room.xs.length > 1 ? room.xs[1]! - room.xs[0]! : LEAST_GAP;
  const tip = pointer && hoveredAt !== undefined ? rows[hoveredAt] : undefined;
  return (
    <>
      <div class="chart-note" role="status">
        {within
          ? within.length === 0
            ? "No run is within all brushes: make one of them longer."
            : `${counted(within.length, "run")} of ${count(rows.length)} within the brushes`
          : bright
          ? `${counted(bright.length, "run")} of ${count(rows.length)} selected`
          : `${counted(rows.length, "run")}. Drag along an axis to select.`}
        {metric && colours && <Legend title={metric.name} legend={colours.legend} />}
        {isBrushed && (
          <button type="button" class="chart-link" onClick={() => set({ b: {} })}>
            Clear brushes
          </button>
        )}
        {size && (
          <SavePicture
            what="parallel coordinates"
            name="parallel coordinates"
            below={element}
            draw={drawAll}
            {...{ size, theme }}
          />
        )}
      </div>
      <div class="chart-scroll">
        <div
          ref={element}
          class="chart-parallel"
          style={{ minWidth: `${LEFT + RIGHT + LEAST_GAP * (columns.length - 1)}px` }}
        >
          <div
            class={ground >= 0 ? "chart-plane chart-brushing" : "chart-plane"}
            role="img"
            aria-label={summary(shown, rows.length, bright?.length, metric)}
            onPointerMove={onPointerMove}
            onPointerDown={onPointerDown}
            onPointerUp={onPointerUp}
            onPointerCancel={() => {
              holding.current = undefined;
              setInHand(undefined);
            }}
            onPointerLeave={leave}
            onDblClick={() => hovered.value !== undefined && props.onOpen(hovered.value)}
          >
            {room?.xs.map((x, at) => (
              <div
                key={at}
                class="chart-grip"
                style={{ left: `${x - REACH}px`, top: `${TOP - 8}px` }}
              />
            ))}
            {size && lines && (
              <>
                <LineLayer
                  {...{ size, lines, theme }}
                  which={order}
                  isGround
                  isShown={bright !== undefined}
                />
                <LineLayer {...{ size, lines, theme }} which={brightAt} isGround={false} isShown />
                <Layer size={size} draw={drawTicks} theme={theme} />
                <Layer size={size} draw={drawOver} theme={theme} />
              </>
            )}
          </div>
          {room && shown.map((one, at) => (
            <AxisHead
              key={one.axis.key}
              shown={one}
              x={room.xs[at]!}
              width={Math.min(gap - 6, 160)}
              ranges={brushes[one.axis.key] ?? []}
              isOpen={open === one.axis.key}
              canLog={one.axis.type === "number"}
              canRemove={columns.length > 2}
              onOpen={(isOpen) => setOpen(isOpen ? one.axis.key : undefined)}
              onFlip={() => set({ f: toggled(flipped, one.axis.key) })}
              onLog={() => set({ l: toggled(logged, one.axis.key) })}
              onMove={(by) => move(at, at + by)}
              onRemove={() => {
                const { [one.axis.key]: _, ...b } = settings.b ?? {};
                set({ a: columns.filter((_, other) => other !== at).map(({ key }) => key), b });
              }}
              onRanges={(ranges) => rangesSet(one.axis.key, ranges)}
              onDrag={(x, isEnd) => {
                const to = Math.round((x - LEFT) / gapOf(size!, columns.length));
                if (isEnd) {
                  setMoving(undefined);
                  move(at, Math.min(columns.length - 1, Math.max(0, to)));
                } else {setMoving({
                    key: one.axis.key,
                    x: Math.min(size!.width - 20, Math.max(20, x)),
                  });}
              }}
            />
          ))}
          {tip !== undefined && pointer && (
            <Tooltip
              x={pointer.x}
              y={Math.max(HEAD, Math.min(pointer.y, size!.height - 140))}
              width={size!.width}
            >
              <div class="chart-tip-title">{props.nameOf(tip)}</div>
              <table>
                <tbody>
                  {columns.map((column) => (
                    <tr key={column.key} class={column === metric ? "chart-tip-first" : ""}>
                      <td class="chart-tip-name">{column.name}</td>
                      <td class="chart-tip-number">{cellText(column.cells[tip]) || "none"}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Tooltip>
          )}
        </div>
      </div>
    </>
  );
}

const gapOf = ({ width }: Size, axes: number) => (width - LEFT - RIGHT) / Math.max(1, axes - 1);

function summary(
  shown: readonly Shown[],
  all: number,
  bright: number | undefined,
  metric: RunColumn | undefined,
): string {
  const axes = shown.map(({ axis, scale }) =>
    axis.type === "category"
      ? `${axis.name} (${axis.categories.slice(0, 5).join(", ")})`
      : `${axis.name} from ${scale.text(scale.domain[0])} to ${scale.text(scale.domain[1])}`
  );
  return `Parallel coordinates of ${counted(all, "run")}` +
    `${bright === undefined ? "" : `, ${bright} of them selected`}` +
    `${metric ? `, coloured by ${metric.name}` : ""}. Axes: ${axes.join("; ")}.`;
}

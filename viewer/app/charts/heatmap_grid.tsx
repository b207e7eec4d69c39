/**
 * The cells of a heatmap: as many rows as are seen are drawn.
 *
 * @module
 */
import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useCallback, useEffect, useMemo, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { counted, number } from "../data/format.ts";
import type { ChartProps, RunColumn } from "../types.ts";
import { Legend, Status, Tooltip } from "./controls.tsx";
import { fitting } from "./frame.ts";
import { extent } from "./numbers.ts";
import { area } from "./paint.ts";
import { SavePicture } from "./save_picture.tsx";
import { type Cells, columnNames, rowsInSight, shades } from "./ranks.ts";
import type { HeatmapSettings } from "./settings.ts";
import { type Draw, Layer, useSize } from "./surface.tsx";

const ROW = 22;
const HEAD = 26;
const LABEL = 150;
const LEAST_CELL = 4;
const TEXT_CELL = 46;
const MOST_ROWS = 22;

/** Rows and columns of cells. */
export function Grid(
  { props, metric, cells, count: columns, names: given }: {
    props: ChartProps<HeatmapSettings>;
    metric: RunColumn;
    cells: readonly Cells[];
    /** How many columns there are, and what they are called. */
    count: number;
    names: readonly string[] | undefined;
  },
): JSX.Element {
  const { rows, selected, hovered, theme, settings, onSelect, onSettings, nameOf } = props;
  const [element, size] = useSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const [scrolled, setScrolled] = useState(0);
  const [cell, setCell] = useState<{ at: number; column: number }>();
  const [said, setSaid] = useState("");
  const within = settings.w ?? "column";
  const ordered = useMemo(() => {
    const by = settings.o;
    if (by === undefined) return cells;
    const value = ({ values }: Cells) => {
      const one = values[by];
      return one === undefined || Number.isNaN(one) ? -Infinity : one;
    };
    return cells.toSorted((a, b) => value(b) - value(a) || 0);
  }, [cells, settings.o]);
  const parts = useMemo(() => shades(ordered, columns, within), [ordered, columns, within]);
  const names = columnNames(columns, given);
  const label = size ? Math.min(LABEL, size.width * 0.34) : LABEL;
  // Wide enough for all columns, or as wide as there is room.
  const width = size ? Math.max(size.width, label + columns * LEAST_CELL) : 0;
  const cellWidth = (width - label) / Math.max(columns, 1);
  const height = Math.min(ordered.length, MOST_ROWS) * ROW + HEAD;
  const total = ordered.length * ROW + HEAD;
  const [from, to] = rowsInSight(scrolled, height - HEAD, ROW, ordered.length);

  const drawRows = (first: number, last: number, shift: number): Draw => (pen, paint) => {
    pen.textBaseline = "middle";
    for (let at = first; at < last; at++) {
      const { row, values } = ordered[at]!;
      const y = HEAD + at * ROW - shift;
      pen.textAlign = "right";
      pen.fillStyle = selected.size === 0 || selected.has(row) ? paint.ink : paint.muted;
      pen.fillText(fitting(pen, nameOf(row), label - 12), label - 8, y + ROW / 2);
      pen.textAlign = "center";
      values.forEach((value, column) => {
        const part = parts[at * columns + column]!;
        const x = label + column * cellWidth;
        if (Number.isNaN(part)) {
          pen.fillStyle = paint.muted;
          if (cellWidth > TEXT_CELL) pen.fillText(number(value), x + cellWidth / 2, y + ROW / 2);
          return;
        }
        const { fill, isWhite } = area(part, paint.isDark);
        pen.fillStyle = fill;
        const gap = cellWidth > 12 ? 1 : 0;
        pen.fillRect(x, y + 1, Math.max(cellWidth - gap, 1), ROW - 1);
        if (cellWidth <= TEXT_CELL) return;
        pen.fillStyle = isWhite ? "#fff" : "#10151c";
        pen.fillText(
          fitting(pen, number(value, 3), cellWidth - 6),
          x + cellWidth / 2,
          y + ROW / 2 + 1,
        );
      });
    }
    // The head is over the rows that are scrolled away.
    pen.fillStyle = paint.surface;
    pen.fillRect(0, 0, width, HEAD);
    const every = Math.max(1, Math.ceil(26 / cellWidth));
    pen.textAlign = "center";
    names.forEach((name, column) => {
      if (column % every !== 0) return;
      pen.fillStyle = settings.o === column ? paint.accent : paint.muted;
      pen.fillText(
        fitting(pen, settings.o === column ? `${name} ↓` : name, cellWidth * every - 4),
        label + (column + 0.5) * cellWidth,
        HEAD / 2,
      );
    });
  };
  const draw = useCallback(drawRows(from, to, scrolled), [
    from,
    to,
    scrolled,
    ordered,
    parts,
    width,
    selected,
    nameOf,
    settings.o,
    columns,
    given,
  ]);
  const marked = cell ? cell.at : ordered.findIndex(({ row }) => row === hovered.value);
  const drawOver = useCallback<Draw>((pen, paint) => {
    if (marked < from || marked >= to) return;
    const y = HEAD + marked * ROW - scrolled;
    if (y < HEAD) return;
    pen.strokeStyle = paint.ink;
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (cell) pen.rect(label + cell.column * cellWidth, y + 0.5, cellWidth, ROW);
    else pen.rect(1, y + 0.5, width - 2, ROW);
    pen.stroke();
  }, [marked, cell, from, to, scrolled, width, label]);

  const at = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    return {
      x,
      y,
      column: Math.floor((x - label) / cellWidth),
      at: y < HEAD ? -1 : Math.floor((y - HEAD + scrolled) / ROW),
    };
  };
  const show = (next: { at: number; column: number } | undefined) => {
    setCell(next);
    hovered.value = next && ordered[next.at]?.row;
  };
  const onPointerMove = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const place = at(event);
    const isIn = place.column >= 0 && place.column < columns && place.at >= 0 &&
      place.at < ordered.length;
    show(isIn ? { at: place.at, column: place.column } : undefined);
  };
  const onClick = (event: TargetedPointerEvent<HTMLDivElement>) => {
    const place = at(event);
    if (place.at < 0 && place.column >= 0 && place.column < columns) {
      onSettings({ ...settings, o: place.column });
    } else if (ordered[place.at]) onSelect([ordered[place.at]!.row], "toggle");
  };
  const onKey = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = cell ?? { at: from, column: -1 };
    const moves: Record<string, [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const move = moves[event.key];
    const row = cell && ordered[cell.at]?.row;
    if (move) {
      const next = {
        at: Math.min(ordered.length - 1, Math.max(0, now.at + move[0])),
        column: Math.min(columns - 1, Math.max(0, now.column + move[1])),
      };
      show(next);
      const { row, values } = ordered[next.at]!;
      const value = values[next.column];
      setSaid(
        `${nameOf(row)}, ${names[next.column]}: ${value === undefined ? "none" : number(value)}`,
      );
      const box = scroller.current;
      if (box) {
        const [top, bottom] = [next.at * ROW, next.at * ROW + ROW + HEAD];
        if (top < box.scrollTop) box.scrollTop = top;
        else if (bottom > box.scrollTop + height) box.scrollTop = bottom - height;
      }
    } else if (event.key === "Enter" && row !== undefined) props.onOpen(row);
    else if (event.key === " " && row !== undefined) onSelect([row], "toggle");
    else if (event.key === "s" && cell) onSettings({ ...settings, o: cell.column });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [settings.o, metric]);

  const all = extent(ordered.flatMap(({ values }) => [...values])) ?? [0, 0];
  const value = cell && ordered[cell.at]?.values[cell.column];
  const isDark = theme === "dark";
  const ramp = Array.from({ length: 12 }, (_, step) => area(step / 11, isDark).fill);
  const missing = rows.length - cells.length;
  return (
    <>
      <div class="chart-note">
        {counted(ordered.length, "run")}
        {missing > 0 && `, ${missing} without ${metric.name}`}
        <Legend
          title={metric.name}
          legend={{
            ramp,
            low: within === "all" ? number(all[0]) : "low",
            high: within === "all" ? number(all[1]) : "high",
          }}
        />
        {size && (
          <SavePicture
            what="the heatmap"
            name={metric.name}
            size={{ width, height: total }}
            draw={drawRows(0, ordered.length, 0)}
            below={element}
            theme={theme}
          />
        )}
      </div>
      <div class="chart-heat">
        <div class="chart-inner" ref={element}>
          <div
            ref={scroller}
            class="chart-heat-scroll"
            style={{ height: `${height}px` }}
            onScroll={({ currentTarget }) => setScrolled(currentTarget.scrollTop)}
          >
            <div style={{ height: `${total}px`, width: `${width}px` }}>
              <div
                class="chart-heat-plane"
                role="img"
                tabIndex={0}
                aria-label={`${metric.name} of ${counted(ordered.length, "run")}, ${
                  counted(columns, "column")
                }, values from ${number(all[0])} to ${
                  number(all[1])
                }. Arrow keys read cells, S sorts by a column, space selects, Enter opens the run.`}
                style={{ height: `${height}px`, width: `${width}px` }}
                onPointerMove={onPointerMove}
                onPointerUp={onClick}
                onPointerLeave={() => show(undefined)}
                onBlur={() => show(undefined)}
                onKeyDown={onKey}
              >
                {size && (
                  <>
                    <Layer size={{ width, height }} draw={draw} theme={theme} />
                    <Layer size={{ width, height }} draw={drawOver} theme={theme} />
                  </>
                )}
              </div>
            </div>
          </div>
          {cell && size && ordered[cell.at] && (
            <Tooltip
              x={label + (cell.column + 0.5) * cellWidth}
              y={HEAD + cell.at * ROW - scrolled + ROW + 2}
              width={size.width}
            >
              <div class="chart-tip-title">{nameOf(ordered[cell.at]!.row)}</div>
              {names[cell.column]}: {value === undefined ? "none" : number(value, 6)}
            </Tooltip>
          )}
        </div>
      </div>
      <Status>{said}</Status>
    </>
  );
}

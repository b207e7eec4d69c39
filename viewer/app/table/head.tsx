/**
 * The header of the table: bands that tell kinds of columns apart, names to sort by, menus, edges to draw wider.
 *
 * @module
 */
/// <reference lib="dom" />
import { signal } from "npm:@preact/signals@^2.11.4";
import type { VNode } from "npm:preact@^11.2.0";
import { useRef } from "npm:preact@^11.2.0/hooks";
import { firstDescends } from "../data/sort.ts";
import { Icon } from "../parts/icon.tsx";
import {
  LEAST_WIDTH,
  moveColumn,
  type Placed,
  resizeColumn,
  toggleSort,
} from "../state/columns.ts";
import { view } from "../state/store.ts";
import { isRight, labelOf } from "./cells.tsx";
import { ColumnMenu } from "./column_menu.tsx";
import { cursorColumn, inHeader, menuOf } from "./cursor.ts";

/** A column on its way to another place, and before which one it would come. */
export const dragged = signal<{ key: string; to: number } | undefined>(undefined);
/** The column that is being drawn wider, before that is kept. */
export const resizing = signal<{ key: string; width: number } | undefined>(undefined);

const BANDS = { own: "Run", metric: "Metrics", parameter: "Parameters" } as const;

interface BandsProps {
  columns: readonly Placed[];
  /** How far from the left a band's name stays. */
  stick: number;
  /** The kind of the column before, whose band goes on here. */
  after?: keyof typeof BANDS | undefined;
}

/** What kind the columns below are of. */
export function Bands({ columns, stick, after }: BandsProps): VNode {
  const bands: { kind: keyof typeof BANDS; width: number; at: number }[] = [];
  for (const { column, width, at } of columns) {
    const last = bands.at(-1);
    if (last?.kind === column.kind) last.width += width;
    else bands.push({ kind: column.kind, width, at });
  }
  return (
    <>
      {bands.map(({ kind, width, at }, place) => (
        <div key={at} class={`band ${kind}`} style={{ width: `${width}px` }}>
          {(place > 0 || kind !== after) && (
            <span class="band-name" style={{ left: `${stick}px` }}>{BANDS[kind]}</span>
          )}
        </div>
      ))}
    </>
  );
}

/** How far a pointer moves before a click is a drag, in CSS pixels. */
const DRAG = 6;

interface HeadProps {
  placed: Placed;
  /** Where it stays when the others scroll. */
  stick: number | undefined;
  /** The place that a pointer is over. */
  placeAt(x: number): number;
}

/** The header of one column. */
export function HeadCell({ placed, stick, placeAt }: HeadProps): VNode {
  const { column, width, at } = placed;
  const { key } = column;
  const cell = useRef<HTMLDivElement>(null);
  const { sort, group } = view.value;
  const sorted = sort.findIndex((one) => one.key === key);
  const descends = sorted >= 0 && sort[sorted]!.descends;
  const label = labelOf(column);
  // One letter and dots say less than nothing: what its cells show does.
  const isTight = width < LEAST_WIDTH;
  const isActive = inHeader.value && cursorColumn.value === at;

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const start = event.clientX;
    let moved = false;
    const move = (to: PointerEvent) => {
      if (!moved && Math.abs(to.clientX - start) < DRAG) return;
      moved = true;
      dragged.value = { key, to: placeAt(to.clientX) };
    };
    const up = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", up);
      const target = dragged.value;
      dragged.value = undefined;
      if (!moved || !target) return;
      // The click that follows is the end of this drag, and sorts nothing.
      addEventListener("click", (click) => click.stopPropagation(), { capture: true, once: true });
      moveColumn(key, target.to);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", up);
  };

  const onResize = (event: PointerEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const start = event.clientX;
    const move = (to: PointerEvent) =>
      resizing.value = { key, width: Math.max(56, width + to.clientX - start) };
    const up = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", up);
      const done = resizing.value;
      resizing.value = undefined;
      if (done) resizeColumn(key, done.width);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", up);
  };

  return (
    <div
      ref={cell}
      id={`head-${at}`}
      role="columnheader"
      aria-colindex={at + 2}
      aria-sort={sorted < 0 ? "none" : descends ? "descending" : "ascending"}
      class={`head ${column.kind}${stick === undefined ? "" : " pinned"}${
        isRight(column) ? " right" : ""
      }${isActive ? " active" : ""}${dragged.value?.key === key ? " dragged" : ""}`}
      style={{ width: `${width}px`, left: stick === undefined ? undefined : `${stick}px` }}
    >
      <button
        type="button"
        class="head-label"
        tabIndex={-1}
        title={`${label}${
          column.directionality
            ? ` · ${column.directionality === "loss" ? "less" : "more"} is better`
            : ""
        }\nClick to sort, with Shift to sort by several`}
        aria-label={isTight ? label : undefined}
        onPointerDown={onPointerDown}
        onClick={(event) => toggleSort(key, firstDescends(column), event.shiftKey)}
      >
        {!isTight && <span class="clip">{label}</span>}
        {sorted >= 0 && (
          <span class="head-sort">
            <Icon name={descends ? "descending" : "ascending"} size={12} />
            {sort.length > 1 && <sup>{sorted + 1}</sup>}
          </span>
        )}
        {group.includes(key) && <Icon name="group" size={12} />}
      </button>
      <button
        type="button"
        class="head-menu"
        tabIndex={-1}
        aria-label={`${label}: sort, filter and more`}
        aria-haspopup="dialog"
        aria-expanded={menuOf.value === key}
        onClick={() => menuOf.value = menuOf.value === key ? undefined : key}
      >
        <Icon name="down" size={14} />
      </button>
      <span
        class="head-edge"
        onPointerDown={onResize}
        onDblClick={() => resizeColumn(key, undefined)}
      />
      {menuOf.value === key && cell.current && (
        <ColumnMenu
          placed={placed}
          anchor={cell.current}
          onClose={() => menuOf.value = undefined}
        />
      )}
    </div>
  );
}

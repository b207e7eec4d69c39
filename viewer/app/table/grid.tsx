/**
 * The table. Lines are all of one height and columns have known widths, so which of them are seen is one division and one
 * look along the columns; only these are in the document.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "npm:preact@^11.2.0/hooks";
import { count } from "../data/format.ts";
import { groupColumns, layout, type Placed } from "../state/columns.ts";
import { wantSparks } from "../state/project.ts";
import { baseRow, hidden, rows, select, selected } from "../state/rows.ts";
import { hovered, project, runs, sparks, view } from "../state/store.ts";
import type { CellContext } from "./cells.tsx";
import { cursorColumn, cursorLine, inHeader, onTableKey, scrolling } from "./cursor.ts";
import { Bands, dragged, HeadCell, resizing } from "./head.tsx";
import { type Group, lines, open } from "./model.ts";
import { GUTTER, RowView, type Seen } from "./row.tsx";

/** The height of a line, in CSS pixels: `--row`. */
const ROW = 32;
/** Lines above and below those that are seen. */
const AROUND = 3;
/** At most this many lines are in the document. */
const MOST = 60;

/** What is seen: the first and the last line and column. */
interface Range {
  from: number;
  to: number;
  /** How many lines are in the document at most. */
  slots: number;
  first: number;
  last: number;
}

const NO_SPARKS = {};

/** The table of the project's runs. */
export function Grid(): VNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<Range>({
    from: 0,
    to: 30,
    slots: MOST,
    first: 0,
    last: 12,
  });
  const [narrow, setNarrow] = useState(false);
  const all = runs.value!;
  const shown = lines.value;
  const placed = usePlaced(narrow);
  const pinned = useMemo(() => placed.filter((one) => one.pinned), [placed]);
  const pinnedWidth = pinned.reduce((sum, { width }) => sum + width, 0);
  const last = placed.at(-1);
  const width = GUTTER + (last ? last.left + last.width : 0);

  const measure = () => {
    const box = scroller.current;
    if (!box) return;
    const seenLines = Math.ceil(box.clientHeight / ROW);
    const around = Math.max(0, Math.min(AROUND, Math.floor((MOST - seenLines) / 2)));
    const top = Math.floor(box.scrollTop / ROW);
    const left = box.scrollLeft + pinnedWidth;
    const right = box.scrollLeft + box.clientWidth - GUTTER;
    const first = placed.findIndex((one) => !one.pinned && one.left + one.width > left);
    let end = first < 0 ? placed.length : first;
    while (end < placed.length && placed[end]!.left < right) end++;
    const next: Range = {
      from: Math.max(0, top - around),
      to: Math.min(shown.length, top + seenLines + around),
      slots: Math.min(MOST, seenLines + 2 * around),
      // One more at each side, so that what comes into view is there.
      first: first < 0 ? placed.length : Math.max(pinned.length, first - 1),
      last: Math.min(placed.length, end + 1),
    };
    setNarrow(box.clientWidth < 640);
    setRange((now) =>
      (Object.keys(next) as (keyof Range)[]).every((key) => now[key] === next[key]) ? now : next
    );
  };
  useLayoutEffect(measure, [shown, placed, pinnedWidth]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, [shown, placed, pinnedWidth]);
  const { q, sort, group } = view.value;
  useEffect(() => {
    // Another order, or other runs: one looks from the top again. What comes in by itself moves nothing.
    scroller.current!.scrollTop = 0;
  }, [q, sort, group]);
  useEffect(() => wantSparks(), [project.value?.sparks?.checksum]);
  scrolling.show = (line, at) => {
    const box = scroller.current;
    const target = placed[at];
    if (!box) return;
    const head = box.querySelector<HTMLElement>(".grid-head")!.offsetHeight;
    const [above, below] = [line * ROW, (line + 1) * ROW + head - box.clientHeight];
    if (box.scrollTop > above) box.scrollTop = above;
    else if (box.scrollTop < below) box.scrollTop = below;
    if (!target || target.pinned) return;
    const [left, right] = [
      target.left - pinnedWidth,
      target.left + target.width + GUTTER - box.clientWidth,
    ];
    if (box.scrollLeft > left) box.scrollLeft = left;
    else if (box.scrollLeft < right) box.scrollLeft = right;
  };

  const seen = useMemo((): Seen => {
    const free = placed.slice(Math.max(range.first, pinned.length), range.last);
    return { pinned, free, before: (free[0]?.left ?? pinnedWidth) - pinnedWidth };
  }, [placed, pinned, range.first, range.last]);
  const context = useMemo((): CellContext => ({
    runs: all,
    rows: rows.value,
    base: baseRow.value,
    sparks: sparks.value ?? NO_SPARKS,
  }), [all, rows.value, baseRow.value, sparks.value]);

  // Lines that leave the view lend their elements to those that come into it, each at its place among the elements.
  const body = new Array<VNode | null>(range.slots).fill(null);
  for (let at = range.from; at < Math.min(range.to, range.from + range.slots, shown.length); at++) {
    const line = shown[at]!;
    const row = typeof line === "number" ? line : undefined;
    body[at % range.slots] = (
      <RowView
        key={at % range.slots}
        line={line}
        at={at}
        top={at * ROW}
        seen={seen}
        width={width}
        context={context}
        isSelected={row !== undefined
          ? selected.value.has(row)
          : (line as Group).rows.every((one) => selected.value.has(one))}
        isHidden={row !== undefined && hidden.value.has(row)}
        active={cursorLine.value === at && !inHeader.value ? cursorColumn.value : undefined}
        isOpen={typeof line === "object" && open.value.has(line.path)}
      />
    );
  }

  const placeAt = (x: number) => {
    const box = scroller.current!;
    const inside = x - box.getBoundingClientRect().left - GUTTER;
    const over = inside < pinnedWidth ? inside : inside + box.scrollLeft;
    const found = placed.findIndex((one) => over < one.left + one.width / 2);
    return found < 0 ? placed.length : found;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const page = Math.floor((scroller.current!.clientHeight - 60) / ROW) - 1;
    if (onTableKey(event, page)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const base = baseRow.value;
  const activeId = inHeader.value
    ? `head-${cursorColumn.value}`
    : cursorLine.value >= 0
    ? `cell-${cursorLine.value}-${cursorColumn.value}`
    : undefined;
  const drop = dragged.value && (placed[dragged.value.to]?.left ?? width - GUTTER);
  return (
    <div
      ref={scroller}
      class="grid"
      role={groupColumns.value.length > 0 ? "treegrid" : "grid"}
      tabIndex={0}
      aria-label={`Runs of ${project.value?.name ?? ""}`}
      aria-rowcount={shown.length + 1}
      aria-colcount={placed.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={activeId}
      onScroll={measure}
      onKeyDown={onKeyDown}
      onPointerLeave={() => hovered.value = undefined}
    >
      <div class="grid-head" role="rowgroup" style={{ width: `${width}px` }}>
        <div class="bands" role="presentation" aria-hidden="true">
          <div class="gutter" />
          <div class="pins" style={{ left: `${GUTTER}px` }}>
            <Bands columns={seen.pinned} stick={GUTTER} />
          </div>
          <div class="spacer" style={{ width: `${seen.before}px` }} />
          <Bands
            columns={seen.free}
            stick={GUTTER + pinnedWidth}
            after={pinned.at(-1)?.column.kind}
          />
        </div>
        <div class="heads" role="row" aria-rowindex={1}>
          <HeadGutter />
          {seen.pinned.map((one) => (
            <HeadCell
              key={one.column.key}
              placed={one}
              stick={GUTTER + one.left}
              placeAt={placeAt}
            />
          ))}
          <div class="spacer" role="presentation" style={{ width: `${seen.before}px` }} />
          {seen.free.map((one) => (
            <HeadCell key={one.column.key} placed={one} stick={undefined} placeAt={placeAt} />
          ))}
        </div>
        {base !== undefined && (
          <RowView
            key="base"
            line={base}
            at={-1}
            top={undefined}
            seen={seen}
            width={width}
            context={context}
            isSelected={selected.value.has(base)}
            isHidden={hidden.value.has(base)}
            active={undefined}
            isOpen={false}
          />
        )}
        {drop !== undefined && <div class="drop" style={{ left: `${GUTTER + drop}px` }} />}
      </div>
      <div
        class="grid-body"
        role="rowgroup"
        style={{ width: `${width}px`, height: `${shown.length * ROW}px` }}
      >
        {body}
      </div>
    </div>
  );
}

/** The columns with their places. In a narrow window just the first one stays, and it leaves room for others. */
function usePlaced(narrow: boolean): readonly Placed[] {
  const { columns } = layout.value;
  const drawn = resizing.value;
  return useMemo(() => {
    if (!narrow && !drawn) return columns;
    let left = 0;
    return columns.map((one, at) => {
      let width = drawn?.key === one.column.key ? drawn.width : one.width;
      if (narrow && at === 0) width = Math.min(width, 150);
      // The sign alone says how a run is doing.
      if (narrow && one.column.key === "o.status") width = Math.min(width, 40);
      const placed = { ...one, left, width, pinned: narrow ? one.pinned && at === 0 : one.pinned };
      left += width;
      return placed;
    });
  }, [columns, narrow, drawn]);
}

/** The box that chooses all runs that are shown. */
function HeadGutter(): VNode {
  const chosen = rows.value.filter((row) => selected.value.has(row)).length;
  const isAll = chosen > 0 && chosen === rows.value.length;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    box.current!.indeterminate = chosen > 0 && !isAll;
  }, [chosen, isAll]);
  return (
    <div class="gutter" role="columnheader" aria-colindex={1}>
      <input
        ref={box}
        type="checkbox"
        tabIndex={-1}
        aria-label={`Select all ${count(rows.value.length)} runs`}
        checked={isAll}
        onChange={() => select(isAll ? [] : rows.value, "set")}
      />
    </div>
  );
}

/**
 * The head of an axis: drags it, and has a panel with all that can be done to it, also by keyboard.
 *
 * @module
 */
import type { JSX, TargetedPointerEvent } from "npm:preact@^11.2.0";
import { useRef } from "npm:preact@^11.2.0/hooks";
import { Popover } from "../parts/popover.tsx";
import type { Range } from "./brush.ts";
import { Check, NumberBox } from "./controls.tsx";
import type { Shown } from "./parallel_data.ts";

/** What an axis can be told. */
export interface AxisHeadProps {
  shown: Shown;
  x: number;
  width: number;
  ranges: readonly Range[];
  isOpen: boolean;
  canLog: boolean;
  canRemove: boolean;
  onOpen(isOpen: boolean): void;
  onFlip(): void;
  onLog(): void;
  onMove(by: number): void;
  onRemove(): void;
  onRanges(ranges: Range[]): void;
  /** The head was dragged to a place; `isEnd` when it is let go. */
  onDrag(x: number, isEnd: boolean): void;
}

/** So many pixels of movement make a drag of a click. */
const DRAG = 4;

/** One axis' head. */
export function AxisHead(props: AxisHeadProps): JSX.Element {
  const { shown: { axis, isFlipped, isLog }, x, width, ranges, isOpen } = props;
  const button = useRef<HTMLButtonElement>(null);
  const drag = useRef<{ start: number; offset: number; isMoved: boolean } | undefined>(undefined);
  const onMove = (event: TargetedPointerEvent<HTMLButtonElement>) => {
    const now = drag.current;
    if (!now) return;
    if (Math.abs(event.clientX - now.start) > DRAG) now.isMoved = true;
    if (now.isMoved) props.onDrag(event.clientX - now.start + now.offset, false);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => props.onMove(-1),
    ArrowRight: () => props.onMove(1),
    f: props.onFlip,
    ...(props.canLog && { l: props.onLog }),
    ...(props.canRemove && { Delete: props.onRemove }),
    ...(isOpen && { Escape: () => props.onOpen(false) }),
  };
  const state = [
    isFlipped ? "flipped" : "",
    isLog ? "log" : "",
    ranges.length > 0 ? "brushed" : "",
  ].filter((one) => one !== "").join(", ");
  return (
    <div class="chart-axis" style={{ left: `${x - width / 2}px`, width: `${width}px` }}>
      <button
        ref={button}
        type="button"
        class="chart-axis-name"
        title={`${axis.name}\nDrag to move, click for more`}
        aria-label={`Axis ${axis.name}${
          state === "" ? "" : ` (${state})`
        }. Arrow keys move it, F flips it.`}
        aria-expanded={isOpen}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { start: event.clientX, offset: x, isMoved: false };
        }}
        onPointerMove={onMove}
        onPointerUp={(event) => {
          if (drag.current?.isMoved) {
            props.onDrag(event.clientX - drag.current.start + drag.current.offset, true);
          }
        }}
        onClick={() => {
          if (!drag.current?.isMoved) props.onOpen(!isOpen);
          drag.current = undefined;
        }}
        onKeyDown={(event) => {
          const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
          if (!act) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
      >
        {axis.name}
      </button>
      <span class="chart-axis-state" aria-hidden="true">{state}</span>
      {isOpen && (
        <Popover
          anchor={button.current!}
          label={`Axis ${axis.name}`}
          class="chart-panel"
          onClose={() => props.onOpen(false)}
        >
          <Panel {...props} />
        </Popover>
      )}
    </div>
  );
}

function Panel(props: AxisHeadProps): JSX.Element {
  const { shown: { axis, isFlipped, isLog }, ranges, onRanges } = props;
  const range = ranges[0];
  const set = (low: number | undefined, high: number | undefined) => {
    if (low === undefined && high === undefined) return onRanges(ranges.slice(1));
    const [from, to] = [low ?? -Infinity, high ?? Infinity];
    const [least, most] = props.shown.scale.domain;
    const next: Range = [Math.max(from, Math.min(least, to)), Math.min(to, Math.max(most, from))];
    onRanges([next[0] <= next[1] ? next : [next[1], next[0]], ...ranges.slice(1)]);
  };
  return (
    <>
      <strong>{axis.name}</strong>
      {axis.type === "category"
        ? <Categories {...props} />
        : axis.type === "number" && (
          <div class="chart-bar">
            <NumberBox
              label="From"
              value={range && Number(range[0].toPrecision(6))}
              onChange={(low) => set(low, range?.[1])}
            />
            <NumberBox
              label="to"
              value={range && Number(range[1].toPrecision(6))}
              onChange={(high) => set(range?.[0], high)}
            />
          </div>
        )}
      <div class="chart-bar">
        <Check label="Flipped" value={isFlipped} onChange={props.onFlip} />
        {axis.type === "number" && (
          <Check label="Log" value={isLog} disabled={!props.canLog} onChange={props.onLog} />
        )}
      </div>
      <div class="chart-bar">
        <button type="button" class="chart-button" onClick={() => props.onMove(-1)}>← Move</button>
        <button type="button" class="chart-button" onClick={() => props.onMove(1)}>Move →</button>
        {ranges.length > 0 && (
          <button
            type="button"
            class="chart-button"
            onClick={() => onRanges([])}
          >
            Clear brush
          </button>
        )}
        {props.canRemove && (
          <button type="button" class="chart-button" onClick={props.onRemove}>Remove axis</button>
        )}
      </div>
    </>
  );
}

/** A box a category; neighbours that are ticked are one brush. */
function Categories({ shown: { axis }, ranges, onRanges }: AxisHeadProps): JSX.Element {
  const isIn = (at: number) => ranges.some(([low, high]) => at >= low && at <= high);
  return (
    <div class="chart-choices">
      {axis.categories.map((name, at) => (
        <Check
          key={name}
          label={name === "" ? "(empty)" : name}
          value={isIn(at)}
          onChange={(value) => {
            const ticked = axis.categories.flatMap((_, other) =>
              (other === at ? value : isIn(other)) ? [other] : []
            );
            onRanges(runsOf(ticked));
          }}
        />
      ))}
    </div>
  );
}

/** Neighbours as ranges. */
export function runsOf(sorted: readonly number[]): Range[] {
  const found: [number, number][] = [];
  for (const at of sorted) {
    const last = found.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else found.push([at, at]);
  }
  return found.map(([from, to]) => [from - 0.4, to + 0.4]);
}

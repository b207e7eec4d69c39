/**
 * The small controls above charts, each with a name that is seen or read out.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "npm:preact@^11.2.0";
import type { RunColumn } from "../types.ts";
import type { Colouring } from "./columns.ts";

/** Controls in a row that wraps. */
export function Bar(
  { children, label }: { children: ComponentChildren; label: string },
): JSX.Element {
  return <div class="chart-bar" role="group" aria-label={label}>{children}</div>;
}

/** A menu. */
export function Menu<Value extends string>(
  { label, value, options, onChange }: {
    label: string;
    value: Value;
    options: readonly (readonly [value: Value, text: string])[];
    onChange(value: Value): void;
  },
): JSX.Element {
  return (
    <label class="chart-control">
      <span>{label}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value as Value)}
      >
        {options.map(([one, text]) => <option key={one} value={one}>{text}</option>)}
      </select>
    </label>
  );
}

/** A menu of columns by kind. */
export function ColumnMenu(
  { label, value, groups, none, onChange }: {
    label: string;
    value: string;
    groups: readonly { label: string; columns: readonly RunColumn[] }[];
    /** The text of "no column", if that can be chosen. */
    none?: string;
    onChange(key: string): void;
  },
): JSX.Element {
  return (
    <label class="chart-control">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {groups.map((group) => (
          <optgroup key={group.label} label={group.label}>
            {group.columns.map(({ key, name }) => <option key={key} value={key}>{name}</option>)}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** A box to tick. */
export function Check(
  { label, value, onChange, disabled = false, title }: {
    label: string;
    value: boolean;
    onChange(value: boolean): void;
    disabled?: boolean;
    title?: string | undefined;
  },
): JSX.Element {
  return (
    <label class="chart-control chart-check" title={title}>
      <input
        type="checkbox"
        checked={value}
        disabled={disabled}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

/** A number in a box; empty is `undefined`. It is taken when it is complete: at Enter, or when the box is left. */
export function NumberBox(
  { label, value, onChange }: {
    label: string;
    value: number | undefined;
    onChange(value: number | undefined): void;
  },
): JSX.Element {
  return (
    <label class="chart-control">
      <span>{label}</span>
      <input
        type="number"
        step="any"
        class="chart-number"
        value={value ?? ""}
        onChange={({ currentTarget }) => {
          const number = currentTarget.valueAsNumber;
          onChange(Number.isFinite(number) ? number : undefined);
        }}
      />
    </label>
  );
}

/** What the colours mean. */
export function Legend(
  { title, legend }: { title: string; legend: Colouring["legend"] },
): JSX.Element {
  if ("ramp" in legend) {
    const { ramp, low, high } = legend;
    return (
      <div class="chart-legend">
        <span class="chart-legend-title">{title}</span>
        <span>{low}</span>
        <span
          class="chart-ramp"
          aria-hidden="true"
          style={{ backgroundImage: `linear-gradient(to right, ${ramp.join(", ")})` }}
        />
        <span>{high}</span>
      </div>
    );
  }
  return (
    <div class="chart-legend">
      <span class="chart-legend-title">{title}</span>
      {legend.entries.map(({ colour, label }) => (
        <span key={label} class="chart-entry">
          <span class="chart-dot" aria-hidden="true" style={{ backgroundColor: colour }} />
          {label === "" ? "(empty)" : label}
        </span>
      ))}
      {legend.more > 0 && <span>and {legend.more} more</span>}
    </div>
  );
}

/** A piece of a run's line, with its dash. */
export function Swatch(
  { stroke, dash }: { stroke: string; dash: readonly number[] },
): JSX.Element {
  return (
    <svg class="chart-swatch" width="18" height="8" aria-hidden="true">
      <line
        x1="1"
        y1="4"
        x2="17"
        y2="4"
        style={{ stroke, strokeWidth: "2.5px", strokeDasharray: dash.join(" ") || "none" }}
      />
    </svg>
  );
}

/** In narrower charts a box beside the pointer would hide what it is about: it is below. */
const NARROW = 440;

/** A box beside the pointer that stays within the chart. */
export function Tooltip(
  { x, y, width, children }: { x: number; y: number; width: number; children: ComponentChildren },
): JSX.Element {
  const isRight = x > width / 2;
  const style = width < NARROW ? { top: "100%", left: "0", right: "0", width: "auto" } : {
    top: `${y}px`,
    left: isRight ? "auto" : `${x + 14}px`,
    right: isRight ? `${width - x + 14}px` : "auto",
    maxWidth: `${(isRight ? x : width - x) - 20}px`,
  };
  return <div class="chart-tip" aria-hidden="true" style={style}>{children}</div>;
}

/** Said to screen readers when it changes. */
export function Status({ children }: { children: ComponentChildren }): JSX.Element {
  return <div class="chart-hidden" role="status">{children}</div>;
}

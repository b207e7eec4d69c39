/**
 * Runs of one value as a group, its colour, and the legends.
 *
 * @module
 */
import type { JSX } from "npm:preact@^11.2.0";
import { asPeopleCount } from "../data/cell.ts";
import type { RunColumn } from "../types.ts";
import { axisOf, colouring } from "./columns.ts";
import { Swatch } from "./controls.tsx";
import type { CurvesProps } from "./settings.ts";

/** What a group is called: its value. */
export function groupText(column: RunColumn, row: number): string {
  const axis = axisOf(column);
  const value = axis.values[row]!;
  if (Number.isNaN(value)) return "(none)";
  return axis.type === "category" ? axis.categories[value]! : String(value);
}

/** A colour a group: of categories their own, of numbers those of a scale. */
export function groupColours(column: RunColumn, drawn: readonly number[], theme: string) {
  const colours = colouring(axisOf(column), drawn, theme === "dark");
  const names = new Map<string, string>();
  for (const row of drawn) {
    names.set(groupText(column, row), colours.colours[colours.shade(row)]!);
  }
  return { of: (name: string) => names.get(name)!, names };
}

/** Which colour is which group. */
export function GroupLegend(
  { grouping, drawn, props }: { grouping: RunColumn; drawn: readonly number[]; props: CurvesProps },
): JSX.Element {
  const { names } = groupColours(grouping, drawn, props.theme);
  return (
    <div class="chart-legend">
      <span class="chart-legend-title">{grouping.name}</span>
      {[...names].sort(([a], [b]) => asPeopleCount(a, b)).map(([name, stroke]) => (
        <span key={name} class="chart-entry">
          <Swatch stroke={stroke} dash={[]} />
          {name}
        </span>
      ))}
    </div>
  );
}

/** Which line is which run. */
export function RunLegend(
  { drawn, props }: { drawn: readonly number[]; props: CurvesProps },
): JSX.Element {
  return (
    <div class="chart-legend">
      {drawn.map((row) => (
        <button
          key={row}
          type="button"
          class="chart-entry chart-link"
          onPointerEnter={() => props.hovered.value = row}
          onPointerLeave={() => props.hovered.value = undefined}
          onFocus={() => props.hovered.value = row}
          onBlur={() => props.hovered.value = undefined}
          onClick={() => props.onOpen(row)}
        >
          <Swatch {...props.colourOf(row)} />
          {props.nameOf(row)}
        </button>
      ))}
    </div>
  );
}

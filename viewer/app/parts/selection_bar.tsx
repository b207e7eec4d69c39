/**
 * What can be done with the runs that are chosen.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { counted } from "../data/format.ts";
import { styleAt, styleName, styleNumber, STYLES } from "../state/colours.ts";
import { change, goTab } from "../state/navigate.ts";
import { baseRow, hidden, rows, select, selected, setBase, setHidden } from "../state/rows.ts";
import { isCut, route, runs, view } from "../state/store.ts";
import { Swatch } from "./bits.tsx";
import { Icon } from "./icon.tsx";
import { MenuButton } from "./popover.tsx";

/** More ids than this are too many for a filter. */
const KEPT = 200;

/** A bar at the foot of the screen, as long as runs are chosen. */
export function SelectionBar(): VNode | null {
  const chosen = [...selected.value];
  const tab = route.value.screen === "project" ? route.value.tab : undefined;
  if (chosen.length === 0 || tab === "compare") return null;
  const [only] = chosen;
  const allHidden = chosen.every((row) => hidden.value.has(row));
  const outside = chosen.filter((row) => !rows.value.includes(row)).length;
  const keepOnly = () => {
    const ids = chosen.map((row) => runs.value!.ids[row]!);
    change({ q: `id in (${ids.map((id) => `"${id}"`).join(", ")})` }, "filter");
  };
  return (
    <div class="selection-bar" role="region" aria-label="Selected runs">
      <span class="selection-count">
        <strong>{counted(chosen.length, "run")}</strong> selected
        {outside > 0 && <span class="muted">· {outside} filtered out</span>}
      </span>
      {chosen.length > 1 && (
        <button
          type="button"
          class="button primary"
          onClick={() => goTab("compare")}
        >
          <Icon name="diff" />Compare<kbd>d</kbd>
        </button>
      )}
      <button
        type="button"
        class="button"
        onClick={() => setHidden(chosen, !allHidden)}
        title={allHidden ? "Show in charts" : "Hide in charts"}
      >
        <Icon name={allHidden ? "eye" : "hide"} />
        <span class="wide">{allHidden ? "Show" : "Hide"}</span>
      </button>
      {chosen.length === 1 && (
        <button
          type="button"
          class="button"
          onClick={() => setBase(baseRow.value === only ? undefined : only)}
        >
          <Icon name="base" />
          <span class="wide">
            {baseRow.value === only ? "Baseline no more" : "Make it the baseline"}
          </span>
        </button>
      )}
      <MenuButton label={<span class="wide">Colour</span>} title="Colour and dash" icon="palette">
        {(close) => <StylePicker rows={chosen} onDone={close} />}
      </MenuButton>
      {chosen.length <= KEPT && (
        <button type="button" class="button" onClick={keepOnly} title="Filter to the selected runs">
          <Icon name="filter" />
          <span class="wide">Only these</span>
        </button>
      )}
      <button
        type="button"
        class="button quiet"
        onClick={() => select([], "set")}
        aria-label="Clear the selection"
        title="Clear the selection (Escape)"
      >
        <Icon name="close" />
      </button>
      {isCut.value && (
        <span class="muted" title="A link holds at most 2,000 characters">
          The link leaves out a part of this view
        </span>
      )}
    </div>
  );
}

interface StylePickerProps {
  rows: readonly number[];
  onDone(): void;
}

/** All the colours and dashes that there are. */
export function StylePicker({ rows: list, onDone }: StylePickerProps): VNode {
  const now = list.length === 1 ? styleNumber(list[0]!) : undefined;
  const set = (number: number | undefined) => {
    const styles = { ...view.value.styles };
    for (const row of list) {
      const id = runs.value!.ids[row]!;
      if (number === undefined) delete styles[id];
      else styles[id] = number;
    }
    change({ styles }, "styles");
    onDone();
  };
  return (
    <div class="style-picker">
      <div class="style-grid">
        {Array.from({ length: STYLES }, (_, number) => (
          <button
            key={number}
            type="button"
            class={now === number ? "style chosen" : "style"}
            data-item
            aria-label={styleName(number)}
            title={styleName(number)}
            onClick={() => set(number)}
          >
            <Swatch style={styleAt(number)} />
          </button>
        ))}
      </div>
      <button type="button" class="link" onClick={() => set(undefined)}>As it was</button>
    </div>
  );
}

/**
 * What can be done with a column: sort, filter, group, pin, move, hide.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { textOf } from "../data/cell.ts";
import { Icon } from "../parts/icon.tsx";
import { Item, Popover } from "../parts/popover.tsx";
import { copy } from "../parts/toast.tsx";
import {
  moveColumn,
  pinColumn,
  type Placed,
  resizeColumn,
  shownColumns,
  toggleColumn,
  toggleGroup,
} from "../state/columns.ts";
import { change } from "../state/navigate.ts";
import { rows } from "../state/rows.ts";
import { view } from "../state/store.ts";
import { labelOf } from "./cells.tsx";
import { ColumnFilter } from "./column_filter.tsx";

interface ColumnMenuProps {
  placed: Placed;
  anchor: Element;
  onClose(): void;
}

const KINDS = { own: "Field of the run", metric: "Metric", parameter: "Parameter" } as const;

/** The menu of a column. */
export function ColumnMenu({ placed, anchor, onClose }: ColumnMenuProps): VNode {
  const { column, at, width } = placed;
  const { key } = column;
  const label = labelOf(column);
  const { group, sort, pinned } = view.value;
  const doing = (action: () => void) => () => {
    action();
    onClose();
  };
  const sortBy = (descends: boolean) => change({ sort: [{ key, descends }] }, "sort");
  const isLess = column.directionality === "loss";
  const isNumbers = column.type === "number" || column.type === "list";
  const [up, down] = isNumbers || column.type === "time"
    ? ["lowest first", "highest first"]
    : ["A to Z", "Z to A"];
  return (
    <Popover anchor={anchor} label={`Column ${label}`} onClose={onClose} class="menu column-menu">
      <div class="menu-head">
        <strong class="clip" title={label}>{label}</strong>
        <span class="muted">
          {KINDS[column.kind]}
          {column.kind === "metric" && (isLess ? " · less is better" : " · more is better")}
        </span>
      </div>
      <div class="menu-row">
        <button
          type="button"
          class="item"
          data-item
          data-first
          onClick={doing(() =>
            sortBy(false)
          )}
        >
          <Icon name="ascending" />Sort {up}
        </button>
        <button
          type="button"
          class="item"
          data-item
          onClick={doing(() =>
            sortBy(true)
          )}
        >
          <Icon name="descending" />Sort {down}
        </button>
        {sort.length > 0 && !sort.some((one) => one.key === key) && (
          <Item
            icon="plus"
            onClick={doing(() => change({ sort: [...sort, { key, descends: false }] }, "sort"))}
          >
            Then sort by this
          </Item>
        )}
        {sort.some((one) => one.key === key) && (
          <Item
            icon="close"
            onClick={doing(() => change({ sort: sort.filter((one) => one.key !== key) }, "sort"))}
          >
            Sort by this no more
          </Item>
        )}
      </div>
      <ColumnFilter column={column} />
      <div class="menu-row">
        <Item icon="group" checked={group.includes(key)} onClick={doing(() => toggleGroup(key))}>
          Group by this column
        </Item>
        <Item icon="pin" checked={at < pinned} onClick={doing(() => pinColumn(key))}>
          Keep in view
        </Item>
        {at > 0 && (
          <Item
            icon="left"
            onClick={doing(() => moveColumn(key, at - 1))}
          >
            Move left
          </Item>
        )}
        {at < shownColumns.value.length - 1 && (
          <Item
            icon="right"
            onClick={doing(() => moveColumn(key, at + 2))}
          >
            Move right
          </Item>
        )}
        <Item icon="plus" onClick={() => resizeColumn(key, width + 40)}>Wider</Item>
        <Item icon="copy" onClick={doing(() => void copyValues())}>Copy values</Item>
        <Item icon="hide" onClick={doing(() => toggleColumn(column))}>Hide column</Item>
      </div>
    </Popover>
  );

  async function copyValues(): Promise<void> {
    const texts = rows.value.map((row) => textOf(column.cells[row]));
    await copy(texts.join("\n"), `${texts.length} values of ${label}`);
  }
}

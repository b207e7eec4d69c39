/**
 * One line of the table: a run, or a group of runs.
 *
 * @module
 */
/// <reference lib="dom" />
import { Component, type VNode } from "npm:preact@^11.2.0";
import { count } from "../data/format.ts";
import { Swatch } from "../parts/bits.tsx";
import { Icon } from "../parts/icon.tsx";
import { colourOf, nameOf } from "../state/colours.ts";
import type { Placed } from "../state/columns.ts";
import { hrefOf, openRun } from "../state/navigate.ts";
import { anchor, select, selected, selectTo, setHidden } from "../state/rows.ts";
import { cursor, hovered, runs, slug } from "../state/store.ts";
import { type CellContext, cellOf, groupCell, isRight, labelOf, titleOf } from "./cells.tsx";
import { cursorColumn, inHeader } from "./cursor.ts";
import { type Group, type Line, lines, toggleOpen } from "./model.ts";

/** The width of the boxes to choose runs by. */
export const GUTTER = 58;

/** The columns that are seen. */
export interface Seen {
  pinned: readonly Placed[];
  free: readonly Placed[];
  /** The width of the columns left of those that are seen. */
  before: number;
}

interface RowProps {
  line: Line;
  at: number;
  top: number | undefined;
  seen: Seen;
  width: number;
  context: CellContext;
  isSelected: boolean;
  isHidden: boolean;
  /** The column that the keyboard is in, if it is in this line. */
  active: number | undefined;
  isOpen: boolean;
}

/**
 * Whether a click was on something that has a use for it. By the path that it took: what it was on may have been drawn anew
 * by then, and be in no document.
 */
const isOnControl = (event: Event): boolean =>
  event.composedPath().some((one) => one instanceof Element && one.matches("a, button, input"));

/** A line. It is drawn again only if something of it is new. */
export class RowView extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    for (const key in next) {
      if (next[key as keyof RowProps] !== this.props[key as keyof RowProps]) return true;
    }
    return false;
  }

  override render(): VNode {
    const { line, at, top, seen, width, isSelected, isHidden, active } = this.props;
    const isGroup = typeof line === "object";
    const classes = ["row"];
    if (isGroup) classes.push("group");
    if (isSelected) classes.push("selected");
    if (isHidden) classes.push("hidden-run");
    if (active !== undefined) classes.push("cursor");
    if (top === undefined) classes.push("base");
    return (
      <div
        role="row"
        aria-rowindex={at + 2}
        aria-selected={isSelected}
        aria-level={isGroup ? line.depth + 1 : undefined}
        aria-expanded={isGroup ? this.props.isOpen : undefined}
        class={classes.join(" ")}
        style={{
          width: `${width}px`,
          transform: top === undefined ? undefined : `translateY(${top}px)`,
        }}
        onPointerEnter={() => hovered.value = isGroup ? undefined : line}
        onPointerOver={this.#onPointerOver}
        onClick={this.#onClick}
        onDblClick={this.#onDoubleClick}
      >
        <div class={seen.pinned.length > 0 ? "pins edged" : "pins"} role="presentation">
          {isGroup ? this.#groupGutter(line) : this.#gutter(line)}
          {seen.pinned.map((one) => this.#cell(one))}
        </div>
        <div class="spacer" role="presentation" style={{ width: `${seen.before}px` }} />
        {seen.free.map((one) => this.#cell(one))}
      </div>
    );
  }

  #onClick = (event: MouseEvent): void => {
    const { line, at } = this.props;
    if (typeof line === "object") return toggleOpen(line.path);
    if (at < 0 || isOnControl(event)) return;
    inHeader.value = false;
    const cell = (event.target as Element).closest("[aria-colindex]");
    if (cell) cursorColumn.value = Math.max(0, Number(cell.getAttribute("aria-colindex")) - 2);
    cursor.value = line;
    if (event.shiftKey) {
      getSelection()?.removeAllRanges();
      selectTo(line, lines.value.filter((one) => typeof one === "number"));
    } else if (event.ctrlKey || event.metaKey) {
      select([line], "toggle");
      anchor.value = line;
    }
  };

  /** Only what is pointed at needs to say all of its text: writing it for each cell is a tenth of scrolling. */
  #onPointerOver = (event: PointerEvent): void => {
    const { line, seen } = this.props;
    const cell = (event.target as Element).closest<HTMLElement>(".cell");
    const at = Number(cell?.getAttribute("aria-colindex")) - 2;
    const column = [...seen.pinned, ...seen.free].find((one) => one.at === at)?.column;
    if (!cell || !column) return;
    cell.title = typeof line === "number" ? titleOf(column, column.cells[line] ?? null) : "";
  };

  #onDoubleClick = (event: MouseEvent): void => {
    const { line } = this.props;
    if (typeof line === "number" && !isOnControl(event)) openRun(line);
  };

  #gutter(row: number): VNode {
    const { isSelected, isHidden } = this.props;
    const name = nameOf.value(row);
    return (
      <div class="gutter" role="gridcell" aria-colindex={1}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Select ${name}`}
          checked={isSelected}
          onClick={(event) => {
            if (event.shiftKey) {
              event.preventDefault();
              selectTo(row, lines.value.filter((one) => typeof one === "number"));
            } else select([row], "toggle");
            anchor.value = row;
          }}
        />
        <button
          type="button"
          class="eye"
          tabIndex={-1}
          aria-label={`${isHidden ? "Show" : "Hide"} ${name} in charts`}
          title={isHidden ? "Show in charts" : "Hide in charts"}
          onClick={() => setHidden([row], !isHidden)}
        >
          <Swatch style={colourOf.value(row)} hollow={isHidden} />
        </button>
      </div>
    );
  }

  #groupGutter(group: Group): VNode {
    const { isSelected, isOpen } = this.props;
    return (
      <div class="gutter" role="gridcell" aria-colindex={1}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`Select the ${group.rows.length} runs of this group`}
          checked={isSelected}
          onClick={(event) => {
            event.stopPropagation();
            if (!isSelected) return select(group.rows, "add");
            const inGroup = new Set(group.rows);
            select([...selected.value].filter((row) => !inGroup.has(row)), "set");
          }}
        />
        <span class={isOpen ? "caret open" : "caret"} aria-hidden="true">
          <Icon name="right" size={14} />
        </span>
      </div>
    );
  }

  #cell({ column, width, at }: Placed): VNode {
    const { line, context, active } = this.props;
    const isFirst = at === 0;
    const classes = ["cell", column.kind];
    if (isRight(column)) classes.push("right");
    if (active === at) classes.push("active");
    const content = typeof line === "object"
      ? isFirst ? <GroupName group={line} /> : groupCell(column, line)
      : column.kind === "own" && column.name === "name"
      ? <NameLink row={line} />
      : cellOf(column, line, context);
    // Most are, and a text alone is laid out in less time.
    if (typeof content === "string") classes.push("plain");
    return (
      <div
        key={column.key}
        id={active === at ? `cell-${this.props.at}-${at}` : undefined}
        role="gridcell"
        aria-colindex={at + 2}
        class={classes.join(" ")}
        style={{ width: `${width}px` }}
      >
        {content}
      </div>
    );
  }
}

function GroupName({ group }: { group: Group }): VNode {
  return (
    <span class="group-name" style={{ paddingLeft: `${group.depth * 14}px` }}>
      <span class="muted">{labelOf(group.column)}</span>
      <strong class="clip">{group.text === "" ? "none" : group.text}</strong>
      <span class="pill">{count(group.rows.length)}</span>
    </span>
  );
}

function NameLink({ row }: { row: number }): VNode {
  const id = runs.value!.ids[row]!;
  const name = nameOf.value(row);
  const hasName = typeof runs.value!.column("own", "name")?.cells[row] === "string";
  return (
    <a
      class={hasName ? "run-link clip" : "run-link clip mono"}
      tabIndex={-1}
      href={hrefOf({ screen: "run", slug: slug.value!, id })}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        openRun(row);
      }}
    >
      {name}
    </a>
  );
}

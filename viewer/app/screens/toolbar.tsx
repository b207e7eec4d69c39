/**
 * What stands above a project's screens: the search, and menus that select, group, choose columns, keep views and export.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import type { CatalogAnswer, ChosenRequest } from "../../contract.ts";
import { toCsv, toJson, toTabs } from "../data/export.ts";
import { counted } from "../data/format.ts";
import { post, postForFile, save } from "../data/load.ts";
import { Item, MenuButton } from "../parts/popover.tsx";
import { SearchBar } from "../parts/search_bar.tsx";
import { copy, sayError } from "../parts/toast.tsx";
import { groupColumns, shownColumns, toggleGroup } from "../state/columns.ts";
import { change } from "../state/navigate.ts";
import { rows, select, selected } from "../state/rows.ts";
import { index, route, runs, slug } from "../state/store.ts";
import { labelOf } from "../table/cells.tsx";
import { open } from "../table/model.ts";
import { Picker } from "../table/picker.tsx";
import { ViewsMenu } from "./views.tsx";

/** What stands above a project's screens. */
export function Toolbar(): VNode {
  const { value } = route;
  const isTable = value.screen === "project" && value.tab === "table";
  return (
    <div class="toolbar" role="toolbar" aria-label="What is shown">
      <SearchBar />
      <div class="toolbar-buttons">
        <SelectMenu />
        {isTable && <GroupMenu />}
        {isTable && (
          <MenuButton
            icon="columns"
            label={<span class="wide">Columns</span>}
            title="Columns"
            panelClass="menu picker-menu"
          >
            {() => <Picker />}
          </MenuButton>
        )}
        <ViewsMenu />
        {isTable && <ExportMenu />}
      </div>
    </div>
  );
}

/** The first of them, all, none, the others. */
function SelectMenu(): VNode {
  const [many, setMany] = useState("10");
  const total = rows.value.length;
  return (
    <MenuButton icon="check" label={<span class="wide">Select</span>} title="Select">
      {(close) => {
        const doing = (action: () => void) => () => {
          action();
          close();
        };
        const first = (n: number) => select(rows.value.slice(0, n), "set");
        return (
          <>
            <Item onClick={doing(() => select(rows.value, "set"))}>
              All {counted(total, "run")}
            </Item>
            {[3, 5, 20].filter((n) => n < total).map((n) => (
              <Item
                key={n}
                onClick={doing(() => first(n))}
              >
                The first {n}
              </Item>
            ))}
            <form
              class="item"
              onSubmit={(event) => {
                event.preventDefault();
                const n = Number(many);
                if (n > 0) doing(() => first(Math.floor(n)))();
              }}
            >
              <span class="icon-gap" />
              <label class="grow">
                The first{" "}
                <input
                  class="tiny"
                  type="number"
                  min="1"
                  aria-label="How many runs"
                  value={many}
                  onInput={(event) => setMany(event.currentTarget.value)}
                />
              </label>
              <button type="submit" class="button small">Select</button>
            </form>
            <Item
              onClick={doing(() =>
                select(rows.value.filter((row) => !selected.value.has(row)), "set")
              )}
            >
              The others
            </Item>
            <Item icon="close" keys="Esc" onClick={doing(() => select([], "set"))}>None</Item>
          </>
        );
      }}
    </MenuButton>
  );
}

function GroupMenu(): VNode {
  const [part, setPart] = useState("");
  const grouped = groupColumns.value;
  return (
    <MenuButton
      icon="group"
      class={grouped.length > 0 ? "on" : ""}
      label={
        <span class="wide">
          {grouped.length === 0 ? "Group" : grouped.map(labelOf).join(", ")}
        </span>
      }
      title={grouped.length === 0
        ? "Group runs by columns"
        : `Grouped by ${grouped.map(labelOf).join(", ")}`}
    >
      {(close) => {
        const columns = runs.value!.columns.filter((column) =>
          column.kind !== "metric" && column.name !== "createdAt" && column.name !== "durationMs" &&
          labelOf(column).toLowerCase().includes(part.toLowerCase())
        );
        return (
          <>
            {grouped.length > 0 && (
              <>
                {grouped.map((column) => (
                  <Item
                    key={column.key}
                    checked
                    onClick={() => toggleGroup(column.key)}
                  >
                    {labelOf(column)}
                  </Item>
                ))}
                <Item
                  icon="close"
                  onClick={() => {
                    change({ group: [] }, "group");
                    open.value = new Set();
                    close();
                  }}
                >
                  Group by nothing
                </Item>
                <hr />
              </>
            )}
            <input
              type="search"
              class="small-search"
              placeholder="Group by…"
              aria-label="Find a column to group by"
              value={part}
              onInput={(event) => setPart(event.currentTarget.value)}
            />
            <div class="menu-scroll">
              {columns.filter((column) => !grouped.includes(column)).slice(0, 200).map((column) => (
                <Item
                  key={column.key}
                  onClick={() => toggleGroup(column.key)}
                >
                  {labelOf(column)}
                </Item>
              ))}
            </div>
          </>
        );
      }}
    </MenuButton>
  );
}

function ExportMenu(): VNode {
  const list = selected.value.size > 0
    ? rows.value.filter((row) => selected.value.has(row))
    : rows.value;
  const what = counted(list.length, "run");
  const write = (how: typeof toCsv) => how(runs.value!, list, shownColumns.value);
  const file = (text: string, type: string, ending: string) =>
    save(new Blob([text], { type }), `${slug.value}.${ending}`);
  const chosen = (): ChosenRequest => ({
    project: slug.value!,
    ids: list.map((row) => runs.value!.ids[row]!),
    columns: shownColumns.value.map(({ kind, name }) => ({ kind, name })),
  });
  const catalog = () =>
    post<CatalogAnswer>("actions/catalog", chosen()).then(
      ({ text }) => save(new Blob([text], { type: "application/yaml" }), "rubicon-ml-catalog.yml"),
      sayError,
    );
  const parquet = () =>
    postForFile("actions/parquet", chosen()).then(
      (blob) => save(blob, `${slug.value}.parquet`),
      sayError,
    );
  return (
    <MenuButton icon="export" label={<span class="wide">Export</span>} title="Export">
      {(close) => {
        const doing = (action: () => void) => () => {
          action();
          close();
        };
        return (
          <>
            <p class="menu-note">
              {selected.value.size > 0 ? "The selected runs" : "The runs shown"}, with the columns
              shown
            </p>
            <Item icon="copy" onClick={doing(() => void copy(write(toTabs), what))}>
              Copy for a spreadsheet
            </Item>
            <Item icon="copy" onClick={doing(() => void copy(write(toCsv), what))}>
              Copy as CSV
            </Item>
            <Item icon="copy" onClick={doing(() => void copy(write(toJson), what))}>
              Copy as JSON
            </Item>
            <hr />
            <Item
              icon="export"
              onClick={doing(() => file(write(toCsv), "text/csv;charset=utf-8", "csv"))}
            >
              Download CSV
            </Item>
            <Item
              icon="export"
              onClick={doing(() => file(write(toJson), "application/json", "json"))}
            >
              Download JSON
            </Item>
            {index.value?.live && (
              <Item icon="export" onClick={doing(() => void parquet())}>Download Parquet</Item>
            )}
            {index.value?.catalog && (
              <Item icon="export" onClick={doing(() => void catalog())}>Download a catalog</Item>
            )}
          </>
        );
      }}
    </MenuButton>
  );
}

/**
 * The values of several runs, a line a key: only those that are seen are in the document.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "npm:preact@^11.2.0/hooks";
import type { DiffKind, DiffRow } from "../../../domain/query/diff.ts";
import type { RunFile } from "../../contract.ts";
import { listOf, textOf } from "../data/cell.ts";
import { compared } from "../data/compared.ts";
import { counted, delta, number, percent, time } from "../data/format.ts";
import { Empty, RunName } from "../parts/bits.tsx";
import { Icon } from "../parts/icon.tsx";
import { isNarrow } from "../state/columns.ts";
import { openRun } from "../state/navigate.ts";
import { select, setBase } from "../state/rows.ts";
import { runs, view } from "../state/store.ts";
import type { Cell } from "../types.ts";
import { labelOf } from "../table/cells.tsx";

const ROW = 32;
const AROUND = 5;

const TITLES: Record<DiffKind, string> = {
  own: "Run",
  tag: "Tags",
  parameter: "Parameters",
  metric: "Metrics",
  feature: "Features",
  environment: "Environment",
};

/** What came of the runs is looked at first. */
const ORDER: readonly DiffKind[] = [
  "metric",
  "parameter",
  "own",
  "tag",
  "feature",
  "environment",
];

type Line = { readonly kind: DiffKind; readonly many: number } | DiffRow;

const isRow = (line: Line): line is DiffRow => "values" in line;

interface Props {
  rows: readonly number[];
  files: readonly (RunFile | undefined)[];
}

/** A table of what differs. */
export function CompareValues({ rows: list, files }: Props): VNode {
  const [part, setPart] = useState("");
  const { all } = view.value;
  const found = useMemo(
    () => compared(runs.value!, list, files, all),
    [runs.value, list.join(), files.map((file) => file?.checksum ?? "").join(), all],
  );
  const lines = useMemo(() => {
    const wanted = part.trim().toLowerCase();
    const result: Line[] = [];
    for (const kind of ORDER) {
      // The runs' names are above the columns.
      const of = found.filter((row) =>
        row.kind === kind && !(kind === "own" && row.key === "name") &&
        row.key.toLowerCase().includes(wanted)
      );
      if (of.length > 0) result.push({ kind, many: of.length }, ...of);
    }
    return result;
  }, [found, part]);
  const scroller = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState({ from: 0, to: 30 });
  const measure = () => {
    const box = scroller.current;
    if (!box) return;
    const from = Math.max(0, Math.floor(box.scrollTop / ROW) - AROUND);
    const to = Math.ceil((box.scrollTop + box.clientHeight) / ROW) + AROUND;
    setRange((now) => now.from === from && now.to === to ? now : { from, to });
  };
  useLayoutEffect(measure, [lines]);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  const [key, each] = isNarrow.value ? [124, 176] : [240, 214];
  const columns = `${key}px repeat(${list.length}, minmax(${each}px, 1fr))`;
  const least = `${key + each * list.length}px`;
  return (
    <div
      ref={scroller}
      class="diff"
      role="table"
      tabIndex={0}
      aria-label="Values of the selected runs"
      aria-rowcount={lines.length + 1}
      onScroll={measure}
    >
      <div class="diff-head" role="rowgroup" style={{ minWidth: least }}>
        <div class="diff-row" role="row" style={{ gridTemplateColumns: columns }}>
          <div class="diff-key" role="columnheader">
            <input
              type="search"
              class="small-search"
              placeholder={`Find among ${counted(found.length, "key")}`}
              aria-label="Find a key"
              value={part}
              onInput={(event) => setPart(event.currentTarget.value)}
            />
          </div>
          {list.map((row, at) => <RunHead key={row} row={row} list={list} isBase={at === 0} />)}
        </div>
      </div>
      <div
        class="diff-body"
        role="rowgroup"
        style={{ height: `${lines.length * ROW}px`, minWidth: least }}
      >
        {lines.slice(range.from, range.to).map((line, place) => {
          const at = range.from + place;
          const style = { transform: `translateY(${at * ROW}px)`, gridTemplateColumns: columns };
          return isRow(line)
            ? <DiffLine key={`${line.kind} ${line.key}`} row={line} style={style} at={at} />
            : (
              <div
                key={line.kind}
                class={`diff-row diff-title of-${line.kind}`}
                role="row"
                style={style}
              >
                <div role="rowheader" class="diff-key">
                  <strong>{TITLES[line.kind]}</strong>
                  <span class="pill">{line.many}</span>
                </div>
              </div>
            );
        })}
      </div>
      {lines.length === 0 && (
        <Empty
          icon="check"
          title={part === "" ? "These runs do not differ" : `No key has “${part}” in its name`}
        >
          {part === "" && <p>Untick “Only what differs” to see what they have.</p>}
        </Empty>
      )}
    </div>
  );
}

interface HeadProps {
  row: number;
  list: readonly number[];
  isBase: boolean;
}

function RunHead({ row, list, isBase }: HeadProps): VNode {
  return (
    <div class={isBase ? "diff-run base" : "diff-run"} role="columnheader">
      <button type="button" class="link clip" title="Open this run" onClick={() => openRun(row)}>
        <RunName row={row} />
      </button>
      {isBase ? <span class="pill">base</span> : (
        <button
          type="button"
          class="button quiet"
          title="Compare the others with this one"
          aria-label="Make it the baseline"
          onClick={() => setBase(row)}
        >
          <Icon name="base" size={14} />
        </button>
      )}
      <button
        type="button"
        class="button quiet"
        title="Leave it out"
        aria-label="Leave this run out"
        onClick={() => {
          if (isBase) setBase(undefined);
          select(list.filter((one) => one !== row), "set");
        }}
      >
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}

interface LineProps {
  row: DiffRow;
  style: Record<string, string>;
  at: number;
}

function DiffLine({ row, style, at }: LineProps): VNode {
  const { kind, key, values, deltas, relative, better } = row;
  const label = kind === "own" ? labelOf({ kind: "own", name: key }) : key;
  return (
    <div
      class={row.differs ? "diff-row" : "diff-row same"}
      role="row"
      aria-rowindex={at + 2}
      style={style}
    >
      <div class="diff-key" role="rowheader" title={key}>
        <span class={kind === "own" ? "clip" : "clip mono"}>{label}</span>
      </div>
      {values.map((value, place) => {
        const difference = deltas?.[place];
        const differs = place > 0 && textOf(value as Cell) !== textOf(values[0] as Cell);
        const how = better?.[place];
        return (
          <div
            key={place}
            role="cell"
            class={differs ? "diff-cell differs" : "diff-cell"}
            title={textOf(value as Cell).slice(0, 2_000)}
          >
            <span class="clip">{valueOf(row, value as Cell | undefined)}</span>
            {place > 0 && difference !== undefined && difference !== 0 && (
              <span
                class={`delta ${how === undefined ? "" : how ? "better" : "worse"}`}
                title={how === undefined
                  ? undefined
                  : `${how ? "better" : "worse"} than the baseline`}
              >
                {delta(difference)}
                {relative?.[place] !== undefined && (
                  <span class="relative">{percent(relative[place]!)}</span>
                )}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}

function valueOf({ kind, key }: DiffRow, value: Cell | undefined): VNode | string {
  if (value === undefined) return <span class="faint">missing</span>;
  if (value === null) return <span class="faint">{kind === "own" ? "–" : "null"}</span>;
  if (typeof value === "number" || typeof value === "bigint") return number(value);
  if (kind === "own" && key === "createdAt") return time(String(value));
  const list = listOf(value);
  if (list && list.length > 4) {
    return `${counted(list.length, "value")}, last ${number(list.at(-1)!, 4)}`;
  }
  if (kind === "tag" && value === true) return "yes";
  return textOf(value);
}

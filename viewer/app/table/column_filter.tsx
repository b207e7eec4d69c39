/**
 * Filtering by a column from its header: a range of numbers or times, some of the values, or a part of a text.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import { useMemo, useState } from "npm:preact@^11.2.0/hooks";
import type { QueryColumn, QueryCondition, QueryLiteral } from "../../../domain/query/tree.ts";
import { asPeopleCount, textOf } from "../data/cell.ts";
import { clausesOf, queryColumn, withClauses } from "../data/clauses.ts";
import { count, number } from "../data/format.ts";
import { tagsOf } from "../data/query_cells.ts";
import { change } from "../state/navigate.ts";
import { runs, view } from "../state/store.ts";
import type { RunColumn } from "../types.ts";

/** Shows the filter that fits to a column. */
export function ColumnFilter({ column }: { column: RunColumn }): VNode | null {
  if (column.loading) return null;
  const asked = queryColumn(column);
  const clauses = clausesOf(view.value.q, asked);
  const apply = (parts: readonly QueryCondition[]) =>
    change({ q: withClauses(view.value.q, asked, parts) }, "filter");
  const inner = column.type === "number"
    ? <Range column={column} asked={asked} clauses={clauses} apply={apply} />
    : column.type === "time"
    ? <Since asked={asked} clauses={clauses} apply={apply} />
    : column.type === "text" || column.type === "boolean" || column.type === "texts"
    ? <Values column={column} asked={asked} clauses={clauses} apply={apply} />
    : null;
  if (!inner) return null;
  return (
    <div class="menu-row filter">
      <div class="filter-head">
        <span>Filter</span>
        {clauses.length > 0 && (
          <button type="button" class="link" onClick={() => apply([])}>Clear</button>
        )}
      </div>
      {inner}
    </div>
  );
}

interface FilterProps {
  asked: QueryColumn;
  clauses: readonly QueryCondition[];
  apply(parts: readonly QueryCondition[]): void;
}

const valueOf = (clauses: readonly QueryCondition[], op: string): QueryLiteral | undefined => {
  const found = clauses.find((one) => one.op === op);
  return found && "value" in found ? found.value : undefined;
};

/** From and to, with a picture of how the numbers lie. */
function Range({ column, asked, clauses, apply }: FilterProps & { column: RunColumn }): VNode {
  const numbers = useMemo(
    () => column.numbers.filter((value) => Number.isFinite(value)).sort(),
    [column],
  );
  const [low, high] = [valueOf(clauses, ">="), valueOf(clauses, "<=")];
  const set = (from: string, to: string) => {
    const parts: QueryCondition[] = [];
    if (from.trim() !== "" && !Number.isNaN(Number(from))) {
      parts.push({ op: ">=", column: asked, value: Number(from) });
    }
    if (to.trim() !== "" && !Number.isNaN(Number(to))) {
      parts.push({ op: "<=", column: asked, value: Number(to) });
    }
    apply(parts);
  };
  const [least, most] = [numbers[0], numbers.at(-1)];
  const [from, to] = [low === undefined ? "" : String(low), high === undefined ? "" : String(high)];
  return (
    <>
      {least !== undefined && least !== most && (
        <Histogram
          numbers={numbers}
          low={low === undefined ? -Infinity : Number(low)}
          high={high === undefined ? Infinity : Number(high)}
          onRange={(a, b) => set(a, b)}
        />
      )}
      <div class="range-inputs">
        <label>
          <span class="muted">from</span>
          <input
            type="text"
            inputMode="decimal"
            value={from}
            placeholder={least === undefined ? "" : number(least, 4)}
            onChange={(event) => set(event.currentTarget.value, to)}
          />
        </label>
        <label>
          <span class="muted">to</span>
          <input
            type="text"
            inputMode="decimal"
            value={to}
            placeholder={most === undefined ? "" : number(most, 4)}
            onChange={(event) => set(from, event.currentTarget.value)}
          />
        </label>
      </div>
    </>
  );
}

const BARS = 28;

interface HistogramProps {
  numbers: Float64Array;
  low: number;
  high: number;
  onRange(from: string, to: string): void;
}

/** How many numbers lie where. Drawing over it sets the range. */
function Histogram({ numbers, low, high, onRange }: HistogramProps): VNode {
  const [least, most] = [numbers[0]!, numbers.at(-1)!];
  const bars = useMemo(() => {
    const counts = new Array<number>(BARS).fill(0);
    for (const value of numbers) {
      const at = Math.min(BARS - 1, Math.floor((value - least) / (most - least) * BARS));
      counts[at] = counts[at]! + 1;
    }
    return counts;
  }, [numbers]);
  const [drawn, setDrawn] = useState<[number, number] | undefined>(undefined);
  const top = Math.max(...bars);
  const onPointerDown = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const at = (to: { clientX: number }) =>
      least + Math.max(0, Math.min(1, (to.clientX - box.left) / box.width)) * (most - least);
    const start = at(event);
    let end = start;
    const move = (to: PointerEvent) => {
      end = at(to);
      setDrawn([Math.min(start, end), Math.max(start, end)]);
    };
    const up = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      setDrawn(undefined);
      const [from, to] = [Math.min(start, end), Math.max(start, end)];
      const text = (value: number) => String(Number(value.toPrecision(4)));
      if (to - from > (most - least) / 200) {
        onRange(from <= least ? "" : text(from), to >= most ? "" : text(to));
      }
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
  };
  const [from, to] = drawn ?? [low, high];
  return (
    <svg
      class="histogram"
      viewBox={`0 0 ${BARS * 8} 44`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onPointerDown={onPointerDown}
    >
      {bars.map((one, at) => {
        const middle = least + (at + 0.5) / BARS * (most - least);
        const height = one === 0 ? 0 : Math.max(2, one / top * 42);
        return (
          <rect
            key={at}
            x={at * 8 + 0.5}
            y={44 - height}
            width="7"
            height={height}
            class={middle >= from && middle <= to ? "in" : "out"}
          />
        );
      })}
    </svg>
  );
}

/** On or after a day, and before one. */
function Since({ asked, clauses, apply }: FilterProps): VNode {
  const day = (op: string) => String(valueOf(clauses, op) ?? "").slice(0, 10);
  const [from, to] = [day(">="), day("<")];
  const set = (since: string, until: string) =>
    apply([
      ...since ? [{ op: ">=", column: asked, value: since } as const] : [],
      ...until ? [{ op: "<", column: asked, value: until } as const] : [],
    ]);
  return (
    <div class="range-inputs">
      <label>
        <span class="muted">since</span>
        <input type="date" value={from} onChange={(event) => set(event.currentTarget.value, to)} />
      </label>
      <label>
        <span class="muted">before</span>
        <input type="date" value={to} onChange={(event) => set(from, event.currentTarget.value)} />
      </label>
    </div>
  );
}

/** More values than this are looked for by a part of their text. */
const LISTED = 200;

/** Some of the values. */
function Values({ column, asked, clauses, apply }: FilterProps & { column: RunColumn }): VNode {
  const [part, setPart] = useState("");
  const isTags = column.kind === "own" && column.name === "tags";
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    const add = (text: string) => found.set(text, (found.get(text) ?? 0) + 1);
    if (isTags) { for (const tags of tagsOf(runs.value!)) new Set(tags).forEach(add); }
    else for (const cell of column.cells) if (cell !== null) add(textOf(cell));
    return [...found].sort(([a, x], [b, y]) => found.size > 12 ? y - x : asPeopleCount(a, b));
  }, [column]);
  const chosen = new Set(chosenOf(clauses));
  const toggle = (text: string) => {
    const next = new Set(chosen);
    if (!next.delete(text)) next.add(text);
    const values = [...next].map((one): QueryLiteral =>
      column.type === "boolean" ? one === "true" : one
    );
    apply(
      values.length === 0
        ? []
        : values.length === 1
        ? [{ op: "==", column: asked, value: values[0]! }]
        : [{ op: "in", column: asked, values }],
    );
  };
  const shown = counts.filter(([text]) => text.toLowerCase().includes(part.toLowerCase()));
  return (
    <>
      {counts.length > 8 && (
        <input
          type="search"
          class="small-search"
          placeholder="Find a value, or Enter for all with this text"
          aria-label="Find a value"
          value={part}
          onInput={(event) => setPart(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || part === "") return;
            apply([{ op: "ilike", column: asked, pattern: `%${part}%` }]);
          }}
        />
      )}
      <div class="values">
        {shown.slice(0, LISTED).map(([text, times]) => (
          <label key={text} class="value">
            <input type="checkbox" checked={chosen.has(text)} onChange={() => toggle(text)} />
            <span class="clip grow" title={text}>{text === "" ? "(empty)" : text}</span>
            <span class="muted">{count(times)}</span>
          </label>
        ))}
        {shown.length > LISTED && (
          <p class="muted">{count(shown.length - LISTED)} more: type a part of one.</p>
        )}
      </div>
    </>
  );
}

function chosenOf(clauses: readonly QueryCondition[]): string[] {
  return clauses.flatMap((one) =>
    one.op === "==" ? [String(one.value)] : one.op === "in" ? one.values.map(String) : []
  );
}

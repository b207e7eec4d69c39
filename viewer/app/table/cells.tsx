/**
 * What is in a cell of the table.
 *
 * @module
 */
import type { ComponentChildren, VNode } from "npm:preact@^11.2.0";
import { listOf, textOf } from "../data/cell.ts";
import { ago, counted, deltaOf, duration, number, numbersOf, time } from "../data/format.ts";
import { Spark } from "../charts/spark.tsx";
import { Status, Tags } from "../parts/bits.tsx";
import { colourOf } from "../state/colours.ts";
import type { Cell, RunColumn, Runs } from "../types.ts";
import { bestOf, type Group } from "./model.ts";

/** What cells are drawn by, besides what is in them. A new object draws all of them again. */
export interface CellContext {
  readonly runs: Runs;
  readonly rows: readonly number[];
  readonly base: number | undefined;
  readonly sparks: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>;
}

/** Names of own columns, as people say them. */
const LABELS: Readonly<Record<string, string>> = {
  name: "Name",
  status: "Status",
  durationMs: "Duration",
  createdAt: "Created",
  tags: "Tags",
  modelName: "Model",
  branchName: "Branch",
  commitHash: "Commit",
  description: "Description",
  comments: "Comments",
};

/** What a column is called. */
export const labelOf = ({ kind, name }: Pick<RunColumn, "kind" | "name">): string =>
  kind === "own" && Object.hasOwn(LABELS, name) ? LABELS[name]! : name;

/** Whether cells stand at the right, as numbers do. */
export const isRight = (column: RunColumn): boolean =>
  column.kind !== "own" && (column.type === "number" || column.type === "list") ||
  column.name === "durationMs" && column.kind === "own";

/** The whole text of a cell, for whoever points at it. */
export function titleOf(column: RunColumn, cell: Cell): string {
  if (cell === null) return "";
  if (column.type === "time") return time(String(cell));
  const list = listOf(cell);
  if (list && list.length > 40) {
    return `${counted(list.length, "value")}: ${
      list.slice(0, 40).map((one) => number(one)).join(", ")
    }…`;
  }
  const text = textOf(cell);
  return text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text;
}

/** A cell of a run. */
export function cellOf(column: RunColumn, row: number, context: CellContext): ComponentChildren {
  if (column.loading) return <span class="skeleton" />;
  const cell = column.cells[row] ?? null;
  if (column.kind === "own") return ownCell(column, cell, row, context);
  if (cell === null) {
    return column.nulls?.includes(row)
      ? <span class="faint">null</span>
      : <span class="faint">–</span>;
  }
  switch (typeof cell) {
    case "number":
    case "bigint":
      return numberCell(column, cell, row, context);
    case "boolean":
      return <span class="mono">{String(cell)}</span>;
    case "string":
      return cell === ""
        ? <span class="faint">empty</span>
        : column.type === "time"
        ? time(cell)
        : cell;
  }
  const list = listOf(cell);
  if (!list) return <span class="mono">{textOf(cell)}</span>;
  return (
    <>
      <Spark width={52} values={thinned(list)} stroke={colourOf.value(row).stroke} />
      <span class="muted">{list.length}×</span>
      <span>{number(list.findLast((one) => !Number.isNaN(one)) ?? NaN, 4)}</span>
    </>
  );
}

function numberCell(
  column: RunColumn,
  cell: number | bigint,
  row: number,
  { runs, rows, base, sparks }: CellContext,
): ComponentChildren {
  const text = numbersOf(column)(cell);
  if (column.kind !== "metric") return text;
  const curve = sparks[column.name]?.[runs.ids[row]!];
  const isBest = bestOf(column, rows) === row;
  if (!curve && !isBest && base === undefined) return text;
  return (
    <>
      {curve && curve.length > 1 && (
        <Spark width={52} values={curve} stroke={colourOf.value(row).stroke} />
      )}
      <span class={isBest ? "best" : undefined}>{text}</span>
      {base !== undefined && (
        <span class="delta-slot">
          <Delta column={column} row={row} base={base} />
        </span>
      )}
    </>
  );
}

/** How much more or less than the baseline, and whether that is better. */
function Delta(
  { column, row, base }: { column: RunColumn; row: number; base: number },
): VNode | null {
  if (row === base) return <span class="delta faint">base</span>;
  const difference = column.numbers[row]! - column.numbers[base]!;
  if (Number.isNaN(difference)) return null;
  const isBetter = difference === 0
    ? undefined
    : difference < 0 === (column.directionality === "loss");
  const how = isBetter === undefined ? "faint" : isBetter ? "better" : "worse";
  return (
    <span
      class={`delta ${how}`}
      title={isBetter === undefined ? "As the baseline" : `${how} than the baseline`}
    >
      {deltaOf(column, difference)}
    </span>
  );
}

function ownCell(
  column: RunColumn,
  cell: Cell,
  row: number,
  { runs }: CellContext,
): ComponentChildren {
  switch (column.name) {
    case "status": {
      if (typeof cell !== "string") return <span class="faint">–</span>;
      const took = runs.column("own", "durationMs")?.numbers[row];
      return <Status state={cell} milliseconds={took} />;
    }
    case "createdAt":
      return ago(String(cell));
    case "durationMs":
      return typeof cell === "number" ? duration(cell) : <span class="faint">–</span>;
    case "tags":
      return <Tags tags={textsOf(cell)} />;
    case "comments":
      return textsOf(cell).join(" · ");
    case "commitHash":
      return <span class="mono">{textOf(cell).slice(0, 8)}</span>;
  }
  return textOf(cell);
}

const textsOf = (cell: Cell): string[] =>
  Array.isArray(cell) ? cell.filter((one) => typeof one === "string") : [];

/** A cell of a group: what its runs have together. */
export function groupCell(column: RunColumn, group: Group): ComponentChildren {
  if (column.loading) return <span class="skeleton" />;
  if (column.kind === "own" && column.name !== "durationMs") {
    const summary = group.summary(column);
    return column.name === "createdAt" || typeof summary !== "string"
      ? ""
      : <span class="muted">{summary}</span>;
  }
  const summary = group.summary(column);
  if (typeof summary === "string") return <span class="muted">{summary}</span>;
  const write = column.name === "durationMs" && column.kind === "own"
    ? duration
    : column.kind === "metric"
    ? numbersOf(column)
    : (value: number) => number(value, 4);
  if (summary.least === summary.most) return write(summary.mean);
  const brief = write === duration ? duration : (value: number) => number(value, 3);
  return (
    <span class="summary" title="The mean, and the least and the most">
      {write(summary.mean)}
      <span class="range">{brief(summary.least)} … {brief(summary.most)}</span>
    </span>
  );
}

/** At most 40 points of a list, least and most kept. */
function thinned(list: readonly number[]): readonly number[] {
  if (list.length <= 60) return list;
  const size = list.length / 20;
  return Array.from({ length: 20 }, (_, at) => {
    const part = list.slice(Math.floor(at * size), Math.floor((at + 1) * size));
    const [least, most] = [Math.min(...part), Math.max(...part)];
    return part.indexOf(least) < part.indexOf(most) ? [least, most] : [most, least];
  }).flat();
}

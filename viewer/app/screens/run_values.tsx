/**
 * The values of a run: what came out, what went in, and on what it ran.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ComponentChildren, VNode } from "npm:preact@^11.2.0";
import { useState } from "npm:preact@^11.2.0/hooks";
import { decodeCell } from "../../cells.ts";
import type { RunFile } from "../../contract.ts";
import { asPeopleCount, listOf, textOf } from "../data/cell.ts";
import { count, counted, delta, number } from "../data/format.ts";
import { Spark } from "../charts/spark.tsx";
import { dotted, Tags } from "../parts/bits.tsx";
import { Icon } from "../parts/icon.tsx";
import { colourOf } from "../state/colours.ts";
import { wantSparks } from "../state/project.ts";
import { baseRow, rows } from "../state/rows.ts";
import { runs, sparks } from "../state/store.ts";
import type { Cell } from "../types.ts";

/** A part of the page with a heading; long ones can be searched. */
export function Section(
  { title, many, children, find }: {
    title: string;
    many?: number;
    children: ComponentChildren;
    find?: { value: string; set(value: string): void };
  },
): VNode {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>
          {title}
          {many !== undefined && <span class="pill">{count(many)}</span>}
        </h2>
        {find && (many ?? 0) > 12 && (
          <input
            type="search"
            class="small-search"
            placeholder="Find"
            aria-label={`Find among ${title.toLowerCase()}`}
            value={find.value}
            onInput={(event) => find.set(event.currentTarget.value)}
          />
        )}
      </div>
      {children}
    </section>
  );
}

/** More of one kind than this are shown when they are asked for. */
const LISTED = 100;

function useListed<T extends { name: string }>(all: readonly T[]) {
  const [part, setPart] = useState("");
  const [isWhole, setWhole] = useState(false);
  const found = all.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase()))
    .sort((a, b) => asPeopleCount(a.name, b.name));
  const shown = isWhole ? found : found.slice(0, LISTED);
  const more = found.length > shown.length && (
    <button
      type="button"
      class="link"
      onClick={() => setWhole(true)}
    >
      {count(found.length - shown.length)} more
    </button>
  );
  return { shown, more, find: { value: part, set: setPart } };
}

/** The metrics, with their curves, and where among all runs they are. */
export function Metrics({ run, row }: { run: RunFile; row: number | undefined }): VNode | null {
  const { shown, more, find } = useListed(run.metrics);
  wantSparks();
  if (run.metrics.length === 0) return null;
  const stroke = row === undefined ? "currentColor" : colourOf.value(row).stroke;
  const base = baseRow.value;
  return (
    <Section title="Metrics" many={run.metrics.length} find={find}>
      <ul class="values-list">
        {shown.map(({ name, value, description, directionality, tags }) => {
          const cell = decodeCell(value) as Cell;
          const list = listOf(cell);
          const curve = list ?? sparks.value?.[name]?.[run.id];
          const column = runs.value?.column("metric", name);
          const compared = base !== undefined && base !== row && column && !column.loading &&
              typeof cell === "number"
            ? cell - column.numbers[base]!
            : NaN;
          const isBetter = compared < 0 === (directionality === "loss");
          return (
            <li key={name} class="value-line">
              <div class="value-name">
                <span class="mono" title={name}>{name}</span>
                {description && <span class="muted">{description}</span>}
                {tags.length > 0 && <Tags tags={tags} />}
              </div>
              <span class="value-curve">
                {curve && curve.length > 1 && (
                  <Spark values={curve} stroke={stroke} width={120} height={26} />
                )}
              </span>
              <span class="value-number">
                {list
                  ? (
                    <>
                      <span class="muted">{counted(list.length, "value")}, last</span>
                      {number(list.at(-1)!, 6)}
                    </>
                  )
                  : typeof cell === "number" || typeof cell === "bigint"
                  ? number(cell, 6)
                  : <Nested cell={cell} />}
              </span>
              <span class="value-rank muted">
                {!Number.isNaN(compared) && compared !== 0
                  ? (
                    <span class={`delta ${isBetter ? "better" : "worse"}`}>
                      {delta(compared)}
                    </span>
                  )
                  : rankOf(name, cell)}
              </span>
              <span
                class="muted"
                title={directionality === "loss" ? "Less is better" : "More is better"}
              >
                <Icon name={directionality === "loss" ? "descending" : "ascending"} size={12} />
                <span class="unseen">
                  {directionality === "loss" ? "less is better" : "more is better"}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
      {more}
    </Section>
  );
}

/** Where a value is among those of the runs that are shown. */
function rankOf(name: string, cell: Cell): string {
  const column = runs.value?.column("metric", name);
  if (!column || column.loading || typeof cell !== "number" || Number.isNaN(cell)) return "";
  const isLoss = column.directionality === "loss";
  let [rank, many] = [1, 0];
  for (const row of rows.value) {
    const other = column.numbers[row]!;
    if (Number.isNaN(other)) continue;
    many++;
    if (isLoss ? other < cell : other > cell) rank++;
  }
  return many < 2 ? "" : rank === 1 ? `best of ${count(many)}` : `${count(rank)} of ${count(many)}`;
}

/** The parameters; what is nested has a line each. */
export function Parameters({ run }: { run: RunFile }): VNode | null {
  const { shown, more, find } = useListed(run.parameters);
  if (run.parameters.length === 0) return null;
  return (
    <Section title="Parameters" many={run.parameters.length} find={find}>
      <dl class="pairs">
        {shown.map(({ name, value, description }) => (
          <div key={name} class="pair">
            <dt class="mono" title={description ?? name}>{dotted(name)}</dt>
            <dd>
              <Nested cell={decodeCell(value) as Cell} />
            </dd>
          </div>
        ))}
      </dl>
      {more}
    </Section>
  );
}

/** A value; objects as a list of their fields. */
function Nested({ cell, depth = 0 }: { cell: Cell; depth?: number }): VNode {
  if (cell === null) return <span class="faint">null</span>;
  if (typeof cell === "object" && !Array.isArray(cell) && depth < 6) {
    const entries = Object.entries(cell);
    if (entries.length === 0) return <span class="faint">{"{}"}</span>;
    return (
      <dl class="nested">
        {entries.slice(0, LISTED).map(([key, value]) => (
          <div key={key} class="pair">
            <dt class="mono">{key}</dt>
            <dd>
              <Nested cell={value as Cell} depth={depth + 1} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  const list = listOf(cell);
  if (list && list.length > 8) {
    return (
      <span title={textOf(cell).slice(0, 2_000)}>
        <Spark values={list.slice(0, 400)} stroke="currentColor" />{" "}
        {counted(list.length, "value")}, last {number(list.at(-1)!)}
      </span>
    );
  }
  if (cell === "") return <span class="faint">empty text</span>;
  return <span class="mono wrap">{typeof cell === "number" ? number(cell, 8) : textOf(cell)}</span>;
}

/** The features, the most important first. */
export function Features({ run }: { run: RunFile }): VNode | null {
  const [isWhole, setWhole] = useState(false);
  if (run.features.length === 0) return null;
  const all = run.features.map(({ name, importance, description }) => ({
    name,
    description,
    importance: Number(decodeCell(importance) ?? NaN),
  })).sort((a, b) =>
    (Math.abs(b.importance) || 0) - (Math.abs(a.importance) || 0) || asPeopleCount(a.name, b.name)
  );
  const most = Math.max(...all.map(({ importance }) => Math.abs(importance) || 0)) || 1;
  const shown = isWhole ? all : all.slice(0, 20);
  return (
    <Section title="Features" many={all.length}>
      <ul class="features">
        {shown.map(({ name, importance, description }) => (
          <li key={name} title={description ?? undefined}>
            <span class="mono clip">{name}</span>
            <span class="feature-bar">
              <span
                class={importance < 0 ? "below" : undefined}
                style={{ width: `${(Math.abs(importance) || 0) / most * 100}%` }}
              />
            </span>
            <span class="feature-number">
              {Number.isNaN(importance) ? <span class="faint">–</span> : number(importance, 4)}
            </span>
          </li>
        ))}
      </ul>
      {all.length > shown.length && (
        <button
          type="button"
          class="link"
          onClick={() => setWhole(true)}
        >
          {count(all.length - shown.length)} more
        </button>
      )}
    </Section>
  );
}

/** What the code ran on. */
export function Environment({ run }: { run: RunFile }): VNode | null {
  const entries = Object.entries(run.environment ?? {}).map(([name, value]) => ({ name, value }));
  const { shown, more, find } = useListed(entries);
  if (entries.length === 0) return null;
  return (
    <Section title="Environment" many={entries.length} find={find}>
      <dl class="pairs small">
        {shown.map(({ name, value }) => (
          <div key={name} class="pair">
            <dt class="mono">{dotted(name)}</dt>
            <dd class="mono wrap">{value}</dd>
          </div>
        ))}
      </dl>
      {more}
    </Section>
  );
}

/** What it was trained on. */
export function Training({ run }: { run: Pick<RunFile, "trainingMetadata"> }): VNode | null {
  const cell = decodeCell(run.trainingMetadata) as Cell;
  if (cell === null) return null;
  const lines = Array.isArray(cell) ? cell : [cell];
  return (
    <Section title="Trained on">
      <ul class="plain-list">
        {lines.map((line, at) => (
          <li key={at} class="mono wrap">
            {Array.isArray(line)
              ? line.map((one) => textOf(one)).join(" · ")
              : textOf(line as Cell)}
          </li>
        ))}
      </ul>
    </Section>
  );
}

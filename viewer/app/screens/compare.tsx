/**
 * Several runs side by side: what differs between them, their artifacts, their dataframes.
 *
 * @module
 */
/// <reference lib="dom" />
import { signal } from "npm:@preact/signals@^2.11.4";
import type { VNode } from "npm:preact@^11.2.0";
import type { RunFile } from "../../contract.ts";
import { count } from "../data/format.ts";
import { Empty } from "../parts/bits.tsx";
import { runPath, useFiles } from "../parts/file.ts";
import { change } from "../state/navigate.ts";
import { baseRow, rows, select, selected } from "../state/rows.ts";
import { project, runs, slug, view } from "../state/store.ts";
import { CompareArtifacts } from "./compare_artifacts.tsx";
import { CompareFrames } from "./compare_frames.tsx";
import { CompareValues } from "./compare_values.tsx";

/** More runs than this are not compared at once. */
const MOST = 40;

const part = signal<"values" | "artifacts" | "frames">("values");

/** What is compared: the baseline first, then what was chosen, in the table's order. */
function comparedRows(): readonly number[] {
  const chosen = rows.value.filter((row) => selected.value.has(row));
  const outside = [...selected.value].filter((row) => !rows.value.includes(row));
  const list = [...chosen, ...outside];
  const base = baseRow.value;
  return base === undefined ? list : [base, ...list.filter((row) => row !== base)];
}

/** The tab that compares runs. */
export function Compare(): VNode {
  const list = comparedRows();
  if (list.length < 2) return <ChooseSome />;
  return <Compared rows={list.slice(0, MOST)} left={Math.max(0, list.length - MOST)} />;
}

function ChooseSome(): VNode {
  const first = Math.min(5, rows.value.length);
  return (
    <Empty icon="diff" title="Select two or more runs to compare">
      <p>
        Tick them in the table, or press <kbd>x</kbd> at a run, then <kbd>d</kbd>.
      </p>
      {first > 1 && (
        <button
          type="button"
          class="button primary"
          onClick={() => select(rows.value.slice(0, first), "set")}
        >
          Compare the first {first}
        </button>
      )}
    </Empty>
  );
}

function Compared({ rows: list, left }: { rows: readonly number[]; left: number }): VNode {
  const ids = list.map((row) => runs.value!.ids[row]!);
  const { files, retry } = useFiles<RunFile>(
    ids.map((id) => runPath(slug.value!, id)),
    project.value!.runs.checksum,
  );
  const ready = files.map((file) => file.state === "ready" ? file.value : undefined);
  const failed = files.find((file) => file.state === "failed");
  const names = (of: (file: RunFile) => readonly { name: string | null }[]) =>
    new Set(ready.flatMap((file) => file ? of(file).map(({ name }) => name ?? "") : [])).size;
  const artifacts = names((file) => file.artifacts);
  const frames = names((file) => file.dataframes);
  const shown = part.value;
  const tabs = [
    { key: "values", label: "Values", many: undefined },
    { key: "artifacts", label: "Artifacts", many: artifacts },
    { key: "frames", label: "Dataframes", many: frames },
  ] as const;
  return (
    <div class="compare">
      <div class="compare-bar">
        <div class="segments" role="group" aria-label="What is compared">
          {tabs.map(({ key, label, many }) => (
            <button
              key={key}
              type="button"
              aria-pressed={shown === key}
              disabled={many === 0}
              onClick={() => part.value = key}
            >
              {label}
              {many !== undefined && many > 0 && <span class="pill">{count(many)}</span>}
            </button>
          ))}
        </div>
        {shown === "values" && (
          <label class="switch">
            <input
              type="checkbox"
              checked={!view.value.all}
              onChange={() => change({ all: !view.value.all }, "all")}
            />
            Only what differs
          </label>
        )}
        {left > 0 && (
          <span class="muted">The first {MOST} of the selected runs; {left} are left out</span>
        )}
        {failed?.state === "failed" && (
          <span class="note bad" role="alert">
            {failed.message} <button type="button" class="link" onClick={retry}>Try again</button>
          </span>
        )}
      </div>
      {shown === "values"
        ? <CompareValues rows={list} files={ready} />
        : shown === "artifacts"
        ? <CompareArtifacts rows={list} files={ready} />
        : <CompareFrames rows={list} files={ready} />}
    </div>
  );
}

/**
 * The curves of runs, read when they are needed, a few at a time.
 *
 * @module
 */
import { useMemo } from "npm:preact@^11.2.0/hooks";
import type { HistoryFile } from "../../contract.ts";
import { type Curve, curvesOf } from "../../curves_file.ts";
import type { Runs } from "../types.ts";
import { type Files, useFiles } from "./files.ts";

export type { Curve };

/** So many are asked for at a time: a server has several in one answer, and of a host of files a browser asks for a few. */
const AT_ONCE = 36;

/** The curves of one run by the names of metrics. */
export type Curves = ReadonlyMap<string, Curve>;

/** What is read of the runs that were asked for. */
export interface Histories extends Omit<Files<Curves>, "of"> {
  of(row: number): Curves | undefined;
}

/** What changes in the list of runs when a run got more points: its own fields and values, and while it runs all curves' mark. */
export function markOf(runs: Runs, row: number, curvesMark: string): string {
  const own = ["status", "durationMs"].map((name) => runs.column("own", name)?.values?.[row]);
  const last = runs.columns.flatMap(({ kind, values }) => kind === "metric" ? [values?.[row]] : []);
  const isOver = own[0] !== undefined && own[0] !== null && own[0] !== "running";
  return JSON.stringify([own, last, isOver ? "" : curvesMark]);
}

/** The curves of those rows, as they come. What did not change is not read again with a new list of runs. */
export function useHistories(
  runs: Runs,
  rows: readonly number[],
  load: (path: string) => Promise<unknown>,
  curvesMark: string,
): Histories {
  const wanted = useMemo(
    () =>
      rows.flatMap((row) => {
        const path = runs.file.history[row];
        return path ? [{ path, mark: markOf(runs, row, curvesMark) }] : [];
      }),
    [runs, rows, curvesMark],
  );
  const files = useFiles<Curves>(
    wanted,
    async (path) => {
      const file = await load(path);
      return file instanceof Map ? file : curvesOf(file as HistoryFile);
    },
    runs.file.project.slug,
    AT_ONCE,
  );
  return { ...files, of: (row) => files.of(runs.file.history[row]) };
}

/**
 * Reading what is shown, and reading it again once something is new.
 *
 * @module
 */
/// <reference lib="dom" />
import { batch, effect, signal } from "npm:@preact/signals@^2.11.4";
import type { ColumnFile, RunsFile, SparksFile, ViewerIndex } from "../../contract.ts";
import { forget, isSingleFile, loadIfNew, loadJson } from "../data/load.ts";
import { makeRuns, withColumns } from "../data/runs.ts";
import type { RunColumn } from "../types.ts";
import { completeIds } from "./navigate.ts";
import {
  cursor,
  hovered,
  index,
  indexProblem,
  project,
  runs,
  runsProblem,
  slug,
  sparks,
} from "./store.ts";

/** How long the page waits before it looks again, in milliseconds. */
const REFRESH = 3_000;

/** Whether the page looks by itself whether something is new. */
export const paused = signal(false);
/** Whether it looks right now. */
export const looking = signal(false);

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Looks whether anything is new. One request, if nothing is. */
export async function refresh(): Promise<void> {
  if (looking.value) return;
  looking.value = true;
  try {
    const at = slug.value;
    const path = at === undefined || isSingleFile()
      ? "index.json"
      : `index.json?at=${encodeURIComponent(at)}`;
    const found = await loadIfNew<ViewerIndex>(path);
    batch(() => {
      indexProblem.value = undefined;
      if (found && found.checksum !== index.value?.checksum) index.value = found;
    });
  } catch (error) {
    indexProblem.value = messageOf(error);
  } finally {
    looking.value = false;
  }
}

/** The slug and the checksum of what was read, or is being read. */
let shown = { slug: "", checksum: "" };

async function readRuns(of: string, path: string, checksum: string): Promise<void> {
  const isOther = shown.slug !== of;
  shown = { slug: of, checksum };
  if (isOther) {
    batch(() => {
      runs.value = undefined;
      sparks.value = undefined;
      runsProblem.value = undefined;
      [cursor.value, hovered.value] = [undefined, undefined];
    });
  }
  try {
    const file = await loadJson<RunsFile>(path);
    if (shown.slug !== of || shown.checksum !== checksum) return; // Somebody went elsewhere meanwhile.
    batch(() => {
      keepRows(file.ids);
      runs.value = makeRuns(file, askColumn);
      completeIds(file.ids);
      runsProblem.value = undefined;
    });
  } catch (error) {
    if (shown.slug !== of || shown.checksum !== checksum) return;
    shown = { slug: of, checksum: "" };
    runsProblem.value = messageOf(error);
  }
}

/** Rows are indices: what is new or deleted moves them. */
function keepRows(ids: readonly string[]): void {
  const before = runs.value;
  for (const row of [cursor, hovered]) {
    if (row.value === undefined) continue;
    const at = ids.indexOf(before?.ids[row.value] ?? "");
    row.value = at < 0 ? undefined : at;
  }
}

/** Reads the runs again although the page believes to know them. */
export function retryRuns(): void {
  shown = { slug: "", checksum: "" };
  forget("index.json");
  const of = project.value;
  if (of) void readRuns(of.slug, of.runs.path, of.runs.checksum);
  void refresh();
}

let asked: RunColumn[] = [];

/** Columns that were looked at in one turn are asked for together, and shown together. */
function askColumn(column: RunColumn): void {
  if (asked.push(column) > 1) return;
  queueMicrotask(() => void readColumns());
}

/** This many files are asked for at once. */
const AT_ONCE = 12;

async function readColumns(): Promise<void> {
  const wanted = asked;
  asked = [];
  const { slug: of, checksum } = shown;
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const files = new Map<string, ColumnFile>();
    await Promise.all(
      wanted.slice(at, at + AT_ONCE).map(async (column) => {
        try {
          files.set(column.key, await loadJson<ColumnFile>(column.path!));
        } catch (error) {
          indexProblem.value = messageOf(error);
        }
      }),
    );
    if (shown.slug !== of || shown.checksum !== checksum || !runs.value) return;
    const { checksum: now } = runs.value.file;
    const [fits, differs] = [new Map<string, ColumnFile>(), [...files.values()]];
    for (const [key, file] of files) if (file.checksum === now) fits.set(key, file);
    runs.value = withColumns(runs.value, fits);
    // The project went on since: the next look reads all of it.
    if (differs.some((file) => file.checksum !== now)) return void refresh();
  }
}

let sparksAsked = "";

/** Small curves are read once a column with them is shown. */
export function wantSparks(): void {
  const of = project.peek();
  if (!of?.sparks || sparksAsked === `${of.slug} ${of.sparks.checksum}`) return;
  sparksAsked = `${of.slug} ${of.sparks.checksum}`;
  loadJson<SparksFile>(of.sparks.path).then((file) => {
    if (slug.value === of.slug) sparks.value = file.sparks;
  }, (error) => {
    sparksAsked = "";
    indexProblem.value = messageOf(error);
  });
}

/** Reads what is shown, whenever another project is shown or something of it is new. */
export function startReading(): void {
  effect(() => {
    const of = project.value;
    if (!of) return;
    const { slug: name, runs: { path, checksum } } = of;
    if (shown.slug !== name || shown.checksum !== checksum) {
      void readRuns(name, path, checksum);
    }
  });
  void refresh();
  const look = () => {
    if (index.value?.live !== false && !paused.value && document.visibilityState === "visible") {
      return refresh();
    }
  };
  const next = () =>
    setTimeout(async () => {
      await look();
      next();
    }, REFRESH);
  next();
  document.addEventListener("visibilitychange", () => void look());
}

/**
 * Where the plots of a project's experiments get their rows from.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import { checkComposite, checkFields, checkProject, refuse, show } from "../domain/check.ts";
import { CALL_FIELDS } from "../domain/inputs.ts";
import { OWN_FIELDS } from "../domain/query/tree.ts";
import { type AnyTable, columnName } from "../domain/query/table.ts";
import { toTable } from "../domain/table.ts";
import type { Project } from "../domain/format/entities.ts";
import { count } from "./values.ts";

/** The experiments to plot: a project, or a table from `toTable`, for instance with fewer rows. */
export type PlotSource = Project | AnyTable;

/** Options that all plots take. */
export interface PlotOptions extends CallOptions {
  /** What stands above the plot. Default: what it shows. */
  title?: string;
  /** The plot's width in pixels, its frame aside. */
  width?: number;
  /** The plot's height in pixels, its frame aside. */
  height?: number;
}

/** The names of the options that all plots take. */
export const PLOT_FIELDS = ["title", "width", "height", ...CALL_FIELDS] as const;

const OWN: ReadonlySet<string> = new Set(OWN_FIELDS);

/** What is plotted. */
export interface PlotTable {
  /** The names of the columns. */
  columns: string[];
  /** The names of those that are parameters or metrics, which are not the experiments' own. */
  logged: string[];
  /** The rows. */
  rows: readonly Readonly<Record<string, unknown>>[];
  /** How it is called. */
  about: string;
}

/** Checks the options that all plots take. */
export function checkPlot(
  rubicon: Composite,
  options: PlotOptions,
  own: readonly string[],
  where: string,
): void {
  checkComposite(rubicon, where);
  checkFields(options, new Set([...own, ...PLOT_FIELDS]), where);
  for (const side of ["width", "height"] as const) {
    const size = options[side];
    if (size === undefined || Number.isFinite(size) && size >= 100 && size <= 10_000) continue;
    refuse(`${where}: ${side} must be a number of pixels from 100 to 10000, not ${show(size)}.`);
  }
  if (options.title !== undefined && typeof options.title !== "string") {
    refuse(`${where}: title must be text, not ${show(options.title)}.`);
  }
}

/** The experiments' table, and how it is called. */
export async function tableOf(
  rubicon: Composite,
  source: PlotSource,
  options: PlotOptions,
  where: string,
): Promise<PlotTable> {
  const call = Object.fromEntries(
    Object.entries(options).filter(([name]) => CALL_FIELDS.has(name)),
  );
  const named = ({ columns, rows }: AnyTable, about: string): PlotTable => ({
    columns: columns.map(columnName),
    logged: columns.map(columnName).filter((name) => !OWN.has(name)),
    rows: rows as PlotTable["rows"],
    about,
  });
  const given = (source ?? {}) as Partial<AnyTable>;
  if (Array.isArray(given.columns) && Array.isArray(given.rows)) {
    return named(given as AnyTable, count(given.rows.length, "experiment"));
  }
  const project = checkProject(source, where);
  const table = await toTable(rubicon, project, call);
  return named(table, `${count(table.rows.length, "experiment")} of ${project.name}`);
}

/** Refuses a name that is no column, and says which there are. */
export function checkColumn(columns: readonly string[], name: unknown, where: string): string {
  if (typeof name === "string" && columns.includes(name)) return name;
  const known = columns.filter((column) => !OWN.has(column));
  return refuse(
    `${where}: there is no column ${show(name)}. ` +
      (known.length > 0 ? `There is: ${known.join(", ")}.` : "No parameter or metric is logged."),
  );
}

/** How a row is called: by its experiment's name, else by the start of its id. */
export function rowName(row: Readonly<Record<string, unknown>>): string {
  const { name, id } = row;
  if (typeof name === "string" && name !== "") return name;
  return typeof id === "string" ? id.slice(-8) : "";
}

/** A note on what could not be drawn; nothing where all is. */
export const leftOut = (number: number, why: string): string[] =>
  number === 0 ? [] : [`${count(number, "experiment")} ${why}: not drawn.`];

/** How wide a ring is around what is equal, in pixels, and how many there are at most. */
const RING = 2.5;
const MAX_RINGS = 8;

/** How many equal places came before each, and how much wider that makes it. */
export function ringsOf(places: readonly string[]): { rank: number; wider: number }[] {
  const seen = new Map<string, number>();
  return places.map((place) => {
    const rank = seen.get(place) ?? 0;
    seen.set(place, rank + 1);
    return { rank, wider: RING * Math.min(rank, MAX_RINGS) };
  });
}

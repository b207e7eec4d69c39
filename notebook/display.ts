/**
 * `display`: what the store holds, to look at in a notebook.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import {
  checkComposite,
  checkEntity,
  checkFields,
  checkTexts,
  refuse,
  show,
} from "../domain/check.ts";
import { FIELDS } from "../domain/format/schema.ts";
import { CALL_FIELDS } from "../domain/inputs.ts";
import type { AnyTable } from "../domain/table.ts";
import type { Entity, Kind, Project } from "../domain/format/entities.ts";
import { artifactBlocks } from "./artifact.ts";
import { type Block, heading, line, stack } from "./block.ts";
import {
  dataframeBlocks,
  entitiesTable,
  experimentBlocks,
  projectBlocks,
  tableGrid,
} from "./entities.ts";
import { printable } from "./html.ts";
import { type Displayed, displayed } from "./mime.ts";
import { shortTime, textOf } from "./values.ts";

/** What {@linkcode display} takes: an entity, a list of entities, a table, or a list of rows. */
export type Displayable =
  | Entity
  | readonly Entity[]
  | AnyTable
  | readonly object[];

/** Options of {@linkcode display}. */
export interface DisplayOptions extends CallOptions {
  /** How many rows of each table are shown at most. What is left out is said in words. Default: 20. */
  limit?: number;
  /**
   * The columns of a project's experiments or of any table, in this order; `metrics.NAME` and `params.NAME` are names too.
   * Default: 40 at most, of which parameters are left out first.
   */
  columns?: readonly string[] | undefined;
  /**
   * For a project: whether a metric that was logged by step has a small curve before its value, which takes two requests
   * a run that is shown. Default: `true`.
   */
  curves?: boolean | undefined;
  /**
   * For a project: whether the viewer comes along below the table, in a frame that is opened by a click. It is for places
   * that run scripts, and adds some 400 KB to the notebook, and what the project has. Default: `false`.
   */
  viewer?: boolean | undefined;
}

const KINDS = Object.keys(FIELDS) as Kind[];
const OPTIONS = new Set(["limit", "columns", "curves", "viewer", ...CALL_FIELDS]);
const ROWS = 20;

/**
 * Makes something to look at of what the store holds: as the last expression of a notebook's cell it is shown.
 *
 * - a project: its newest experiments as a table, its artifacts and dataframes
 * - an experiment: its parameters, metrics, features, artifacts and dataframes
 * - an artifact: the picture, where it is a PNG, JPEG, GIF, WebP or SVG; the first lines of a text; name and size
 * - a dataframe: its first rows
 * - a metric, parameter or feature, and a list of any entities: a table
 * - a table from `toTable` or `readDataframe`, and any list of rows such as `status(rubicon)`: a table
 *
 * The value itself stays as it is. Every text from the store is escaped.
 *
 * @throws {RubiconException} where no backend is able to read, and for anything else than the above.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite } from "../mod.ts";
 * import { display } from "../notebook.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "display" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { name: "forest", metrics: { accuracy: 0.8 } });
 * const { mime } = await display(rubicon, project);
 * if (!mime["text/html"].includes("<td")) throw new Error("a table with the experiment");
 * ```
 */
export function display(
  rubicon: Composite,
  value: Displayable,
  options: DisplayOptions = {},
): Promise<Displayed<"text/html">> {
  return displayed(page(rubicon, value, options));
}

async function page(
  rubicon: Composite,
  value: Displayable,
  options: DisplayOptions,
): Promise<Displayed<"text/html">["mime"]> {
  const where = "display";
  checkComposite(rubicon, where);
  checkFields(options, OPTIONS, where);
  const { limit = ROWS, columns, curves = true, viewer = false, ...call } = options;
  const asked = columns && checkTexts(columns, `${where}: columns`);
  if (!(Number.isInteger(limit) && limit >= 1)) {
    refuse(`${where}: limit must be a whole number of rows, 1 or more, not ${show(limit)}.`);
  }
  for (const [name, is] of Object.entries({ curves, viewer })) {
    if (typeof is !== "boolean") {
      refuse(`${where}: ${name} must be true or false, not ${show(is)}.`);
    }
  }
  const blocks = await blocksOf(rubicon, value, { limit, asked, curves }, call, where);
  if (viewer) {
    const project = checkEntity(value, ["project"], `${where} with viewer`) as Project;
    const { viewerBlock } = await import("./viewer.ts");
    blocks.push(await viewerBlock(rubicon, project, call));
  }
  const { html, text } = stack(blocks);
  return { "text/html": html.html, "text/plain": printable(text).trim() };
}

async function blocksOf(
  rubicon: Composite,
  value: Displayable,
  { limit, asked, curves }: {
    limit: number;
    asked: readonly string[] | undefined;
    curves: boolean;
  },
  options: CallOptions,
  where: string,
): Promise<Block[]> {
  if (Array.isArray(value)) return [listBlock(value, limit, where, asked)];
  if (isTable(value)) return [tableGrid(value, limit, asked)];
  const kind = (value as Entity | undefined)?.kind;
  if (kind === undefined || !KINDS.includes(kind)) {
    refuse(
      `${where} takes an entity, a list of entities, or a table from toTable or readDataframe, not ` +
        `${show(value)}${
          (value as unknown) instanceof Promise ? ' (is an "await" missing?)' : ""
        }.`,
    );
  }
  const entity = checkEntity(value, KINDS, where);
  if (asked && entity.kind !== "project" && entity.kind !== "dataframe") refuseColumns(where);
  switch (entity.kind) {
    case "project":
      return await projectBlocks(rubicon, entity, { limit, curves }, options, asked);
    case "experiment":
      return await experimentBlocks(rubicon, entity, limit, options);
    case "artifact":
      return await artifactBlocks(rubicon, entity, options);
    case "dataframe":
      return await dataframeBlocks(rubicon, entity, limit, options, asked);
    default:
      return childBlocks(entity);
  }
}

const refuseColumns = (where: string): never =>
  refuse(`${where}: columns must be left out here: it is for projects, dataframes and tables.`);

/** A metric, parameter or feature. */
function childBlocks(child: Entity & { kind: "metric" | "parameter" | "feature" }): Block[] {
  const value = child.kind === "feature" ? child.importance : child.value;
  const about = [shortTime(child.createdAt), child.description ?? "", ...child.comments];
  const name = child.kind === "feature" && value === null ? "" : `${textOf(value)}`;
  return [heading(child.kind, child.name, about, child.tags), ...(name === "" ? [] : [line(name)])];
}

function isTable(value: unknown): value is AnyTable {
  const { columns, rows } = (value ?? {}) as Partial<AnyTable>;
  return Array.isArray(columns) && Array.isArray(rows);
}

function listBlock(
  list: readonly unknown[],
  limit: number,
  where: string,
  asked: readonly string[] | undefined,
): Block {
  if (list.length === 0) return line("An empty list.", true);
  const isEntity = (item: unknown) => KINDS.includes((item as Entity | null)?.kind as Kind);
  if (list.every(isEntity)) {
    if (asked) refuseColumns(where);
    return entitiesTable(list as Entity[], limit);
  }
  list.forEach((item, at) => {
    if (typeof item === "object" && item !== null && !Array.isArray(item)) return;
    refuse(`${where} takes a list of entities or of rows, but item ${at} is ${show(item)}.`);
  });
  const rows = list as Record<string, unknown>[];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return tableGrid({ columns, rows }, limit, asked);
}

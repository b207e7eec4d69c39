/**
 * Dataframes: tables with a name, kept as Parquet in rubicon-ml's pandas layout.
 *
 * @module
 */
import type { CallOptions, Composite } from "../composite.ts";
import {
  type AttachedQuery,
  createAttached,
  deleteAttached,
  getAttached,
  listAttached,
  prepareAttached,
} from "./writing/attached.ts";
import {
  checkComposite,
  checkEntity,
  checkFields,
  checkParent,
  checkTexts,
  refuse,
  show,
} from "./check.ts";
import { checkLimit } from "./reading/filter.ts";
import { describe } from "./format/codec.ts";
import { DATA, entityFolder } from "./format/layout.ts";
import { readAttached } from "./reading/deleted.ts";
import type { FrameOptions } from "./parquet/read/files.ts";
import type {
  ColumnTable,
  ColumnType,
  MissingValues,
  Table,
  TableColumns,
  TableRows,
} from "./parquet/parquet.ts";
import type { Dataframe, Parent } from "./format/entities.ts";
import { CALL_FIELDS, inputFields, type ListFilter, type LogInput } from "./inputs.ts";

/** What {@linkcode logDataframe} takes: the table, by rows or by columns, and the dataframe's fields. */
export type DataframeInput =
  & LogInput<Dataframe>
  & ({ rows: TableRows } | {
    columns: TableColumns;
    /** Which values of typed arrays are missing, by column: 1 for each that is. */
    missing?: MissingValues | undefined;
  })
  & {
    /**
     * The types of columns whose values do not say it, by name. A typed array of times counts in the type's unit from
     * 1970: a `BigInt64Array` as `timestamp[ns]`, an `Int32Array` as `date`.
     */
    types?: Readonly<Record<string, ColumnType>>;
  };

const INPUT = inputFields("dataframe", ["rows", "columns", "types", "missing"]);

/**
 * Logs a dataframe to a project or an experiment, in every backend. Typed arrays are the fastest way: they go to the
 * file as they are.
 *
 * @throws {RubiconException} `invalid-argument` for a table that Parquet cannot hold, before anything is
 * written; otherwise with the dataframe as `entity`: pass `{ ...error.entity, rows }` again.
 *
 * @example
 * ```ts
 * import { createProject, logDataframe, openComposite, readDataframe } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "logDataframe" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const dataframe = await logDataframe(rubicon, project, {
 *   name: "confusion",
 *   rows: [{ x: 1, y: 2 }, { x: 3, y: 4 }],
 * });
 * const { rows } = await readDataframe(rubicon, dataframe);
 * if (rows[1]?.y !== 4) throw new Error("the same rows");
 * ```
 */
export async function logDataframe(
  rubicon: Composite,
  parent: Parent,
  input: DataframeInput,
): Promise<Dataframe> {
  const where = "logDataframe";
  checkComposite(rubicon, where);
  checkParent(parent, where);
  checkFields(input, INPUT, where);
  const { rows, columns, types, missing, ...fields } = input as DataframeInput & {
    rows?: TableRows;
    columns?: TableColumns;
    missing?: MissingValues | undefined;
  };
  const data = rows ?? columns;
  if (data === undefined || (rows !== undefined && columns !== undefined)) {
    refuse(`${where} takes the table as rows (a list of objects) or as columns (lists by name).`);
  }
  if (missing !== undefined && columns === undefined) {
    refuse(`${where}: missing goes with columns. In rows, what is missing is null.`);
  }
  const dataframe = prepareAttached("dataframe", parent, fields, where);
  const { encodeTable } = await import("./parquet/parquet.ts");
  const source = await encodeTable(data, types ?? {}, where, missing);
  return await createAttached(rubicon, dataframe, { name: `${DATA}/data.parquet`, source }, input);
}

/**
 * Gets one dataframe, without its data, by id or by name. Of several with one name it is the last logged.
 *
 * @throws {RubiconException} `not-found` where no backend has it.
 *
 * @example
 * ```ts
 * import { createProject, getDataframe, logDataframe, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "getDataframe" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const { id } = await logDataframe(rubicon, project, { name: "counts", columns: { x: [1] } });
 * const dataframe = await getDataframe(rubicon, project, { name: "counts" });
 * if (dataframe.id !== id) throw new Error("it is the one that was logged");
 * ```
 */
export async function getDataframe(
  rubicon: Composite,
  parent: Parent,
  query: AttachedQuery,
): Promise<Dataframe> {
  return await getAttached(rubicon, "dataframe", parent, query, "getDataframe");
}

/**
 * The dataframes of a project itself, or of an experiment, oldest first.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example
 * ```ts
 * import { createProject, listDataframes, logDataframe, openComposite } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listDataframes" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logDataframe(rubicon, project, { name: "counts", columns: { x: [1, 2] } });
 * if ((await listDataframes(rubicon, project)).length !== 1) throw new Error("there is one");
 * ```
 */
export async function listDataframes(
  rubicon: Composite,
  parent: Parent,
  filter: ListFilter = {},
): Promise<Dataframe[]> {
  return await listAttached(rubicon, "dataframe", parent, filter, "listDataframes");
}

/** What {@linkcode readDataframe} reads: all of it, or some columns and rows. */
export interface ReadDataframeOptions extends CallOptions {
  /** The columns to read, in this order. Missing: all. */
  columns?: readonly string[] | undefined;
  /** How many rows to pass over. */
  offset?: number | undefined;
  /** How many rows to read at most. */
  limit?: number | undefined;
  /** As `rows`, one object each, or as `columns`, which are typed arrays if they are numbers. Missing: `rows`. */
  as?: "rows" | "columns" | undefined;
}

const READ_FIELDS: ReadonlySet<string> = new Set([
  ...CALL_FIELDS,
  "columns",
  "offset",
  "limit",
  "as",
]);

/**
 * A dataframe's table, whoever wrote it: this module, pandas, dask (its parts in order) or polars.
 *
 * With `columns`, `offset` or `limit`, only what they need is read of the store, by ranges of its files: for a frame of
 * this module whole groups of 100,000 rows.
 *
 * @throws {RubiconException} if no backend is able to read: `corrupt` for a damaged file, `unsupported` for an encrypted
 * one and for one that takes too much memory at once, `invalid-argument` for a column that is not there.
 *
 * @example
 * ```ts
 * import { createProject, logDataframe, openComposite, readDataframe } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "readDataframe" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const loss = new Float64Array([0.9, 0.5, 0.4]);
 * const frame = await logDataframe(rubicon, project, { columns: { loss, epoch: [1, 2, 3] } });
 * const { rows } = await readDataframe(rubicon, frame, { limit: 2 });
 * if (rows[1]?.loss !== 0.5) throw new Error("the second row");
 * const { data } = await readDataframe(rubicon, frame, { as: "columns", columns: ["loss"] });
 * if (!(data.loss instanceof Float64Array)) throw new Error("numbers are typed arrays");
 * ```
 */
export async function readDataframe(
  rubicon: Composite,
  dataframe: Dataframe,
  options: ReadDataframeOptions & { as: "columns" },
): Promise<ColumnTable>;
/** A dataframe's table, as rows. */
export async function readDataframe(
  rubicon: Composite,
  dataframe: Dataframe,
  options?: ReadDataframeOptions & { as?: "rows" | undefined },
): Promise<Table>;
export async function readDataframe(
  rubicon: Composite,
  dataframe: Dataframe,
  options: ReadDataframeOptions = {},
): Promise<Table | ColumnTable> {
  const where = "readDataframe";
  checkComposite(rubicon, where);
  checkEntity(dataframe, ["dataframe"], where);
  checkFields(options, READ_FIELDS, where);
  const { columns, offset, limit, as = "rows", ...call } = options;
  if (columns !== undefined) checkTexts(columns, `${where}: columns`);
  if (offset !== undefined && !(Number.isSafeInteger(offset) && offset >= 0)) {
    refuse(`${where}: offset must be an integer from 0, not ${show(offset)}.`);
  }
  if (as !== "rows" && as !== "columns") {
    refuse(`${where}: as must be "rows" or "columns", not ${show(as)}.`);
  }
  const { readFrame } = await import("./parquet/read/files.ts");
  const chosen: FrameOptions = { columns, offset, limit: checkLimit(limit, where), as };
  const folder = entityFolder(dataframe);
  return await readAttached(
    rubicon,
    folder,
    `the data of ${describe(dataframe)}`,
    async ({ driver, label }) => ({
      value: await readFrame(driver, label, folder, chosen, call.signal),
    }),
    call,
  );
}

/**
 * Deletes a dataframe from every backend.
 *
 * @throws {RubiconException} where the write policy is not met: call it again to finish.
 *
 * @example
 * ```ts
 * import {
 *   createProject,
 *   deleteDataframe,
 *   listDataframes,
 *   logDataframe,
 *   openComposite,
 * } from "../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "deleteDataframe" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const dataframe = await logDataframe(rubicon, project, { columns: { x: [1] } });
 * await deleteDataframe(rubicon, dataframe);
 * if ((await listDataframes(rubicon, project)).length !== 0) throw new Error("it is gone");
 * ```
 */
export async function deleteDataframe(
  rubicon: Composite,
  dataframe: Dataframe,
  options: CallOptions = {},
): Promise<void> {
  await deleteAttached(rubicon, "dataframe", dataframe, options, "deleteDataframe");
}

/**
 * Dataframes: tables with a name, kept as Parquet in rubicon-ml's pandas layout.
 *
 * @module
 */
import { RubiconException } from "../errors.ts";
import type { CallOptions, Composite } from "../composite.ts";
import {
  type AttachedQuery,
  createAttached,
  deleteAttached,
  getAttached,
  listAttached,
  prepareAttached,
} from "./writing/attached.ts";
import { checkComposite, checkEntity, checkFields, checkParent, refuse } from "./check.ts";
import { describe } from "./format/codec.ts";
import { DATA, entityFolder } from "./format/layout.ts";
import type { ColumnType, Table, TableColumns, TableRows } from "./parquet/parquet.ts";
import { pooled } from "./pool.ts";
import { CALL_FIELDS, inputFields } from "./format/schema.ts";
import type { Dataframe, Parent } from "./format/entities.ts";
import type { ListFilter, LogInput } from "./inputs.ts";
import { verifiedBytes } from "../composite/layers/verified.ts";

/** What {@linkcode logDataframe} takes: the table, by rows or by columns, and the dataframe's fields. */
export type DataframeInput =
  & LogInput<Dataframe>
  & ({ rows: TableRows } | { columns: TableColumns })
  & {
    /** The types of columns whose values do not say it, by name. */
    types?: Readonly<Record<string, ColumnType>>;
  };

const INPUT = inputFields("dataframe", ["rows", "columns", "types"]);

/**
 * Logs a dataframe to a project or an experiment, in every backend.
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
  const { rows, columns, types, ...fields } = input as DataframeInput & {
    rows?: TableRows;
    columns?: TableColumns;
  };
  const data = rows ?? columns;
  if (data === undefined || (rows !== undefined && columns !== undefined)) {
    refuse(`${where} takes the table as rows (a list of objects) or as columns (lists by name).`);
  }
  const dataframe = prepareAttached("dataframe", parent, fields, where);
  const { encodeTable } = await import("./parquet/parquet.ts");
  const source = await encodeTable(data, types ?? {}, where);
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

/**
 * A dataframe's table, whoever wrote it: this module, pandas, dask (its parts in order) or polars.
 *
 * @throws {RubiconException} where no backend is able to read.
 *
 * @example See {@linkcode logDataframe}
 */
export async function readDataframe(
  rubicon: Composite,
  dataframe: Dataframe,
  options: CallOptions = {},
): Promise<Table> {
  const where = "readDataframe";
  checkComposite(rubicon, where);
  checkEntity(dataframe, ["dataframe"], where);
  checkFields(options, CALL_FIELDS, where);
  const folder = entityFolder(dataframe);
  const { decodeTable } = await import("./parquet/parquet.ts");
  return await rubicon.read({
    what: `the data of ${describe(dataframe)}`,
    async run({ driver, label }) {
      const keys: string[] = [];
      for await (const { key } of driver.list(folder, { depth: 2 })) {
        const name = key.slice(folder.length + 1);
        if (name === DATA || (name.startsWith(`${DATA}/`) && name.endsWith(".parquet"))) {
          keys.push(key);
        }
      }
      if (keys.length === 0) {
        throw new RubiconException("not-found", `${label}: there is no data in ${folder}.`);
      }
      const files = await pooled(keys, async (key) => ({
        name: key.slice(key.lastIndexOf("/") + 1),
        bytes: await verifiedBytes(await driver.get(key), `${label}: ${key}`),
      }));
      return { value: await decodeTable(files, `${label}: ${folder}`) };
    },
  }, options);
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

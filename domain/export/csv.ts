/**
 * Tables as CSV and as JSON Lines.
 *
 * @module
 */
import { refuse, show } from "../check.ts";
import type { AnyTable } from "../query/table.ts";
import { checkTable, type Destination, putText, type TakeAwayOptions } from "./output.ts";

/** Options of {@linkcode toCsv}. */
export interface CsvOptions extends TakeAwayOptions {
  /**
   * Whether texts that a spreadsheet would take for formulas (they start with `=`, `+`, `-`, `@`, a tab or a line break) get
   * an apostrophe before them. Anybody who may log to the store may write such texts. Default: false, so that all is as it
   * was logged.
   */
  defuseFormulas?: boolean | undefined;
}

/**
 * A table as CSV (RFC 4180, UTF-8), with the names of the columns in the first line. What is missing is empty; an empty
 * text is `""`. Lists, objects and arrays are JSON; times are ISO 8601.
 *
 * @param table What `toTable` or `readDataframe` gives.
 * @returns The text, or nothing if `to` says where it goes.
 * @throws {RubiconException} `permission-denied` if the file cannot be written.
 *
 * @example
 * ```ts
 * import { createProject, logExperiment, openComposite, toCsv, toTable } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "toCsv" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project, { name: "forest", metrics: { accuracy: 0.8 } });
 * const table = await toTable(rubicon, project, { columns: ["name", "accuracy"] });
 * const text = await toCsv(table);
 * if (text !== "name,accuracy\r\nforest,0.8\r\n") throw new Error("two lines");
 * ```
 */
export function toCsv(
  table: AnyTable,
  options: CsvOptions & { to: Destination },
): Promise<void>;
/**
 * A table as a text of CSV.
 */
export function toCsv(table: AnyTable, options?: CsvOptions): Promise<string>;
export async function toCsv(table: AnyTable, options: CsvOptions = {}): Promise<string | void> {
  const where = "toCsv";
  checkTable(table, options, ["defuseFormulas"], where);
  const { defuseFormulas = false } = options;
  if (typeof defuseFormulas !== "boolean") {
    refuse(`${where}: defuseFormulas must be true or false, not ${show(defuseFormulas)}.`);
  }
  const { csvLines } = await import("./text.ts");
  return await putText(csvLines(table, defuseFormulas), options, "table.csv", where);
}

/**
 * A table as JSON Lines: an object a row, each on a line of its own. What is missing is left out. Times are ISO 8601, NaN
 * and the infinities texts, and integers have all their digits.
 *
 * @param table What `toTable` or `readDataframe` gives.
 * @returns The text, or nothing if `to` says where it goes.
 * @throws {RubiconException} `permission-denied` if the file cannot be written.
 *
 * @example
 * ```ts
 * import { toJsonLines } from "../../mod.ts";
 *
 * const text = await toJsonLines({ columns: ["x"], rows: [{ x: 1 }, { x: [2, 3] }] });
 * if (text !== '{"x":1}\n{"x":[2,3]}\n') throw new Error("two lines");
 * ```
 */
export function toJsonLines(
  table: AnyTable,
  options: TakeAwayOptions & { to: Destination },
): Promise<void>;
/**
 * A table as a text of JSON Lines.
 */
export function toJsonLines(table: AnyTable, options?: TakeAwayOptions): Promise<string>;
export async function toJsonLines(
  table: AnyTable,
  options: TakeAwayOptions = {},
): Promise<string | void> {
  const where = "toJsonLines";
  checkTable(table, options, [], where);
  const { jsonLines } = await import("./text.ts");
  return await putText(jsonLines(table), options, "table.jsonl", where);
}

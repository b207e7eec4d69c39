/**
 * Tables as Parquet files.
 *
 * @module
 */
import type { ColumnType } from "../parquet/types.ts";
import type { AnyTable } from "../query/table.ts";
import { checkTable, type Destination, putBytes, type TakeAwayOptions } from "./output.ts";

/** Options of {@linkcode toParquet}. */
export interface ParquetOptions extends TakeAwayOptions {
  /** The types of columns, by name, if their values do not say it. */
  types?: Readonly<Record<string, ColumnType>> | undefined;
}

/**
 * A table as a Parquet file that pandas, polars and DuckDB read. Integers are of 64 bits, `createdAt` and other times have
 * microseconds, and a column that mixes kinds, or has nested values, is JSON.
 *
 * @param table What `toTable` or `readDataframe` gives.
 * @returns The bytes, or nothing if `to` says where they go.
 * @throws {RubiconException} `invalid-argument` for what a type in `types` does not hold; `permission-denied` if the file
 * cannot be written.
 *
 * @example
 * ```ts
 * import { toParquet } from "../../mod.ts";
 *
 * const bytes = await toParquet({ columns: ["x"], rows: [{ x: 1 }, { x: 2.5 }] });
 * if (new TextDecoder().decode(bytes.slice(0, 4)) !== "PAR1") throw new Error("a Parquet file");
 * ```
 */
export function toParquet(
  table: AnyTable,
  options: ParquetOptions & { to: Destination },
): Promise<void>;
/**
 * A table as the bytes of a Parquet file.
 */
export function toParquet(
  table: AnyTable,
  options?: ParquetOptions,
): Promise<Uint8Array<ArrayBuffer>>;
export async function toParquet(
  table: AnyTable,
  options: ParquetOptions = {},
): Promise<Uint8Array<ArrayBuffer> | void> {
  const where = "toParquet";
  checkTable(table, options, ["types"], where);
  const { types = {}, to, signal } = options;
  signal?.throwIfAborted();
  const { tableAsParquet } = await import("../parquet/to_parquet.ts");
  const bytes = await tableAsParquet(table, types, where);
  if (to === undefined) return bytes;
  await putBytes([bytes], to, signal, "table.parquet", where);
}

/**
 * A dataframe's files in a store: whole ones, checked against the store's checksum, or ranges of them.
 *
 * @module
 */
import { RubiconException } from "../../../errors.ts";
import { verifiedBytes } from "../../../composite/layers/verified.ts";
import type { Driver, ListEntry, VerbOptions } from "../../../drivers/driver.ts";
import { DATA } from "../../format/layout.ts";
import { pooled } from "../../pool.ts";
import type { ColumnTable, Table } from "../parquet.ts";
import type { FrameFile, Plan, Selection } from "./plan.ts";

/** What to read of a dataframe, and how to give it. */
export type FrameOptions = Selection & { as: "rows" | "columns" };

/** Below this a file is read whole: that is no slower than two ranges of it. */
const SMALL = 2 ** 20;

/**
 * Reads a dataframe's table from one store.
 *
 * @throws {RubiconException} `not-found` if there is no data, `corrupt` or `unsupported` if it cannot be read.
 */
export async function readFrame(
  driver: Driver,
  label: string,
  folder: string,
  options: FrameOptions,
  signal: AbortSignal | undefined,
): Promise<Table | ColumnTable> {
  const plan = await openFrame(driver, label, folder, options, signal);
  const { readColumns, readRows } = await import("./frame.ts");
  const where = `${label}: ${folder}`;
  return await (options.as === "columns" ? readColumns : readRows)(plan, where, signal);
}

/**
 * Reads a dataframe's first rows, and how many there are.
 *
 * @throws {RubiconException} as above.
 */
export async function readHead(
  driver: Driver,
  label: string,
  folder: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<{ table: Table; total: number }> {
  const plan = await openFrame(driver, label, folder, { limit }, signal);
  const { readRows } = await import("./frame.ts");
  const table = await readRows(plan, `${label}: ${folder}`, signal);
  return { table, total: plan.parts.reduce((sum, { footer }) => sum + footer.rows, 0) };
}

/** Reads the footers of a dataframe's files, and plans what else is read of them. */
async function openFrame(
  driver: Driver,
  label: string,
  folder: string,
  selection: Selection,
  signal: AbortSignal | undefined,
): Promise<Plan> {
  const call = signal ? { signal } : {};
  const entries: ListEntry[] = [];
  for await (const entry of driver.list(folder, { ...call, depth: 2 })) {
    const name = entry.key.slice(folder.length + 1);
    if (name === DATA || (name.startsWith(`${DATA}/`) && name.endsWith(".parquet"))) {
      entries.push(entry);
    }
  }
  if (entries.length === 0) {
    throw new RubiconException("not-found", `${label}: there is no data in ${folder}.`);
  }
  const { columns, offset = 0, limit = Infinity } = selection;
  const isPart = columns !== undefined || offset > 0 || limit < Infinity;
  const open = isPart ? rangesOf : wholeOf;
  const files = await pooled(
    entries,
    (entry) => (entry.size < SMALL ? wholeOf : open)(driver, entry, `${label}: ${entry.key}`, call),
  );
  const { planRead } = await import("./plan.ts");
  return await planRead(files, selection, `${label}: ${folder}`);
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf("/") + 1);

/** A file that is read at once, and is what the store has the checksum of. */
async function wholeOf(
  driver: Driver,
  { key }: ListEntry,
  where: string,
  call: VerbOptions,
): Promise<FrameFile> {
  const bytes = await verifiedBytes(await driver.get(key, call), where);
  const read = (from: number, to: number) => Promise.resolve(bytes.subarray(from, to));
  return { name: nameOf(key), size: bytes.length, read };
}

/**
 * A file that is read by ranges, all of which are of one and the same object. The store's checksum is of the whole and
 * says nothing of them; those of Parquet's pages do, which this module writes.
 */
function rangesOf(
  driver: Driver,
  { key, size }: ListEntry,
  where: string,
  call: VerbOptions,
): Promise<FrameFile> {
  let etag: string | undefined;
  const read = async (from: number, to: number) => {
    const found = await driver.get(key, { ...call, offset: from, length: to - from });
    etag ??= found.etag;
    const isSame = found.size === size && found.etag === etag && found.bytes.length === to - from;
    if (!isSame) {
      throw new RubiconException(
        "corrupt",
        `${where} has changed while it was read. Read it again.`,
      );
    }
    return found.bytes;
  };
  return Promise.resolve({ name: nameOf(key), size, read });
}

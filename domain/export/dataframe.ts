/**
 * Dataframes as files of the local disk.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Backend, Core } from "../../composite/plan.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { checkComposite, checkEntity, checkFields, refuse, show } from "../check.ts";
import { readDataframe } from "../dataframe.ts";
import { describe } from "../format/codec.ts";
import { DATA, entityFolder } from "../format/layout.ts";
import { CALL_FIELDS } from "../inputs.ts";
import { toCsv, toJsonLines } from "./csv.ts";
import { toParquet } from "./parquet.ts";
import type { Dataframe } from "../format/entities.ts";

/** The form of a file. */
export type TableFormat = "parquet" | "csv" | "jsonl";

/** Options of {@linkcode downloadDataframe}. */
export interface DownloadDataframeOptions extends CallOptions {
  /** The form of the file. Default: what the path ends in, `.csv`, `.jsonl` or `.parquet`; else Parquet. */
  format?: TableFormat | undefined;
}

const OPTIONS = new Set(["format", ...CALL_FIELDS]);
const FORMATS: readonly TableFormat[] = ["parquet", "csv", "jsonl"];

/**
 * Saves a dataframe as a file: Parquet, as it is stored, or CSV or JSON Lines if the path ends so. What pandas or this
 * module stored as Parquet is copied byte by byte, as a stream; the parts of dask become one file.
 *
 * @param path Where to: a file's path, or a folder that is there, which then gets the dataframe's name.
 * @returns The file's path.
 * @throws {RubiconException} if no backend is able to read, or the file cannot be written.
 *
 * @example
 * ```ts
 * import { createProject, downloadDataframe, logDataframe, openComposite } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "downloadDataframe" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * const dataframe = await logDataframe(rubicon, project, { columns: { x: [1, 2] } });
 * const folder = await Deno.makeTempDir();
 * const path = await downloadDataframe(rubicon, dataframe, `${folder}/counts.csv`);
 * if (await Deno.readTextFile(path) !== "x\r\n1\r\n2\r\n") throw new Error("three lines");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function downloadDataframe(
  rubicon: Composite,
  dataframe: Dataframe,
  path: string | URL,
  options: DownloadDataframeOptions = {},
): Promise<string> {
  const where = "downloadDataframe";
  checkComposite(rubicon, where);
  checkEntity(dataframe, ["dataframe"], where);
  checkFields(options, OPTIONS, where);
  const { format = formatOf(path), ...call } = options;
  if (!FORMATS.includes(format)) {
    refuse(`${where}: format must be one of ${FORMATS.join(", ")}, not ${show(format)}.`);
  }
  const { filePath, notAllowed, saveStream } = await import("../files/disk.ts");
  try {
    const to = await filePath(path, `${dataframe.name ?? dataframe.id}.${format}`, where);
    if (format === "parquet" && await isOneFile(rubicon, dataframe, call)) {
      return await saveStream(() => openStored(rubicon, dataframe, call), to, "", () => {});
    }
    const table = await readDataframe(rubicon, dataframe, call);
    const output = { to, ...(call.signal && { signal: call.signal }) };
    if (format === "csv") await toCsv(table, output);
    else if (format === "jsonl") await toJsonLines(table, output);
    else await toParquet(table, output);
    return to;
  } catch (cause) {
    if (cause instanceof RubiconException || call.signal?.aborted) throw cause;
    throw notAllowed(`${where}: ${path} cannot be written`, cause);
  }
}

function formatOf(path: string | URL): TableFormat {
  const end = /\.([a-z]+)$/i.exec(String(path))?.[1]?.toLowerCase();
  return end === "csv" || end === "jsonl" ? end : "parquet";
}

const planFor = (dataframe: Dataframe) => ({
  what: `the data of ${describe(dataframe)}`,
  folder: entityFolder(dataframe),
});

/**
 * A dataframe as the bytes of one Parquet file: as it is stored, unless it is in parts.
 *
 * @throws {RubiconException} if no backend is able to read.
 */
export async function openParquet(
  rubicon: Core,
  dataframe: Dataframe,
  call: CallOptions,
): Promise<ReadableStream<Bytes>> {
  if (await isOneFile(rubicon, dataframe, call)) return await openStored(rubicon, dataframe, call);
  const table = await readDataframe(rubicon, dataframe, call);
  return new Blob([await toParquet(table)]).stream() as ReadableStream<Bytes>;
}

/** Whether a dataframe is stored as one file, and not in parts. */
async function isOneFile(
  rubicon: Core,
  dataframe: Dataframe,
  call: CallOptions,
): Promise<boolean> {
  const { what, folder } = planFor(dataframe);
  return await rubicon.read({
    what,
    run: async (backend) => ({ value: (await dataKeys(backend, folder)).length === 1 }),
  }, call);
}

/** Opens the one file of a dataframe, as it is stored. */
async function openStored(
  rubicon: Core,
  dataframe: Dataframe,
  call: CallOptions,
): Promise<ReadableStream<Bytes>> {
  const { what, folder } = planFor(dataframe);
  const { verifiedStream } = await import("../../composite/layers/verified.ts");
  return await rubicon.read({
    what,
    async run(backend) {
      const [key, ...more] = await dataKeys(backend, folder);
      // Another backend may have answered before.
      if (more.length > 0) {
        throw new RubiconException("not-found", `${backend.label}: ${folder} has several parts.`);
      }
      const opened = await backend.driver.open(key!);
      return { value: await verifiedStream(opened, `${backend.label}: ${key}`) };
    },
  }, call);
}

/** The keys of the Parquet files of a dataframe, one at least. */
async function dataKeys(
  { driver, label }: Pick<Backend, "driver" | "label">,
  folder: string,
): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of driver.list(folder, { depth: 2 })) {
    const name = key.slice(folder.length + 1);
    if (name === DATA || (name.startsWith(`${DATA}/`) && name.endsWith(".parquet"))) keys.push(key);
  }
  if (keys.length > 0) return keys;
  throw new RubiconException("not-found", `${label}: there is no data in ${folder}.`);
}

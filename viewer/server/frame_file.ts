/**
 * The first rows of a dataframe, or of an artifact that is Parquet, as columns of cells.
 *
 * @module
 */
import { describe } from "../../domain/format/codec.ts";
import type { Artifact, Dataframe } from "../../domain/format/entities.ts";
import { entityFolder } from "../../domain/format/layout.ts";
import type { Cell } from "../../domain/parquet/parquet.ts";
import { readAttached } from "../../domain/reading/deleted.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { FrameFile } from "../contract.ts";
import { encodeCell } from "./encode.ts";
import { type Sealed, sealed } from "./sealed.ts";

/** So many rows are read, and so many cells shown. */
const MAX_ROWS = 5_000;
const MAX_CELLS = 500_000;

/**
 * Makes the file of a dataframe, or of an artifact: either has its bytes in `data`.
 *
 * @param download Path of the whole, if it can be had.
 */
export async function frameFile(
  rubicon: Core,
  dataframe: Dataframe | Artifact,
  download: string | null,
  call: CallOptions,
): Promise<Sealed> {
  const { readHead } = await import("../../domain/parquet/read/files.ts");
  const folder = entityFolder(dataframe);
  const { table: { rows, columns, index = [] }, total } = await readAttached(
    rubicon,
    folder,
    `the data of ${describe(dataframe)}`,
    async ({ driver, label }) => ({
      value: await readHead(driver, label, folder, MAX_ROWS, call.signal),
    }),
    call,
  );
  // A level of the index whose name no column has is a column too.
  const labels = index.filter(({ name }) => name === null);
  const width = columns.length + labels.length;
  const shown = rows.slice(0, Math.max(1, Math.floor(MAX_CELLS / Math.max(1, width))));
  const file: Omit<FrameFile, "checksum"> = {
    id: dataframe.id,
    name: dataframe.name,
    rows: total,
    columns: [
      ...labels.map(({ values }) => column("index", values.slice(0, shown.length))),
      ...columns.map((name) => column(name, shown.map((row) => row[name]!))),
    ],
    download,
  };
  return sealed(file);
}

const column = (name: string, values: readonly Cell[]): FrameFile["columns"][number] => ({
  name,
  type: typeOf(values),
  values: values.map(encodeCell),
});

type ColumnType = FrameFile["columns"][number]["type"];

/** What all values of a column are; those that are missing say nothing. */
function typeOf(values: readonly Cell[]): ColumnType {
  let type: ColumnType | undefined;
  for (const value of values) {
    if (value === null || value === undefined) continue;
    const one = typeOfCell(value);
    if (type !== undefined && one !== type) return "other";
    type = one;
  }
  return type ?? "other";
}

function typeOfCell(value: Cell): ColumnType {
  switch (typeof value) {
    case "number":
    case "bigint":
      return "number";
    case "string":
      return "text";
    case "boolean":
      return "boolean";
  }
  return value instanceof Temporal.Instant || value instanceof Temporal.PlainDate
    ? "time"
    : "other";
}

/**
 * A dataframe's first rows, as a table.
 *
 * @module
 */
/// <reference lib="dom" />
import type { VNode } from "npm:preact@^11.2.0";
import type { FrameFile, ViewerDataframe } from "../../contract.ts";
import { decodeCells } from "../data/cell.ts";
import { project } from "../state/store.ts";
import { DataTable } from "./data_table.tsx";
import { DownloadButton } from "./download.tsx";
import { useFile } from "./file.ts";

/** What a dataframe holds. */
export function FrameContent({ frame }: { frame: ViewerDataframe }): VNode {
  if (frame.path === null) {
    return <p class="note">{frame.leftOut ?? "It was left out when the page was exported."}</p>;
  }
  return <FrameThere path={frame.path} name={frame.name ?? "dataframe"} label="Dataframe" />;
}

/** The first rows at a path. */
export function FrameThere(
  { path, name, label }: { path: string; name: string; label: string },
): VNode {
  const { file, retry } = useFile<FrameFile>(path, project.value?.runs.checksum ?? "");
  if (file.state === "loading") return <p class="muted">Reading {name}…</p>;
  if (file.state === "failed") {
    return (
      <p class="note bad" role="alert">
        {file.message} <button type="button" class="link" onClick={retry}>Try again</button>
      </p>
    );
  }
  const { columns, rows, download } = file.value;
  return (
    <DataTable
      columns={columns.map((column) => ({
        name: column.name,
        isNumber: column.type === "number",
        values: decodeCells(column.values),
      }))}
      rows={rows}
      label={`${label} ${name}`}
      page={10}
    >
      {download !== null && <DownloadButton path={download} name={`${name}.parquet`} />}
    </DataTable>
  );
}

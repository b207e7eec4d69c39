/**
 * What `rubicon export` makes: each is a command of its own, with its own options.
 *
 * @module
 */
import type { CommandEntry } from "../../command.ts";

const table = () => import("./table.ts");

/** All of them, in the order of the help. */
export const FORMATS: readonly CommandEntry[] = [
  {
    ...{ name: "csv", summary: "the table of a project as CSV" },
    load: async () => (await table()).tableAs("csv"),
  },
  {
    ...{ name: "jsonl", summary: "the table of a project as JSON Lines" },
    load: async () => (await table()).tableAs("jsonl"),
  },
  {
    ...{ name: "parquet", summary: "the table of a project, or whole projects as a dataset" },
    load: async () => (await import("./dataset.ts")).parquet,
  },
  {
    ...{ name: "html", summary: "the viewer as a page that needs no server" },
    load: () => import("./html.ts"),
  },
];

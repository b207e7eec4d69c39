/**
 * The commands: their names, a line each, and where the rest of each is.
 *
 * @module
 */
import { FORMATS } from "./commands/export/formats.ts";
import { SOURCES } from "./commands/import/sources.ts";
import type { CommandEntry } from "./command.ts";

const LOOK = "Look:";
const ASK = "Ask:";
const LOG = "Log and take away:";
const KEEP = "Keep:";
const MORE = "More:";

/** All of them, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    ...{ name: "ls", group: LOOK, summary: "list the projects, or the experiments of one" },
    load: () => import("./commands/ls.ts"),
  },
  {
    ...{ name: "show", group: LOOK, summary: "one experiment or project, whole" },
    load: () => import("./commands/show.ts"),
  },
  {
    ...{ name: "table", group: LOOK, summary: "experiments with their parameters and metrics" },
    load: () => import("./commands/table.ts"),
  },
  {
    ...{ name: "tail", group: LOOK, summary: "the curves of a run, as they are logged" },
    load: () => import("./commands/tail.ts"),
  },
  {
    ...{ name: "ui", group: LOOK, summary: "the store in a browser, live" },
    load: () => import("./commands/ui.ts"),
  },
  {
    ...{ name: "query", group: ASK, summary: "experiments for which an expression is true" },
    load: () => import("./commands/query.ts"),
  },
  {
    ...{ name: "best", group: ASK, summary: "the experiment with the best value of a metric" },
    load: () => import("./commands/best.ts"),
  },
  {
    ...{ name: "diff", group: ASK, summary: "what differs between experiments" },
    load: () => import("./commands/diff.ts"),
  },
  {
    ...{ name: "search", group: ASK, summary: "values by a JSONPath, as rubicon_ml search" },
    load: () => import("./commands/search.ts"),
  },
  {
    ...{ name: "gate", group: ASK, summary: "is the newest experiment as good as a baseline?" },
    load: () => import("./commands/gate.ts"),
  },
  {
    ...{ name: "log", group: LOG, summary: "log an experiment from options, or JSON on stdin" },
    load: () => import("./commands/log.ts"),
  },
  {
    ...{ name: "tag", group: LOG, summary: "add tags to an experiment, or take them back" },
    load: () => import("./commands/tag.ts"),
  },
  {
    ...{ name: "get", group: LOG, summary: "download an artifact or a dataframe" },
    load: () => import("./commands/get.ts"),
  },
  {
    ...{ name: "export", group: LOG, summary: "experiments as CSV, JSON Lines, Parquet or a page" },
    commands: FORMATS,
  },
  {
    ...{ name: "import", group: LOG, summary: "runs of MLflow or trackio, with all their points" },
    commands: SOURCES,
  },
  {
    ...{ name: "rm", group: LOG, summary: "experiments, or a project, to the trash" },
    load: () => import("./commands/rm.ts"),
  },
  {
    ...{ name: "undelete", group: LOG, summary: "back from the trash; what is in it" },
    load: () => import("./commands/undelete.ts"),
  },
  {
    ...{ name: "empty-trash", group: LOG, summary: "what was deleted goes for good" },
    load: () => import("./commands/empty_trash.ts"),
  },
  {
    ...{
      name: "status",
      group: KEEP,
      summary: "does each store answer, and what is it waiting for?",
    },
    load: () => import("./commands/status.ts"),
  },
  {
    ...{
      name: "doctor",
      group: KEEP,
      summary: "what each store is able to do, and what to do about it",
    },
    load: () => import("./commands/doctor.ts"),
  },
  {
    ...{ name: "verify", group: KEEP, summary: "are all stores the same?" },
    load: () => import("./commands/verify.ts"),
  },
  {
    ...{ name: "repair", group: KEEP, summary: "make all stores the same" },
    load: () => import("./commands/repair.ts"),
  },
  {
    ...{ name: "sync", group: KEEP, summary: "copy projects to another store" },
    load: () => import("./commands/sync.ts"),
  },
  {
    ...{ name: "flush", group: KEEP, summary: "wait until background stores have everything" },
    load: () => import("./commands/flush.ts"),
  },
  {
    ...{ name: "archive", group: KEEP, summary: "put experiments into a zip in the store" },
    load: () => import("./commands/archive.ts"),
  },
  {
    ...{ name: "restore", group: KEEP, summary: "bring experiments back from such zips" },
    load: () => import("./commands/restore.ts"),
  },
  {
    ...{ name: "completions", group: MORE, summary: "completions for bash, zsh or fish" },
    load: () => import("./commands/completions.ts"),
  },
];

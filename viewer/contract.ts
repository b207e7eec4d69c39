/**
 * What the viewer's page gets, over plain GETs below one folder. The server makes these files on the fly, an export
 * writes them; the page cannot tell which, but for what `index.json` says. Texts from a store are data here, never markup.
 *
 * @module
 */

/** A cell as JSON has it: NaN and the infinities are `{ "number": "NaN" }`, integers beyond 2^53 `{ "integer": "…" }`. */
export type JsonCell =
  | null
  | boolean
  | number
  | string
  | { number: "NaN" | "Infinity" | "-Infinity" }
  | { integer: string }
  | readonly JsonCell[]
  | { readonly [key: string]: JsonCell };

/** How a run is doing: `domain/history` says when it is which. `null` where an experiment has no life of its own. */
export type RunState = "running" | "finished" | "failed" | "cancelled" | "lost";

/** `index.json`: what there is. Its ETag (or, without a server, `checksum`) says whether anything is new. */
export interface ViewerIndex {
  format: 1;
  /** Over everything below, `madeAt` aside. */
  checksum: string;
  /** ISO 8601, UTC. */
  madeAt: string;
  title: string;
  /** Whether a server answers: else nothing is new until somebody exports again. */
  live: boolean;
  /** Whether tags, comments, views and repair may be written. */
  edit: boolean;
  projects: ViewerProject[];
  /** Empty in exports. */
  backends: ViewerBackend[];
  views: ViewerView[];
}

/** One project, as a card shows it. */
export interface ViewerProject {
  name: string;
  slug: string;
  id: string;
  description: string | null;
  githubUrl: string | null;
  createdAt: string;
  experiments: number;
  /** How many runs are in which state; those without one are not counted. */
  states: Partial<Record<RunState, number>>;
  lastRunAt: string | null;
  /** `projects/<slug>/runs.json`, and the checksum that changes with it. */
  runs: ViewerFile;
}

/** A file of the contract: its path from the page, and a checksum that changes with its content. */
export interface ViewerFile {
  path: string;
  checksum: string;
}

/** One backend, without addresses or secrets. */
export interface ViewerBackend {
  label: string;
  persistence: string;
  mode: "sync" | "background";
  circuit: "closed" | "open" | "half-open";
  /** Whether it answered the last look. */
  answered: boolean;
  failures: number;
  missed: number;
  pending: number;
  lastError: string | null;
}

/** A named view: the hash of the address that shows it. */
export interface ViewerView {
  name: string;
  hash: string;
}

/** `projects/<slug>/runs.json`: one row a run, as columns; `ids` are in the order of creation, oldest first. */
export interface RunsFile {
  checksum: string;
  project: { name: string; slug: string; githubUrl: string | null };
  ids: string[];
  columns: RunsColumn[];
  /** Per run, the path of its curves if it has any, else `null`. Sparklines are in `sparks`. */
  history: (string | null)[];
  /** Small previews of curves: per metric name, per run up to 40 numbers (`null` where there is none). */
  sparks: Record<string, ((number | null)[] | null)[]>;
}

/** One column of runs. `values` has one cell a run; missing is `null` (a value that is null too: `exists` tells them apart). */
export interface RunsColumn {
  kind: "own" | "parameter" | "metric";
  /** The field, parameter or metric. Own: name, createdAt, tags, description, modelName, branchName, commitHash, status, durationMs, comments. */
  name: string;
  /** For metrics: whether more or less is better. */
  directionality?: "score" | "loss";
  values: JsonCell[];
  /** Rows that have a value, where it is not the same as "not null": indices of nulls that were logged. */
  nulls?: number[];
}

/** `projects/<slug>/history/<experiment id>.json`: all points of a run, a series a metric, by step. */
export interface HistoryFile {
  experimentId: string;
  checksum: string;
  series: HistorySeries[];
}

/** One curve. The three lists have one length. */
export interface HistorySeries {
  name: string;
  steps: number[];
  /** Milliseconds since 1970, UTC. */
  times: number[];
  /** NaN and the infinities as text. */
  values: (number | "NaN" | "Infinity" | "-Infinity")[];
}

/** `projects/<slug>/runs/<experiment id>.json`: everything of one run. */
export interface RunFile {
  checksum: string;
  id: string;
  name: string | null;
  description: string | null;
  createdAt: string;
  modelName: string | null;
  branchName: string | null;
  commitHash: string | null;
  /** Link to the commit, where the project names its repository on an https address. */
  commitUrl: string | null;
  tags: string[];
  comments: string[];
  status:
    | { state: RunState; since: string; reason: string | null; durationMs: number | null }
    | null;
  parameters: { name: string; value: JsonCell; description: string | null; tags: string[] }[];
  metrics: {
    name: string;
    value: JsonCell;
    description: string | null;
    directionality: "score" | "loss";
    tags: string[];
  }[];
  features: { name: string; importance: JsonCell; description: string | null; tags: string[] }[];
  parents: { id: string; name: string | null }[];
  children: { id: string; name: string | null }[];
  artifacts: ViewerArtifact[];
  dataframes: ViewerDataframe[];
  /** Path of its curves, if it has any. */
  history: string | null;
  /** What `logEnvironment` noted, flat. */
  environment: Record<string, string> | null;
}

/** An artifact. `show` is decided by the first bytes and the name together, never by a name alone. */
export interface ViewerArtifact {
  id: string;
  name: string;
  description: string | null;
  createdAt: string;
  tags: string[];
  size: number | null;
  show: "image" | "audio" | "text" | "json" | "csv" | "parquet" | "html" | "none";
  /** Path of its bytes; `null` where an export left it out, with the reason. */
  path: string | null;
  leftOut?: string;
}

/** A dataframe; its file is a {@linkcode FrameFile}. */
export interface ViewerDataframe {
  id: string;
  name: string | null;
  description: string | null;
  createdAt: string;
  tags: string[];
  path: string | null;
  leftOut?: string;
}

/** `projects/<slug>/dataframes/<id>.json`: the first rows of a dataframe, as columns. */
export interface FrameFile {
  id: string;
  name: string | null;
  /** How many rows there are; `columns` may have fewer. */
  rows: number;
  columns: {
    name: string;
    type: "number" | "text" | "time" | "boolean" | "other";
    values: JsonCell[];
  }[];
  /** Path of the whole as Parquet, to download. */
  download: string | null;
}

/** `POST actions/verify` (live only) gives this; `actions/repair` (with `--edit`) what was mended. */
export interface VerifyAnswer {
  clean: boolean;
  /** At most 1,000. */
  differences: { backend: string; what: string; why: string }[];
  total: number;
}

/** `POST actions/edit` (with `--edit`): one change. Every POST carries the header `x-rubicon-token` of the page. */
export type EditRequest =
  | {
    do: "addTags" | "removeTags" | "addComments" | "removeComments";
    experimentId: string;
    project: string;
    values: string[];
  }
  | { do: "saveView" | "deleteView"; name: string; hash?: string };

/**
 * What the viewer's page gets, over plain GETs below one folder. The server makes these files on the fly, an export
 * writes them; the page cannot tell which, but for what `index.json` says. Texts from a store are data here, never markup.
 *
 * - Every `path` is relative to the page (`document.baseURI`), and ready to be fetched: its segments are percent-encoded.
 *   Ids and slugs go into paths by `encodeURIComponent` alone. A page asks only for paths that a file names, and for
 *   `projects/<slug>/runs/<id>.json`.
 * - A single file has all of them in `<script type="application/json" id="rubicon-data">`: one object
 *   `{ [path]: content }`, where bytes are {@linkcode InlineBytes}. If that element has `data-encoding="gzip"`, its text is
 *   base64 of the gzipped JSON (`Uint8Array.fromBase64`, `DecompressionStream`).
 * - The page's element is `<div id="app">`; its script is a module, and its policy names it by checksum: no inline handlers,
 *   no `style` attributes set as text, no workers, and no further script but {@linkcode MORE_SCRIPT}, which the policy names as
 *   well: the page puts its text into an element. Styles set by properties are fine.
 * - A server answers what fails with {@linkcode ViewerFault} and a status of 400 or more.
 *
 * @module
 */

/** The path of the script with what few look at, which comes when any of that is first shown. */
export const MORE_SCRIPT = "more.js";

/**
 * A cell as JSON has it: NaN and the infinities are `{ "number": "NaN" }`, integers beyond 2^53 `{ "integer": "…" }`. Times
 * and dates are ISO 8601 texts, sets and arrays lists, bytes base64. An object of the store with one of these keys alone
 * (`number`, `integer`, `object`) is `{ "object": … }`, so that nobody takes it for one of these: see `decodeCell`.
 */
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

/** Bytes in a single file. */
export interface InlineBytes {
  base64: string;
  /** Their MIME type, as decided by their first bytes. */
  type: string;
}

/** What a server says if it cannot give what is asked for. */
export interface ViewerFault {
  /** For people: what failed, and what to do next. */
  error: string;
  /** A code of `RubiconException`, or `forbidden`, `internal`. */
  code: string;
}

/**
 * `index.json`: what there is. Its ETag (or, without a server, `checksum`) says whether anything is new. Ask with
 * `If-None-Match`; an answer of 304 says that nothing is. While one project is shown, ask for `index.json?at=<slug>`: the
 * server then looks anew at that project, and at the others only now and then.
 */
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
  /** Whether `POST actions/catalog` makes a catalog of runs: the server is this machine's alone, and the store has a place. */
  catalog?: true;
  projects: ViewerProject[];
  /** Why the projects could not be listed, and what to do; else `null`. */
  error: string | null;
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
  /** `projects/<slug>/sparks.json`, whose checksum changes with any curve of the project; `null` if no run has one. */
  sparks: ViewerFile | null;
  /** `projects/<slug>/project.json`: what belongs to the project itself. */
  project: ViewerFile;
  /** Why its runs cannot be read, and what to do; else `null`. */
  error: string | null;
}

/** A file of the contract: its path from the page, and a checksum that changes with its content. */
export interface ViewerFile {
  path: string;
  checksum: string;
}

/** One backend, without secrets. */
export interface ViewerBackend {
  /** How messages call it. */
  label: string;
  persistence: string;
  mode: "sync" | "background";
  circuit: "closed" | "open" | "half-open";
  /** Whether it answered the last look; `null` if it was not asked, since another one did. */
  answered: boolean | null;
  failures: number;
  missed: number;
  pending: number;
  lastError: string | null;
}

/** A named view of a project: the hash of the address that shows it. */
export interface ViewerView {
  /** The project's slug. */
  project: string;
  name: string;
  hash: string;
}

/** `projects/<slug>/runs.json`: one row a run, as columns; `ids` are in the order of creation, oldest first. */
export interface RunsFile {
  checksum: string;
  project: { name: string; slug: string; githubUrl: string | null };
  ids: string[];
  columns: RunsColumn[];
  /** Per run, the path of its curves if it has any, else `null`. */
  history: (string | null)[];
}

/**
 * `projects/<slug>/sparks.json`: small previews of curves, least and most kept. Of many runs the newest have them; the
 * others show none. Asked for when a column with them is shown.
 */
export interface SparksFile {
  checksum: string;
  /** Per metric name, per run id up to 40 numbers (`null` for what is no number). */
  sparks: Record<string, Record<string, (number | null)[]>>;
}

/** One column of runs. */
export interface RunsColumn {
  kind: "own" | "parameter" | "metric";
  /** The field, parameter or metric. Own: name, createdAt, tags, description, modelName, branchName, commitHash, status, durationMs, comments. */
  name: string;
  /** For metrics: whether more or less is better. */
  directionality?: "score" | "loss";
  /**
   * One cell a run; missing is `null`. The whole list is `null` in a project of very many columns: ask for `path` when the
   * column is shown, sorted or filtered by.
   */
  values: JsonCell[] | null;
  /** Indices of runs whose value is a null that was logged; a `null` elsewhere is missing. */
  nulls?: number[];
  /** Where the cells are if `values` is `null`: a {@linkcode ColumnFile}. */
  path?: string;
}

/** `projects/<slug>/columns/…`: the cells of one column, one a run, in the order of the `ids` of `runs.json`. */
export interface ColumnFile {
  /** That of the `runs.json` it belongs to: if it is another one, read that again. */
  checksum: string;
  values: JsonCell[];
  nulls?: number[];
}

/**
 * `projects/<slug>/history/<experiment id>.json`: all points of a run, a series a metric, by step. A server also has
 * `projects/<slug>/curves/<id>,<id>,…`, up to 50 runs as the bytes of `packCurves`; fewer, the first ones, if they are long.
 */
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
  /** How many points there are, where a single file has fewer: the least and the most of each stretch. */
  thinnedFrom?: number;
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
  /** What it was trained on; `null` if nobody said. */
  trainingMetadata: JsonCell;
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

/** `projects/<slug>/project.json`: what belongs to a project itself, beside its runs. */
export interface ProjectFile {
  checksum: string;
  name: string;
  slug: string;
  id: string;
  description: string | null;
  githubUrl: string | null;
  createdAt: string;
  trainingMetadata: JsonCell;
  artifacts: ViewerArtifact[];
  dataframes: ViewerDataframe[];
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
  /** The MIME type of its bytes, decided in the same way: give a blob of it this one, whatever a host of files says. */
  type: string;
  /**
   * Path of its bytes; `null` where an export left it out, with the reason. A server sends them with a policy that runs no
   * script and in a sandbox; add `?download` to have them saved under the artifact's name. HTML and SVG of
   * an export are files of plain text: show HTML as its source there, or in a `sandbox` frame by `srcdoc`, and SVG by a
   * blob of its `type`, as a picture.
   */
  path: string | null;
  leftOut?: string;
  /** Of Parquet: path of a {@linkcode FrameFile} of its first rows. */
  table?: string;
}

/** A dataframe; the file at its path is a {@linkcode FrameFile}. */
export interface ViewerDataframe {
  id: string;
  name: string | null;
  description: string | null;
  createdAt: string;
  tags: string[];
  path: string | null;
  leftOut?: string;
}

/** `projects/<slug>/dataframes/…`: the first rows of a dataframe, or of an artifact that is Parquet, as columns. */
export interface FrameFile {
  checksum: string;
  id: string;
  name: string | null;
  /** How many rows there are; `columns` may have fewer. */
  rows: number;
  columns: {
    name: string;
    type: "number" | "text" | "time" | "boolean" | "other";
    values: JsonCell[];
  }[];
  /** Path of the whole as Parquet, to download; `null` in exports that left it out. */
  download: string | null;
}

/**
 * `POST actions/verify` with `{}` (live only) gives this, and `POST actions/repair` with `{}` (with `--edit`) what it
 * mended, and what it could not. All POSTs send JSON, and in the header `x-rubicon-token` what is in
 * `<meta name="rubicon-token">`.
 */
export interface VerifyAnswer {
  clean: boolean;
  /** At most 1,000. For `repair`: what it did, and what is left to do. */
  differences: { backend: string; what: string; why: string }[];
  total: number;
  /** Backends that could not be compared, and why: the differences are those between the others. */
  unable: { backend: string; why: string }[];
}

/**
 * What is chosen of a project. `POST actions/parquet` (live only) gives it as a Parquet file, `POST actions/catalog` (if the
 * index says so) makes a catalog of the runs, and gives a {@linkcode CatalogAnswer}.
 */
export interface ChosenRequest {
  /** The project's slug. */
  project: string;
  /** The runs. */
  ids: string[];
  /** The columns that are shown: in a catalog those of metrics and parameters become its table. */
  columns: { kind: RunsColumn["kind"]; name: string }[];
}

/** A catalog, as YAML. The places of the store are in it, but no credentials and no endpoints. */
export interface CatalogAnswer {
  text: string;
}

/** `POST actions/edit` (with `--edit`): one change. It answers `{}`; the next `index.json` has it. */
export type EditRequest =
  | {
    do: "addTags" | "removeTags" | "addComments" | "removeComments";
    experimentId: string;
    /** The project's slug. */
    project: string;
    values: string[];
  }
  | { do: "saveView"; project: string; name: string; hash: string }
  | { do: "deleteView"; project: string; name: string };

/**
 * The runs of a project as columns: `runs.json`, and the columns that are too much for it.
 *
 * @module
 */
import type { Cell, MetricCell } from "../../domain/format/cell.ts";
import type { Project } from "../../domain/format/entities.ts";
import type { Run } from "../../domain/query/cells.ts";
import type { ColumnFile, JsonCell, RunsColumn, RunsFile, RunState } from "../contract.ts";
import { encodeCell } from "./encode.ts";
import { columnPath } from "./paths.ts";
import { type Sealed, sealed } from "./sealed.ts";

/** A run, and what is known of its life. */
export interface ViewedRun extends Omit<Run, "status"> {
  /** How it is doing; `null` if it has no life of its own. */
  status: { state: RunState; durationMs: number | null } | null;
  /** Path of its curves; `null` if it has none. */
  history: string | null;
}

/** What is made of a project's runs. */
export interface RunsFiles extends Sealed {
  /** The columns whose cells are not in it, by their places in its list of columns. */
  apart: ReadonlyMap<number, Pick<ColumnFile, "values" | "nulls">>;
}

/** So many numbers and texts a runs.json has at most; further columns are fetched when they are shown. */
const MAX_CELLS = 1_000_000;

const OWN = [
  ...["name", "createdAt", "tags", "description", "modelName", "branchName"] as const,
  ...["commitHash", "comments"] as const,
];

/** Makes the file of runs that are in order of age. */
export function runsFiles(
  project: Pick<Project, "name" | "githubUrl">,
  slug: string,
  runs: readonly ViewedRun[],
  most: number = MAX_CELLS,
): RunsFiles {
  const own = (name: string, values: JsonCell[]): RunsColumn => ({ kind: "own", name, values });
  const parameters = columnsOf("parameter", runs, (run) => run.parameters);
  const metrics = columnsOf("metric", runs, (run) => run.metrics);
  const apart = new Map<number, Pick<ColumnFile, "values" | "nulls">>();
  const columns = [
    ...OWN.map((name) => own(name, runs.map(({ experiment }) => encodeCell(experiment[name])))),
    own("status", runs.map(({ status }) => status?.state ?? null)),
    own("durationMs", runs.map(({ status }) => status?.durationMs ?? null)),
  ];
  const kept = withinLimit(parameters, metrics, most);
  for (const column of [...parameters, ...metrics]) {
    const { kind, name, losses, values, nulls } = column;
    const isKept = kept.has(column);
    if (!isKept) apart.set(columns.length, { values, ...(nulls.length > 0 && { nulls }) });
    columns.push({
      kind,
      name,
      ...(kind === "metric" && { directionality: losses > 0 ? "loss" : "score" }),
      values: isKept ? values : null,
      ...(isKept && nulls.length > 0 && { nulls }),
      ...(!isKept && { path: columnPath(slug, columns.length) }),
    });
  }
  const file: Omit<RunsFile, "checksum"> = {
    project: { name: project.name, slug, githubUrl: project.githubUrl },
    ids: runs.map(({ experiment }) => experiment.id),
    columns,
    history: runs.map(({ history }) => history),
  };
  return { ...sealed(file), apart };
}

/** The file of a column whose cells are not in runs.json. */
export function columnFile({ checksum, apart }: RunsFiles, at: number): Sealed | undefined {
  const column = apart.get(at);
  if (!column) return undefined;
  const file: ColumnFile = { checksum, ...column };
  return { checksum: `${checksum}-${at}`, bytes: new TextEncoder().encode(JSON.stringify(file)) };
}

/** A column of parameters or metrics, and what it takes. */
interface Collected {
  kind: "parameter" | "metric";
  name: string;
  values: JsonCell[];
  nulls: number[];
  /** How many more runs say that less is better than say that more is. */
  losses: number;
  /** How many runs have it. */
  count: number;
  /** How many numbers and texts it has, those in lists one by one. */
  size: number;
}

/** The columns of one kind, sorted by name as people count. */
function columnsOf(
  kind: Collected["kind"],
  runs: readonly ViewedRun[],
  of: (run: ViewedRun) => readonly (Cell | MetricCell)[],
): Collected[] {
  const found = new Map<string, Collected>();
  for (const [at, run] of runs.entries()) {
    for (const one of of(run)) {
      let column = found.get(one.name);
      if (!column) {
        const values = new Array<JsonCell>(runs.length).fill(null);
        column = {
          kind,
          name: one.name,
          values,
          nulls: [],
          losses: 0,
          count: 0,
          size: runs.length,
        };
        found.set(one.name, column);
      }
      const cell = encodeCell(one.value);
      column.values[at] = cell;
      column.count++;
      if (cell === null) column.nulls.push(at);
      if (typeof cell === "object") column.size += sizeOf(cell);
      if ("directionality" in one) column.losses += one.directionality === "loss" ? 1 : -1;
    }
  }
  return [...found.values()].sort((a, b) => COLLATOR.compare(a.name, b.name));
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

function sizeOf(cell: JsonCell): number {
  if (typeof cell !== "object" || cell === null) return 1;
  return Object.values(cell).reduce((sum: number, one: JsonCell) => sum + sizeOf(one), 1);
}

/** The columns that fit into one file: those that most runs have, of each kind in turn. */
function withinLimit(
  parameters: readonly Collected[],
  metrics: readonly Collected[],
  most: number,
): ReadonlySet<Collected> {
  const turns = [metrics, parameters].map((columns) =>
    columns.toSorted((a, b) => b.count - a.count)
  );
  const kept = new Set<Collected>();
  let left = most;
  for (let at = 0; turns.some((columns) => at < columns.length); at++) {
    for (const columns of turns) {
      const column = columns[at];
      if (!column || column.size > left) continue;
      left -= column.size;
      kept.add(column);
    }
  }
  return kept;
}

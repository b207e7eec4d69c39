/**
 * The paths of the contract: how they are written and read. No path of a request ever becomes one of the file system; it
 * is taken apart into slugs and ids, which have to be those of something in the store.
 *
 * @module
 */

/** What a path asks for. */
export type Wanted =
  | { what: "index" }
  | { what: "runs" | "sparks" | "project"; slug: string }
  | { what: "column"; slug: string; at: number }
  | { what: "run" | "history"; slug: string; id: string }
  | { what: "curves"; slug: string; ids: string[] }
  | {
    what: "artifact" | "table" | "frame" | "parquet";
    slug: string;
    owner: string | null;
    id: string;
  };

/** What stands for the project itself where an experiment's id would. */
const OWN = "own";
/** How the path of an artifact's first rows ends: no artifact's own path does. */
const TABLE = "table.json";
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The curves of so many runs may be asked for in one go. */
const MAX_TOGETHER = 50;

/** Whether a text is an id, as the store has them. */
export const isId = (text: string): boolean => ID.test(text);

const below = (slug: string, ...rest: string[]): string =>
  ["projects", slug, ...rest].map(encodeURIComponent).join("/");

/** The path of a project's runs. */
export const runsPath = (slug: string): string => below(slug, "runs.json");
/** The path of a project's sparklines. */
export const sparksPath = (slug: string): string => below(slug, "sparks.json");
/** The path of what belongs to a project itself. */
export const projectPath = (slug: string): string => below(slug, "project.json");
/** The path of one column of a project with very many. */
export const columnPath = (slug: string, at: number): string =>
  below(slug, "columns", `${at}.json`);
/** The path of a run. */
export const runPath = (slug: string, id: string): string => below(slug, "runs", `${id}.json`);
/** The path of a run's curves. */
export const historyPath = (slug: string, id: string): string =>
  below(slug, "history", `${id}.json`);

/**
 * The path of an artifact's bytes.
 *
 * @param end How its name ends, for hosts of files that go by that.
 */
export const artifactPath = (
  slug: string,
  owner: string | null,
  id: string,
  end: string,
): string => below(slug, "artifacts", owner ?? OWN, `${id}.${end}`);

/** The path of the first rows of an artifact that is Parquet. */
export const tablePath = (slug: string, owner: string | null, id: string): string =>
  artifactPath(slug, owner, id, TABLE);

/** The path of a dataframe: its first rows as JSON, or all of it as Parquet. */
export const framePath = (
  slug: string,
  owner: string | null,
  id: string,
  end: "json" | "parquet",
): string => below(slug, "dataframes", owner ?? OWN, `${id}.${end}`);

/** What a path asks for, without its leading slash; nothing if it is none of the contract. */
export function wantedBy(path: string): Wanted | undefined {
  if (path === "index.json") return { what: "index" };
  const segments: string[] = [];
  for (const one of path.split("/")) {
    try {
      segments.push(decodeURIComponent(one));
    } catch (error) {
      if (error instanceof URIError) return undefined;
      throw error;
    }
  }
  const [first, slug, kind, one, two, ...more] = segments;
  if (first !== "projects" || !slug || kind === undefined || more.length > 0) return undefined;
  if (one === undefined) return ofProject(slug, kind);
  if (two === undefined) return ofRun(slug, kind, one);
  const owner = one === OWN ? null : one;
  if (owner !== null && !isId(owner)) return undefined;
  const [, id, end] = /^(.+?)\.([a-z.]+)$/.exec(two) ?? [];
  if (id === undefined || !isId(id)) return undefined;
  if (kind === "artifacts") {
    return { what: end === TABLE ? "table" : "artifact", slug, owner, id };
  }
  if (kind !== "dataframes") return undefined;
  if (end === "json") return { what: "frame", slug, owner, id };
  return end === "parquet" ? { what: "parquet", slug, owner, id } : undefined;
}

function ofProject(slug: string, name: string): Wanted | undefined {
  const [, what] = /^(runs|sparks|project)\.json$/.exec(name) ?? [];
  return what === undefined ? undefined : { what: what as "runs", slug };
}

function ofRun(slug: string, kind: string, name: string): Wanted | undefined {
  if (kind === "curves") {
    const ids = [...new Set(name.split(","))];
    return ids.length <= MAX_TOGETHER && ids.every(isId) ? { what: kind, slug, ids } : undefined;
  }
  const [, id] = /^(.+)\.json$/.exec(name) ?? [];
  if (id === undefined) return undefined;
  if (kind === "columns") {
    return /^\d{1,6}$/.test(id) ? { what: "column", slug, at: Number(id) } : undefined;
  }
  if (!isId(id)) return undefined;
  if (kind === "runs") return { what: "run", slug, id };
  return kind === "history" ? { what: "history", slug, id } : undefined;
}

/**
 * The views of a catalog as addresses of the page. The page reads them; `viewer/app/state/view.ts` says what is in one.
 *
 * @module
 */
import type { CatalogTable, CatalogView } from "../../domain/catalog/source.ts";
import type { ViewerView } from "../contract.ts";
import type { ViewedRun } from "./runs_file.ts";

/** The names of metrics and parameters that have the tags a table asks for. */
export interface Tagged {
  metrics?: ReadonlySet<string> | undefined;
  parameters?: ReadonlySet<string> | undefined;
}

/** Whether a table asks for tags of metrics or parameters. */
export const asksForTags = (view: CatalogView): view is CatalogTable =>
  view.kind === "table" && Boolean(view.metricQueryTags || view.parameterQueryTags);

/** The columns that runs have. */
export interface RunNames {
  /** Fields of their own, in the order in which a table shows them. */
  own: readonly string[];
  metrics: readonly string[];
  parameters: readonly string[];
}

/** The columns of some runs. */
export function namesOf(runs: readonly ViewedRun[]): RunNames {
  const has = (test: (run: ViewedRun) => unknown) => runs.some((run) => Boolean(test(run)));
  const names = (of: (run: ViewedRun) => readonly { name: string }[]) =>
    [
      ...new Set(runs.flatMap((run) => of(run).map(({ name }) => name))),
    ].sort();
  return {
    own: [
      "name",
      ...has(({ status }) => status) ? ["status"] : [],
      "createdAt",
      ...has(({ experiment }) => experiment.tags.length > 0) ? ["tags"] : [],
      ...has(({ experiment }) => experiment.modelName) ? ["modelName"] : [],
      ...has(({ experiment }) => experiment.commitHash) ? ["commitHash"] : [],
    ],
    metrics: names(({ metrics }) => metrics),
    parameters: names(({ parameters }) => parameters),
  };
}

/**
 * A view as an address within a project.
 *
 * @param names The columns that there are.
 * @param tagged What a table's tags were found at.
 */
export const viewOf = (
  view: CatalogView,
  slug: string,
  names: RunNames,
  tagged: Tagged = {},
): ViewerView => ({
  project: slug,
  name: view.name ?? view.kind,
  hash: `/p/${encodeURIComponent(slug)}/${queryOf(view, names, tagged)}`,
});

function queryOf(view: CatalogView, names: RunNames, tagged: Tagged): string {
  switch (view.kind) {
    case "table":
      return `table${columnsOf(view, names, tagged)}`;
    case "correlation":
      return `parallel${
        charts("parallel", {
          a: view.parameterNames?.map((name) => `p.${name}`),
          c: metricKey(view.selectedMetric ?? view.metricNames?.[0]),
        })
      }`;
    case "lists":
      return `heatmap${
        charts("heatmap", {
          m: metricKey(view.selectedMetric),
          l: view.columnNames ?? undefined,
        })
      }`;
    case "dataframe":
      return `frames${
        charts("frames", {
          d: view.dataframeName,
          x: view.x ?? undefined,
          y: view.y ?? undefined,
        })
      }`;
  }
}

/** The columns of a table; none are named if all are shown. */
function columnsOf(view: CatalogTable, names: RunNames, tagged: Tagged): string {
  const { metricNames, parameterNames } = view;
  if (!metricNames && !parameterNames && !asksForTags(view)) return "";
  const chosen = (
    all: readonly string[],
    wanted: readonly string[] | null | undefined,
    tagged: ReadonlySet<string> | undefined,
  ) => all.filter((name) => (!wanted || wanted.includes(name)) && (!tagged || tagged.has(name)));
  const keys = [
    ...names.own.slice(0, 1).map((name) => `o.${name}`),
    ...chosen(names.metrics, metricNames, tagged.metrics).map((name) => `m.${name}`),
    ...chosen(names.parameters, parameterNames, tagged.parameters).map((name) => `p.${name}`),
    ...names.own.slice(1).map((name) => `o.${name}`),
  ];
  return `?cols=${keys.map((key) => encodeURIComponent(key).replaceAll("~", "%7E")).join("~")}`;
}

const metricKey = (name: string | null | undefined): string | undefined =>
  name === undefined || name === null ? undefined : `m.${name}`;

/** Settings of a chart; without any it draws what it would by itself. */
function charts(tab: string, settings: Record<string, unknown>): string {
  const given = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  );
  if (Object.keys(given).length === 0) return "";
  // The page has the quotes of JSON as apostrophes, which an address may have.
  const text = JSON.stringify({ [tab]: given })
    .replaceAll(/['"]/g, (quote) => quote === '"' ? "'" : '"');
  return `?charts=${encodeURIComponent(text)}`;
}

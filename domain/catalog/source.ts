/**
 * What a catalog holds: experiments, where they are, and how somebody looked at them.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import { checkFields, isPlain, refuse, show } from "../check.ts";

/** One experiment of a catalog. */
export interface CatalogExperiment {
  /** The name of its source in the catalog. */
  name: string;
  /** The experiment's id. */
  id: string;
  /** The name of its project. */
  projectName: string;
  /** The roots of its backends, in the order of reading: a path, a `file:` URL or `s3://bucket/prefix`. */
  backends: string[];
}

/** A table of experiments: rubicon-ml's `ExperimentsTable`. */
export interface CatalogTable {
  /** Which view it is. */
  kind: "table";
  /** The name of its source. Default: rubicon-ml's. */
  name?: string | undefined;
  /** Whether rows can be selected. Default: `true`. */
  isSelectable?: boolean | undefined;
  /** The metrics that are shown. Default: all. */
  metricNames?: readonly string[] | null | undefined;
  /** Only metrics with these tags. */
  metricQueryTags?: readonly string[] | null | undefined;
  /** Whether a metric needs all of these tags or one. */
  metricQueryType?: "and" | "or" | null | undefined;
  /** The parameters that are shown. Default: all. */
  parameterNames?: readonly string[] | null | undefined;
  /** Only parameters with these tags. */
  parameterQueryTags?: readonly string[] | null | undefined;
  /** Whether a parameter needs all of these tags or one. */
  parameterQueryType?: "and" | "or" | null | undefined;
}

/** Parallel coordinates: rubicon-ml's `MetricCorrelationPlot`. */
export interface CatalogCorrelation {
  /** Which view it is. */
  kind: "correlation";
  /** The name of its source. Default: rubicon-ml's. */
  name?: string | undefined;
  /** The metrics to choose from. Default: all. */
  metricNames?: readonly string[] | null | undefined;
  /** The parameters that have an axis. Default: all. */
  parameterNames?: readonly string[] | null | undefined;
  /** The metric of the last axis. */
  selectedMetric?: string | null | undefined;
}

/** A heatmap of list metrics: rubicon-ml's `MetricListsComparison`. */
export interface CatalogLists {
  /** Which view it is. */
  kind: "lists";
  /** The name of its source. Default: rubicon-ml's. */
  name?: string | undefined;
  /** The names of the columns. */
  columnNames?: readonly string[] | null | undefined;
  /** The metric that is shown. */
  selectedMetric?: string | null | undefined;
}

/** A plot of one dataframe of each experiment: rubicon-ml's `DataframePlot`. */
export interface CatalogFrames {
  /** Which view it is. */
  kind: "dataframe";
  /** The name of its source. Default: rubicon-ml's. */
  name?: string | undefined;
  /** The name of the dataframe. */
  dataframeName: string;
  /** The column along the horizontal axis. Default: the first. */
  x?: string | null | undefined;
  /** The column along the vertical axis. Default: the second. */
  y?: string | null | undefined;
}

/** How somebody looked at the experiments of a catalog. */
export type CatalogView = CatalogTable | CatalogCorrelation | CatalogLists | CatalogFrames;

/** What a catalog's file holds. */
export interface CatalogContent {
  experiments: CatalogExperiment[];
  views: CatalogView[];
  /** Names of sources that have nothing to do with rubicon-ml. */
  others: string[];
}

/** One source, as it is in the file. */
export type Source = { driver: string; args: Record<string, unknown> };

/** The views: intake's driver, the source's name if none is given, and what each option has to be. */
const VIEWS: Record<
  CatalogView["kind"],
  { driver: string; source: string; options: Record<string, Test> }
> = {
  table: {
    driver: "rubicon_ml_experiment_table",
    source: "experiment_table",
    options: {
      isSelectable: "flag",
      metricNames: "texts",
      metricQueryTags: "texts",
      metricQueryType: "logic",
      parameterNames: "texts",
      parameterQueryTags: "texts",
      parameterQueryType: "logic",
    },
  },
  correlation: {
    driver: "rubicon_ml_metric_correlation_plot",
    source: "metric_correlation_plot",
    options: { metricNames: "texts", parameterNames: "texts", selectedMetric: "text" },
  },
  lists: {
    driver: "rubicon_ml_metric_list",
    source: "metric_list",
    options: { columnNames: "texts", selectedMetric: "text" },
  },
  dataframe: {
    driver: "rubicon_ml_dataframe_plot",
    source: "dataframe_plot",
    options: { dataframeName: "name", x: "text", y: "text" },
  },
};

type Test = "flag" | "texts" | "logic" | "text" | "name";

const isText = (value: unknown): value is string => typeof value === "string";

/** What is wrong with a value, if anything is. */
const FAULTS: Record<Test, (value: unknown) => string | undefined> = {
  flag: (value) => typeof value === "boolean" ? undefined : "true or false",
  texts: (value) =>
    value === null || Array.isArray(value) && value.every(isText) ? undefined : "a list of texts",
  logic: (value) => value === null || value === "and" || value === "or" ? undefined : "and or or",
  text: (value) => value === null || isText(value) ? undefined : "text",
  name: (value) => isText(value) && value !== "" ? undefined : "the name of a dataframe",
};

const KINDS = Object.keys(VIEWS) as CatalogView["kind"][];

/** Python's spelling of an option. */
const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The name that rubicon-ml gives an experiment's source. */
export const sourceName = (id: string): string => `experiment_${id.replaceAll("-", "_")}`;

/** An experiment as a source. */
export const experimentSource = ({ id, projectName, backends }: CatalogExperiment): Source => ({
  driver: "rubicon_ml_experiment",
  args: {
    experiment_id: id,
    project_name: projectName,
    urlpath: backends[0],
    // Python keeps what it does not know, and reads the first alone.
    ...(backends.length > 1 && { backends }),
  },
});

/** A view as a source; what was left out is as rubicon-ml has it by default. */
export function viewSource(view: CatalogView, where: string): [name: string, source: Source] {
  if (!isPlain(view) || !Object.hasOwn(VIEWS, view.kind)) {
    const kind = isPlain(view) ? view.kind : view;
    refuse(
      `${where} must have a kind, one of ${KINDS.join(", ")}, not ${show(kind)}.`,
    );
  }
  const { driver, source, options } = VIEWS[view.kind];
  checkFields(view, new Set(["kind", "name", ...Object.keys(options)]), where);
  const { name = source } = view;
  if (!isText(name) || name === "") refuse(`${where}: name must be text, not ${show(name)}.`);
  const args = Object.entries(options).map(([option, test]) => {
    const given = (view as unknown as Record<string, unknown>)[option];
    const value = given === undefined && test !== "name" ? test === "flag" || null : given;
    const fault = FAULTS[test](value);
    if (fault) refuse(`${where}: ${option} must be ${fault}, not ${show(given)}.`);
    return [snake(option), value];
  });
  return [name, { driver, args: Object.fromEntries(args) }];
}

/** What a catalog's sources are. `expand` replaces what stands for the catalog's folder. */
export function readSources(
  sources: Record<string, unknown>,
  expand: (text: string) => string,
  what: string,
): CatalogContent {
  const content: CatalogContent = { experiments: [], views: [], others: [] };
  for (const [name, source] of Object.entries(sources)) {
    const { driver, args = {} } = (isPlain(source) ? source : {}) as Partial<Source>;
    if (driver === "rubicon_ml_experiment") {
      content.experiments.push(readExperiment(name, args, expand, what));
      continue;
    }
    const kind = KINDS.find((kind) => VIEWS[kind].driver === driver);
    if (kind) content.views.push(readView(name, kind, args, expand, what));
    else content.others.push(name);
  }
  return content;
}

function damaged(what: string, name: string, why: string): never {
  throw new RubiconException("corrupt", `${what}: the source ${show(name)} ${why}.`);
}

function readExperiment(
  name: string,
  args: unknown,
  expand: (text: string) => string,
  what: string,
): CatalogExperiment {
  const { experiment_id: id, project_name: projectName, urlpath, backends = [urlpath] } =
    (isPlain(args) ? args : {}) as Record<string, unknown>;
  if (!isText(id) || !isText(projectName)) damaged(what, name, "lacks its experiment or project");
  if (!Array.isArray(backends) || backends.length === 0 || !backends.every(isText)) {
    damaged(what, name, "does not say where its store is");
  }
  return { name, id, projectName: expand(projectName), backends: backends.map(expand) };
}

function readView(
  name: string,
  kind: CatalogView["kind"],
  args: unknown,
  expand: (text: string) => string,
  what: string,
): CatalogView {
  const view: Record<string, unknown> = { kind, name };
  for (const [option, test] of Object.entries(VIEWS[kind].options)) {
    const value = isPlain(args) ? args[snake(option)] : undefined;
    if (value === undefined && test !== "name") continue;
    const fault = FAULTS[test](value);
    if (fault) damaged(what, name, `has ${snake(option)}: ${show(value)}, which must be ${fault}`);
    view[option] = isText(value) ? expand(value) : Array.isArray(value) ? value.map(expand) : value;
  }
  return view as unknown as CatalogView;
}

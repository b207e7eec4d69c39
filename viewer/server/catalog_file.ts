/**
 * A catalog of the runs that somebody chose on the page. The server makes it, since the page knows no place of any store.
 *
 * @module
 */
import { checkTexts, refuse, show } from "../../domain/check.ts";
import { publish } from "../../domain/catalog/catalog.ts";
import type { CatalogView } from "../../domain/catalog/source.ts";
import type { CatalogAnswer, CatalogRequest } from "../contract.ts";
import { placeholder } from "./history.ts";
import type { Served } from "./sites.ts";

/**
 * Makes a catalog: the runs, and a table with the columns that are shown.
 *
 * @throws {RubiconException} `invalid-argument` for what is no choice of runs; `not-found`; what reading throws.
 */
export async function catalogAnswer(served: Served, request: unknown): Promise<CatalogAnswer> {
  const where = "catalog";
  const { project, ids, columns } = (request ?? {}) as Partial<
    Record<keyof CatalogRequest, unknown>
  >;
  if (typeof project !== "string") refuse(`${where}: project must be the slug of a project.`);
  const site = served.siteOf(project);
  const one = await site.project(project);
  const chosen = checkTexts(ids, `${where}: ids`);
  if (chosen.length === 0) refuse(`${where}: ids must be a list of runs.`);
  const known = await one.ids();
  const unknown = chosen.find((id) => !known.has(id));
  if (unknown !== undefined) {
    refuse(`${where}: ${show(unknown)} is no run of this project. Load the page again.`);
  }
  const experiments = chosen.map((id) => placeholder(one.project, id));
  const text = await publish(site.rubicon, experiments, {
    ...{ views: [tableOf(columns, where)], signal: site.call.signal },
  });
  return { text };
}

/** The table that is shown. */
function tableOf(columns: unknown, where: string): CatalogView {
  const isColumn = (one: unknown): one is CatalogRequest["columns"][number] => {
    const { kind, name } = (one ?? {}) as { kind?: unknown; name?: unknown };
    return typeof kind === "string" && typeof name === "string";
  };
  if (!Array.isArray(columns) || !columns.every(isColumn)) {
    return refuse(`${where}: columns must be a list of columns, not ${show(columns)}.`);
  }
  const of = (wanted: string) =>
    columns.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return { kind: "table", metricNames: of("metric"), parameterNames: of("parameter") };
}

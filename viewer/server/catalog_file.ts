/**
 * A catalog of the runs that somebody chose on the page. The server makes it, since the page knows no place of any store.
 *
 * @module
 */
import { publish } from "../../domain/catalog/catalog.ts";
import type { CatalogView } from "../../domain/catalog/source.ts";
import type { CatalogAnswer } from "../contract.ts";
import { type Asked, askedOf } from "./asked.ts";
import { placeholder } from "./history.ts";
import type { Served } from "./sites.ts";

/**
 * Makes a catalog: the runs, and a table with the columns that are shown.
 *
 * @throws {RubiconException} `invalid-argument` for what is no choice of runs; `not-found`; what reading throws.
 */
export async function catalogAnswer(served: Served, request: unknown): Promise<CatalogAnswer> {
  const where = "catalog";
  const { site, one, ids, columns } = await askedOf(served, request, where);
  const experiments = ids.map((id) => placeholder(one.project, id));
  const text = await publish(site.rubicon, experiments, {
    ...{ views: [tableOf(columns)], signal: site.call.signal },
  });
  return { text };
}

/** The table that is shown. */
function tableOf(columns: Asked["columns"]): CatalogView {
  const of = (wanted: string) =>
    columns.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return { kind: "table", metricNames: of("metric"), parameterNames: of("parameter") };
}

/**
 * What a page asks to be made of the runs that it shows.
 *
 * @module
 */
import { checkTexts, refuse, show } from "../../domain/check.ts";
import type { ChosenRequest } from "../contract.ts";
import type { ProjectSite } from "./project_site.ts";
import type { Site } from "./site.ts";
import type { Served } from "./sites.ts";

/** A request that was looked at: runs of a project, and columns, which may be those of no run. */
export interface Asked {
  site: Site;
  one: ProjectSite;
  ids: string[];
  columns: ChosenRequest["columns"];
}

/**
 * Looks at a request.
 *
 * @throws {RubiconException} `invalid-argument` for what is no choice of runs; `not-found`; what reading throws.
 */
export async function askedOf(served: Served, request: unknown, where: string): Promise<Asked> {
  const { project, ids, columns } = (request ?? {}) as Partial<
    Record<keyof ChosenRequest, unknown>
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
  if (!Array.isArray(columns) || !columns.every(isColumn)) {
    return refuse(`${where}: columns must be a list of columns, not ${show(columns)}.`);
  }
  return { site, one, ids: chosen, columns };
}

function isColumn(one: unknown): one is ChosenRequest["columns"][number] {
  const { kind, name } = (one ?? {}) as { kind?: unknown; name?: unknown };
  return typeof kind === "string" && typeof name === "string";
}

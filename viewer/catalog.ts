/**
 * The stores of a catalog, for the viewer.
 *
 * @module
 */
import type { Composite } from "../composite.ts";
import type { Catalog } from "../domain/catalog/catalog.ts";
import type { CatalogExperiment, CatalogView } from "../domain/catalog/source.ts";
import { projectFolder } from "../domain/format/layout.ts";
import { listMetrics } from "../domain/metric.ts";
import { listParameters } from "../domain/parameter.ts";
import { pooled } from "../domain/pool.ts";
import { hasCode, isRubiconException, RubiconException } from "../errors.ts";
import { suggest } from "../messages.ts";
import { asksForTags, namesOf, type Tagged, viewOf } from "./server/catalog_views.ts";
import type { Chosen, ChosenRuns } from "./server/chosen.ts";
import { placeholder } from "./server/history.ts";
import { Site, type SiteOptions } from "./server/site.ts";
import { type Served, Sites } from "./server/sites.ts";

/** A store that a catalog names runs of. */
interface Part {
  rubicon: Composite;
  /** What tells it from the others; nothing if there is one. */
  label: string | undefined;
  chosen: Chosen;
}

/**
 * Opens the stores of a catalog. One that cannot be opened is told on the page, as long as there is another one.
 *
 * @param only The names of the projects that are shown. Default: all.
 * @throws {RubiconException} `not-found` if it names no experiment, or none of such a project; what `openComposite` throws
 * if no store can be opened.
 */
export async function openStores(
  catalog: Catalog,
  only: ReadonlySet<string> | undefined,
  where: string,
  signal: AbortSignal | undefined,
): Promise<(options: SiteOptions) => Served> {
  const stores = storesIn(catalog, only, where);
  const isOne = stores.length === 1;
  const shared = sharedFolders(stores);
  const slugs = new Set<string>();
  const parts: Part[] = [];
  const faults: unknown[] = [];
  const failures: string[] = [];
  const say = (label: string | undefined, why: string) =>
    failures.push(label === undefined ? why : `The ${label} of the catalog: ${why}`);
  for (const [at, experiments] of stores.entries()) {
    const label = isOne ? undefined : `store ${at + 1}`;
    try {
      const rubicon = await catalog.composite(experiments[0]!);
      const tagged = await taggedIn(
        rubicon,
        experiments,
        catalog.views,
        (why) => say(label, why),
        signal,
      );
      const chosen = choose(experiments, catalog.views, tagged, label, shared, slugs);
      parts.push({ rubicon, label, chosen });
    } catch (error) {
      if (signal?.aborted || !isRubiconException(error)) throw error;
      faults.push(error);
      say(label, error.message);
    }
  }
  if (parts.length === 0) throw faults[0];
  return (options) =>
    new Sites(
      parts.map(({ rubicon, label, chosen }) =>
        new Site(rubicon, { ...options, projects: undefined, chosen, label })
      ),
      parts.map(({ chosen }) => new Set(Array.from(chosen.values(), ({ slug }) => slug))),
      failures,
    );
}

/** The experiments by the store that they are in. */
function storesIn(
  { experiments }: Catalog,
  only: ReadonlySet<string> | undefined,
  where: string,
): CatalogExperiment[][] {
  if (experiments.length === 0) {
    throw new RubiconException("not-found", `${where}: the catalog names no experiment.`);
  }
  const names = experiments.map(({ projectName }) => projectName);
  for (const name of only ?? []) {
    if (names.includes(name)) continue;
    throw new RubiconException(
      "not-found",
      `${where}: the catalog names no experiment of a project ${JSON.stringify(name)}.${
        suggest(name, names)
      }`,
    );
  }
  const shown = experiments.filter(({ projectName }) => !only || only.has(projectName));
  return [...Map.groupBy(shown, ({ backends }) => JSON.stringify(backends)).values()];
}

/** The projects that more than one store has, by their folders. */
function sharedFolders(stores: readonly (readonly CatalogExperiment[])[]): ReadonlySet<string> {
  const all = stores.flatMap((experiments) => [
    ...new Set(experiments.map(({ projectName }) => projectFolder(projectName))),
  ]);
  return new Set(all.filter((folder, at) => all.indexOf(folder) !== at));
}

/** What is shown of one store. */
function choose(
  experiments: readonly CatalogExperiment[],
  views: readonly CatalogView[],
  tagged: ReadonlyMap<CatalogView, Tagged>,
  label: string | undefined,
  shared: ReadonlySet<string>,
  taken: Set<string>,
): Chosen {
  const byFolder = Map.groupBy(experiments, ({ projectName }) => projectFolder(projectName));
  return new Map(Array.from(byFolder, ([folder, all]): [string, ChosenRuns] => {
    let slug = folder;
    for (let count = 2; taken.has(slug); count++) slug = `${folder}~${count}`;
    taken.add(slug);
    const { projectName } = all[0]!;
    return [folder, {
      slug,
      name: shared.has(folder) ? `${projectName} (${label})` : projectName,
      ids: new Set(all.map(({ id }) => id)),
      views: (runs) => {
        const names = namesOf(runs);
        return views.map((view) => viewOf(view, slug, names, tagged.get(view)));
      },
    }];
  }));
}

/** What has the tags that tables ask for: of any of the experiments, not only of the last. */
async function taggedIn(
  rubicon: Composite,
  experiments: readonly CatalogExperiment[],
  views: readonly CatalogView[],
  say: (why: string) => void,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<CatalogView, Tagged>> {
  const found = new Map<CatalogView, Tagged>();
  for (const view of views.filter(asksForTags)) {
    const { metricQueryTags, metricQueryType, parameterQueryTags, parameterQueryType } = view;
    const names = async (
      list: typeof listMetrics | typeof listParameters,
      tags: readonly string[] | null | undefined,
      type: "and" | "or" | null | undefined,
    ) => {
      if (!tags) return undefined;
      const filter = { tags, match: type === "and" ? "all" : "any", signal } as const;
      const lists = await pooled(experiments, async ({ id, projectName }) => {
        try {
          return await list(rubicon, placeholder({ name: projectName }, id), filter);
        } catch (error) {
          // The page says which experiments are not there.
          if (hasCode(error, "not-found")) return [];
          throw error;
        }
      });
      return new Set(lists.flat().map(({ name }) => name));
    };
    try {
      found.set(view, {
        metrics: await names(listMetrics, metricQueryTags, metricQueryType),
        parameters: await names(listParameters, parameterQueryTags, parameterQueryType),
      });
    } catch (error) {
      if (signal?.aborted || !isRubiconException(error)) throw error;
      say(`The view ${JSON.stringify(view.name)} shows all columns: ${error.message}`);
    }
  }
  return found;
}

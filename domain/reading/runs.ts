/**
 * A project's experiments with their parameters and metrics, from one backend: one listing tells all there is, then
 * each object is read once.
 *
 * @module
 */
import type { Answer, Backend } from "../../composite/plan.ts";
import { ALL, type Choice } from "./filter.ts";
import { experimentsFolder } from "../format/layout.ts";
import type { Deletions } from "./deleted.ts";
import { folderRuns } from "./folder_list.ts";
import { ownCopy, withOwnValue } from "./run_cache.ts";
import { readNewest } from "./list.ts";
import { readParent } from "./parent.ts";
import { pooled } from "../pool.ts";
import { checkRead, type Files, filesByFolder, readAll } from "./entity_files.ts";
import type { Experiment, Metric, Parameter, Project } from "../format/entities.ts";

/** An experiment with what a table has of it. */
export interface Run {
  experiment: Experiment;
  parameters: Parameter[];
  metrics: Metric[];
}

/** Whether something of a run could not be read, and what. */
interface Damage {
  damaged: boolean;
  damage: readonly string[];
}

/** The files of one experiment. */
interface Listed {
  own: Files;
  parameters: Map<string, Files>;
  metrics: Map<string, Files>;
}

/**
 * The newest runs of a project that are wanted: of those alone metrics and parameters are read.
 *
 * @param deleted Gets to know what was deleted.
 */
export async function runsIn(
  backend: Backend,
  project: Project,
  choice: Choice,
  deleted: Deletions,
): Promise<Answer<Run[]>> {
  const place = { projectName: project.name };
  const fromFolders = await folderRuns(
    backend,
    place,
    true,
    { ...choice, newest: true },
    deleted,
  );
  if (fromFolders) {
    const runs = fromFolders.value.map(({ experiment, children }): Run => ({
      experiment: ownCopy(experiment),
      parameters: children!.parameters.map(withOwnValue),
      metrics: children!.metrics.map(withOwnValue),
    }));
    return { ...fromFolders, value: runs };
  }
  const listed = await list(backend, experimentsFolder(project.name), deleted);
  if (listed.size === 0) {
    await readParent(backend, place);
    return { value: [], weak: "bare" };
  }
  const childrenOf = async (ids: readonly string[]) => {
    const children = await pooled(ids, (id) => readChildren(backend, project, id, listed));
    return new Map(ids.map((id, at) => [id, children[at]!]));
  };
  // Where all are wanted, nobody waits until the experiments have said which are the newest.
  const wantsAll = choice.passes === ALL.passes && choice.limit >= listed.size;
  const all = wantsAll ? [...listed.keys()] : undefined;
  if (all) await gather(backend, project, all, listed);
  const early = all && childrenOf(all);
  early?.catch(() => {}); // It is waited for below, unless the experiments fail first.
  const experiments = new Map(Array.from(listed, ([id, { own }]) => [id, own]));
  const newest = { ...choice, newest: true };
  const found = await readNewest(backend, "experiment", place, experiments, newest);
  checkRead(found);
  const ids = found.value.map(({ id }) => id).filter((id) => listed.has(id));
  if (!all) await gather(backend, project, ids, listed);
  const children = await (early ?? childrenOf(ids));
  const runs = found.value.map((experiment): Run & Damage => ({
    experiment,
    ...children.get(experiment.id) ?? { parameters: [], metrics: [], damaged: false, damage: [] },
  }));
  if (!found.weak && !runs.some(({ damaged }) => damaged)) return { value: runs };
  const damage = [...found.damage ?? [], ...runs.flatMap(({ damage }) => damage)];
  return { value: runs, weak: "damaged", damage };
}

/** Every run once, with the parameters and metrics that any backend has of it; earlier ones win. */
export function mergeRuns(lists: readonly Run[][]): Run[] {
  const all = new Map<string, Run>();
  for (const run of lists.flat()) {
    const { experiment, parameters, metrics } = all.get(run.experiment.id) ?? run;
    all.set(experiment.id, {
      experiment,
      parameters: byName(parameters, run.parameters),
      metrics: byName(metrics, run.metrics),
    });
  }
  return [...all.values()];
}

function byName<E extends { name: string }>(...lists: E[][]): E[] {
  return [...new Map(lists.toReversed().flat().map((one) => [one.name, one])).values()];
}

/** Lists all experiments with their files, by id. */
async function list(
  backend: Backend,
  folder: string,
  deleted: Deletions,
): Promise<Map<string, Listed>> {
  const found = new Map<string, Listed>();
  const children: [id: string, kind: "parameters" | "metrics", slug: string, files: Files][] = [];
  for (const [path, files] of await filesByFolder(backend, folder, { deleted })) {
    const [id, kind, slug] = path.split("/") as [string, string?, string?];
    if (kind === undefined) {
      found.set(id, { own: files, parameters: new Map(), metrics: new Map() });
    } else if (slug !== undefined && (kind === "parameters" || kind === "metrics")) {
      children.push([id, kind, slug, files]);
    }
  }
  for (const [id, kind, slug, files] of children) found.get(id)?.[kind].set(slug, files);
  for (const id of [...found.keys()]) if (deleted.has(`${folder}/${id}`)) found.delete(id);
  return found;
}

async function readChildren(
  backend: Backend,
  project: Project,
  id: string,
  listed: ReadonlyMap<string, Listed>,
): Promise<Omit<Run, "experiment"> & Damage> {
  const place = { projectName: project.name, experimentId: id };
  const files = listed.get(id)!;
  const [parameters, metrics] = await Promise.all([
    readAll(backend, "parameter", place, files.parameters),
    readAll(backend, "metric", place, files.metrics),
  ]);
  return {
    parameters: parameters.value,
    metrics: metrics.value,
    damaged: parameters.weak !== undefined || metrics.weak !== undefined,
    damage: [...parameters.damage ?? [], ...metrics.damage ?? []],
  };
}

/** Makes known what experiments were logged with, if the store has that together. */
async function gather(
  backend: Backend,
  project: Project,
  ids: readonly string[],
  listed: ReadonlyMap<string, Listed>,
): Promise<void> {
  await Promise.all(ids.map((id) => {
    const { own, parameters, metrics } = listed.get(id)!;
    const all = [own, ...parameters.values(), ...metrics.values()];
    const folder = `${experimentsFolder(project.name)}/${id}`;
    return backend.driver.gather(folder, all.flatMap(({ metadata }) => metadata ?? []));
  }));
}

/**
 * A project's experiments with their parameters and metrics, from one backend: one listing tells all there is, then
 * each object is read once.
 *
 * @module
 */
import type { Answer, Backend } from "../../composite/plan.ts";
import { ALL, type Choice } from "./filter.ts";
import { experimentFolder, experimentsFolder } from "../format/layout.ts";
import type { RunState } from "../format/run_state.ts";
import type { Wanted } from "./folder_list.ts";
import { NO_STATES, readLife, type States, statesOf } from "./lives.ts";
import type { Deletions } from "./deleted.ts";
import { readNewest } from "./list.ts";
import { readParent } from "./parent.ts";
import { pooled } from "../pool.ts";
import { checkRead, type Files, filesByFolder, readAll } from "./entity_files.ts";
import type { Cell, MetricCell } from "../format/cell.ts";
import type { Experiment, Project } from "../format/entities.ts";

/** An experiment with what a table has of it. Others may have it, too: what is handed out is a copy. */
export interface Run {
  readonly experiment: Experiment;
  readonly parameters: readonly Cell[];
  readonly metrics: readonly MetricCell[];
  /** The state it is in, if somebody asked for that and it has one. */
  readonly status?: RunState | null;
  /** How long it took, in milliseconds, if its state was asked for and it does not go on. */
  readonly durationMs?: number;
}

/** Whether something of a run could not be read, and what. */
interface Damage {
  damaged: boolean;
  damage: readonly string[];
}

/** The files of one experiment. */
export interface Listed {
  own: Files;
  parameters: Map<string, Files>;
  metrics: Map<string, Files>;
  /** When the store got the latest part of its history. */
  heard?: number;
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
  wanted: Wanted,
  deleted: Deletions,
): Promise<Answer<Run[]>> {
  const place = { projectName: project.name };
  if (backend.driver.bulk) {
    const { folderRuns } = await import("./folder_list.ts");
    const all: Choice = { ...choice, newest: true };
    const found = await folderRuns(backend, place, wanted, all, deleted);
    if (found) return found;
  }
  const listed = await list(backend, experimentsFolder(project.name), deleted);
  if (listed.size === 0) {
    await readParent(backend, place);
    return { value: [], weak: "bare" };
  }
  return await readListed(backend, project, listed, choice, wanted);
}

/** The newest runs that are wanted of those whose files are known. */
export async function readListed(
  backend: Backend,
  project: Project,
  listed: ReadonlyMap<string, Listed>,
  choice: Choice,
  wanted: Wanted,
): Promise<Answer<Run[]>> {
  const place = { projectName: project.name };
  const statesFor = async (ids: readonly string[]) => await statesIn(backend, project, ids, listed);
  // What decides is read first, and what is only shown of those that are wanted.
  const deciding = wanted.status === "decides" ? await statesFor([...listed.keys()]) : NO_STATES;
  const passes: Choice["passes"] = wanted.status === "decides"
    ? (one) => choice.passes(one, deciding.states.get(one.id) ?? null)
    : choice.passes;
  const childrenOf = async (ids: readonly string[]) => {
    if (!wanted.children) return new Map<string, Children>();
    const children = await pooled(ids, (id) => readChildren(backend, project, id, listed));
    return new Map(ids.map((id, at) => [id, children[at]!]));
  };
  // Where all are wanted, nobody waits until the experiments have said which are the newest.
  const wantsAll = passes === ALL.passes && choice.limit >= listed.size;
  const all = wantsAll ? [...listed.keys()] : undefined;
  if (all && wanted.children) await gather(backend, project, all, listed);
  const early = all && childrenOf(all);
  early?.catch(() => {}); // It is waited for below, unless the experiments fail first.
  const experiments = new Map(Array.from(listed, ([id, { own }]) => [id, own]));
  const newest = { ...choice, passes, newest: true };
  const found = await readNewest(backend, "experiment", place, experiments, newest);
  checkRead(found);
  const ids = found.value.map(({ id }) => id).filter((id) => listed.has(id));
  if (!all && wanted.children) await gather(backend, project, ids, listed);
  const [children, { states, lasted, damage: ofStates }] = await Promise.all([
    early ?? childrenOf(ids),
    wanted.status === "shown" ? statesFor(ids) : deciding,
  ]);
  const runs = found.value.map((experiment): Run & Damage => ({
    experiment,
    ...children.get(experiment.id) ?? { parameters: [], metrics: [], damaged: false, damage: [] },
    ...(wanted.status !== "none" && { status: states.get(experiment.id) ?? null }),
    ...(lasted.has(experiment.id) && { durationMs: lasted.get(experiment.id)! }),
  }));
  const isWhole = !found.weak && ofStates.length === 0 && !runs.some(({ damaged }) => damaged);
  if (isWhole) return { value: runs };
  const damage = [
    ...found.damage ?? [],
    ...runs.flatMap(({ damage }) => damage),
    ...ofStates.map(({ message }) => message),
  ];
  return { value: runs, weak: "damaged", damage };
}

/** The states of some runs. */
async function statesIn(
  backend: Backend,
  project: Project,
  ids: readonly string[],
  listed: ReadonlyMap<string, Listed>,
): Promise<States> {
  const withStatus = ids.filter((id) => listed.get(id)!.own.status);
  const found = await pooled(withStatus, async (id) => {
    const folder = experimentFolder(project.name, id);
    return { id, life: await readLife(backend, folder, listed.get(id)!.own.status!) };
  });
  const lives = new Map(found.flatMap(({ id, life }) => life ? [[id, life] as const] : []));
  return await statesOf(
    backend,
    lives,
    (ids) => Promise.resolve(ids.map((id) => listed.get(id)!.heard)),
  );
}

type Children = Pick<Run, "parameters" | "metrics"> & Damage;

/** Every run once, with the parameters and metrics that any backend has of it; earlier ones win. */
export function mergeRuns(lists: readonly Run[][]): Run[] {
  const all = new Map<string, Run>();
  for (const run of lists.flat()) {
    const first = all.get(run.experiment.id) ?? run;
    const { experiment, parameters, metrics } = first;
    // Of one and the same backend, as the duration belongs to the state.
    const { status: state, durationMs } = first.status == null ? run : first;
    all.set(experiment.id, {
      experiment,
      ...(state !== undefined && { status: state }),
      ...(durationMs !== undefined && { durationMs }),
      parameters: byName(parameters, run.parameters),
      metrics: byName(metrics, run.metrics),
    });
  }
  return [...all.values()];
}

function byName<E extends { name: string }>(...lists: (readonly E[])[]): E[] {
  return [...new Map(lists.toReversed().flat().map((one) => [one.name, one])).values()];
}

/** Lists experiments with their files, by id: all of them, or one. */
export async function list(
  backend: Backend,
  folder: string,
  deleted: Deletions,
  one: { of?: string; depth?: number } = {},
): Promise<Map<string, Listed>> {
  const found = new Map<string, Listed>();
  const children: [id: string, kind: "parameters" | "metrics", slug: string, files: Files][] = [];
  const heard: [id: string, time: number][] = [];
  for (const [path, files] of await filesByFolder(backend, folder, { ...one, deleted })) {
    const [id, kind, slug] = path.split("/") as [string, string?, string?];
    if (kind === undefined) {
      found.set(id, { own: files, parameters: new Map(), metrics: new Map() });
    } else if (kind === "history" && slug === undefined) heard.push([id, files.heard ?? 0]);
    else if (slug !== undefined && (kind === "parameters" || kind === "metrics")) {
      children.push([id, kind, slug, files]);
    }
  }
  for (const [id, kind, slug, files] of children) found.get(id)?.[kind].set(slug, files);
  for (const [id, time] of heard) {
    const one = found.get(id);
    if (one) one.heard = time;
  }
  for (const id of [...found.keys()]) if (deleted.has(`${folder}/${id}`)) found.delete(id);
  return found;
}

async function readChildren(
  backend: Backend,
  project: Project,
  id: string,
  listed: ReadonlyMap<string, Listed>,
): Promise<Children> {
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

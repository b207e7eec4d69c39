/**
 * A project's experiments a page at a time, from one backend: first their ids, then the runs of some of them. Nothing is
 * kept between the pages, so that memory does not grow with the project.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../../errors.ts";
import type { Answer, Backend } from "../../composite/plan.ts";
import { experimentsFolder } from "../format/layout.ts";
import { Deletions } from "./deleted.ts";
import { pooled } from "../pool.ts";
import { checkRead } from "./entity_files.ts";
import { ALL, type Choice } from "./filter.ts";
import { idsIn, runFolder, type Wanted } from "./folder_list.ts";
import { folderStates, readRuns, type RunFolder, withStates } from "./folder_runs.ts";
import type { StateUse } from "./lives.ts";
import { readParent } from "./parent.ts";
import type { KnownRun } from "./run_cache.ts";
import { list, type Listed, readListed, type Run } from "./runs.ts";
import type { Project } from "../format/entities.ts";

/** So many listings of single experiments are under way at once. */
const LISTINGS = 64;

/**
 * The ids of the experiments that a backend has.
 *
 * @param deleted Gets to know what was deleted.
 */
export async function experimentIds(
  backend: Backend,
  project: Project,
  deleted: Deletions,
): Promise<Answer<string[]>> {
  const from = runFolder(backend, project.name, false);
  const ids = from ? await idsIn(from, deleted) : await idsOf(backend, project.name, deleted);
  if (ids.length > 0) return { value: [...ids] };
  await readParent(backend, { projectName: project.name });
  return { value: [], weak: "bare" };
}

async function idsOf(
  { driver }: Backend,
  projectName: string,
  deleted: Deletions,
): Promise<string[]> {
  const folder = experimentsFolder(projectName);
  for await (const { key } of driver.list(folder, { depth: 1 })) deleted.add(key);
  return await driver.folders(folder);
}

/** What one backend has of some runs. */
export interface PageAnswer extends Answer<Run[]> {
  /** The ids of those that are not there, or not any more. */
  missing: string[];
}

/** Some runs of one backend: those that pass. */
export async function runsOf(
  backend: Backend,
  project: Project,
  ids: readonly string[],
  passes: Choice["passes"],
  wanted: Wanted,
): Promise<PageAnswer> {
  const from = runFolder(backend, project.name, wanted.children);
  return from
    ? await fromFolders(from, ids, passes, wanted.status)
    : await fromListings(backend, project, ids, passes, wanted);
}

/** From a backend that reads many small things at once. */
async function fromFolders(
  given: RunFolder,
  ids: readonly string[],
  passes: Choice["passes"],
  status: StateUse,
): Promise<PageAnswer> {
  // What others have read before is of use; what is read here is not kept.
  const { cache } = given;
  const from = {
    ...given,
    cache: { kept: cache.kept.bind(cache), set() {} },
  };
  const isStaged = given.children && passes !== ALL.passes;
  const all = await settle(isStaged ? { ...from, children: false } : from, ids);
  const inStates = async (runs: KnownRun[]): Promise<KnownRun[]> => {
    const found = await folderStates(from, runs);
    all.damage.push(...found.damage);
    return withStates(runs, found);
  };
  if (status === "decides") all.runs = await inStates(all.runs);
  let runs = all.runs.filter(({ experiment, status }) => passes(experiment, status ?? null));
  if (isStaged) {
    const rest = await settle(from, runs.map(({ experiment }) => experiment.id));
    runs = rest.runs;
    all.missing.push(...rest.missing);
    all.damage.push(...rest.damage);
  }
  if (status === "shown" || status === "decides" && isStaged) runs = await inStates(runs);
  const { damage, missing } = all;
  const denied: RubiconException | undefined = damage.find((error) =>
    !hasCode(error, "corrupt", "not-found")
  );
  if (denied) checkRead({ value: [], read: all.runs.length, denied });
  return {
    value: runs,
    missing,
    ...(damage.length > 0 && { weak: "damaged", damage: damage.map(({ message }) => message) }),
  };
}

/** Reads runs, and tells those that are gone from those that are not whole. */
async function settle(
  from: RunFolder,
  ids: readonly string[],
): Promise<{ runs: KnownRun[]; missing: string[]; damage: RubiconException[] }> {
  const found = await readRuns(from, ids);
  const runs: KnownRun[] = [];
  const damage: RubiconException[] = [];
  const unsure: string[] = [];
  for (const [at, id] of ids.entries()) {
    const run = found.runs[at];
    const reasons = found.damage.get(id) ?? [];
    if (run) runs.push(run);
    if (!run && reasons.every((error) => hasCode(error, "not-found"))) unsure.push(id);
    else damage.push(...reasons);
  }
  if (unsure.length === 0) return { runs, missing: [], damage };
  const entries = await from.bulk.list(unsure.map((id) => `${from.folder}/${id}`));
  const missing = unsure.filter((id, at) => {
    const { folders, objects } = entries[at]!;
    const isGone = folders.length + objects.length === 0;
    if (!isGone) damage.push(...found.damage.get(id) ?? []);
    return isGone;
  });
  return { runs, missing, damage };
}

/** From a backend that lists what is below an experiment. */
async function fromListings(
  backend: Backend,
  project: Project,
  ids: readonly string[],
  passes: Choice["passes"],
  wanted: Wanted,
): Promise<PageAnswer> {
  const folder = experimentsFolder(project.name);
  const listed = new Map<string, Listed>();
  // The history's own folder tells when a run was last heard of.
  const isDeep = wanted.children || wanted.status !== "none";
  await pooled(ids, async (id) => {
    const files = await list(
      backend,
      folder,
      new Deletions(),
      isDeep ? { of: id } : { of: id, depth: 1 },
    );
    for (const [id, one] of files) listed.set(id, one);
  }, LISTINGS);
  const missing = ids.filter((id) => !listed.has(id));
  if (listed.size === 0) return { value: [], missing };
  const choice = { passes, newest: true, limit: Infinity };
  return { ...await readListed(backend, project, listed, choice, wanted), missing };
}

/**
 * Exporting projects as a dataset: all new files first, then the manifest, then what is no part of it goes.
 *
 * @module
 */
import type { CallOptions } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import type { Driver } from "../../drivers/driver.ts";
import { RubiconException } from "../../errors.ts";
import { projectFolder } from "../format/layout.ts";
import type { Project } from "../format/entities.ts";
import { pooled } from "../pool.ts";
import type { Reporter } from "../progress.ts";
import { plan, type Planned, PROJECT } from "./groups.ts";
import {
  encodeManifest,
  type Group,
  isOwnFile,
  MANIFEST,
  type Manifest,
  type ProjectEntry,
  readGroups,
  readManifest,
  sumOf,
} from "./manifest.ts";
import { recordsOf } from "./read.ts";
import { checksumOf, idsOf, type Objects, objectsOf, unsure } from "./source.ts";
import { Writer } from "./write.ts";

/** What an export works with. */
export interface Job {
  rubicon: Core;
  driver: Driver;
  projects: readonly Project[];
  /** Whether what did not change stays as it is. */
  sinceLast: boolean;
  call: CallOptions;
  report: Reporter["report"];
  where: string;
}

/** What an export did. */
export interface Outcome {
  /** The projects that were asked for, as they are in the dataset. */
  projects: ProjectEntry[];
  written: number;
  kept: number;
  removed: number;
  bytes: number;
}

/** So many experiments are read at once, and so many bytes of their histories. */
const AT_ONCE = 16;
const HISTORY_AT_ONCE = 8 << 20;

interface Work {
  project: Project;
  slug: string;
  groups: Planned[];
  /** How many groups there were. */
  before: ProjectEntry | undefined;
  isSame: boolean;
}

/** Carries out an export. */
export async function runExport(job: Job): Promise<Outcome> {
  const { driver, where, call: { signal } } = job;
  const last = await readManifest(driver, where, signal);
  const there = await filesIn(driver, signal);
  const works: Work[] = [];
  for (const project of job.projects) {
    works.push(await prepare(job, project, last?.manifest, there));
  }
  const total = countOf(works.flatMap(({ groups }) => groups));
  const writer = new Writer(driver, signal);
  let done = 0;
  let isOut = false;
  const results = new Map<string, { entry: ProjectEntry; groups: Group[] }>();
  try {
    for (const work of works) {
      const groups: Group[] = [];
      for (const planned of work.groups) {
        job.report(`export ${work.project.name}`, done);
        const group = await exportGroup(job, work, planned, writer);
        if (group) groups.push(group);
        done += countOf([planned]);
      }
      results.set(work.slug, await settle(work, groups, writer));
    }
    const manifest = manifestOf(last?.manifest, results, there);
    if (
      !last || writer.written.length > 0 || manifest.files.length !== last.manifest.files.length
    ) {
      await publish(job, manifest, last?.text, () => isOut = true);
    }
    const removed = await sweep(job, manifest);
    job.report("export", total, total);
    const kept = [...results.values()].flatMap(({ groups }) => groups.flatMap(({ files }) => files))
      .filter(({ path }) => !writer.written.includes(path)).length;
    const written = writer.written.filter((key) => key.endsWith(".parquet")).length;
    const projects = [...results.values()].map(({ entry }) => entry);
    return { projects, written, kept, removed, bytes: writer.bytes };
  } catch (error) {
    if (!isOut) await takeBack(job, writer);
    throw error;
  }
}

/** How many experiments are in groups. */
const countOf = (groups: readonly Planned[]): number =>
  groups.reduce((sum, { ids }) => sum + ids.filter((id) => id !== PROJECT).length, 0);

/** What is to be done of one project. */
async function prepare(
  { rubicon, driver, sinceLast, call, where }: Job,
  project: Project,
  last: Manifest | undefined,
  there: ReadonlyMap<string, number>,
): Promise<Work> {
  const slug = projectFolder(project.name);
  const before = last?.projects.find((one) => one.project === slug);
  const { ids, failed } = await idsOf(rubicon, project, call);
  const all = before && sinceLast ? await readGroups(driver, before, where, call.signal) : [];
  if (failed && before) {
    const known = sinceLast
      ? all.flatMap(({ sources }) => sources).filter(({ id }) => id !== "")
      : [];
    const now = new Set(ids);
    const lost = sinceLast
      ? known.filter(({ id }) => !now.has(id)).length
      : Math.max(0, before.counts.experiments - ids.length);
    if (lost > 0) throw unsure(where, lost, failed);
  }
  const groups = plan(ids, all).map((one) => {
    const isWhole = one.old?.files.every(({ path, bytes }) => there.get(path) === bytes);
    return isWhole ? one : { ...one, old: undefined };
  });
  const isSame = before !== undefined && there.has(before.sources) && groups.length === all.length;
  return { project, slug, groups, before, isSame };
}

/** Writes a group, unless it is what it was; nothing if there is nothing in it. */
async function exportGroup(
  { rubicon, call }: Job,
  { project, slug }: Work,
  { name, ids, old }: Planned,
  writer: Writer,
): Promise<Group | undefined> {
  const objects = await pooled(ids, (id) => objectsOf(rubicon, project, id, call), AT_ONCE);
  if (old && isUnchanged(old, objects)) return old;
  const files = writer.group(slug, name);
  const group: Group = { name, sources: [], counts: files.counts, files: files.files };
  for (const some of batches(objects)) {
    const all = await pooled(some, (one) => recordsOf(rubicon, project, one, call), AT_ONCE);
    for (const records of all) {
      if (!records) continue;
      await files.add(records);
      const { id, checksum, running } = records;
      group.sources.push({ id, checksum, ...(running && { running }) });
    }
  }
  await files.end();
  return group.sources.length > 0 ? group : undefined;
}

function isUnchanged({ sources }: Group, objects: readonly Objects[]): boolean {
  return sources.every(({ id, checksum, running }, at) =>
    !running && objects[at]?.id === id && objects[at].checksum === checksum
  );
}

/** Experiments that are read at once. */
function* batches(objects: readonly Objects[]): Generator<Objects[]> {
  let some: Objects[] = [];
  let size = 0;
  for (const one of objects) {
    const isFull = some.length === AT_ONCE || size + one.historySize > HISTORY_AT_ONCE;
    if (isFull && some.length > 0) {
      yield some;
      some = [];
      size = 0;
    }
    some.push(one);
    size += one.historySize;
  }
  if (some.length > 0) yield some;
}

/** What the manifest says of a project. */
async function settle(
  { project, slug, before, isSame, groups: planned }: Work,
  groups: Group[],
  writer: Writer,
): Promise<{ entry: ProjectEntry; groups: Group[] }> {
  const isKept = isSame && groups.length === planned.length &&
    groups.every((group, at) => group === planned[at]!.old);
  if (isKept) return { entry: before!, groups };
  const sources = groups.flatMap((group) => group.sources);
  const entry: ProjectEntry = {
    project: slug,
    name: project.name,
    counts: sumOf(groups.map(({ counts }) => counts)),
    checksum: checksumOf(sources.map(({ id, checksum }) => `${id} ${checksum}`)),
    sources: await writer.putGroups(slug, groups),
  };
  return { entry, groups };
}

/** The new manifest. Projects that were not asked for stay as they are. */
function manifestOf(
  last: Manifest | undefined,
  results: ReadonlyMap<string, { entry: ProjectEntry; groups: Group[] }>,
  there: ReadonlyMap<string, number>,
): Omit<Manifest, "format"> {
  const stays = ({ project }: { project: string }) => !results.has(project);
  const projects = [
    ...last?.projects.filter(stays) ?? [],
    ...[...results.values()].map(({ entry }) => entry),
  ].sort((a, b) => a.project < b.project ? -1 : 1);
  const files = [
    ...last?.files.filter(stays).filter(({ path }) => there.has(path)) ?? [],
    ...Array.from(
      results,
      ([project, { groups }]) =>
        groups.flatMap(({ files }) => files.map((file) => ({ ...file, project }))),
    ).flat(),
  ].sort((a, b) => a.path < b.path ? -1 : 1);
  return { exportedAt: new Date().toISOString(), projects, files };
}

/** Writes the manifest, if all that it names is there and nobody else has written another one. */
async function publish(
  job: Job,
  manifest: Omit<Manifest, "format">,
  before: string | undefined,
  begun: () => void,
): Promise<void> {
  const { driver, where, call: { signal } } = job;
  const there = await filesIn(driver, signal);
  const now = await readManifest(driver, where, signal);
  const lacks = manifest.files.find(({ path }) => !there.has(path));
  if (now?.text !== before || lacks) {
    throw new RubiconException(
      "already-exists",
      `${where}: ${driver.label}: another export was under way at the same time${
        lacks ? `, and has removed ${lacks.path}` : ""
      }. Export again when it is done.`,
    );
  }
  signal?.throwIfAborted();
  // If this fails, nobody knows whether it is written: the files that it names stay.
  begun();
  await driver.put(MANIFEST, encodeManifest(manifest), { signal });
}

/** Removes files of a dataset that it does not name: older ones, and those of exports that broke off. */
async function sweep({ driver, call: { signal } }: Job, manifest: Omit<Manifest, "format">) {
  const named = new Set([
    ...manifest.files.map(({ path }) => path),
    ...manifest.projects.map(({ sources }) => sources),
  ]);
  const left = [...(await filesIn(driver, signal)).keys()].filter((key) => !named.has(key));
  await pooled(left, (key) => driver.delete(key, { signal }));
  return left.filter((key) => key.endsWith(".parquet")).length;
}

/** Removes what was written in vain. */
async function takeBack({ rubicon, driver }: Job, writer: Writer): Promise<void> {
  try {
    await writer.undo();
  } catch (error) {
    rubicon.options.onWarning(
      `exportParquet: ${driver.label}: files of an export that failed cannot be removed: ` +
        `${(error as Error).message} The next export removes them.`,
    );
  }
}

/** The files of a dataset, and their sizes. */
async function filesIn(
  driver: Driver,
  signal: AbortSignal | undefined,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const folder of ["experiments", "values", "history", "artifacts", "sources"]) {
    for await (const { key, size } of driver.list(folder, { signal })) {
      if (isOwnFile(key)) found.set(key, size);
    }
  }
  return found;
}

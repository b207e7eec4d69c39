/**
 * What `restoreArchives` does.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core, Step } from "../../composite/plan.ts";
import { SMALL } from "../../composite/copy.ts";
import type { Source } from "../../drivers/driver.ts";
import type { ZipEntry } from "../files/zip.ts";
import { join } from "../format/annotations.ts";
import { rewrites } from "../format/rewrites.ts";
import { changesIn, type Stored } from "../format/copies.ts";
import {
  archivesFolder,
  deletedBy,
  entityOf,
  experimentsFolder,
  metadataKey,
  projectFolder,
} from "../format/layout.ts";
import { pooled } from "../pool.ts";
import type { Reporter } from "../progress.ts";
import type { Project } from "../format/entities.ts";
import { isTrashed } from "../reading/deleted.ts";
import { whatOf } from "./annotations.ts";
import { entriesIn } from "./archive_entries.ts";
import {
  bytesOf,
  groupName,
  type Held,
  type Inventory,
  inventory,
  isIn,
  placesOf,
} from "./inventory.ts";
import { inWaves } from "./waves.ts";

/** Brings a project's experiments back from its archives. Gives their ids. */
export async function unpack(
  from: Core,
  project: Project,
  to: Core,
  latestOnly: boolean,
  call: CallOptions,
  report: Reporter["report"],
): Promise<string[]> {
  const where = "restoreArchives";
  const source = await inventory(from, archivesFolder(project.name), call);
  const time = ({ key }: Held) => Number(/archive-([\d.]+)\.zip$/.exec(key)?.[1] ?? NaN);
  const archives = [...source.objects.values()].sort((a, b) => time(a) - time(b));
  if (archives.length === 0) {
    throw new RubiconException("not-found", `${where}: "${project.name}" has no archives.`);
  }
  const found = new Map<string, ZipEntry>();
  const folder = experimentsFolder(project.name);
  for (const archive of latestOnly ? archives.slice(-1) : archives) {
    report(`read ${archive.key}`, 0);
    const entries = await entriesIn(archive, folder, call.signal, to.options.onWarning);
    // A later archive has an entity's tags and comments as they were then.
    const groups = new Set([...entries.keys()].filter(whatOf).map(entityOf));
    for (const key of found.keys()) if (whatOf(key) && groups.has(entityOf(key))) found.delete(key);
    for (const [key, entry] of entries) found.set(key, entry);
  }
  if (await isTrashed(to, projectFolder(project.name), call)) {
    throw new RubiconException(
      "not-found",
      `${where}: the project "${project.name}" of the store that gets them is in the trash. ` +
        "restoreProject brings it back.",
    );
  }
  await restoreProject(from, to, project, call);
  const target = await inventory(to, folder, call);
  const traces = [...found.keys()].flatMap((key) => deletedBy(key) ?? []);
  const deleted = new Set([...target.deleted, ...traces]);
  const keys = [...found.keys()].filter((key) => !isIn(deleted, entityOf(key)));
  const groups = Map.groupBy(keys.filter(whatOf), (key) => groupName(whatOf(key)!, entityOf(key)));
  const jobs = [
    ...keys.filter((key) => !whatOf(key)).map((key) => ({
      key,
      size: found.get(key)!.size,
      count: 1,
      run: () => restoreOne(to, key, found.get(key)!, call),
    })),
    ...Array.from(groups.values(), (files) => ({
      key: files[0]!,
      size: 0,
      count: files.length,
      run: () => restoreGroup(to, target, files, found, call),
    })),
  ];
  let done = 0;
  await inWaves(jobs, async ({ key, count, run }) => {
    report(`copy ${key}`, done, keys.length);
    await run();
    done += count;
  });
  report("copy", done, keys.length);
  return [...new Set([...found.keys()].map((key) => key.slice(folder.length + 1).split("/")[0]!))];
}

/** The project itself comes from where the archives are. */
async function restoreProject(
  from: Core,
  to: Core,
  project: Project,
  call: CallOptions,
): Promise<void> {
  const key = metadataKey(projectFolder(project.name));
  const { onReceipts: _onReceipts, ...quiet } = call;
  const bytes = await from.read({
    what: key,
    run: async (backend) => {
      const entry = await backend.driver.stat(key);
      const held = { key, size: 0, holders: [{ backend, entry: { key, ...entry } }] };
      return { value: await bytesOf(held, call.signal) };
    },
  }, quiet);
  if (!bytes) throw new RubiconException("not-found", `restoreArchives: ${key} is not there.`);
  await to.write({ what: key, waves: [[{ key, source: bytes, present: "keep" }]] }, call);
}

async function restoreOne(
  to: Core,
  key: string,
  entry: ZipEntry,
  call: CallOptions,
): Promise<void> {
  const source: Source = entry.size > SMALL ? entry.open : await readEntry(entry);
  await to.write({ what: key, waves: [[{ key, source }]] }, call);
}

const readEntry = (entry: ZipEntry) => new Response(entry.open()).bytes();

/** Restores the tags or comments of an entity, unless it is there: then they stay as they are. */
async function restoreGroup(
  to: Core,
  target: Inventory,
  keys: readonly string[],
  found: ReadonlyMap<string, ZipEntry>,
  call: CallOptions,
): Promise<void> {
  const folder = entityOf(keys[0]!);
  const what = whatOf(keys[0]!)!;
  if (target.objects.has(metadataKey(folder))) return;
  const stored = await pooled(keys, async (key): Promise<Stored> => {
    const entry = found.get(key)!;
    return { key, lastModified: entry.lastModified, bytes: await readEntry(entry) };
  });
  const left = target.groups.get(groupName(what, folder)) ?? { what, files: [] };
  const places = (await placesOf(left, target.backends, call.signal)).map(({ files }) => files);
  const joined = join([changesIn(what, stored), ...places]);
  const steps = new Map<string, Step>();
  for (const place of places) {
    for (const { key, bytes } of rewrites(what, joined, place)) {
      steps.set(key, { key, source: bytes, present: "replace" });
    }
  }
  if (steps.size === 0) return;
  await to.write(
    { what: `${what} of ${folder}`, waves: [...steps.values()].map((step) => [step]) },
    call,
  );
}

/**
 * What `syncProject` does.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Core, Step } from "../../composite/plan.ts";
import { stateOf } from "../format/annotations.ts";
import { replacing } from "../format/rewrites.ts";
import { encodeChange, ownTexts } from "../format/codec.ts";
import { entityOf, metadataKey, projectFolder } from "../format/layout.ts";
import type { Reporter } from "../progress.ts";
import type { Project } from "../format/entities.ts";
import {
  bytesOf,
  type Group,
  groupName,
  type Held,
  type Inventory,
  inventory,
  isIn,
  joinedOf,
  placesOf,
  withObject,
} from "./inventory.ts";
import { replacedKeys } from "./replaced.ts";
import { isTrashed } from "../reading/deleted.ts";
import { targetOf } from "./trash/list.ts";
import { finishTrashed } from "./trash/move.ts";
import { inWaves } from "./waves.ts";

/** What `syncProject` did. */
export interface Synced {
  /** How many objects were copied. */
  copied: number;
  /** How many were there. */
  skipped: number;
  /** How many bytes were written to a backend. */
  bytes: number;
  /** Keys of objects that belong to no entity, and were left out. */
  foreign: string[];
}

/** Copies a project with all that belongs to it to another store. */
export async function copyProject(
  from: Core,
  project: Project,
  to: Core,
  call: CallOptions,
  report: Reporter["report"],
): Promise<Synced> {
  const where = "syncProject";
  const folder = projectFolder(project.name);
  const trashed = "is in the trash. restoreProject brings it back.";
  if (await isTrashed(from, folder, call)) {
    throw new RubiconException("not-found", `${where}: project "${project.name}" ${trashed}`);
  }
  const source = await inventory(from, folder, call);
  if (source.objects.size + source.groups.size === 0) {
    throw new RubiconException("not-found", `${where}: there is no project "${project.name}".`);
  }
  if (await isTrashed(to, folder, call)) {
    throw new RubiconException(
      "not-found",
      `${where}: the project "${project.name}" of the store that is written to ${trashed}`,
    );
  }
  const target = await inventory(to, folder, call);
  const sum: Synced = { copied: 0, skipped: 0, bytes: 0, foreign: source.foreign };
  const stays = (folder: string) => !isIn(target.deleted, folder);
  const jobs: Job[] = [
    ...[...source.objects.values()].filter(({ key }) => stays(entityOf(key))).map((held) => ({
      ...held,
      count: 1,
      run: () => copyOne(to, held, call),
    })),
    ...[...source.groups.values()].filter(({ folder }) => stays(folder)).map((group) => ({
      key: group.files[0]!.key,
      size: 0,
      count: group.files.length,
      run: () => copyGroup(to, group, source, target, call),
    })),
  ];
  const total = jobs.reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  await inWaves(jobs, async ({ key, count, run }) => {
    report(`copy ${key}`, done, total);
    const { copied, bytes } = await run();
    sum.copied += copied;
    sum.skipped += Math.max(count - copied, 0);
    sum.bytes += bytes;
    done += count;
  });
  await takeAway(to, source, target, call);
  for (const gone of source.deleted) {
    // What was deleted here goes there, too. Of artifacts and dataframes that is for a repair.
    const isLeft = [...target.objects.keys()].some((key) => key.startsWith(`${gone}/`));
    if (isLeft && !isAttached(gone)) {
      await finishTrashed(to, await targetOf(to, gone, {}, call), call);
    }
  }
  report("copy", done, total);
  return sum;
}

/** Takes files of runs out of the target that others stand for in the source, where they are no more. */
async function takeAway(
  to: Core,
  source: Inventory,
  target: Inventory,
  call: CallOptions,
): Promise<void> {
  const keys = new Set([...source.objects.keys(), ...target.objects.keys()]);
  const isLeft = (key: string) => target.objects.has(key) && !source.objects.has(key);
  const replaced = await replacedKeys(keys, isLeft, async (key) => {
    const held = source.objects.get(key);
    return held && await bytesOf(held, call.signal);
  });
  if (replaced.size === 0) return;
  const { onReceipts: _onReceipts, ...quiet } = call;
  await to.write({ what: "histories of runs", waves: [], deletes: [...replaced] }, quiet);
}
const isAttached = (folder: string): boolean => /\/(?:artifacts|dataframes)\/[^/]+$/.test(folder);

interface Job {
  key: string;
  size: number;
  /** How many objects it is about. */
  count: number;
  run: () => Promise<{ copied: number; bytes: number }>;
}

/** Writes what is missing of one object. */
async function copyOne(to: Core, held: Held, call: CallOptions): Promise<Copied> {
  const { key } = held;
  const receipts = await withObject(
    held,
    call.signal,
    (source) => to.write({ what: key, waves: [[{ key, source }]] }, call),
  );
  return copiedBy(receipts ?? []);
}

interface Copied {
  copied: number;
  bytes: number;
}

function copiedBy(receipts: readonly { bytes: number }[]): Copied {
  const bytes = receipts.reduce((most, receipt) => Math.max(most, receipt.bytes), 0);
  return { copied: bytes > 0 ? 1 : 0, bytes };
}

/** Makes the tags or comments of an entity what they are in the source: what is in force, and nothing else. */
async function copyGroup(
  to: Core,
  group: Group,
  source: Inventory,
  target: Inventory,
  call: CallOptions,
): Promise<Copied> {
  const { what, folder } = group;
  const metadata = source.objects.get(metadataKey(folder));
  const bytes = metadata && await bytesOf(metadata, call.signal);
  const own = bytes ? ownTexts(what, bytes) : [];
  const joined = await joinedOf(group, source.backends, call.signal);
  const wanted = stateOf(own, [...joined.files.values()]);
  const there = target.groups.get(groupName(what, folder)) ?? { what, files: [] };
  const steps = new Map<string, Step>();
  for (const { files, damaged } of await placesOf(there, target.backends, call.signal)) {
    if (damaged.size === 0 && stateOf(own, files).symmetricDifference(wanted).size === 0) continue;
    for (const { key, bytes } of replacing(what, joined, own, files)) {
      steps.set(key, { key, source: bytes, present: "replace" });
    }
    for (const key of damaged.keys()) {
      const change = joined.files.get(key)?.change ?? {};
      steps.set(key, { key, source: encodeChange(what, change), present: "replace" });
    }
  }
  if (steps.size === 0) return { copied: 0, bytes: 0 };
  const receipts = await to.write(
    { what: `${what} of ${folder}`, waves: [...steps.values()].map((step) => [step]) },
    call,
  );
  return { ...copiedBy(receipts), copied: steps.size };
}

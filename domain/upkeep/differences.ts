/**
 * Comparing all backends of a composite: what `verify` lists and `repair` mends.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import { show } from "../../messages.ts";
import { type Comparison, type Spread, spread } from "../../composite/compare.ts";
import { fromWhole } from "../../composite/copy.ts";
import type { Backend, Core } from "../../composite/plan.ts";
import { checkKey } from "../../drivers/guard.ts";
import { isWhole } from "../format/copies.ts";
import {
  byDependency,
  entityOf,
  isOutbox,
  isOwn,
  metadataKey,
  projectFolder,
} from "../format/layout.ts";
import { deletedBelow, isRootTrash, markOf, Marks, packOf } from "../format/trash.ts";
import { pooled } from "../pool.ts";
import type { Reporter } from "../progress.ts";
import { compareAnnotations, whatOf } from "./annotations.ts";
import { replacedKeys } from "./replaced.ts";
import { compareObject, deletion, type Finding, rewriting } from "./findings.ts";
import { WIDTH } from "./waves.ts";

/** What was found. */
export interface Compared {
  findings: Finding[];
  /** How many objects were looked at. */
  objects: number;
  /** How many of them were read. */
  read: number;
  /** Keys of what is no part of the layout, and is left alone. */
  foreign: string[];
}

/** Compares the backends of a composite, in one project or all. */
export async function compareStores(
  { backends }: Core,
  project: string | undefined,
  comparison: Comparison,
  { report, signal }: Reporter,
): Promise<Compared> {
  const found: Compared = { findings: [], objects: 0, read: 0, foreign: [] };
  const root = await spread(backends, "", { depth: 1, signal });
  const folders = project === undefined
    ? await projectFolders(backends, found.foreign, signal)
    : [projectFolder(project)];
  if (project === undefined) {
    const isOdd = (key: string) => !isOutbox(key) && !isRootTrash(key);
    found.foreign.push(...[...root.keys()].filter(isOdd).sort());
  }
  const trash = [...root.values()].filter(({ key }) => {
    const folder = (markOf(key) ?? packOf(key))?.folder;
    return folder !== undefined && (project === undefined || folders.includes(folder));
  });
  const marks = Marks.from(trash.map(({ key }) => key));
  // What is in the trash goes once its zip is everywhere.
  for (const one of trash) {
    found.objects++;
    const { finding, read } = isGone(one.key, marks)
      ? { finding: deletion(backends, one), read: false }
      : await compareObject(backends, one, comparison, signal);
    if (read) found.read++;
    if (finding) found.findings.push(finding);
  }
  for (const [at, folder] of folders.entries()) {
    const last = at === folders.length - 1;
    // How many objects there are in all is known once the last project is listed.
    const told: Reporter["report"] = (what, done, total) =>
      report(what, done, last ? total : undefined);
    await compareFolder(backends, folder, marks.isTrashed(folder), comparison, found, {
      report: told,
      ...(signal && { signal }),
    });
  }
  return found;
}

/** Whether a key is of a zip that was emptied, or of what is in the trash. */
function isGone(key: string, marks: Marks): boolean {
  const pack = packOf(key);
  return pack !== undefined && marks.isEmptied(pack.folder, pack.time);
}

/** The folders of projects in any backend. */
async function projectFolders(
  backends: readonly Backend[],
  foreign: string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const options = { signal };
  const names = new Set<string>();
  const odd = new Set<string>();
  await Promise.all(backends.map(async ({ driver }) => {
    for (const name of await driver.folders("", options)) {
      if (isKey(name)) names.add(name);
      else odd.add(`${name}/`);
    }
  }));
  foreign.push(...[...odd].sort());
  return [...names].sort();
}

/** Whether every driver takes a key: a store may have others from elsewhere. */
export function isKey(key: string): boolean {
  try {
    checkKey(key, { label: "" });
    return true;
  } catch (error) {
    if (!hasCode(error, "invalid-key")) throw error;
    return false;
  }
}

async function compareFolder(
  backends: readonly Backend[],
  folder: string,
  isTrashed: boolean,
  comparison: Comparison,
  found: Compared,
  { report, signal }: Reporter,
): Promise<void> {
  const what = `verify ${folder}`;
  let done = found.objects;
  report(what, done);
  const all = await spread(backends, folder, { signal });
  const marks = Marks.from(all.keys());
  const trashed = marks.folders.filter((one) => marks.isTrashed(one)).map((one) => `${one}/`);
  if (isTrashed) trashed.push(`${folder}/`);
  /** The folder that is in the trash and that a key is in. */
  const trashedOf = (key: string) => trashed.find((one) => key.startsWith(one))?.slice(0, -1);
  const isForeign = (key: string) => !isKey(key) || !isOwn(key) && trashedOf(key) === undefined;
  const foreign = [...all.keys()].filter(isForeign).sort();
  for (const key of foreign) all.delete(key);
  found.foreign.push(...foreign);
  found.objects += all.size;
  const deletedBefore = deletedIn([...all.keys()]);
  const replaced = await replacedIn(backends, all, signal);
  const isDeleted = (key: string) => isTrashed || replaced.has(key) || deletedBefore(key);
  const plain: Spread[] = [];
  const groups = new Map<string, Spread[]>();
  for (const one of all.values()) {
    const part = whatOf(one.key);
    if (isDeleted(one.key) || !part) plain.push(one);
    else {
      const name = `${part} ${entityOf(one.key)}`;
      groups.set(name, [...groups.get(name) ?? [], one]);
    }
  }
  const tell = (count: number) => report(what, done += count, found.objects);
  const one = async (one: Spread): Promise<Finding[]> => {
    const { finding, read } = isDeleted(one.key)
      ? { finding: deletion(backends, one, trashedOf(one.key)), read: false }
      : await compareObject(backends, one, comparison, signal);
    if (read) found.read++;
    tell(1);
    return finding ? [finding] : [];
  };
  const group = async (files: Spread[]): Promise<Finding[]> => {
    const [{ key }] = files as [Spread];
    const metadata = all.get(metadataKey(entityOf(key)));
    const { rewritten, read } = await compareAnnotations(
      backends,
      whatOf(key)!,
      files,
      metadata,
      comparison,
      signal,
    );
    found.read += read;
    tell(files.length);
    return rewritten.map((one) => rewriting(backends, files, one));
  };
  const work = [
    ...plain.sort((a, b) => byDependency(a.key, b.key)).map((each) => () => one(each)),
    ...Array.from(groups.values(), (files) => () => group(files)),
  ];
  const findings = (await pooled(work, (each) => each(), WIDTH)).flat()
    .sort((a, b) => byDependency(a.difference.key, b.difference.key));
  const goes = ({ difference }: Finding) => difference.kind === "deleted";
  found.findings.push(
    ...findings.filter((one) => !goes(one)),
    // The other way round: an entity goes before its data, as it comes after.
    ...findings.filter(goes).reverse(),
  );
}

/** What others stand for, and some backends still have. */
async function replacedIn(
  backends: readonly Backend[],
  all: ReadonlyMap<string, Spread>,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const isLeft = (key: string) => all.get(key)!.entries.some((entry) => !entry);
  return await replacedKeys(all.keys(), isLeft, async (key) => {
    const holders = backends.filter((_, at) => all.get(key)!.entries[at]);
    const whole = await fromWhole(
      holders,
      key,
      { signal, isWhole },
      async (source) =>
        source instanceof Uint8Array
          ? new Uint8Array(source)
          : await new Response(await source()).bytes(),
    );
    return whole?.value;
  });
}

/** Whether a key is of what was deleted on purpose, by the traces that are there. */
function deletedIn(keys: readonly string[]): (key: string) => boolean {
  const deleted = deletedBelow(keys);
  const marks = Marks.from(keys);
  return (key) => {
    if (isGone(key, marks)) return true;
    if (deleted.size === 0) return false;
    for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
      if (deleted.has(key.slice(0, end))) return true;
    }
    return false;
  };
}

/** Compares the backends, and refuses a project that none has. */
export async function compare(
  rubicon: Core,
  { project, compare = "checksum" }: { project?: string; compare?: Comparison },
  tell: Reporter,
  where: string,
): Promise<Compared> {
  const compared = await compareStores(rubicon, project, compare, tell);
  if (project === undefined || compared.objects > 0) return compared;
  throw new RubiconException(
    "not-found",
    `${where}: no backend has a project ${show(project)}. Look at what listProjects gives.`,
  );
}

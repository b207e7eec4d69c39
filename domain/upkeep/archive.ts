/**
 * Experiments as zips in the store, as rubicon-ml makes them.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { CallOptions, Composite } from "../../composite.ts";
import type { Step } from "../../composite/plan.ts";
import { SMALL } from "../../composite/copy.ts";
import { verifiedStream } from "../../composite/layers/verified.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { byteStream, readInto } from "../../drivers/source.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  refuse,
  show,
} from "../check.ts";
import type { ZipSource } from "../files/zip.ts";
import { encodeChange } from "../format/codec.ts";
import { archivesFolder, experimentsFolder, metadataKey, projectFolder } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import { CALL_FIELDS } from "../inputs.ts";
import { above } from "../writing/above.ts";
import type { Experiment, Project } from "../format/entities.ts";
import { bytesOf, type Held, type Inventory, inventory, joinedOf, listed } from "./inventory.ts";
import { WIDTH } from "./waves.ts";

export { restoreArchives, type RestoreOptions } from "./restore.ts";

/** Options of {@linkcode archiveProject}. */
export interface ArchiveOptions extends CallOptions, ProgressOption {
  /** The store that gets the archive: rubicon-ml's `remote_rubicon`. Default: the project's own. */
  to?: Composite;
  /** Only these. Default: all experiments of the project. */
  experiments?: readonly Experiment[];
}

const ARCHIVE = new Set(["experiments", "to", "onProgress", ...CALL_FIELDS]);

/**
 * Archives a project's experiments as one zip in the store, which rubicon-ml's `experiments_from_archive` reads.
 *
 * @returns The archive's key.
 * @throws {RubiconException} `not-found` if there are no experiments, `corrupt` if no backend has some object whole.
 *
 * @example
 * ```ts
 * import { archiveProject, createProject, logExperiment, openComposite } from "../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "archive" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await logExperiment(rubicon, project);
 * const key = await archiveProject(rubicon, project);
 * if (!key.startsWith("iris/archives/archive-")) throw new Error("where rubicon-ml looks for it");
 * ```
 */
export async function archiveProject(
  rubicon: Composite,
  project: Project,
  options: ArchiveOptions = {},
): Promise<string> {
  const where = "archiveProject";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkFields(options, ARCHIVE, where);
  const { experiments, to, onProgress: _onProgress, ...rest } = options;
  const { report, ...signal } = reporter("objects", options, where);
  const call = { ...rest, ...signal };
  if (to !== undefined) checkComposite(to, `${where}: to`);
  if (experiments !== undefined && !Array.isArray(experiments)) {
    refuse(`${where}: experiments is a list of experiments, not ${show(experiments)}.`);
  }
  const folder = experimentsFolder(project.name);
  const ids = experiments?.map((one) => `${folder}/${checkExperiment(one, where).id}`);
  const isWanted = (key: string) =>
    key.startsWith(`${folder}/`) && (!ids || ids.some((id) => key.startsWith(`${id}/`)));
  const source = await inventory(rubicon, projectFolder(project.name), call);
  const parts = await partsOf(source, isWanted, call.signal);
  if (parts.length === 0) {
    throw new RubiconException("not-found", `${where}: "${project.name}" has no such experiments.`);
  }
  const odd = source.foreign.filter((key) => key.startsWith(`${folder}/`));
  if (odd.length > 0) {
    rubicon.options.onWarning(
      `${where}: ${odd.length} objects belong to no experiment and are left out: ${listed(odd)}.`,
    );
  }
  const [{ zipStream }, { steady }] = await Promise.all([
    import("../files/zip.ts"),
    import("../files/steady.ts"),
  ]);
  const date = new Date();
  const what = `archive "${project.name}"`;
  const key = `${archivesFolder(project.name)}/archive-${(date.getTime() / 1000).toFixed(6)}.zip`;
  const own = metadataKey(projectFolder(project.name));
  const steps: Step[] = [];
  if (to) {
    // rubicon-ml takes the project from where the archive is.
    const held = source.objects.get(own);
    const bytes = held && await bytesOf(held, call.signal);
    if (!bytes) throw new RubiconException("not-found", `${where}: ${own} is not there.`);
    steps.push({ key: own, source: bytes, present: "keep" });
  }
  const damaged = new Set<string>();
  // Each backend makes the zip anew, at its own pace: the fastest is told of, but for the end.
  const zip = () => {
    const open = readingAhead(parts, damaged, call.signal);
    return zipStream(parts.map(({ key }, at): ZipSource => ({
      name: key.slice(folder.length + 1),
      date,
      open() {
        report(what, at, parts.length);
        return open(at);
      },
    })));
  };
  while (true) {
    const known = damaged.size;
    try {
      await (to ?? rubicon).write({
        what: `the archive of "${project.name}"`,
        waves: [steps, [{ key, source: steady(zip, what) }]],
        ...(!to && above({ projectName: project.name })),
      }, call);
      break;
    } catch (error) {
      // Another backend may have whole what was found to be damaged on the way.
      if (damaged.size === known) throw error;
    }
  }
  report(what, parts.length, parts.length);
  return key;
}

/** One entry of an archive: an object as it is, or what a tags or comments file is to say. */
type Part = { key: string } & ({ held: Held } | { bytes: Uint8Array<ArrayBuffer> });

/** What goes into an archive. Of tags and comments only what is in force now: an unpacked zip has them in any order. */
async function partsOf(
  { backends, objects, groups }: Inventory,
  isWanted: (key: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<Part[]> {
  const plain = [...objects.values()].filter(({ key }) => isWanted(key));
  const wanted = [...groups.values()].filter(({ files: [first] }) => isWanted(first!.key));
  const changed = await pooled(wanted, async (group): Promise<Part[]> => {
    const { files } = await joinedOf(group, backends, signal);
    return [...files.values()]
      .filter(({ change: { added, removed } }) => added.length + removed.length > 0)
      .map(({ key, change }) => ({ key, bytes: encodeChange(group.what, change) }));
  }, WIDTH);
  return [...plain.map((held): Part => ({ key: held.key, held })), ...changed.flat()]
    .sort((a, b) => a.key < b.key ? -1 : 1);
}

/**
 * Opens the parts of an archive in their order, and reads small ones ahead.
 *
 * @param damaged Gets the copies that turn out to be damaged once much of them is read: they are not opened again.
 */
function readingAhead(
  parts: readonly Part[],
  damaged: Set<string>,
  signal: AbortSignal | undefined,
): (at: number) => Promise<ReadableStream<Bytes>> {
  const ahead = new Map<number, Promise<Bytes | undefined>>();
  let next = 0;
  return async (at) => {
    // The archive itself is one more request.
    for (next = Math.max(next, at); next < Math.min(at + WIDTH - 1, parts.length); next++) {
      const part = parts[next]!;
      if (!("held" in part) || part.held.size > SMALL) continue;
      const reading = bytesOf(part.held, signal);
      reading.catch(() => {}); // Who opens it is told.
      ahead.set(next, reading);
    }
    const part = parts[at]!;
    if (!("held" in part)) return new Blob([part.bytes]).stream();
    const reading = ahead.get(at);
    ahead.delete(at);
    if (!reading) return await openLarge(part.held, damaged, signal);
    const bytes = await reading;
    if (!bytes) {
      throw new RubiconException("not-found", `${part.key} was deleted meanwhile. Archive again.`);
    }
    return new Blob([bytes]).stream();
  };
}

async function openLarge(
  { key, holders }: Held,
  damaged: Set<string>,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Bytes>> {
  let trouble: unknown = new RubiconException("corrupt", `${key}: no backend has it whole.`);
  for (const { backend: { driver, label } } of holders) {
    const name = `${label}: ${key}`;
    if (damaged.has(name)) continue;
    try {
      const found = await driver.open(key, { signal });
      const { read, cancel } = readInto(await verifiedStream(found, name));
      return byteStream(async (into) => {
        try {
          return await read(into);
        } catch (error) {
          if (hasCode(error, "corrupt")) damaged.add(name);
          throw error;
        }
      }, cancel);
    } catch (error) {
      trouble = error;
    }
  }
  throw trouble;
}

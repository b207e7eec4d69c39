/**
 * Experiments as zips in the store, as rubicon-ml makes and reads them.
 *
 * @module
 */
import { RubiconException } from "../../errors.ts";
import type { CallOptions, Composite, Step } from "../../composite.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { checkKey } from "../../drivers/guard.ts";
import {
  checkComposite,
  checkExperiment,
  checkFields,
  checkProject,
  refuse,
  show,
} from "../check.ts";
import { keysBelow, notDeleted, openKey, writeKeys } from "./copying.ts";
import { archivesFolder, experimentsFolder, metadataKey, projectFolder } from "../format/layout.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import { CALL_FIELDS } from "../format/schema.ts";
import type { Experiment, Project } from "../format/entities.ts";

/** Options of {@linkcode archiveProject}. */
export interface ArchiveOptions extends CallOptions, ProgressOption {
  /** The store that gets the archive: rubicon-ml's `remote_rubicon`. Default: the project's own. */
  to?: Composite;
  /** Only these. Default: all experiments of the project. */
  experiments?: readonly Experiment[];
}

/** Options of {@linkcode restoreArchives}. */
export interface RestoreOptions extends CallOptions, ProgressOption {
  /** Only the archive that was made last. */
  latestOnly?: boolean;
}

const ARCHIVE = new Set(["experiments", "to", "onProgress", ...CALL_FIELDS]);
const RESTORE = new Set(["latestOnly", "onProgress", ...CALL_FIELDS]);

/**
 * Archives a project's experiments as one zip in the store, which rubicon-ml's `experiments_from_archive` reads.
 *
 * @returns The archive's key.
 * @throws {RubiconException} `not-found` where there are no experiments.
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
  const ids = experiments && new Set(experiments.map((one) => checkExperiment(one, where).id));
  const folder = experimentsFolder(project.name);
  const keys = (await keysBelow(rubicon, folder, call))
    .filter((key) => !ids || ids.has(key.slice(folder.length + 1).split("/")[0]!)).sort();
  if (keys.length === 0) {
    throw new RubiconException("not-found", `${where}: "${project.name}" has no such experiments.`);
  }
  const [{ zipStream }, { steady }] = await Promise.all([
    import("../files/zip.ts"),
    import("../files/steady.ts"),
  ]);
  const date = new Date();
  const what = `archive "${project.name}"`;
  // Each backend makes the zip anew, at its own pace: the fastest is told of, but for the end.
  const entries = keys.map((key, at) => ({
    name: key.slice(folder.length + 1),
    date,
    open() {
      report(what, at, keys.length);
      return openKey(rubicon, key, call);
    },
  }));
  const key = `${archivesFolder(project.name)}/archive-${(date.getTime() / 1000).toFixed(6)}.zip`;
  const own = metadataKey(projectFolder(project.name));
  // rubicon-ml takes the project from where the archive is.
  const steps: Step[] = to
    ? [{ key: own, source: () => openKey(rubicon, own, call), present: "keep" }]
    : [];
  await (to ?? rubicon).write({
    what: `the archive of "${project.name}"`,
    steps: [...steps, { key, source: steady(() => zipStream(entries), what) }],
    parents: to ? [] : [own],
  }, call);
  report(what, keys.length, keys.length);
  return key;
}

/**
 * Brings experiments back from the archives of a project, rubicon-ml's too: rubicon-ml's
 * `experiments_from_archive`. What is there already is left alone, and what was deleted stays deleted.
 *
 * @param from The store that has the archives; it may be the same one.
 * @returns The ids of the experiments that are in the archives.
 * @throws {RubiconException} `not-found` where there is no archive, `corrupt` where an entry is no part of an
 * experiment: then nothing is written.
 *
 * @example
 * ```ts
 * import {
 *   archiveProject,
 *   createProject,
 *   listExperiments,
 *   logExperiment,
 *   openComposite,
 *   restoreArchives,
 * } from "../../mod.ts";
 *
 * await using here = await openComposite({ persistence: "memory", rootDir: "restore-here" });
 * await using there = await openComposite({ persistence: "memory", rootDir: "restore-there" });
 * const project = await createProject(here, { name: "Iris" });
 * await logExperiment(here, project);
 * await archiveProject(here, project);
 * await restoreArchives(there, project, here);
 * if ((await listExperiments(there, project)).length !== 1) throw new Error("it is back");
 * ```
 */
export async function restoreArchives(
  rubicon: Composite,
  project: Project,
  from: Composite,
  options: RestoreOptions = {},
): Promise<string[]> {
  const where = "restoreArchives";
  checkComposite(rubicon, where);
  checkProject(project, where);
  checkComposite(from, `${where}: the third argument`);
  checkFields(options, RESTORE, where);
  const { latestOnly = false, onProgress: _onProgress, ...rest } = options;
  const { report, ...signal } = reporter("objects", options, where);
  const call = { ...rest, ...signal };
  const time = (key: string) => Number(/archive-([\d.]+)\.zip$/.exec(key)?.[1] ?? NaN);
  const archives = (await keysBelow(from, archivesFolder(project.name), call))
    .filter((key) => key.endsWith(".zip")).sort((a, b) => time(a) - time(b));
  if (archives.length === 0) {
    throw new RubiconException("not-found", `${where}: "${project.name}" has no archives.`);
  }
  const { readZip } = await import("../files/zip.ts");
  const folder = experimentsFolder(project.name);
  const found = new Map<string, Bytes>();
  for (const archive of latestOnly ? archives.slice(-1) : archives) {
    report(`read ${archive}`, 0);
    const bytes = new Uint8Array(
      await new Response(await openKey(from, archive, call)).arrayBuffer(),
    );
    for (const { name, bytes: content } of await readZip(bytes, archive)) {
      if (name.endsWith("/")) continue;
      if (!/^[0-9a-f-]{36}\/./i.test(name)) {
        throw new RubiconException(
          "corrupt",
          `${archive}: its entry ${
            JSON.stringify(name)
          } is no part of an experiment. Nothing was restored.`,
        );
      }
      checkKey(`${folder}/${name}`, { label: archive });
      found.set(`${folder}/${name}`, content);
    }
  }
  const key = metadataKey(projectFolder(project.name));
  const own = new Uint8Array(await new Response(await openKey(from, key, call)).arrayBuffer());
  await rubicon.write({ what: key, steps: [{ key, source: own, present: "keep" }] }, call);
  const here = await keysBelow(rubicon, folder, call);
  const keys = [...found.keys()].filter(notDeleted([...here, ...found.keys()]));
  await writeKeys(rubicon, keys, (key) => found.get(key)!, "keep", call, report);
  return [...new Set([...found.keys()].map((key) => key.slice(folder.length + 1).split("/")[0]!))];
}

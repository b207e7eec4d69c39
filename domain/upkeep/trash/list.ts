/**
 * What is in the trash, and emptying it.
 *
 * @module
 */
import { isRubiconException, RubiconException } from "../../../errors.ts";
import type { CallOptions, Composite } from "../../../composite.ts";
import type { Backend, Core } from "../../../composite/plan.ts";
import { needed } from "../../../composite/write/write.ts";
import { checkComposite, checkFields, checkProject, refuse, show } from "../../check.ts";
import { identify } from "../../format/codec.ts";
import type { Project } from "../../format/entities.ts";
import { experimentsFolder, metadataKey, projectFolder } from "../../format/layout.ts";
import { markKey, Marks, packOf, packTime } from "../../format/trash.ts";
import { CALL_FIELDS } from "../../inputs.ts";
import { pooled } from "../../pool.ts";
import { type Held, inventory } from "../inventory.ts";
import { finishTrashed } from "./move.ts";
import { marksFor, packsOf, quiet, type Target } from "./state.ts";

/** An experiment or a project in the trash. */
export interface Trashed {
  /** Which of the two it is. */
  kind: "experiment" | "project";
  /** Its id. */
  id: string;
  /** Its name, if it has one. */
  name: string | null;
  /** The slug of the project that it belongs to, or is. */
  project: string;
  /** When it was deleted: ISO 8601. */
  deletedAt: string;
  /** How much room it takes in each backend, in bytes. */
  bytes: number;
}

/** Options of {@linkcode emptyTrash}. */
export interface EmptyTrashOptions extends CallOptions {
  /** Only what was deleted so many milliseconds ago, or before. Default: all. */
  olderThanMs?: number | undefined;
  /** Only says what would be gone. */
  dryRun?: boolean | undefined;
}

/** What {@linkcode emptyTrash} did. */
export interface EmptiedTrash {
  /** What is gone for good (for a dry run: would be). */
  emptied: Trashed[];
  /** How many bytes that frees in each backend, with those of what was restored before. */
  bytes: number;
}

/** One deletion, and the zips of it. */
interface Deletion {
  folder: string;
  time: number;
  isRestored: boolean;
  packs: Held[];
  deletedAt: number;
}

/**
 * What is in the trash: the experiments of a project that were deleted, or the projects. The last that was deleted comes
 * first.
 *
 * @param project Missing: the projects.
 *
 * @example
 * ```ts
 * import { createProject, deleteExperiment, listTrash, logExperiment, openComposite } from "../../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "listTrash" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await deleteExperiment(rubicon, await logExperiment(rubicon, project, { name: "forest" }));
 * const [trashed] = await listTrash(rubicon, project);
 * if (trashed?.name !== "forest") throw new Error("it is there");
 * ```
 */
export async function listTrash(
  rubicon: Composite,
  project?: Project,
  options: CallOptions = {},
): Promise<Trashed[]> {
  const where = "listTrash";
  checkComposite(rubicon, where);
  if (project !== undefined) checkProject(project, where);
  checkFields(options, CALL_FIELDS, where);
  const { found } = await deletions(rubicon, project, options);
  return await told(rubicon, found.filter(({ isRestored }) => !isRestored), options);
}

/** All deletions that are not emptied yet, of a project's experiments or of projects, and which backends could say so. */
async function deletions(
  rubicon: Core,
  project: Project | undefined,
  call: CallOptions,
): Promise<{ found: Deletion[]; backends: readonly Backend[] }> {
  const direct = { everything: true, depth: 1 };
  const within = project ? experimentsFolder(project.name) : "";
  const zips = project ? `${projectFolder(project.name)}/trash` : "";
  const [beside, below] = await Promise.all([
    inventory(rubicon, within, call, direct),
    within === zips ? undefined : inventory(rubicon, zips, call, direct),
  ]);
  const all = [...beside.objects.values(), ...below?.objects.values() ?? []];
  const marks = Marks.from(all.map(({ key }) => key));
  const packs = Map.groupBy(
    all.filter(({ key }) => packOf(key)),
    ({ key }) => `${packOf(key)!.time} ${packOf(key)!.folder}`,
  );
  const found = marks.folders.flatMap((folder) => {
    const times = Array.from({ length: marks.times(folder) }, (_, at) => at + 1);
    return times.flatMap((time): Deletion[] => {
      const own = packs.get(`${time} ${folder}`) ?? [];
      const isRestored = time < marks.times(folder) || !marks.isTrashed(folder);
      if (marks.isEmptied(folder, time) || isRestored && own.length === 0) return [];
      const mark = beside.objects.get(markKey("deleted", folder, time));
      return [{ folder, time, isRestored, packs: own, deletedAt: latest(own, mark) }];
    });
  });
  const backends = beside.backends.filter((one) => below?.backends.includes(one) ?? true);
  return { found, backends };
}

/** When something was deleted: by the clock of who did, or by the store's if that is later. */
function latest(packs: readonly Held[], mark: Held | undefined): number {
  const stored = (one: Held) =>
    Math.min(...one.holders.map(({ entry }) => entry.lastModified.getTime()));
  const times = packs.flatMap((pack) => [packTime(pack.key), stored(pack)]);
  return Math.max(...times.length > 0 ? times : mark ? [stored(mark)] : [Date.now()]);
}

const sizeOf = ({ packs }: Deletion): number => packs.reduce((sum, { size }) => sum + size, 0);

async function told(
  rubicon: Core,
  found: readonly Deletion[],
  call: CallOptions,
): Promise<Trashed[]> {
  const ordered = [...found].sort((a, b) => b.deletedAt - a.deletedAt);
  return await pooled(ordered, async (one): Promise<Trashed> => {
    const { id, name } = await targetOf(rubicon, one.folder, {}, call);
    const [project, ...rest] = one.folder.split("/") as [string, ...string[]];
    return {
      kind: rest.length > 0 ? "experiment" : "project",
      id,
      name,
      project,
      deletedAt: new Date(one.deletedAt).toISOString(),
      bytes: sizeOf(one),
    };
  });
}

/** What is known of an experiment or a project by its folder: from its own file, or from a mark. */
export async function targetOf(
  rubicon: Core,
  folder: string,
  given: { id?: string; name?: string | null },
  call: CallOptions,
): Promise<Target> {
  const [slug, , id] = folder.split("/");
  const what = id === undefined ? `project "${slug}"` : `experiment ${id} of project "${slug}"`;
  try {
    const known = await rubicon.read({
      what,
      async run({ driver }) {
        try {
          return { value: identify((await driver.get(markKey("deleted", folder, 1))).bytes) };
        } catch (error) {
          if (!isRubiconException(error)) throw error;
          return { value: identify((await driver.get(metadataKey(folder))).bytes) };
        }
      },
    }, quiet(call));
    const text = (value: unknown) => typeof value === "string" ? value : null;
    return { folder, what, id: text(known.id) ?? id ?? "", name: text(known.name) };
  } catch (error) {
    if (!isRubiconException(error)) throw error;
    return { folder, what, id: given.id ?? id ?? "", name: given.name ?? null };
  }
}

const EMPTY = new Set(["olderThanMs", "dryRun", ...CALL_FIELDS]);

/**
 * Empties the trash in all backends: what is gone then, no repair and no copy brings back. A mark of each stays, so that
 * a backend that is away loses it as soon as it is repaired.
 *
 * @param project Whose experiments; `undefined`: the projects that were deleted.
 * @throws {RubiconException} if the write policy is not met, in looking or in writing: call it again to finish.
 *
 * @example
 * ```ts
 * import {
 *   createProject,
 *   deleteExperiment,
 *   emptyTrash,
 *   listTrash,
 *   logExperiment,
 *   openComposite,
 * } from "../../../mod.ts";
 *
 * await using rubicon = await openComposite({ persistence: "memory", rootDir: "emptyTrash" });
 * const project = await createProject(rubicon, { name: "Iris" });
 * await deleteExperiment(rubicon, await logExperiment(rubicon, project));
 * const month = 30 * 24 * 3_600_000;
 * const { emptied } = await emptyTrash(rubicon, project, { olderThanMs: month });
 * if (emptied.length !== 0) throw new Error("it was deleted just now");
 * await emptyTrash(rubicon, project);
 * if ((await listTrash(rubicon, project)).length !== 0) throw new Error("it is gone for good");
 * ```
 */
export async function emptyTrash(
  rubicon: Composite,
  project?: Project,
  options: EmptyTrashOptions = {},
): Promise<EmptiedTrash> {
  const where = "emptyTrash";
  checkComposite(rubicon, where);
  if (project !== undefined) checkProject(project, where);
  checkFields(options, EMPTY, where);
  const { olderThanMs = 0, dryRun = false, ...call } = options;
  if (typeof olderThanMs !== "number" || !(olderThanMs >= 0)) {
    refuse(
      `${where}: olderThanMs must be a number of milliseconds from 0, not ${show(olderThanMs)}.`,
    );
  }
  if (typeof dryRun !== "boolean") {
    refuse(`${where}: dryRun must be true or false, not ${show(dryRun)}.`);
  }
  const before = Date.now() - olderThanMs;
  const { found, backends } = await deletions(rubicon, project, call);
  // A store's clock may be ahead.
  const wanted = found.filter(({ deletedAt }) => olderThanMs === 0 || deletedAt <= before);
  const emptied = await told(rubicon, wanted.filter(({ isRestored }) => !isRestored), call);
  const report = { emptied, bytes: wanted.reduce((sum, one) => sum + sizeOf(one), 0) };
  if (dryRun) return report;
  const failure = tooFew(rubicon, backends, call, where);
  // The composite decides whether that ends the program.
  if (failure) await rubicon.write(() => Promise.reject(failure));
  for (const one of wanted) await emptyOne(rubicon, one, call);
  return report;
}

/** Says if fewer backends were asked than the policy needs: what only the others know would stay, and look as if it were gone. */
function tooFew(
  { backends, options }: Core,
  asked: readonly Backend[],
  { write = options.write }: CallOptions,
  where: string,
): RubiconException | undefined {
  const all = backends.filter(({ outbox }) => !outbox);
  const silent = all.filter((one) => !asked.some(({ label }) => label === one.label));
  const enough = needed(write, all.length);
  if (all.length - silent.length >= enough) return undefined;
  return new RubiconException(
    "write-failed",
    `${where}: ${
      all.length - silent.length
    } of ${all.length} backends say what is in the trash, ${enough} are ` +
      `needed: ${
        silent.map(({ label }) => label).join(", ")
      } did not answer. Nothing was emptied. Call it again when they are back.`,
  );
}

async function emptyOne(
  rubicon: Core,
  { folder, time, isRestored }: Deletion,
  call: CallOptions,
): Promise<void> {
  const target = await targetOf(rubicon, folder, {}, call);
  // What a backend still has goes along.
  if (!isRestored) await finishTrashed(rubicon, target, quiet(call));
  const { packs } = await packsOf(rubicon, folder, time, call);
  await rubicon.write({
    what: `the emptying of ${target.what}`,
    waves: [marksFor("emptied", target, time)],
    deletes: packs.map(({ key }) => key),
  }, call);
}

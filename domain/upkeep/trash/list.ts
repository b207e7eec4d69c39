/**
 * What is in the trash, and emptying it.
 *
 * @module
 */
import { isRubiconException, RubiconException } from "../../../errors.ts";
import type { CallOptions } from "../../../composite.ts";
import type { Backend, Core } from "../../../composite/plan.ts";
import { needed } from "../../../composite/write/write.ts";
import { identify } from "../../format/codec.ts";
import type { Project } from "../../format/entities.ts";
import { experimentsFolder, metadataKey, projectFolder } from "../../format/layout.ts";
import { markKey, Marks, packOf, packTime } from "../../format/trash.ts";
import { pooled } from "../../pool.ts";
import { type Held, type Inventory, inventory } from "../inventory.ts";
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

/** One deletion, and the zips of it. */
export interface Deletion {
  folder: string;
  time: number;
  isRestored: boolean;
  packs: Held[];
  deletedAt: number;
}

/** Backends that answered. A backend that is bound to a call is another object, with the same health. */
type Asked = ReadonlySet<Backend["health"]>;

/** All deletions that are not emptied yet, of a project's experiments or of projects, and who could say so. */
export async function deletions(
  rubicon: Core,
  project: Project | undefined,
  call: CallOptions,
): Promise<{ found: Deletion[]; asked: Asked }> {
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
  const healths = ({ backends }: Inventory) => new Set(backends.map(({ health }) => health));
  return { found, asked: healths(beside).intersection(healths(below ?? beside)) };
}

/** When something was deleted: by the clock of who did, or by the store's if that is later. */
function latest(packs: readonly Held[], mark: Held | undefined): number {
  const stored = (one: Held) =>
    Math.min(...one.holders.map(({ entry }) => entry.lastModified.getTime()));
  const times = packs.flatMap((pack) => [packTime(pack.key), stored(pack)]);
  return Math.max(...times.length > 0 ? times : mark ? [stored(mark)] : [Date.now()]);
}

/** How many bytes the zips of a deletion take. */
export const sizeOf = ({ packs }: Deletion): number =>
  packs.reduce((sum, { size }) => sum + size, 0);

/** What is told of deletions, the last one first. */
export async function told(
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

/** Says if fewer backends were asked than the policy needs: what only the others know would stay, and look as if it were gone. */
export function tooFew(
  { backends, options }: Core,
  asked: Asked,
  { write = options.write }: CallOptions,
  where: string,
): RubiconException | undefined {
  const all = backends.filter(({ outbox }) => !outbox);
  const silent = all.filter(({ health }) => !asked.has(health)).map(({ label }) => label);
  const [said, enough] = [all.length - silent.length, needed(write, all.length)];
  if (said >= enough) return undefined;
  return new RubiconException(
    "write-failed",
    `${where}: ${said} of ${all.length} backends say what is in the trash, ${enough} are needed: ` +
      `${silent.join(", ")} did not answer. Nothing was emptied. Call it again when they are back.`,
  );
}

/** Empties the trash of one deletion. */
export async function emptyOne(
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

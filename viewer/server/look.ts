/**
 * A cheap look at a project: whether anything of it is new, without reading any of it. A folder is looked at by the times of
 * its folders, a bucket by one listing.
 *
 * @module
 */
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import type { CallOptions } from "../../composite.ts";
import type { FolderStamp } from "../../drivers/driver.ts";
import { breathe } from "../../drivers/source.ts";
import { deletedBy, experimentsFolder, historyFolder } from "../../domain/format/layout.ts";
import type { Project } from "../../domain/format/entities.ts";

/** What a look tells. */
export interface Look {
  /** Changes if a run came, went or changed. */
  runs: string;
  /** Changes with any point of a curve; nothing if there is no curve. */
  curves: string | undefined;
  /** The runs that have curves, by their ids, each with what changes with any point of its own. */
  curvesOf: ReadonlyMap<string, string>;
  /** How many runs there are. */
  experiments: number;
}

/** So many folders are asked for in one go; others have their turn in between. */
const PAGE = 512;
/** The folders of a run that tell what is new in a table, its own first. */
const FOLDERS = ["", "/parameters", "/metrics"] as const;

/**
 * Runs without curves, by backend and id, each with the stamp of its folder: as long as it has that, no curve began, and
 * nobody has to look for one.
 */
export type Barren = Map<string, string>;

/**
 * Looks at a project in the backends that a read of it would ask.
 *
 * @param barren What is remembered from look to look.
 * @param weak Labels of backends that were asked the last time and were not able to answer for all: others are asked too.
 */
export async function lookAt(
  rubicon: Core,
  project: Project,
  barren: Barren,
  weak: ReadonlySet<string>,
  call: CallOptions,
): Promise<Look> {
  const seen = new Map<string, Look>();
  const first = await rubicon.read<Look>({
    what: `whether anything is new in project "${project.name}"`,
    async run(backend): Promise<Answer<Look>> {
      const value = await lookIn(backend, project, barren);
      seen.set(backend.label, value);
      if (value.experiments === 0) return { value, weak: "bare" };
      return weak.has(backend.label) ? { value, weak: "damaged" } : { value };
    },
    merge: (looks) => looks[0]!,
  }, call);
  if (seen.size === 1) return first;
  const looks = rubicon.backends.flatMap(({ label }) => {
    const look = seen.get(label);
    return look ? [[label, look] as const] : [];
  });
  const curves = looks.filter(([, look]) => look.curves !== undefined);
  return {
    runs: looks.map(([label, look]) => `${label} ${look.runs}`).join("; "),
    curves: curves.length === 0
      ? undefined
      : curves.map(([label, look]) => `${label} ${look.curves}`).join("; "),
    curvesOf: joined(looks.map(([, look]) => look.curvesOf)),
    experiments: Math.max(...looks.map(([, look]) => look.experiments)),
  };
}

/** What several backends tell of each run. */
function joined(several: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const one of several) {
    for (const [id, version] of one) all.set(id, `${all.get(id) ?? ""}; ${version}`);
  }
  return all;
}

async function lookIn(backend: Backend, project: Project, barren: Barren): Promise<Look> {
  const folder = experimentsFolder(project.name);
  return await byFolders(backend, folder, barren) ?? await byListing(backend, folder);
}

/** By the times of folders; nothing if the store has none that can be trusted. */
async function byFolders(
  { driver, label }: Backend,
  folder: string,
  barren: Barren,
): Promise<Look | undefined> {
  if (!driver.bulk || !driver.stamps) return undefined;
  const [entries] = await driver.bulk.list([folder]);
  const { folders, objects } = entries!;
  const gone = new Set(objects.flatMap((name) => idOfTrace(folder, `${folder}/${name}`) ?? []));
  const runs = new Sum();
  const curvesOf = new Map<string, string>();
  for (const name of objects) runs.add(name);
  for (let at = 0; at < folders.length; at += PAGE) {
    if (at > 0) await breathe();
    const some = folders.slice(at, at + PAGE);
    const stamps = await driver.stamps(
      some.flatMap((id) => FOLDERS.map((one) => `${folder}/${id}${one}`)),
    );
    const looked: { id: string; own: FolderStamp }[] = [];
    for (const [index, id] of some.entries()) {
      const [own, parameters, metrics] = stamps.slice(index * FOLDERS.length);
      // One that went meanwhile has none either; then the listing that follows says so.
      if (!own) return undefined;
      runs.add(`${id} ${textOf(own)} ${textOf(parameters)} ${textOf(metrics)}`);
      const isBarren = own.stamp !== undefined && barren.get(`${label} ${id}`) === own.stamp;
      if (!isBarren) looked.push({ id, own });
    }
    const histories = await driver.stamps(
      looked.map(({ id }) => historyFolder(`${folder}/${id}`)),
    );
    for (const [index, { id, own }] of looked.entries()) {
      const history = histories[index];
      if (history) curvesOf.set(id, textOf(history));
      else if (own.stamp !== undefined) barren.set(`${label} ${id}`, own.stamp);
    }
  }
  const experiments = folders.filter((id) => !gone.has(id)).length;
  return { runs: runs.text(), curves: inOne(curvesOf), curvesOf, experiments };
}

/**
 * A stamp; the times alone if they are too young to be sure. These change once more when they are old enough, and what
 * they missed shows by then.
 */
const textOf = (stamp: FolderStamp | undefined): string =>
  stamp ? stamp.stamp ?? `young ${stamp.modified} ${stamp.changed}` : "";

/** By everything that a listing says of the runs' files. */
async function byListing({ driver }: Backend, folder: string): Promise<Look> {
  const runs = new Sum();
  const sums = new Map<string, Sum>();
  const ids = new Set<string>();
  const gone = new Set<string>();
  for await (const { key, size, lastModified, etag, checksum } of driver.list(folder)) {
    const path = key.slice(folder.length + 1);
    const [id, kind] = path.split("/", 2) as [string, string?];
    const line = `${path} ${size} ${lastModified.getTime()} ${etag ?? ""} ${checksum ?? ""}`;
    if (kind === "history") {
      let sum = sums.get(id);
      if (!sum) sums.set(id, sum = new Sum());
      sum.add(line);
    } else if (kind !== "artifacts" && kind !== "dataframes" && kind !== "features") runs.add(line);
    if (kind === "metadata.json") ids.add(id);
    const trace = kind === undefined ? idOfTrace(folder, key) : undefined;
    if (trace !== undefined) gone.add(trace);
  }
  const curvesOf = new Map(Array.from(sums, ([id, sum]) => [id, sum.text()] as const));
  const experiments = ids.difference(gone).size;
  // Whether a run has curves is part of the table.
  for (const id of sums.keys()) runs.add(`curves ${id}`);
  return { runs: runs.text(), curves: inOne(curvesOf), curvesOf, experiments };
}

/** One text for all curves; nothing if there are none. */
function inOne(curvesOf: ReadonlyMap<string, string>): string | undefined {
  if (curvesOf.size === 0) return undefined;
  const sum = new Sum();
  for (const [id, version] of curvesOf) sum.add(`${id} ${version}`);
  return sum.text();
}

const idOfTrace = (folder: string, key: string): string | undefined =>
  deletedBy(key)?.slice(folder.length + 1);

/** A number for many texts in any order. */
class Sum {
  #low = 0;
  #high = 0;
  #count = 0;

  add(text: string): void {
    let low = 0xDEADBEEF;
    let high = 0x41C6CE57;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      low = Math.imul(low ^ code, 2654435761);
      high = Math.imul(high ^ code, 1597334677);
    }
    low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
    high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    this.#low = (this.#low + (low >>> 0)) >>> 0;
    this.#high = (this.#high + (high >>> 0)) >>> 0;
    this.#count++;
  }

  text(): string {
    return `${this.#count}-${this.#high.toString(16)}-${this.#low.toString(16)}`;
  }
}

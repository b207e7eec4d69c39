/**
 * What differs between the backends of a composite.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import { type Comparison, contentsOf, type Spread, spread } from "../../composite/compare.ts";
import { checkOptions } from "../../composite/options.ts";
import type { Composite } from "../../composite.ts";
import { checkComposite, checkFields, checkName, refuse, show } from "../check.ts";
import { byDependency, deletedBy, isDigest, projectFolder } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import { type ProgressOption, type Reporter, reporter } from "../progress.ts";

/** One object that is not the same in all backends. */
export interface Difference {
  /** The object's key. */
  key: string;
  /**
   * `missing`: some backends lack it · `conflict`: backends have different contents · `deleted`: it was
   * deleted on purpose and is still in some.
   */
  kind: "missing" | "conflict" | "deleted";
  /** Labels of the backends that have it; for a conflict, those with one content stand together. */
  has: string[][];
  /** Labels of the backends that lack it. */
  lacks: string[];
}

/** Options of {@linkcode verify}. */
export interface VerifyOptions extends ProgressOption {
  /** Only the project of this name. Default: all. */
  project?: string;
  /**
   * `checksum` (default) trusts sizes and the checksums that listings carry, and reads only objects
   * without one; `bytes` reads everything.
   */
  compare?: Comparison;
  /** Stops it. */
  signal?: AbortSignal;
}

/** What {@linkcode verify} found. */
export interface Verification {
  /** Whether all backends are the same. */
  clean: boolean;
  /** How many objects were looked at. */
  objects: number;
  /** How many of them were compared by reading them, since a listing had no checksum to trust. */
  read: number;
  /** What differs, in an order in which it can be mended. */
  differences: Difference[];
}

const OPTIONS = new Set(["project", "compare", "onProgress", "signal"]);

/** Checks options that verify and repair share. */
export function checkVerify(
  rubicon: Composite,
  options: VerifyOptions,
  known: ReadonlySet<string>,
  where: string,
): void {
  checkComposite(rubicon, where);
  checkFields(options, known, where);
  checkOptions(options.signal === undefined ? {} : { signal: options.signal });
  if (options.project !== undefined) checkName(options.project, `${where}: project`);
  const { compare = "checksum" } = options;
  if (compare !== "checksum" && compare !== "bytes") {
    refuse(`${where}: compare is "checksum" or "bytes", not ${show(compare)}.`);
  }
}

/**
 * Compares all backends, object by object.
 *
 * @throws {RubiconException} where a backend cannot be listed: what it has is then not known. `not-found` where
 * no backend has the project.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, verify } from "../../mod.ts";
 *
 * await using rubicon = await openComposite([
 *   { persistence: "memory", rootDir: "verify-a" },
 *   { persistence: "memory", rootDir: "verify-b" },
 * ]);
 * await createProject(rubicon, { name: "Iris" });
 * if (!(await verify(rubicon)).clean) throw new Error("both have it");
 * ```
 */
export async function verify(
  rubicon: Composite,
  options: VerifyOptions = {},
): Promise<Verification> {
  checkVerify(rubicon, options, OPTIONS, "verify");
  const { report: tell, ...signal } = reporter("objects", options, "verify");
  const report: Verification = { clean: true, objects: 0, read: 0, differences: [] };
  const folders = await projectFolders(rubicon, { ...options, ...signal });
  const { project } = options;
  for (const [at, folder] of folders.entries()) {
    const last = at === folders.length - 1;
    // How many objects there are in all is known once the last project is listed.
    const told: Reporter["report"] = (what, done, total) =>
      tell(what, done, last ? total : undefined);
    await verifyFolder(rubicon, folder, { ...options, ...signal }, report, told);
  }
  if (project !== undefined && report.objects === 0) {
    throw new RubiconException(
      "not-found",
      `verify: no backend has a project ${show(project)}. Look at what listProjects gives.`,
    );
  }
  tell("verify", report.objects, report.objects);
  report.clean = report.differences.length === 0;
  return report;
}

async function projectFolders(rubicon: Composite, { project, signal }: VerifyOptions) {
  if (project !== undefined) return [projectFolder(project)];
  const lists = await Promise.all(
    rubicon.backends.map(({ driver }) => driver.folders("", signal ? { signal } : {})),
  );
  return [...new Set(lists.flat())].sort();
}

async function verifyFolder(
  rubicon: Composite,
  folder: string,
  { compare = "checksum", signal }: VerifyOptions,
  report: Verification,
  tell: Reporter["report"],
): Promise<void> {
  const { backends } = rubicon;
  const what = `verify ${folder}`;
  let done = report.objects;
  tell(what, done);
  const found = await spread(backends, folder, signal);
  // A repair copies no digests: a store that lacks one answers as well, only slower.
  for (const key of [...found.keys()].filter(isDigest)) found.delete(key);
  report.objects += found.size;
  const deleted = new Set([...found.keys()].flatMap((key) => deletedBy(key) ?? []));
  const isDeleted = (key: string) => {
    for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
      if (deleted.has(key.slice(0, end))) return true;
    }
    return false;
  };
  const labels = (indexes: number[]) => indexes.map((at) => backends[at]!.label);
  const all = [...found.values()].sort((a, b) => byDependency(a.key, b.key));
  const differences = await pooled(all, async (one): Promise<Difference | undefined> => {
    const { key, entries } = one;
    const here = entries.flatMap((entry, at) => entry ? [at] : []);
    const lacks = labels(entries.flatMap((entry, at) => entry ? [] : [at]));
    if (deleted.size > 0 && isDeleted(key)) {
      tell(what, ++done, report.objects);
      return { key, kind: "deleted", has: [labels(here)], lacks };
    }
    let groups = [here];
    try {
      if (here.length > 1) groups = await contentsOf(backends, one, compare, signal);
    } catch (error) {
      // It was deleted while this looked at it: what became of it, the next look tells.
      if (!hasCode(error, "not-found")) throw error;
    }
    if (here.length > 1 && !isVouched(one, compare)) report.read++;
    tell(what, ++done, report.objects);
    if (groups.length > 1) return { key, kind: "conflict", has: groups.map(labels), lacks };
    return lacks.length > 0 ? { key, kind: "missing", has: [labels(here)], lacks } : undefined;
  });
  const differing = differences.filter((one) => one !== undefined);
  report.differences.push(
    ...differing.filter(({ kind }) => kind !== "deleted"),
    // The other way round: an entity goes before its data, as it comes after.
    ...differing.filter(({ kind }) => kind === "deleted").reverse(),
  );
}

/** Whether listings alone said that an object is the same or not. */
function isVouched({ entries }: Spread, compare: Comparison): boolean {
  const here = entries.filter((entry) => entry !== undefined);
  const sizes = new Set(here.map(({ size }) => size));
  return compare === "checksum" &&
    (sizes.size === here.length || here.every(({ checksum }) => checksum !== undefined));
}

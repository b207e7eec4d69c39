/**
 * Making all backends the same again.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import type { Backend, Composite } from "../../composite.ts";
import type { Source } from "../../drivers/driver.ts";
import { refuse, show } from "../check.ts";
import { pooled } from "../pool.ts";
import { reporter } from "../progress.ts";
import { decodeChange } from "../format/codec.ts";
import { entityOf, partOf } from "../format/layout.ts";
import { checkVerify, type Difference, verify, type VerifyOptions } from "./verify.ts";

/** Options of {@linkcode repair}. */
export interface RepairOptions extends VerifyOptions {
  /** Copies from the backend with this label wherever it has the object. Default: from the first. */
  from?: string;
  /** Only says what would be done. */
  dryRun?: boolean;
  /**
   * Whose content wins where backends differ: `majority` takes what most `sync` backends have, which a write that
   * was acknowledged by `all` or a `quorum` always is (the first of several that as many have); `first` the
   * backend that `from` names, else the first that has one; `newest` the one that was written last. Default:
   * conflicts are listed and left alone.
   */
  conflicts?: "majority" | "first" | "newest";
}

/** One thing that {@linkcode repair} did, or would do. */
export interface Mend {
  /** The object's key. */
  key: string;
  /** What was done in `backend`. */
  action: "copy" | "replace" | "delete";
  /** The label of the backend that was mended. */
  backend: string;
  /** The label of the backend that the bytes come from, for copies. */
  from?: string;
}

/** What {@linkcode repair} did. */
export interface Repair {
  /** Whether all backends are the same now (for a dry run: whether they would be). */
  clean: boolean;
  /** What was done, in order. */
  mended: Mend[];
  /** What was left alone: conflicts without a rule. */
  conflicts: Difference[];
  /** What could not be done, each with its reason. */
  failures: (Mend & { error: RubiconException })[];
}

const OPTIONS = new Set([
  ...["project", "compare", "onProgress", "signal", "from", "dryRun", "conflicts"],
]);

/**
 * Copies what is missing, byte for byte, and removes what was deleted on purpose, until all backends are
 * the same. It can be run again at any time.
 *
 * @throws {RubiconException} where a backend cannot be listed; `not-found` where no backend has the project.
 *
 * @example
 * ```ts
 * import { createProject, openComposite, repair, verify } from "../../mod.ts";
 *
 * await using one = await openComposite({ persistence: "memory", rootDir: "repair-a" });
 * await createProject(one, { name: "Iris" });
 * await using both = await openComposite([
 *   { persistence: "memory", rootDir: "repair-a" },
 *   { persistence: "memory", rootDir: "repair-b" },
 * ]);
 * const { mended } = await repair(both);
 * if (mended.length !== 1 || !(await verify(both)).clean) throw new Error("it is copied");
 * ```
 */
export async function repair(rubicon: Composite, options: RepairOptions = {}): Promise<Repair> {
  const where = "repair";
  checkVerify(rubicon, options, OPTIONS, where);
  const { from, conflicts, dryRun = false } = options;
  const { report: tell, signal } = reporter("objects", options, where);
  const byLabel = new Map(rubicon.backends.map((backend) => [backend.label, backend]));
  if (from !== undefined && !byLabel.has(from)) {
    refuse(`${where}: from is one of ${[...byLabel.keys()].join(", ")}, not ${show(from)}.`);
  }
  if (typeof dryRun !== "boolean") {
    refuse(`${where}: dryRun is true or false, not ${show(dryRun)}.`);
  }
  if (conflicts !== undefined && !["majority", "first", "newest"].includes(conflicts)) {
    refuse(`${where}: conflicts is "majority", "first" or "newest", not ${show(conflicts)}.`);
  }
  const { differences, objects } = await verify(rubicon, {
    ...(options.project !== undefined && { project: options.project }),
    ...(options.compare !== undefined && { compare: options.compare }),
    ...(signal && { signal }),
    // How much there is to mend is known once all is compared.
    onProgress: ({ what, done }) => tell(what, done),
  });
  const all = objects + differences.length;
  const report: Repair = { clean: true, mended: [], conflicts: [], failures: [] };
  for (const [at, difference] of differences.entries()) {
    tell(`repair ${difference.key}`, objects + at, all);
    const plan = await planFor(difference, byLabel, { ...options, ...(signal && { signal }) });
    if (!plan) {
      report.conflicts.push(difference);
      continue;
    }
    for (const mend of plan) {
      try {
        checkComplete(mend, report.failures);
        if (!dryRun) await carryOut(mend, byLabel, signal);
        report.mended.push(mend);
      } catch (error) {
        if (!(error instanceof RubiconException)) throw error;
        report.failures.push({ ...mend, error });
      }
    }
  }
  tell(where, all, all);
  report.clean = report.conflicts.length === 0 && report.failures.length === 0;
  if (report.clean && !dryRun && options.project === undefined) {
    for (const { health } of rubicon.backends) health.repaired();
  }
  return report;
}

/** What to do about a difference; `undefined` where there is no rule for it. */
async function planFor(
  { key, kind, has, lacks }: Difference,
  byLabel: ReadonlyMap<string, Backend>,
  { from, conflicts, signal }: RepairOptions,
): Promise<Mend[] | undefined> {
  if (kind === "deleted") {
    return has.flat().map((backend) => ({ key, action: "delete", backend }));
  }
  let winner = 0;
  if (kind === "conflict") {
    let chosen = await saysLess(key, has, byLabel, signal);
    if (chosen === undefined && conflicts === "newest") {
      chosen = await newest(key, has, byLabel, signal);
    } else if (chosen === undefined && conflicts === "first") {
      chosen = Math.max(has.findIndex((group) => group.includes(from ?? "")), 0);
    } else if (chosen === undefined && conflicts === "majority") {
      const votes = has.map((group) => votesOf(group, byLabel));
      chosen = votes.indexOf(Math.max(...votes));
    }
    if (chosen === undefined) return undefined;
    winner = chosen;
  }
  const group = has[winner]!;
  const source = group.includes(from ?? "") ? from! : group[0]!;
  const others = has.filter((_, at) => at !== winner).flat();
  return [
    ...lacks.map((backend): Mend => ({ key, action: "copy", backend, from: source })),
    ...others.map((backend): Mend => ({ key, action: "replace", backend, from: source })),
  ];
}

/** Background backends have what they were brought: no write policy counts them. */
const votesOf = (group: readonly string[], byLabel: ReadonlyMap<string, Backend>): number =>
  group.filter((label) => !byLabel.get(label)!.outbox).length;

/**
 * A tags or comments file only ever loses texts, when they are taken back: of several versions the one
 * that the others contain is the latest.
 */
async function saysLess(
  key: string,
  has: readonly string[][],
  byLabel: ReadonlyMap<string, Backend>,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const what = partOf(key.slice(key.lastIndexOf("/") + 1));
  if (what !== "tags" && what !== "comments") return undefined;
  try {
    const versions = await pooled(has, async ([label]) => {
      const { bytes } = await byLabel.get(label!)!.driver.get(key, signal ? { signal } : {});
      const { added, removed } = decodeChange(what, bytes, key);
      return new Set([...added.map((text) => `+${text}`), ...removed.map((text) => `-${text}`)]);
    });
    const least = versions.findIndex((one) => versions.every((other) => one.isSubsetOf(other)));
    return least < 0 ? undefined : least;
  } catch (error) {
    if (hasCode(error, "corrupt")) return undefined; // Then it is a conflict like any other.
    throw error;
  }
}

async function newest(
  key: string,
  has: readonly string[][],
  byLabel: ReadonlyMap<string, Backend>,
  signal?: AbortSignal,
): Promise<number> {
  const times = await pooled(has, async (group) => {
    const metas = await Promise.all(
      group.map((label) => byLabel.get(label)!.driver.stat(key, signal ? { signal } : {})),
    );
    // The first of several copies is the original.
    return Math.min(...metas.map(({ lastModified }) => lastModified.getTime()));
  });
  return times.indexOf(Math.max(...times));
}

/** What could not be copied is not to be missing in an entity that shows: so that does not come either. */
function checkComplete({ key, action, backend }: Mend, failures: Repair["failures"]): void {
  if (action !== "copy") return;
  const failed = failures.find((other) =>
    other.backend === backend && other.action === "copy" &&
    key.startsWith(`${entityOf(other.key)}/`)
  );
  if (!failed) return;
  throw new RubiconException(
    failed.error.code,
    `${backend}: ${key} was not copied, since ${failed.key} was not. Run repair again.`,
    { backend, cause: failed.error },
  );
}

async function carryOut(
  { key, action, backend, from }: Mend,
  byLabel: ReadonlyMap<string, Backend>,
  signal?: AbortSignal,
): Promise<void> {
  const { driver } = byLabel.get(backend)!;
  const options = signal ? { signal } : {};
  if (action === "delete") return await driver.delete(key, options);
  const source: Source = async () => (await byLabel.get(from!)!.driver.open(key, options)).stream;
  try {
    await driver.put(key, source, { ...options, ifAbsent: action === "copy" });
  } catch (error) {
    // Somebody else, another repair for instance, has put it there in the meantime.
    if (action !== "copy" || !hasCode(error, "already-exists")) throw error;
  }
}

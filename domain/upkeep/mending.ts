/**
 * What `repair` does.
 *
 * @module
 */
import { hasCode, isRubiconException, RubiconException } from "../../errors.ts";
import type { Backend, Core } from "../../composite/plan.ts";
import { copyObject, type CopyOptions } from "../../composite/copy.ts";
import { isChecked, isWhole } from "../format/copies.ts";
import { entityOf, isOfRun, projectFolder } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import type { Reporter } from "../progress.ts";
import { settle, whatOf } from "./annotations.ts";
import { type Job, type Mend, plan } from "./plan.ts";
import { isTrashed } from "../reading/deleted.ts";
import { targetOf } from "./trash/list.ts";
import { moveBack, packLeft } from "./trash/move.ts";
import { bundlesOf } from "./trash/sweep.ts";
import { compare } from "./differences.ts";
import type { Difference } from "./findings.ts";
import type { VerifyOptions } from "./verify.ts";
import { inWaves } from "./waves.ts";

/** Options of `repair`. */
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

/** What `repair` did. */
export interface Repair {
  /** Whether all backends are the same now (for a dry run: whether they would be). */
  clean: boolean;
  /** What was done, in order. */
  mended: Mend[];
  /** What was left alone: conflicts without a rule. */
  conflicts: Difference[];
  /** What could not be done, each with its reason: what no backend has whole, too. */
  failures: (Mend & { error: RubiconException })[];
  /** Keys of objects that belong to no entity, and were left alone. */
  foreign: string[];
}

/** Makes all backends the same again, as checked options say. */
export async function mend(
  rubicon: Core,
  options: RepairOptions,
  tell: Reporter["report"],
  signal: AbortSignal | undefined,
): Promise<Repair> {
  const where = "repair";
  const { from, conflicts, dryRun = false } = options;
  const byLabel = new Map(rubicon.backends.map((backend) => [backend.label, backend]));
  // What is missed from now on may come too late to be seen.
  const missed = rubicon.backends.map(({ health }) => health.status().missed);
  const { findings, objects, foreign } = await compare(rubicon, options, {
    // How much there is to mend is known once all is compared.
    report: (what, done) => tell(what, done),
    ...(signal && { signal }),
  }, where);
  const report: Repair = { clean: true, mended: [], conflicts: [], failures: [], foreign };
  const planning = { from, conflicts, signal };
  const jobs = (await pooled(findings, (finding) => plan(finding, byLabel, planning, report)))
    .flat();
  const all = objects + jobs.length;
  let done = objects;
  const failed: Failed = new Map();
  const work = async (job: Job) => {
    const { key, mend: { backend, action } } = job;
    tell(`repair ${key}`, done++, all);
    try {
      // What others stand for goes only once they are there.
      if (action === "copy" || isOfRun(key)) checkComplete(job, failed);
      if (dryRun) report.mended.push(job.mend);
      else await carryOut(job, byLabel, report, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isRubiconException(error)) throw error;
      failed.set(`${backend} ${entityOf(key)}`, { key, error });
      report.failures.push({ ...job.mend, error });
    }
  };
  const isDeletion = ({ mend }: Job) => mend.action === "delete";
  await inWaves(jobs.filter((job) => !isDeletion(job)), work);
  const goes = dryRun
    ? jobs.filter(isDeletion)
    : await kept(rubicon, jobs, byLabel, report, signal);
  await inWaves(goes, work, true);
  if (!dryRun) await backAgain(rubicon, goes, signal);
  if (!dryRun) await settleAll(rubicon.backends, jobs, report, signal);
  if (!dryRun) await reindexAll(rubicon, options.project, signal);
  tell(where, all, all);
  report.clean = report.conflicts.length === 0 && report.failures.length === 0;
  if (report.clean && !dryRun && options.project === undefined) {
    rubicon.backends.forEach(({ health }, at) => health.repaired(missed[at]!));
  }
  return report;
}

/** Brings the indexes of folders up to date: of what came one by one, or from Python, they have nothing. */
async function reindexAll(
  rubicon: Core,
  project: string | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { reindex } = await import("../reading/reindex.ts");
  for (const backend of rubicon.backends.filter(({ driver }) => driver.bulk)) {
    try {
      const folders = project === undefined
        ? await backend.driver.folders("", { signal })
        : [projectFolder(project)];
      for (const folder of folders) await reindex(backend, folder, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isRubiconException(error)) throw error;
      rubicon.options.onWarning(
        `repair: the index of ${backend.label} stays as it is, and reading takes longer: ${error.message}`,
        error,
      );
    }
  }
}

/** Looks once more at the tags and comments that were written. */
async function settleAll(
  backends: readonly Backend[],
  jobs: readonly Job[],
  report: Repair,
  signal: AbortSignal | undefined,
): Promise<void> {
  const written = jobs.filter(({ bytes }) => bytes);
  const groups = Map.groupBy(written, ({ key }) => `${whatOf(key)} ${entityOf(key)}`);
  await pooled([...groups.values()], async ([job]) => {
    const { key, mend } = job!;
    try {
      await settle(backends, whatOf(key)!, entityOf(key), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isRubiconException(error)) throw error;
      report.failures.push({ ...mend, error });
    }
  });
}

/** The folders in the trash that jobs are about. */
const trashedIn = (jobs: readonly Job[]): Set<string> =>
  new Set(jobs.flatMap(({ trashed }) => trashed ?? []));

/** Sees to it that what is taken away of experiments and projects in the trash is in its zips. Gives what may go. */
async function kept(
  rubicon: Core,
  jobs: readonly Job[],
  byLabel: ReadonlyMap<string, Backend>,
  report: Repair,
  signal: AbortSignal | undefined,
): Promise<Job[]> {
  const all = jobs.filter(({ mend }) => mend.action === "delete");
  const stays = new Set<string>();
  for (const folder of trashedIn(all)) {
    const own = all.filter(({ trashed }) => trashed === folder);
    try {
      const target = await targetOf(rubicon, folder, {}, { signal });
      const keys = own.map(({ key }) => key);
      // If it was restored meanwhile, nothing of it is to go.
      if (!await packLeft(rubicon, target, keys, { signal })) stays.add(folder);
      else await dropBundles(own, byLabel, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isRubiconException(error)) throw error;
      stays.add(folder);
      report.failures.push(...own.map(({ mend }) => ({ ...mend, error })));
    }
  }
  return all.filter(({ trashed }) => trashed === undefined || !stays.has(trashed));
}

/** Bundles are in no listing, and are not to be what is left of a folder. */
async function dropBundles(
  jobs: readonly Job[],
  byLabel: ReadonlyMap<string, Backend>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [label, own] of Map.groupBy(jobs, ({ mend }) => mend.backend)) {
    const { driver } = byLabel.get(label)!;
    await pooled(
      bundlesOf(own.map(({ key }) => key)),
      (key) => driver.delete(key, { signal }),
    );
  }
}

/** Brings back what was taken away while another process restored it. */
async function backAgain(
  rubicon: Core,
  jobs: readonly Job[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const folder of trashedIn(jobs)) {
    if (await isTrashed(rubicon, folder, { signal })) continue;
    const target = await targetOf(rubicon, folder, {}, { signal });
    const taken = jobs.filter(({ trashed }) => trashed === folder).map(({ key }) => key);
    await moveBack(rubicon, target, { signal }, "repair", new Set(taken));
  }
}

/** What failed, by the backend and the entity. */
type Failed = Map<string, { key: string; error: RubiconException }>;

/** What could not be copied is not to be missing in an entity that shows: so that does not come either. */
function checkComplete({ key, mend: { backend } }: Job, failed: Failed): void {
  if (failed.size === 0) return;
  for (let folder = entityOf(key); folder !== ""; folder = entityOf(folder)) {
    const other = failed.get(`${backend} ${folder}`);
    if (!other) continue;
    throw new RubiconException(
      other.error.code,
      `${backend}: ${key} is left as it is, since ${other.key} was not copied. Run repair again.`,
      { backend, cause: other.error },
    );
  }
}

async function carryOut(
  { key, mend, sources, bytes }: Job,
  byLabel: ReadonlyMap<string, Backend>,
  report: Repair,
  signal?: AbortSignal,
): Promise<void> {
  const { action } = mend;
  const to = byLabel.get(mend.backend)!;
  if (action === "delete" || bytes) {
    const options = { signal };
    try {
      if (!bytes) await to.driver.delete(key, options);
      else await to.driver.put(key, bytes, { ...options, ifAbsent: action === "copy" });
      report.mended.push(mend);
    } catch (error) {
      // Somebody has just written it, and says more of it.
      if (!hasCode(error, "already-exists")) throw error;
    }
    return;
  }
  const damaged: Backend[] = [];
  let from: Backend | undefined;
  const options: CopyOptions = {
    signal,
    ...(isChecked(key) && { isWhole }),
    onDamaged: (backend) => damaged.push(backend),
    onSource: (backend) => from = backend,
  };
  const outcome = await copyObject(sources, to, key, action === "replace", options);
  // What is deleted meanwhile is missing nowhere.
  if (outcome === "gone") return;
  const label = from!.label;
  if (outcome === "conflict") {
    report.conflicts.push({ key, kind: "conflict", has: [[label], [to.label]], lacks: [] });
    return;
  }
  report.mended.push({ ...mend, from: label });
  for (const backend of damaged) {
    const more: Mend = { key, action: "replace", backend: backend.label, from: label };
    if (report.mended.some((one) => one.key === key && one.backend === more.backend)) continue;
    await copyObject([from!], backend, key, true, { signal });
    report.mended.push(more);
  }
}

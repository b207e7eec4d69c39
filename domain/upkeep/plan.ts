/**
 * What to do about what differs between backends.
 *
 * @module
 */
import type { RubiconException } from "../../errors.ts";
import type { Backend } from "../../composite/plan.ts";
import { pooled } from "../pool.ts";
import type { Difference, Finding } from "./findings.ts";

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

/** What plans go by. */
export interface Planning {
  /** The label of the backend to copy from. */
  from: string | undefined;
  /** Whose content wins where backends differ. */
  conflicts: "majority" | "first" | "newest" | undefined;
  /** Stops it. */
  signal: AbortSignal | undefined;
}

/** What cannot be done, for the report of a repair. */
interface Left {
  /** Conflicts without a rule. */
  conflicts: Difference[];
  /** What no backend has whole. */
  failures: (Mend & { error: RubiconException })[];
}

/** One thing to be done. */
export interface Job {
  key: string;
  size: number;
  mend: Mend;
  /** The backends that have the bytes, the best first. */
  sources: readonly Backend[];
  /** The bytes themselves, of tags and comments files. */
  bytes?: Uint8Array;
  /** The folder in the trash that it is of. */
  trashed?: string;
}

/** What to do about a difference. If there is no rule for it, or no whole copy, the report says so. */
export async function plan(
  { difference, size, bytes, error, trashed }: Finding,
  byLabel: ReadonlyMap<string, Backend>,
  options: Planning,
  report: Left,
): Promise<Job[]> {
  const { key, kind, has, lacks, damaged = [] } = difference;
  const jobs = (labels: readonly string[], action: Mend["action"], sources: readonly string[]) =>
    labels.map((backend): Job => ({
      key,
      size,
      mend: { key, action, backend, ...(sources.length > 0 && { from: sources[0]! }) },
      sources: sources.map((label) => byLabel.get(label)!),
      ...(bytes && { bytes }),
      ...(trashed !== undefined && { trashed }),
    }));
  if (kind === "deleted") return jobs(has.flat(), "delete", []);
  if (bytes) {
    // Of tags and comments files, what they say together is known: no rule is needed.
    const [whole, ...others] = has.length > 1 || kind !== "conflict" ? has : [[], ...has];
    const replaced = [...others.flat(), ...damaged];
    return [...jobs(lacks, "copy", whole!), ...jobs(replaced, "replace", whole!)];
  }
  if (has.length === 0) {
    // Trying it says why, and keeps what belongs to it from being copied without it.
    if (lacks.length > 0) return jobs(lacks, "copy", damaged);
    const failures = damaged.map((backend) => ({ key, action: "replace" as const, backend }));
    report.failures.push(...failures.map((mend) => ({ ...mend, error: error! })));
    return [];
  }
  const winner = await winnerOf(difference, byLabel, options);
  if (winner === undefined) {
    report.conflicts.push(difference);
    return [];
  }
  const { from } = options;
  const group = [...has[winner]!].sort((a, b) => Number(b === from) - Number(a === from));
  const others = [...has.filter((_, at) => at !== winner).flat(), ...damaged];
  return [...jobs(lacks, "copy", group), ...jobs(others, "replace", group)];
}

/** Which of several contents wins, if there is a rule. */
async function winnerOf(
  { key, has }: Difference,
  byLabel: ReadonlyMap<string, Backend>,
  { from, conflicts, signal }: Planning,
): Promise<number | undefined> {
  if (has.length === 1) return 0;
  if (conflicts === "newest") return await newest(key, has, byLabel, signal);
  if (conflicts === "first") {
    return Math.max(has.findIndex((group) => group.includes(from ?? "")), 0);
  }
  if (conflicts === undefined) return undefined;
  // Background backends have what they were brought: no write policy counts them.
  const votes = has.map((group) => group.filter((label) => !byLabel.get(label)!.outbox).length);
  return votes.indexOf(Math.max(...votes));
}

async function newest(
  key: string,
  has: readonly string[][],
  byLabel: ReadonlyMap<string, Backend>,
  signal?: AbortSignal,
): Promise<number> {
  const times = await pooled(has, async (group) => {
    const metas = await Promise.all(
      group.map((label) => byLabel.get(label)!.driver.stat(key, { signal })),
    );
    // The first of several copies is the original.
    return Math.min(...metas.map(({ lastModified }) => lastModified.getTime()));
  });
  return times.indexOf(Math.max(...times));
}

/**
 * Making all backends the same again.
 *
 * @module
 */
import type { Composite } from "../../composite.ts";
import { refuse, show } from "../check.ts";
import { reporter } from "../progress.ts";
import { checkVerify } from "./verify.ts";
import type { Repair, RepairOptions } from "./mending.ts";

export type { Mend } from "./plan.ts";
export type { Repair, RepairOptions } from "./mending.ts";

const OPTIONS = new Set([
  ...["project", "compare", "onProgress", "signal", "from", "dryRun", "conflicts"],
]);

/**
 * Copies what is missing, byte for byte, and removes what was deleted on purpose, until all backends are
 * the same. It can be run again at any time. In folders it also brings the index up to date from which tables and lists are
 * read, so that what came one by one, or from rubicon-ml, is read as fast as the rest.
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
  const { mend } = await import("./mending.ts");
  return await mend(rubicon, options, tell, signal);
}

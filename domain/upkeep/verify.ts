/**
 * What differs between the backends of a composite.
 *
 * @module
 */
import type { Comparison } from "../../composite/compare.ts";
import { checkCall } from "../../composite/options.ts";
import type { Composite } from "../../composite.ts";
import type { Core } from "../../composite/plan.ts";
import { checkComposite, checkFields, checkName, refuse, show } from "../check.ts";
import { type ProgressOption, reporter } from "../progress.ts";
import type { Difference } from "./findings.ts";

export type { Difference } from "./findings.ts";

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
  /** Keys of objects that belong to no entity. They are not compared, and nothing else copies or removes them. */
  foreign: string[];
}

const OPTIONS = new Set(["project", "compare", "onProgress", "signal"]);

/** Checks options that verify and repair share. */
export function checkVerify(
  rubicon: Composite,
  options: VerifyOptions,
  known: ReadonlySet<string>,
  where: string,
): asserts rubicon is Core {
  checkComposite(rubicon, where);
  checkFields(options, known, where);
  checkCall({ signal: options.signal });
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
  const tell = reporter("objects", options, "verify");
  const { compare } = await import("./differences.ts");
  const { findings, objects, read, foreign } = await compare(rubicon, options, tell, "verify");
  tell.report("verify", objects, objects);
  const differences = findings.map(({ difference }) => difference);
  return { clean: differences.length === 0, objects, read, differences, foreign };
}

/**
 * What differs between backends in one object, and what is known of it.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../../errors.ts";
import { type Comparison, contentsOf, type Spread } from "../../composite/compare.ts";
import type { Backend } from "../../composite/plan.ts";
import { isChecked, isWhole } from "../format/copies.ts";
import type { Rewritten } from "./annotations.ts";

/** One object that is not the same in all backends. */
export interface Difference {
  /** The object's key. */
  key: string;
  /**
   * `missing`: some backends lack it · `conflict`: backends have different contents · `deleted`: it was
   * deleted on purpose and is still in some · `damaged`: some have it cut short, or with other bytes than their store
   * has the checksum of. Tags and comments files are compared by what they say together: they differ if that does.
   */
  kind: "missing" | "conflict" | "deleted" | "damaged";
  /** Labels of the backends that have it; for a conflict, those with one content stand together. */
  has: string[][];
  /** Labels of the backends that lack it. */
  lacks: string[];
  /** Labels of the backends whose copy is damaged. Missing if none is. */
  damaged?: string[];
}

/** A difference, with what `repair` needs to mend it. */
export interface Finding {
  difference: Difference;
  /** How large the object is, in bytes. */
  size: number;
  /** What the file is to hold in the backends of the difference: tags and comments alone have that. */
  bytes?: Uint8Array;
  /** The reason, if a copy is damaged. */
  error?: RubiconException;
  /** The folder of the experiment or the project in the trash that the object is of. */
  trashed?: string;
}

const sizeOf = ({ entries }: Spread) => Math.max(...entries.map((entry) => entry?.size ?? 0));

/** Labels of the backends that have an object, and of those that lack it. */
function holders(backends: readonly Backend[], { entries }: Spread) {
  const labels = (is: boolean) =>
    backends.filter((_, at) => (entries[at] !== undefined) === is).map(({ label }) => label);
  return { has: labels(true), lacks: labels(false) };
}

/** Something that was deleted on purpose and is still there. */
export function deletion(
  backends: readonly Backend[],
  one: Spread,
  trashed?: string,
): Finding {
  const { has, lacks } = holders(backends, one);
  return {
    difference: { key: one.key, kind: "deleted", has: [has], lacks },
    size: sizeOf(one),
    ...(trashed !== undefined && { trashed }),
  };
}

/** Compares one object; tells also whether it was read for that. */
export async function compareObject(
  backends: readonly Backend[],
  one: Spread,
  comparison: Comparison,
  signal: AbortSignal | undefined,
): Promise<{ finding?: Finding; read: boolean }> {
  const { key } = one;
  const { has, lacks } = holders(backends, one);
  const labels = (indexes: Iterable<number>) => [...indexes].map((at) => backends[at]!.label);
  const finding = (kind: Difference["kind"], groups: readonly number[][] | undefined): Finding => ({
    difference: { key, kind, has: groups?.map(labels) ?? [has], lacks },
    size: sizeOf(one),
  });
  const missing = lacks.length > 0 ? { finding: finding("missing", undefined) } : {};
  try {
    const { groups, damaged, read } = await contentsOf(backends, one, comparison, {
      signal,
      ...(isChecked(key) && { isWhole }),
    });
    const [error] = damaged.values();
    if (error) {
      const found = finding("damaged", groups);
      found.difference.damaged = labels(damaged.keys());
      return { finding: { ...found, error }, read };
    }
    return { ...(groups.length > 1 ? { finding: finding("conflict", groups) } : missing), read };
  } catch (error) {
    // It was deleted while this looked at it: what became of it, the next look tells.
    if (!hasCode(error, "not-found")) throw error;
    return { ...missing, read: true };
  }
}

/** A tags or comments file that some backends are to get. */
export function rewriting(
  backends: readonly Backend[],
  files: readonly Spread[],
  { key, bytes, to, error }: Rewritten,
): Finding {
  const entries = files.find((file) => file.key === key)!.entries;
  const labels = (is: (at: number) => boolean) =>
    backends.filter((_, at) => is(at)).map(({ label }) => label);
  const lacks = labels((at) => to.includes(at) && !entries[at]);
  const other = labels((at) => to.includes(at) && entries[at] !== undefined);
  const has = labels((at) => !to.includes(at) && entries[at] !== undefined);
  const size = bytes?.length ?? 0;
  if (error) {
    const difference = { key, kind: "damaged" as const, has: [has], lacks, damaged: other };
    return { difference, size, ...(bytes && { bytes }), error };
  }
  const kind = other.length > 0 ? "conflict" : "missing";
  const groups = [has, other].filter((group) => group.length > 0);
  return { difference: { key, kind, has: groups, lacks }, size, bytes: bytes! };
}

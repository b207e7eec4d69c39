/**
 * What has to be there before something is written, and how it is copied to a backend that lacks it.
 *
 * @module
 */
import type { Backend, CopyRules, WritePlan } from "../../composite/plan.ts";
import { isRubiconException, RubiconException } from "../../errors.ts";
import type { Composite } from "../../composite.ts";
import { entityOf, metadataKey, parentKeys, type Place, placeFolder } from "../format/layout.ts";
import { describe } from "../format/codec.ts";
import type { Entity } from "../format/entities.ts";
import { Marks } from "../format/trash.ts";
import { inTrash, marksIn, notedDeletion } from "../reading/deleted.ts";

/**
 * The parents of what is written at a place.
 *
 * @param more What has to be there beside them.
 */
export function above(
  place: Place,
  ...more: string[]
): Pick<WritePlan, "parents" | "copies"> {
  const { projectName, experimentId } = place;
  if (last.projectName !== projectName || last.experimentId !== experimentId) {
    last = { projectName, experimentId, parents: parentKeys(place) };
  }
  const { parents } = last;
  return { parents: more.length === 0 ? parents : [...new Set([...parents, ...more])], copies };
}

/** The parent of what is written into a project's folder. */
export const inProject = (folder: string): Pick<WritePlan, "parents" | "copies"> => ({
  parents: [metadataKey(folder)],
  copies,
});

/** Hardly any write finds that a parent is missing. */
async function copies(): Promise<CopyRules> {
  const { beside, isWhole } = await import("../format/copies.ts");
  return { isWhole, beside, whyNot };
}

/** All children of an experiment ask for the same ones, one after the other. */
let last: { projectName?: string; experimentId?: string | null | undefined; parents: string[] } = {
  parents: [],
};

/** What is in the trash is not brought back by what is written to it. A backend that cannot be asked knows of nothing. */
async function whyNot(parent: string, backends: readonly Backend[]): Promise<string | undefined> {
  const folder = entityOf(parent);
  const marks = new Marks();
  await Promise.all(backends.map(async (backend) => {
    try {
      for (const key of await marksIn(backend, folder)) marks.add(key);
    } catch (error) {
      if (!isRubiconException(error)) throw error;
    }
  }));
  return marks.isTrashed(folder) ? inTrash(folder) : undefined;
}

/**
 * Refuses to write to what this composite has moved to the trash.
 *
 * @throws {RubiconException} `not-found`
 */
// deno-lint-ignore require-await -- a write rejects.
export async function refuseTrashed(
  rubicon: Composite,
  entity: Entity,
  place: Place,
): Promise<void> {
  const noted = notedDeletion(rubicon, placeFolder(place));
  if (noted === undefined) return;
  throw new RubiconException("not-found", `${describe(entity)} is not written: ${inTrash(noted)}`, {
    entity,
  });
}

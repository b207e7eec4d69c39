/**
 * What has to be there before something is written, and how it is copied to a backend that lacks it.
 *
 * @module
 */
import type { WritePlan } from "../../composite/plan.ts";
import { beside, isWhole } from "../format/copies.ts";
import { parentKeys, type Place } from "../format/layout.ts";

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

const copies = { isWhole, beside };

/** All children of an experiment ask for the same ones, one after the other. */
let last: { projectName?: string; experimentId?: string | null | undefined; parents: string[] } = {
  parents: [],
};

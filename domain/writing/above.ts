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
export const above = (
  place: Place,
  ...more: string[]
): Pick<WritePlan, "parents" | "copies"> => ({
  parents: [...new Set([...parentKeys(place), ...more])],
  copies: { isWhole, beside },
});

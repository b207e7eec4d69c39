/**
 * Whether what a listing belongs to is there.
 *
 * @module
 */
import type { Backend } from "../../composite/plan.ts";
import { decodeEntity } from "../format/codec.ts";
import { parentKeys, type Place } from "../format/layout.ts";

/** Throws where a backend does not have what the entities of a place belong to, whole. */
export async function readParent(
  backend: Backend,
  place: Place,
): Promise<void> {
  const kind = place.experimentId == null ? "project" : "experiment";
  const key = parentKeys(place).at(-1)!;
  const { bytes } = await backend.driver.get(key);
  decodeEntity(kind, bytes, place, `${backend.label}: ${key}`);
}

/**
 * Whether what a listing belongs to is there.
 *
 * @module
 */
import type { Backend } from "../../composite.ts";
import type { VerbOptions } from "../../drivers/driver.ts";
import { decodeEntity } from "../format/codec.ts";
import { parentKeys, type Place } from "../format/layout.ts";

/** Throws where a backend does not have what the entities of a place belong to, whole. */
export async function readParent(
  backend: Backend,
  place: Place,
  options: VerbOptions,
): Promise<void> {
  const kind = place.experimentId == null ? "project" : "experiment";
  const key = parentKeys(place).at(-1)!;
  const { bytes } = await backend.driver.get(key, options);
  decodeEntity(kind, bytes, place, `${backend.label}: ${key}`);
}

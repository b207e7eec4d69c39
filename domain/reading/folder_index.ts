/**
 * The index of a project's experiments in a store that reads many small things at once.
 *
 * @module
 */
import { BundleIndex, indexKey } from "../../composite/layers/bundle_index.ts";
import { parseDatetime } from "../format/datetime.ts";
import { METADATA, projectFolder } from "../format/layout.ts";
import { isOfOneObject } from "./entity_files.ts";
import type { RunFolder } from "./folder_runs.ts";

/** So large an index is not held in memory, in bytes. */
export const MOST_BYTES = 256 << 20;

/** Reads the index of a project when it is first asked for. Whoever has none reads what is in it one by one. */
export function indexOf({ bulk, place }: RunFolder): () => Promise<BundleIndex | undefined> {
  const key = indexKey(projectFolder(place.projectName));
  let index: Promise<BundleIndex | undefined> | undefined;
  const read = async () => {
    try {
      const [meta] = await bulk.stat([key]);
      if (!meta || meta.size > MOST_BYTES) return undefined;
      const [object] = await bulk.get([key]);
      return object && new BundleIndex(object.bytes);
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      return undefined;
    }
  };
  return () => index ??= read();
}

/** What is before the time of an experiment's creation in its line: no text in JSON has these in it. */
const CREATED = [`"${METADATA}": {`, '"created_at": {"_type": "datetime", "value": "'];

/** When an experiment was created, by its line of the index. */
export function createdBy(index: BundleIndex, id: string): string | undefined {
  const time = index.textBehind(id, CREATED);
  try {
    return time === undefined ? undefined : parseDatetime(time);
  } catch {
    return undefined; // Who reads it says what is wrong.
  }
}

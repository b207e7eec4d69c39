/**
 * A store that has checksums of its objects, and whose bytes may go bad behind its back.
 */
import { createHash } from "node:crypto";
import type { Driver, ObjectMeta } from "../../drivers/driver.ts";
import { type Faulty, faulty } from "./faulty.ts";

/** A driver with checksums, as those of S3. */
export interface Rotting extends Faulty {
  /** Changes an object's bytes, and neither its size nor its checksum. */
  rot(key: string): Promise<void>;
}

/** A fresh one. */
export function rotting(label?: string): Rotting {
  const driver = faulty(label);
  const { put, get, open, stat, list } = driver;
  const rotten = new Map<string, Uint8Array<ArrayBuffer>>();
  const checksums = new Map<string, string>();
  const note = async (key: string) => {
    const { bytes } = await get(key);
    checksums.set(key, `md5:${createHash("md5").update(bytes).digest("hex")}`);
  };
  const known = <M extends ObjectMeta>(key: string, meta: M): M => ({
    ...meta,
    checksum: checksums.get(key)!,
  });
  const verbs: Partial<Driver> = {
    listsChecksums: true,
    async put(key, source, options) {
      const result = await put(key, source, options);
      rotten.delete(key);
      await note(key);
      return result;
    },
    async get(key, options) {
      const found = await get(key, options);
      return known(key, { ...found, bytes: rotten.get(key) ?? found.bytes });
    },
    async open(key, options) {
      const found = await open(key, options);
      const bytes = rotten.get(key);
      return known(key, { ...found, stream: bytes ? new Blob([bytes]).stream() : found.stream });
    },
    stat: async (key, options) => known(key, await stat(key, options)),
    async *list(prefix, options) {
      for await (const entry of list(prefix, options)) yield known(entry.key, entry);
    },
  };
  return Object.assign(driver, verbs, {
    async rot(key: string) {
      const { bytes } = await get(key);
      rotten.set(key, bytes.map((byte, at) => at === bytes.length - 1 ? byte ^ 1 : byte));
    },
  });
}

/**
 * What copies of whole projects have in common: the keys of a folder, its objects, and the order to write them in.
 *
 * @module
 */
import type { Answer, CallOptions, Composite, Step } from "../../composite.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { isWhole } from "../format/codec.ts";
import { byEntity, deletedBy, entityOf, isDigest, partOf } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import type { Reporter } from "../progress.ts";
import { verifiedStream } from "../../composite/layers/verified.ts";

/** All keys below a folder, from all backends that are able, without what was deleted on purpose. */
export async function keysBelow(
  rubicon: Composite,
  folder: string,
  call: CallOptions,
): Promise<string[]> {
  const keys = await rubicon.read({
    what: `what is in ${folder}`,
    async run({ driver }, signal) {
      const keys: string[] = [];
      for await (const { key } of driver.list(folder, signal ? { signal } : {})) keys.push(key);
      return keys.length > 0 ? { value: keys } : { value: keys, weak: "empty" };
    },
    merge: (lists) => [...new Set(lists.flat())],
  }, { ...call, read: "merge" });
  return keys.filter((key) => !isDigest(key)).filter(notDeleted(keys));
}

/** Whether a key is not of an entity whose deletion has left a trace: a backend may have missed it. */
export function notDeleted(keys: readonly string[]): (key: string) => boolean {
  const deleted = new Set(keys.flatMap((key) => deletedBy(key) ?? []));
  return (key) => deleted.size === 0 || !deleted.has(entityOf(key));
}

/** Opens an object in the first backend that has it whole. */
export function openKey(
  rubicon: Composite,
  key: string,
  call: CallOptions,
): Promise<ReadableStream<Bytes>> {
  return rubicon.read({
    what: key,
    async run({ driver, label }, signal): Promise<Answer<ReadableStream<Bytes>>> {
      const options = signal ? { signal } : {};
      if (!key.endsWith(".json")) {
        return { value: await verifiedStream(await driver.open(key, options), `${label}: ${key}`) };
      }
      const { bytes } = await driver.get(key, options);
      const value = new Blob([bytes]).stream();
      return isWhole(bytes) ? { value } : { value, weak: "damaged" };
    },
  }, call);
}

/**
 * Writes many objects, entity by entity: parents before children, data before its entity.
 *
 * @param annotations Tags and comments files lose what is taken back later, so that two of one name may differ.
 */
export async function writeKeys(
  to: Composite,
  keys: readonly string[],
  source: (key: string) => Step["source"],
  annotations: "keep" | "replace",
  call: CallOptions,
  report: Reporter["report"],
): Promise<{ copied: number; skipped: number; bytes: number }> {
  const sum = { copied: 0, skipped: 0, bytes: 0 };
  let done = 0;
  for (const entities of byEntity(keys)) {
    await pooled(entities, async (entity) => {
      for (const key of entity) {
        report(`copy ${key}`, done, keys.length);
        const part = partOf(key.slice(key.lastIndexOf("/") + 1));
        const present = part === "tags" || part === "comments" ? annotations : "same";
        const receipts = await to.write(
          { what: key, steps: [{ key, source: source(key), present }] },
          call,
        );
        const bytes = receipts.reduce((most, receipt) => Math.max(most, receipt.bytes), 0);
        sum[bytes > 0 ? "copied" : "skipped"]++;
        sum.bytes += bytes;
        done++;
      }
    });
  }
  report("copy", done, keys.length);
  return sum;
}

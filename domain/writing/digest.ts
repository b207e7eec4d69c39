/**
 * What an experiment was logged with, once more and in one object: a table then asks for one object an experiment,
 * where it would ask for each metric. Only stores whose listings tell checksums get it, since what it holds counts
 * only where the listing of this very moment has an object of the same checksum. rubicon-ml passes it over.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { hasCode } from "../../errors.ts";
import type { Backend, CallOptions, Composite } from "../../composite.ts";
import type { ListEntry, VerbOptions } from "../../drivers/driver.ts";
import { decodeDigest, encodeDigest } from "../format/codec.ts";
import { digestKey, entityFolder, metadataKey } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import { above } from "./above.ts";
import { write } from "./create.ts";
import type { Entity, Experiment } from "../format/entities.ts";

/** Of fewer objects than this each is asked for by itself. */
const WORTH_IT = 4;

/** An entity and the bytes of its metadata.json. */
type Written = { entity: Entity; source: Uint8Array };

/** Writes the digest of an experiment, where it is worth it. */
export async function writeDigest(
  rubicon: Composite,
  experiment: Experiment,
  written: readonly Written[],
  call: CallOptions,
): Promise<void> {
  if (written.length < WORTH_IT) return;
  const folder = entityFolder(experiment);
  const objects = written.map(({ entity, source }): [string, Uint8Array] => [
    metadataKey(entityFolder(entity)).slice(folder.length + 1),
    source,
  ]);
  const [key, source] = [digestKey(folder), encodeDigest(objects)];
  await write(rubicon, experiment, () =>
    rubicon.write({
      what: `the digest of experiment ${experiment.id}`,
      // An experiment can be logged again with other children: those are then asked for by themselves.
      steps: [{ key, source, present: "keep", forChecksums: true }],
      ...above({ projectName: experiment.projectName, experimentId: experiment.id }),
      entity: experiment,
    }, call));
}

/** An experiment that has a digest. */
export interface Digested {
  /** The experiment's folder. */
  folder: string;
  /** What is to be read, as a listing gives it. */
  objects: readonly ListEntry[];
}

/**
 * Reads the digests of experiments of which several objects are not known yet, and makes those known. What a digest
 * lacks, or has otherwise than the store, is left for whoever reads it.
 */
export async function readDigests(
  backend: Backend,
  experiments: readonly Digested[],
  options: VerbOptions,
): Promise<void> {
  const unknown = experiments.flatMap(({ folder, objects }) => {
    const asked = objects.filter(({ key, checksum }) =>
      checksum !== undefined && !backend.cache.get(key, checksum)
    );
    return asked.length < WORTH_IT ? [] : [{ folder, asked }];
  });
  await pooled(unknown, async ({ folder, asked }) => {
    const key = digestKey(folder);
    let held: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
    try {
      held = decodeDigest((await backend.driver.get(key, options)).bytes, key);
    } catch (error) {
      // It is there to save requests: without it, they are made.
      if (hasCode(error, "not-found", "corrupt")) return;
      throw error;
    }
    for (const { key, checksum } of asked) {
      const bytes = held.get(key.slice(folder.length + 1));
      if (bytes && isOf(checksum!, bytes)) backend.cache.set(key, checksum!, bytes);
    }
  });
}

/** Whether a checksum, with its algorithm before the colon, is that of some bytes. */
function isOf(checksum: string, bytes: Uint8Array): boolean {
  const [algorithm, hex] = checksum.split(":");
  if (algorithm !== "md5" && algorithm !== "sha256") return false;
  return createHash(algorithm).update(bytes).digest("hex") === hex;
}

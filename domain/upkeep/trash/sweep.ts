/**
 * Putting what is in a folder into zips of the trash, and taking it away then.
 *
 * @module
 */
import { hasCode } from "../../../errors.ts";
import type { CallOptions } from "../../../composite.ts";
import { bundleKey } from "../../../composite/layers/bundle_format.ts";
import { indexKey } from "../../../composite/layers/bundle_index.ts";
import type { Core, Step, Write } from "../../../composite/plan.ts";
import type { Source } from "../../../drivers/driver.ts";
import { entityOf, METADATA, metadataKey } from "../../format/layout.ts";
import { packKey } from "../../format/trash.ts";
import { pooled } from "../../pool.ts";
import { inProject } from "../../writing/above.ts";
import { bytesOf, type Held, type Inventory, withObject } from "../inventory.ts";
import { type Part, partsOf, zipOf } from "../packing.ts";
import { everythingIn, quiet, type Target } from "./state.ts";

/** So often it is looked for what came meanwhile; what comes later is for the next repair. */
const ROUNDS = 5;
/** So many keys are deleted by one write, one after the other. */
const CHUNK = 64;
/** A zip of parts of so many bytes is made once, and not for each backend. */
const SMALL_ZIP = 8 << 20;

/** What is to be done with what is left in a folder. */
export interface Sweeping {
  /** Which deletion it is. */
  time: number;
  /** What has to be there before anything is taken away. */
  marks: readonly Step[];
  /** What is in zips already; `undefined` if nothing is kept any more. */
  packed: Set<string> | undefined;
}

/**
 * Takes all away that is left in a folder, in all backends, and puts what is in no zip yet into one first. Looks again
 * until nothing is left, since somebody may write to it meanwhile.
 *
 * @returns The keys that were taken away.
 */
export async function sweep(
  rubicon: Core,
  write: Write,
  target: Target,
  { time, marks, packed }: Sweeping,
  call: CallOptions,
): Promise<Set<string>> {
  const swept = new Set<string>();
  let due = marks;
  for (let round = 1;; round++) {
    const source = await everythingIn(rubicon, target.folder, call);
    const keys = keysOf(source);
    if (keys.length === 0 && due.length === 0) return swept;
    try {
      const parts = packed ? await partsOf(source, (key) => !packed.has(key), call.signal) : [];
      await putAway(rubicon, write, target, { time, marks: due, parts, keys }, call);
    } catch (error) {
      // Another process is at the same, and was faster.
      if (round < ROUNDS && hasCode(error, "not-found")) continue;
      throw error;
    }
    due = [];
    for (const key of keys) {
      packed?.add(key);
      swept.add(key);
    }
    if (round === ROUNDS) return swept;
  }
}

/** All keys of an inventory. */
export const keysOf = ({ objects, groups }: Inventory): string[] => [
  ...objects.keys(),
  ...[...groups.values()].flatMap(({ files }) => files.map(({ key }) => key)),
];

/** What is put away. */
export interface Away {
  /** Which deletion it is. */
  time: number;
  /** What has to be there before anything is taken away. */
  marks: readonly Step[];
  /** What goes into a zip. */
  parts: readonly Part[];
  /** What is taken away. */
  keys: readonly string[];
}

/** Puts parts into a zip, and takes keys away then. */
export async function putAway(
  rubicon: Core,
  write: Write,
  target: Target,
  { time, marks, parts, keys }: Away,
  call: CallOptions,
): Promise<void> {
  const { folder, what } = target;
  const levels = deletionsOf(keys);
  const isSmall = keys.length <= CHUNK;
  let left = parts;
  for (const damaged = new Set<string>();;) {
    const known = damaged.size;
    try {
      const zip = left.length === 0
        ? []
        : [{ key: packKey(folder, time), source: await sourceOf(left, folder, damaged, call) }];
      await write({
        what: `the deletion of ${what}`,
        waves: [zip, marks].filter((wave) => wave.length > 0),
        deletes: isSmall ? levels.flat() : [],
        ...(folder.includes("/") && inProject(folder.slice(0, folder.indexOf("/")))),
      }, call);
      break;
    } catch (error) {
      if (damaged.size > known) continue; // Another backend may have whole what was found to be damaged on the way.
      if (!hasCode(error, "corrupt")) throw error;
      const whole = await wholeOf(left, call.signal);
      if (whole.length === left.length) throw error;
      rubicon.options.onWarning(
        `${what}: ${
          left.length - whole.length
        } of its objects are damaged in all backends, and are not kept in the ` +
          "trash.",
        error,
      );
      left = whole;
    }
  }
  if (!isSmall) await deleteAll(write, levels, what, call);
}

/** Deletes level by level: many keys of a level at once. */
async function deleteAll(
  write: Write,
  levels: readonly (readonly string[])[],
  what: string,
  call: CallOptions,
): Promise<void> {
  for (const level of levels) {
    const chunks = Array.from(
      { length: Math.ceil(level.length / CHUNK) },
      (_, at) => level.slice(at * CHUNK, (at + 1) * CHUNK),
    );
    await pooled(
      chunks,
      (deletes) => write({ what: `the deletion of ${what}`, waves: [], deletes }, quiet(call)),
    );
  }
}

/**
 * Keys in the order in which they are deleted, level by level: children before parents, and an entity's own file last, so
 * that rubicon-ml finds no folder without one. Bundles are in no listing, and go along.
 */
export function deletionsOf(keys: readonly string[]): string[][] {
  const levelOf = (key: string) =>
    entityOf(key).split("/").length * 2 - Number(key.endsWith(`/${METADATA}`));
  const levels = Map.groupBy(new Set([...keys, ...bundlesOf(keys)]), levelOf);
  return [...levels.keys()].sort((a, b) => b - a).map((level) => levels.get(level)!);
}

/** The bundles of the experiments that keys are of, and the indexes of the projects whose own files are among them. */
export const bundlesOf = (keys: readonly string[]): string[] => [
  ...new Set(keys.flatMap((key) => {
    const experiment = /^[^/]+\/experiments\/[^/]+(?=\/)/.exec(key)?.[0];
    if (experiment !== undefined) return [bundleKey(experiment)];
    const entity = entityOf(key);
    return key === metadataKey(entity) && !entity.includes("/") ? [indexKey(entity)] : [];
  })),
];

const sizeOf = (part: Part): number => "held" in part ? part.held.size : part.bytes.length;

async function sourceOf(
  parts: readonly Part[],
  folder: string,
  damaged: Set<string>,
  { signal }: CallOptions,
): Promise<Source> {
  const date = new Date();
  const open = () => zipOf(parts, folder, date, { damaged, signal });
  if (parts.reduce((sum, part) => sum + sizeOf(part), 0) <= SMALL_ZIP) {
    return await new Response(await open() as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
  }
  const { steady } = await import("../../files/steady.ts");
  return steady(open, `the zip of ${folder}`);
}

/** The parts that some backend has whole. */
async function wholeOf(
  parts: readonly Part[],
  signal: AbortSignal | undefined,
): Promise<Part[]> {
  const is = await pooled(parts, async (part) => {
    if (!("held" in part)) return true;
    try {
      await readThrough(part.held, signal);
      return true;
    } catch (error) {
      if (!hasCode(error, "corrupt")) throw error;
      return false;
    }
  });
  return parts.filter((_, at) => is[at]);
}

async function readThrough(held: Held, signal: AbortSignal | undefined): Promise<void> {
  if (held.size <= SMALL_ZIP) await bytesOf(held, signal);
  else {
    await withObject(held, signal, async (source) => {
      if (source instanceof Uint8Array) return;
      for await (const _ of await source()); // Its end tells.
    });
  }
}

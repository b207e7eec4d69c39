/**
 * Reading an experiment's history from a store: one listing, and each file once.
 *
 * @module
 */
import { hasCode, type RubiconException } from "../../errors.ts";
import type { CallOptions } from "../../composite.ts";
import type { Answer, Backend, Core } from "../../composite/plan.ts";
import { verifiedBytes } from "../../composite/layers/verified.ts";
import { describe } from "../format/codec.ts";
import { experimentFolder, historyFolder } from "../format/layout.ts";
import { pooled } from "../pool.ts";
import { readAttached } from "../reading/deleted.ts";
import { readParent } from "../reading/parent.ts";
import { isOfOneObject } from "../reading/entity_files.ts";
import type { Experiment } from "../format/entities.ts";
import { type KnownFile, knownFiles } from "./known.ts";
import { decodePart, kindOf } from "./part.ts";
import { joined, type Series, SeriesBuilder } from "./series.ts";

/** What was read of a history. */
export interface History {
  /** The points. */
  series: Series;
  /** The names of the files that are there whose points these are. */
  files: ReadonlySet<string>;
}

const NONE: History = { series: new Map(), files: new Set() };

/** So often a listing is taken again, if what it had was compacted meanwhile. */
const ROUNDS = 5;

/**
 * The history of an experiment, from the first backend that is able, or from all.
 *
 * @param isForWriter Whether what is in the background does not count, which is behind.
 */
export async function readSeries(
  rubicon: Core,
  experiment: Experiment,
  call: CallOptions,
  isForWriter = false,
): Promise<History> {
  return await readAttached<History>(
    rubicon,
    experimentFolder(experiment.projectName, experiment.id),
    `the history of ${describe(experiment)}`,
    async (backend) =>
      isForWriter && backend.outbox
        ? { value: NONE, weak: "bare" }
        : await historyIn(backend, experiment),
    call,
    (all) => ({
      series: joined(all.map(({ series }) => series)),
      files: new Set(all.flatMap(({ files }) => [...files])),
    }),
  );
}

/** The history that one backend has. */
async function historyIn(backend: Backend, experiment: Experiment): Promise<Answer<History>> {
  const folder = historyFolder(experimentFolder(experiment.projectName, experiment.id));
  for (let round = 1;; round++) {
    const names = await namesIn(backend, folder);
    if (names.length === 0) {
      await readParent(backend, {
        projectName: experiment.projectName,
        experimentId: experiment.id,
      });
      return { value: NONE, weak: "bare" };
    }
    try {
      return await readFiles(backend, folder, names);
    } catch (error) {
      // Parts go once a compaction has what they have.
      if (round === ROUNDS || !hasCode(error, "not-found")) throw error;
    }
  }
}

/** The names of the files of a history, in order. */
async function namesIn({ driver }: Backend, folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of driver.list(folder, { depth: 1 })) {
    names.push(key.slice(folder.length + 1));
  }
  return names.filter((name) => kindOf(name) !== undefined).sort();
}

/** Compactions first, the latest before those that it may stand for; then the parts that none of them has. */
async function readFiles(
  backend: Backend,
  folder: string,
  names: readonly string[],
): Promise<Answer<History>> {
  const damage: RubiconException[] = [];
  const told = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      damage.push(error);
    }
  };
  const files = new Set<string>();
  const replaced = new Set<string>();
  const compactions: Series[] = [];
  for (const name of names.filter((one) => kindOf(one) === "compaction").reverse()) {
    if (replaced.has(name)) continue;
    await told(async () => {
      const { series, parts } = await fileIn(backend, folder, name);
      compactions.push(series);
      files.add(name);
      for (const part of parts ?? []) replaced.add(part);
    });
  }
  const parts = names.filter((one) => kindOf(one) === "part" && !replaced.has(one));
  const found: Series[] = [];
  await pooled(parts, (name, at) =>
    told(async () => {
      found[at] = (await fileIn(backend, folder, name)).series;
      files.add(name);
    }));
  // What is damaged has no place in it.
  const series = joined([...compactions.reverse(), ...found.filter((one) => one !== undefined)]);
  for (const name of names) if (replaced.has(name)) files.add(name);
  const value = { series, files };
  if (damage.length === 0) return { value };
  return { value, weak: "damaged", damage: damage.map(({ message }) => message) };
}

/** One file of a history, which is read once. */
async function fileIn(backend: Backend, folder: string, name: string): Promise<KnownFile> {
  const known = knownFiles(backend);
  const key = `${folder}/${name}`;
  const kept = known.get(key);
  if (kept) return kept;
  const bytes = await bytesOf(backend, key);
  const at = `${backend.label}: ${key}`;
  let file: KnownFile;
  if (kindOf(name) === "compaction") {
    const { decodeCompaction } = await import("./compacted.ts");
    file = await decodeCompaction(bytes, at);
  } else {
    const builder = new SeriesBuilder();
    decodePart(bytes, at, builder);
    file = { series: builder.series() };
  }
  known.set(key, file);
  return file;
}

async function bytesOf({ driver, label }: Backend, key: string): Promise<Uint8Array<ArrayBuffer>> {
  return await verifiedBytes(await driver.get(key), `${label}: ${key}`);
}

/** The points of one part, from the first backend that has it whole. */
export async function readPart(
  rubicon: Core,
  key: string,
  call: CallOptions,
  into: SeriesBuilder,
): Promise<void> {
  const bytes = await partBytes(rubicon, key, call);
  decodePart(bytes, key, into);
}

/** The bytes of one part, from the first backend that has it whole. */
export const partBytes = (
  rubicon: Core,
  key: string,
  call: CallOptions,
): Promise<Uint8Array<ArrayBuffer>> =>
  rubicon.read({
    what: key,
    run: async (backend) => ({ value: await bytesOf(backend, key) }),
  }, call);

/**
 * Into the trash and out of it: what experiments and projects have in common.
 *
 * @module
 */
import { RubiconException } from "../../../errors.ts";
import type { CallOptions } from "../../../composite.ts";
import type { Core, Write } from "../../../composite/plan.ts";
import type { ZipEntry } from "../../files/zip.ts";
import { deletedBy } from "../../format/layout.ts";
import { hasMarks } from "../../format/trash.ts";
import { forgetDeletion, noteDeletion } from "../../reading/deleted.ts";
import { refuse } from "../../check.ts";
import { isIn } from "../inventory.ts";
import { contentsOf, putBack } from "./put_back.ts";
import {
  everythingIn,
  hasOwn,
  marksFor,
  marksOf,
  packsOf,
  spreadPacks,
  type Target,
} from "./state.ts";
import { partsOf } from "../packing.ts";
import { keysOf, putAway, sweep } from "./sweep.ts";

/** So often it is looked whether all is back. */
const ROUNDS = 3;

/**
 * Moves something to the trash in all backends, or goes on with that.
 *
 * @throws {RubiconException} `not-found` if it is not there, and was not deleted either.
 */
export async function moveToTrash(
  rubicon: Core,
  target: Target,
  call: CallOptions,
  where: string,
): Promise<void> {
  const { folder, what } = target;
  if (!hasMarks(folder)) refuse(`${where}: the key of ${what} is too long for the trash.`);
  let isDone = false;
  await rubicon.write(async (write) => {
    const marks = await marksOf(rubicon, folder, call);
    const isNew = !marks.isTrashed(folder);
    const time = marks.times(folder) + Number(isNew);
    if (isNew && keysOf(await everythingIn(rubicon, folder, call)).length === 0) {
      throw new RubiconException("not-found", `${where}: there is no ${what}.`);
    }
    await sweepTrashed(rubicon, write, target, time, marks.isEmptied(folder, time), isNew, call);
    isDone = true;
  }, call);
  // In other failure modes than "raise" it may not be.
  if (isDone) noteDeletion(rubicon, folder);
}

/** Takes away what is left of something that is in the trash, in whichever backend, and keeps what no zip has yet. */
async function sweepTrashed(
  rubicon: Core,
  write: Write,
  target: Target,
  time: number,
  isEmptied: boolean,
  isNew: boolean,
  call: CallOptions,
): Promise<Set<string>> {
  const { folder } = target;
  let packed: Set<string> | undefined = isEmptied ? undefined : new Set();
  if (!isNew && !isEmptied) {
    const found = await packsOf(rubicon, folder, time, call);
    await spreadPacks(write, found, call);
    packed = new Set((await contentsOf(found.packs, folder, call.signal)).keys());
  }
  const marks = marksFor(isEmptied ? "emptied" : "deleted", target, time);
  const swept = await sweep(rubicon, write, target, { time, marks, packed }, call);
  if (swept.size > 0 && !(await marksOf(rubicon, folder, call)).isTrashed(folder)) {
    // Another process has restored it meanwhile: what was taken away under its hands comes back.
    const { packs } = await packsOf(rubicon, folder, time, call);
    const entries = await contentsOf(packs, folder, call.signal);
    await putBack(write, target, only(entries, swept), call);
  }
  return swept;
}

const only = (entries: ReadonlyMap<string, ZipEntry>, keys: ReadonlySet<string>) =>
  new Map([...entries].filter(([key]) => keys.has(key)));

/**
 * Takes away what backends still have of something that is in the trash, such as one that was away when it was deleted.
 *
 * @returns How many objects there were.
 */
export async function finishTrashed(
  rubicon: Core,
  target: Target,
  call: CallOptions,
): Promise<number> {
  let count = 0;
  await rubicon.write(async (write) => {
    const { folder } = target;
    const marks = await marksOf(rubicon, folder, call);
    if (!marks.isTrashed(folder)) return;
    const time = marks.times(folder);
    const isEmptied = marks.isEmptied(folder, time);
    count = (await sweepTrashed(rubicon, write, target, time, isEmptied, false, call)).size;
  }, call);
  return count;
}

/**
 * Puts what backends still have of something in the trash into a zip, as far as it is in none. Nothing is taken away.
 *
 * @returns Whether it may be: it is in the trash, and all of it is in zips.
 */
export async function packLeft(
  rubicon: Core,
  target: Target,
  keys: Iterable<string>,
  call: CallOptions,
): Promise<boolean> {
  const { folder } = target;
  const marks = await marksOf(rubicon, folder, call);
  const time = marks.times(folder);
  if (!marks.isTrashed(folder)) return false;
  if (marks.isEmptied(folder, time)) return true;
  const { packs } = await packsOf(rubicon, folder, time, call);
  const packed = await contentsOf(packs, folder, call.signal);
  const left = new Set([...keys].filter((key) => !packed.has(key)));
  if (left.size === 0) return true;
  let isDone = false;
  await rubicon.write(async (write) => {
    const source = await everythingIn(rubicon, folder, call);
    const parts = await partsOf(source, (key) => left.has(key), call.signal);
    await putAway(rubicon, write, target, { time, marks: [], parts, keys: [] }, call);
    isDone = true;
  }, call);
  return isDone;
}

/**
 * Puts something back that is in the trash. The zip stays until the trash is emptied: it says what belongs to it, if two
 * processes are at it at once.
 *
 * @param taken What the caller has just taken away.
 * @throws {RubiconException} `not-found` if it is not in the trash, or that was emptied.
 */
export async function moveBack(
  rubicon: Core,
  target: Target,
  call: CallOptions,
  where: string,
  taken: ReadonlySet<string> = new Set(),
): Promise<void> {
  const { folder, what } = target;
  await rubicon.write(async (write) => {
    const marks = await marksOf(rubicon, folder, call);
    const time = marks.times(folder);
    if (time === 0) throw notThere(where, what, "is not in the trash");
    const emptied = notThere(where, what, "is gone for good: the trash was emptied");
    const isBack = !marks.isTrashed(folder);
    if (marks.isEmptied(folder, time)) {
      if (isBack) return;
      throw emptied;
    }
    const found = await packsOf(rubicon, folder, time, call);
    const entries = await contentsOf(found.packs, folder, call.signal);
    if (!isBack) {
      if (found.packs.length === 0) throw notThere(where, what, "has no zip in any backend");
      await putBack(write, target, entries, call);
      if ((await marksOf(rubicon, folder, call)).isEmptied(folder, time)) throw emptied;
      await write({
        what: `${what}, out of the trash`,
        waves: [marksFor("restored", target, time)],
      }, call);
    }
    for (let round = 0; round < ROUNDS; round++) {
      const found = await everythingIn(rubicon, folder, call);
      // Tags and comments are compared by what they say together: of them one backend's are enough.
      const isEverywhere = (key: string) => {
        const held = found.objects.get(key);
        return !held || held.holders.length === found.backends.length;
      };
      const there = new Set(keysOf(found).filter(isEverywhere));
      const gone = new Set(keysOf(found).flatMap((key) => deletedBy(key) ?? []));
      const isMissing = ([key]: [string, ZipEntry]) =>
        (!there.has(key) || round === 0 && taken.has(key)) && !isIn(gone, key);
      const missing = new Map([...entries].filter(isMissing));
      if (missing.size === 0) break;
      await putBack(write, target, missing, call);
    }
    if (!hasOwn((await everythingIn(rubicon, folder, call)).objects, folder)) {
      throw notThere(where, what, "has no metadata.json in the trash");
    }
  }, call);
  forgetDeletion(rubicon, folder);
}

const notThere = (where: string, what: string, why: string): RubiconException =>
  new RubiconException("not-found", `${where}: ${what} ${why}. Look at what listTrash gives.`);

/**
 * Putting back what is in zips of the trash.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../../errors.ts";
import type { CallOptions } from "../../../composite.ts";
import { SMALL } from "../../../composite/copy.ts";
import type { Step, Write } from "../../../composite/plan.ts";
import type { ZipEntry } from "../../files/zip.ts";
import { entityOf, METADATA } from "../../format/layout.ts";
import { pooled } from "../../pool.ts";
import { inProject } from "../../writing/above.ts";
import type { Held } from "../inventory.ts";
import { inWaves } from "../waves.ts";
import { quiet, type Target } from "./state.ts";

/** Up to so many bytes are put back by one write: where a backend is able, in one step. */
const AT_ONCE = 16 << 20;

/**
 * What zips hold, by key. Of two that have one key the later one counts.
 *
 * @throws {RubiconException} `corrupt` if no backend has one of them whole.
 */
export async function contentsOf(
  packs: readonly Held[],
  folder: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, ZipEntry>> {
  const found = new Map<string, ZipEntry>();
  for (const pack of packs) {
    for (const entry of await entriesOf(pack, signal)) found.set(`${folder}/${entry.name}`, entry);
  }
  return found;
}

async function entriesOf(
  { key, holders }: Held,
  signal: AbortSignal | undefined,
): Promise<ZipEntry[]> {
  const { openZip } = await import("../../files/zip.ts");
  let trouble: unknown = new RubiconException("not-found", `${key} is not there.`);
  for (const { backend: { driver }, entry: { size } } of holders) {
    try {
      return await openZip(
        size,
        async (offset, length) =>
          (await driver.open(key, { ...(signal && { signal }), offset, length })).stream,
        key,
      );
    } catch (error) {
      signal?.throwIfAborted();
      trouble = error;
    }
  }
  throw trouble;
}

/** Writes objects back to all backends. What is there already stays as it is. */
export async function putBack(
  write: Write,
  target: Target,
  entries: ReadonlyMap<string, ZipEntry>,
  call: CallOptions,
): Promise<void> {
  if (entries.size === 0) return;
  const { folder, what } = target;
  const place = folder.includes("/") &&
    inProject(folder.slice(0, folder.indexOf("/")));
  const all = [...entries].map(([key, entry]) => ({ key, size: entry.size, entry }));
  const isSmall = all.every(({ size }) => size <= SMALL) &&
    all.reduce((sum, { size }) => sum + size, 0) <= AT_ONCE;
  const plan = (waves: Step[][]) => ({ what: `${what}, out of the trash`, waves, ...place });
  if (!isSmall) {
    for (const wave of inOrder(all)) {
      await inWaves(wave, async ({ key, size, entry }) => {
        const source = size > SMALL ? entry.open : await read(entry);
        await write(plan([[{ key, source, present: "keep" }]]), quiet(call));
      });
    }
    return;
  }
  const steps = await pooled(all, async ({ key, entry }): Promise<Step> => ({
    key,
    source: await read(entry),
  }));
  const ordered = inOrder(steps);
  try {
    // What is stored in one step gets a bundle, which knows of nothing else.
    const isBundled = all.every(({ key }) => key.endsWith(`/${METADATA}`));
    await write({ ...plan(ordered), ...(isBundled && { folder }) }, quiet(call));
  } catch (error) {
    if (!hasCode(error, "already-exists")) throw error;
    const kept = ordered.map((wave) => wave.map((step): Step => ({ ...step, present: "keep" })));
    await write(plan(kept), quiet(call));
  }
}

/**
 * The order in which objects come back, wave by wave: parents before children, and an entity's own file first, since
 * rubicon-ml warns of a folder without one. Here nobody sees any of it before all is there.
 */
function inOrder<T extends { key: string }>(items: readonly T[]): T[][] {
  const waveOf = (key: string) =>
    entityOf(key).split("/").length * 2 + Number(!key.endsWith(`/${METADATA}`));
  const waves = Map.groupBy(items, ({ key }) => waveOf(key));
  return [...waves.keys()].sort((a, b) => a - b).map((wave) => waves.get(wave)!);
}

const read = (entry: ZipEntry) => new Response(entry.open()).bytes();

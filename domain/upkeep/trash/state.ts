/**
 * What backends have of something that was deleted, or is to be.
 *
 * @module
 */
import type { CallOptions } from "../../../composite.ts";
import type { Core, Step, Write } from "../../../composite/plan.ts";
import { markKey, Marks, marksBefore, packOf, packsFolder } from "../../format/trash.ts";
import { has, marksIn } from "../../reading/deleted.ts";
import { metadataKey } from "../../format/layout.ts";
import { type Held, inventory, withObject } from "../inventory.ts";

/** An experiment or a project that is deleted or restored. */
export interface Target {
  /** Its folder. */
  folder: string;
  /** Its id. */
  id: string;
  /** Its name, which marks have, so that the trash can be listed. */
  name: string | null;
  /** What it is, for messages. */
  what: string;
}

/** The options of a call without its receipts: those are of one write. */
export function quiet({ onReceipts: _onReceipts, ...rest }: CallOptions): CallOptions {
  return rest;
}

/** The marks of a folder that all backends that answer have together. */
export async function marksOf(rubicon: Core, folder: string, call: CallOptions): Promise<Marks> {
  const keys = await rubicon.read<string[]>({
    what: `what is known of ${folder} in the trash`,
    async run(backend) {
      const marks = await marksIn(backend, folder);
      const emptied: string[] = [];
      for (let time = 1; time <= Math.ceil(marks.length / 2); time++) {
        const key = markKey("emptied", folder, time);
        if (await has(backend, key)) emptied.push(key);
      }
      return { value: [...marks, ...emptied] };
    },
    merge: (all) => all.flat(),
  }, { ...quiet(call), read: "merge" });
  return Marks.from(keys);
}

/** The zips of what was deleted that time, the oldest first, and which backends have them. */
export async function packsOf(
  rubicon: Core,
  folder: string,
  time: number,
  call: CallOptions,
): Promise<{ packs: Held[]; backends: number }> {
  const { objects, backends } = await inventory(rubicon, packsFolder(folder), call, {
    everything: true,
    depth: 1,
  });
  const isWanted = ({ key }: Held) => {
    const pack = packOf(key);
    return pack?.folder === folder && pack.time === time;
  };
  const packs = [...objects.values()].filter(isWanted).sort((a, b) => a.key < b.key ? -1 : 1);
  return { packs, backends: backends.length };
}

/** Everything that backends have below a folder, whatever it is. */
export const everythingIn = (rubicon: Core, folder: string, call: CallOptions) =>
  inventory(rubicon, folder, call, { everything: true });

/** What is written beside something so that it is deleted, restored or emptied for the n-th time. */
export function marksFor(mark: "deleted" | "restored" | "emptied", target: Target, time: number) {
  const { folder, id, name } = target;
  // The same bytes, whoever writes them: then backends never differ.
  const source = new TextEncoder().encode(JSON.stringify({ id, name }));
  const keys = [...marksBefore(folder, time), markKey("deleted", folder, time)];
  if (mark !== "deleted") keys.push(markKey(mark, folder, time));
  return keys.map((key): Step => ({ key, source, present: "keep", what: target.what }));
}

/** Brings zips to the backends that lack them: what they hold is not taken away anywhere before that. */
export async function spreadPacks(
  write: Write,
  { packs, backends }: { packs: readonly Held[]; backends: number },
  call: CallOptions,
): Promise<void> {
  for (const pack of packs) {
    if (pack.holders.length === backends) continue;
    const { key } = pack;
    await withObject(
      pack,
      call.signal,
      (source) => write({ what: key, waves: [[{ key, source, present: "keep" }]] }, quiet(call)),
    );
  }
}

/** Whether a folder's own file is among the objects of an inventory. */
export const hasOwn = (objects: ReadonlyMap<string, Held>, folder: string): boolean =>
  objects.has(metadataKey(folder));

/**
 * Objects of a store as a zip, read from whichever backends have them whole.
 *
 * @module
 */
import { hasCode, RubiconException } from "../../errors.ts";
import { SMALL } from "../../composite/copy.ts";
import { verifiedStream } from "../../composite/layers/verified.ts";
import type { Bytes } from "../../drivers/driver.ts";
import { byteStream, readInto } from "../../drivers/source.ts";
import type { ZipSource } from "../files/zip.ts";
import { encodeChange } from "../format/codec.ts";
import { pooled } from "../pool.ts";
import { bytesOf, type Held, type Inventory, joinedOf } from "./inventory.ts";
import { WIDTH } from "./waves.ts";

/** How a zip is made. */
export interface ZipOptions {
  /** Gets the copies that turn out to be damaged once much of them is read: they are not opened again. */
  damaged: Set<string>;
  /** Stops it. */
  signal: AbortSignal | undefined;
  /** Gets told of each entry that is begun. */
  onEntry?: (at: number) => void;
}

/** The zip of some parts, with their paths below a folder. It is the same each time. */
export async function zipOf(
  parts: readonly Part[],
  folder: string,
  date: Date,
  { damaged, signal, onEntry }: ZipOptions,
): Promise<ReadableStream<Uint8Array>> {
  const { zipStream } = await import("../files/zip.ts");
  const open = readingAhead(parts, damaged, signal);
  return await zipStream(parts.map(({ key }, at): ZipSource => ({
    name: key.slice(folder.length + 1),
    date,
    open() {
      onEntry?.(at);
      return open(at);
    },
  })));
}

/** One entry of a zip: an object as it is, or what a tags or comments file is to say. */
export type Part = { key: string } & ({ held: Held } | { bytes: Uint8Array<ArrayBuffer> });

/** What goes into a zip. Of tags and comments only what is in force now: an unpacked zip has them in any order. */
export async function partsOf(
  { backends, objects, groups }: Inventory,
  isWanted: (key: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<Part[]> {
  const plain = [...objects.values()].filter(({ key }) => isWanted(key));
  const wanted = [...groups.values()].filter(({ files: [first] }) => isWanted(first!.key));
  const changed = await pooled(wanted, async (group): Promise<Part[]> => {
    const { files } = await joinedOf(group, backends, signal);
    return [...files.values()]
      .filter(({ change: { added, removed } }) => added.length + removed.length > 0)
      .map(({ key, change }) => ({ key, bytes: encodeChange(group.what, change) }));
  }, WIDTH);
  return [...plain.map((held): Part => ({ key: held.key, held })), ...changed.flat()]
    .sort((a, b) => a.key < b.key ? -1 : 1);
}

/**
 * Opens the parts of an archive in their order, and reads small ones ahead.
 *
 * @param damaged Gets the copies that turn out to be damaged once much of them is read: they are not opened again.
 */
function readingAhead(
  parts: readonly Part[],
  damaged: Set<string>,
  signal: AbortSignal | undefined,
): (at: number) => Promise<ReadableStream<Bytes>> {
  const ahead = new Map<number, Promise<Bytes | undefined>>();
  let next = 0;
  return async (at) => {
    // The archive itself is one more request.
    for (next = Math.max(next, at); next < Math.min(at + WIDTH - 1, parts.length); next++) {
      const part = parts[next]!;
      if (!("held" in part) || part.held.size > SMALL) continue;
      const reading = bytesOf(part.held, signal);
      reading.catch(() => {}); // Who opens it is told.
      ahead.set(next, reading);
    }
    const part = parts[at]!;
    if (!("held" in part)) return new Blob([part.bytes]).stream();
    const reading = ahead.get(at);
    ahead.delete(at);
    if (!reading) return await openLarge(part.held, damaged, signal);
    const bytes = await reading;
    if (!bytes) {
      throw new RubiconException("not-found", `${part.key} was deleted meanwhile. Try it again.`);
    }
    return new Blob([bytes]).stream();
  };
}

async function openLarge(
  { key, holders }: Held,
  damaged: Set<string>,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Bytes>> {
  let trouble: unknown = new RubiconException("corrupt", `${key}: no backend has it whole.`);
  for (const { backend: { driver, label } } of holders) {
    const name = `${label}: ${key}`;
    if (damaged.has(name)) continue;
    try {
      const found = await driver.open(key, { signal });
      const { read, cancel } = readInto(await verifiedStream(found, name));
      return byteStream(async (into) => {
        try {
          return await read(into);
        } catch (error) {
          if (hasCode(error, "corrupt")) damaged.add(name);
          throw error;
        }
      }, cancel);
    } catch (error) {
      trouble = error;
    }
  }
  throw trouble;
}

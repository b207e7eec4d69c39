/**
 * Bundles: what an experiment in a folder was logged with, in one object beside it. What a bundle holds counts only as
 * far as the times of the folders say that nothing came or went since.
 *
 * @module
 */
import { isStandardJson } from "./json.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The coarsest grain of a file system's times, in milliseconds: FAT's. */
const STAMP_GRAIN = 2_000;

/**
 * A time for new folders that none of them gets by itself later: it is over, and every file system can hold it.
 * A folder that has it still has just what it was made with.
 */
export const newStamp = (): number =>
  Math.floor(Date.now() / STAMP_GRAIN) * STAMP_GRAIN - 5 * STAMP_GRAIN;

/** Whether a folder's time may be a stamp. */
export const isStamp = (modified: number): boolean => modified % STAMP_GRAIN === 0;

/** What an experiment in a folder was logged with. */
export interface Bundle {
  /** The time that its folders were given when they were made, in milliseconds since 1970. */
  stamp: number;
  /** What the JSON of its small objects holds, by their path below the experiment. */
  objects: Readonly<Record<string, unknown>>;
}

/**
 * The bytes of a bundle, which one call of `JSON.parse` reads. Nothing if an object holds what that would refuse, or
 * read with a loss: NaN, and integers beyond 2^53.
 */
export function encodeBundle(
  objects: readonly (readonly [path: string, bytes: Uint8Array])[],
  stamp: number,
): Uint8Array | undefined {
  const fields: string[] = [];
  for (const [path, bytes] of objects) {
    const text = decoder.decode(bytes);
    if (!isStandardJson(text)) return undefined;
    fields.push(`${JSON.stringify(path)}: ${text}`);
  }
  return encoder.encode(`{"stamp": ${stamp}, "objects": {${fields.join(", ")}}}`);
}

/** A bundle from its bytes; nothing if they are none. */
export function decodeBundle(bytes: Uint8Array): Bundle | undefined {
  try {
    const { stamp, objects } = JSON.parse(decoder.decode(bytes)) ?? {};
    if (typeof stamp === "number" && typeof objects === "object" && objects !== null) {
      return { stamp, objects };
    }
  } catch {
    // It saves reads. Without it, they are made.
  }
}

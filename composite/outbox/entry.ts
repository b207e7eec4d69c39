/**
 * One entry of an outbox: what a write left to be done in a background backend. It names keys; the bytes are in the
 * backends that were written to at once.
 *
 * @module
 */
import type { WritePlan } from "../plan.ts";

/** What one write left to be done. */
export interface Entry {
  /** The label of the background backend. */
  backend: string;
  /** The keys to copy, parents first, each with whether it replaces what is there. */
  copy: { key: string; replace: boolean }[];
  /** The keys to delete after that. */
  delete: string[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a plan leaves to be done in a backend. */
export const entryOf = (
  { parents = [], waves, deletes = [] }: WritePlan,
  backend: string,
): Entry => ({
  backend,
  copy: [
    ...parents.map((key) => ({ key, replace: false })),
    ...waves.flat().map(({ key, present }) => ({ key, replace: present === "replace" })),
  ],
  delete: [...deletes],
});

/** The bytes of an entry. */
export const encodeEntry = (entry: Entry): Uint8Array => encoder.encode(JSON.stringify(entry));

/**
 * An entry from its bytes; `undefined` if they are none.
 *
 * @throws {SyntaxError} if they are not JSON.
 */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  const entry = JSON.parse(decoder.decode(bytes));
  return Array.isArray(entry?.copy) && Array.isArray(entry.delete) ? entry : undefined;
}

/** Whether an entry undoes what one before it did. Doing it again changes nothing. */
export const takesBack = (entry: Entry): boolean =>
  entry.delete.length > 0 || entry.copy.some(({ replace }) => replace);

/** How the keys of the entries for a place begin. */
export async function prefixOf(place: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(place));
  return `outbox_${new Uint8Array(digest, 0, 8).toHex()}_`;
}

let last = 0;

/** The key of a new entry. Keys sort in the order of the writes, also across processes, as far as clocks go. */
export function nextKey(prefix: string): string {
  last = Math.max(Date.now() * 1000, last + 1);
  return `${prefix}${String(last).padStart(17, "0")}-${crypto.randomUUID()}.json`;
}

/** When an entry was kept, in milliseconds, by its key. */
export const timeOf = (key: string): number => Number(key.split("_").at(-1)!.slice(0, 17)) / 1000;

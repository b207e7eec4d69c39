/**
 * A store with a clock of its own, in which rubicon-ml may have a turn: what it writes, and how it orders files.
 */
import type { Driver } from "../../drivers/driver.ts";
import { faulty } from "./faulty.ts";

/** A driver whose times are its own. */
export interface Clocked extends Driver {
  /** The store's time, in milliseconds; each put takes a step. */
  clock: { now: number; step: number };
  /** Gives all objects the times that a copy in this order of keys would have. */
  copied(order: (keys: string[]) => string[]): void;
}

/** A fresh one. `grain` is what its times are cut to, in milliseconds. */
export function clocked(grain = 1): Clocked {
  const inner = faulty();
  const times = new Map<string, number>();
  const clock = { now: Date.UTC(2026, 0, 1), step: 1_000 };
  const timeOf = (key: string) => new Date(Math.floor(times.get(key)! / grain) * grain);
  return {
    ...inner,
    clock,
    copied(order) {
      for (const key of order([...times.keys()])) times.set(key, clock.now += clock.step);
    },
    async put(key, ...rest) {
      const result = await inner.put(key, ...rest);
      times.set(key, clock.now += clock.step);
      return { ...result, lastModified: timeOf(key) };
    },
    get: async (key, ...rest) => ({ ...await inner.get(key, ...rest), lastModified: timeOf(key) }),
    open: async (key, ...rest) => ({
      ...await inner.open(key, ...rest),
      lastModified: timeOf(key),
    }),
    stat: async (key, ...rest) => ({
      ...await inner.stat(key, ...rest),
      lastModified: timeOf(key),
    }),
    async *list(...args) {
      for await (const entry of inner.list(...args)) {
        yield { ...entry, lastModified: timeOf(entry.key) };
      }
    },
  };
}

type What = "tags" | "comments";
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** What rubicon-ml's add_tags, remove_tags, add_comments and remove_comments write. */
export async function asPython(
  driver: Driver,
  folder: string,
  what: What,
  verb: "added" | "removed",
  texts: readonly string[],
): Promise<void> {
  const key = `${folder}/${what}_${crypto.randomUUID()}.json`;
  await driver.put(key, json({ [`${verb}_${what}`]: texts }));
}

/** What rubicon-ml reads: base.py's `_sort_tag_paths`, and the mixins' `_update_tags` and `_update_comments`. */
export async function readAsPython(driver: Driver, folder: string, what: What): Promise<string[]> {
  const read = async (key: string) =>
    JSON.parse(new TextDecoder().decode((await driver.get(key)).bytes));
  const files = (await Array.fromAsync(driver.list(folder, { depth: 1 })))
    .filter(({ key }) => key.startsWith(`${folder}/${what}_`))
    .sort((a, b) => +a.lastModified - +b.lastModified || (a.key < b.key ? -1 : 1));
  const texts = new Set<string>((await read(`${folder}/metadata.json`))[what]);
  for (const { key } of files) {
    const change = await read(key);
    for (const text of change[`added_${what}`] ?? []) texts.add(text);
    for (const text of change[`removed_${what}`] ?? []) texts.delete(text);
  }
  return [...texts].sort();
}

/**
 * Which experiments are written together, and which of them have to be written again.
 *
 * @module
 */
import type { Group } from "./manifest.ts";

/** So many experiments are in one group at most. */
export const GROUP = 256;

/** The id that stands for what belongs to the project itself. */
export const PROJECT = "";

/** A group as it is to be. */
export interface Planned {
  name: string;
  /** Its experiments, in their order. */
  ids: string[];
  /** As it is, if nothing came or went. */
  old: Group | undefined;
}

/**
 * Puts experiments into groups. One stays where it is, so that what did not change is not written again; new ones fill the
 * last group and then others.
 *
 * @param ids All that there are, in order.
 * @param groups Those of before.
 */
export function plan(ids: readonly string[], groups: readonly Group[]): Planned[] {
  const left = new Set([PROJECT, ...ids]);
  const planned = groups.map((group): Planned => {
    const stay = group.sources.filter(({ id }) => left.delete(id)).map(({ id }) => id);
    return {
      name: group.name,
      ids: stay,
      old: stay.length === group.sources.length ? group : undefined,
    };
  });
  const fresh = [...left];
  const last = planned.at(-1);
  if (last && fresh.length > 0 && last.ids.length < GROUP) {
    last.ids = [...last.ids, ...fresh.splice(0, GROUP - last.ids.length)].sort();
    last.old = undefined;
  }
  let number = Math.max(-1, ...groups.map(({ name }) => Number(name))) + 1;
  for (let at = 0; at < fresh.length; at += GROUP) {
    const name = String(number++).padStart(5, "0");
    planned.push({ name, ids: fresh.slice(at, at + GROUP), old: undefined });
  }
  return planned.filter(({ ids }) => ids.length > 0);
}

/**
 * The newest of many, without reading all of them.
 *
 * @module
 */
import type { Answer } from "../../composite.ts";
import type { Entity } from "../format/entities.ts";
import { olderFirst } from "./entity_files.ts";
import type { Choice } from "./filter.ts";

/**
 * Reads the newest that are wanted, in the order in which the store has them. What it has from before the oldest of
 * them was created cannot be newer, and is not read.
 *
 * @param stored Names, and when the store has them from.
 */
export async function newestOf<T>(
  stored: readonly { name: string; time: number | undefined }[],
  choice: Choice,
  entityOf: (item: T) => Entity,
  read: (names: readonly string[]) => Promise<Answer<T[]>>,
): Promise<Answer<T[]>> {
  const latest = stored.map(({ name, time }) => ({ name, time: latestTime(time) }))
    .sort((a, b) => b.time - a.time);
  const answer: Answer<T[]> = { value: [] };
  for (let at = 0; at < latest.length;) {
    const oldest = answer.value[choice.limit - 1];
    if (choice.limit === 0) break;
    if (oldest && latest[at]!.time < Date.parse(entityOf(oldest).createdAt)) break;
    const some = latest.slice(at, at += Math.max(choice.limit, at));
    const { value, weak, damage = [] } = await read(some.map(({ name }) => name));
    if (weak) answer.weak = weak;
    answer.damage = [...answer.damage ?? [], ...damage];
    const wanted = [...answer.value, ...value].filter((item) => choice.passes(entityOf(item)));
    const byAge = wanted.sort((a, b) => olderFirst(entityOf(b), entityOf(a)));
    answer.value = byAge.slice(0, choice.limit);
  }
  return answer;
}

/**
 * When something was stored, at the latest: some stores tell whole seconds, cut, and file systems go by a clock that
 * is some milliseconds late.
 */
function latestTime(time: number | undefined): number {
  if (time === undefined) return Infinity;
  return time + (time % 1000 === 0 ? 999 : 20);
}

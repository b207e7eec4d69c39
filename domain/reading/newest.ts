/**
 * The newest of many, without reading all of them.
 *
 * @module
 */
import type { StoreTimes } from "../../drivers/driver.ts";
import type { Entity } from "../format/entities.ts";
import { type ListAnswer, olderFirst } from "./entity_files.ts";
import type { Choice } from "./filter.ts";

/** Something that a store has, and when it was created at the latest, as far as that is known. */
export interface Stored {
  name: string;
  /** When the store has it from. */
  time?: number | undefined;
  /** When it was created, if that is known already. */
  createdAt?: string;
  /** Whether a closer look may find an earlier time. */
  isRough?: boolean;
}

/**
 * Reads the newest that are wanted, in the order in which the store has them. What it has from before the oldest of
 * them was created cannot be newer, and is not read.
 *
 * @param stored Names, and when the store has them from.
 * @param times What these times are worth.
 * @param lookCloser Since when the store has some of those whose times are rough. It is asked once, and for those alone that
 * may be newer than what was found.
 */
export async function newestOf<T>(
  stored: readonly Stored[],
  times: StoreTimes | undefined,
  choice: Choice,
  entityOf: (item: T) => Entity,
  read: (names: readonly string[]) => Promise<ListAnswer<T>>,
  lookCloser?: (names: readonly string[]) => Promise<readonly (number | undefined)[]>,
): Promise<ListAnswer<T>> {
  const latest = stored.map(({ name, time, createdAt, isRough = false }): Latest => ({
    name,
    time: createdAt === undefined ? latestTime(time, times) : timeOf(createdAt),
    isRough,
  })).sort(laterFirst);
  let isCloser = false;
  const answer: ListAnswer<T> = { value: [], read: 0 };
  for (let at = 0; at < latest.length;) {
    const oldest = answer.value[choice.limit - 1];
    if (choice.limit === 0) break;
    if (oldest) {
      const since = timeOf(entityOf(oldest).createdAt);
      if (latest[at]!.time < since) break;
      if (lookCloser && !isCloser) {
        isCloser = true;
        const rough = latest.slice(at).filter(({ time, isRough }) => isRough && time >= since);
        if (rough.length > choice.limit) {
          const found = await lookCloser(rough.map(({ name }) => name));
          for (const [at, one] of rough.entries()) {
            one.time = Math.min(one.time, latestTime(found[at], times));
          }
          latest.push(...latest.splice(at).sort(laterFirst));
          continue;
        }
      }
    }
    const some = latest.slice(at, at += Math.max(choice.limit, at));
    const { value, weak, damage = [], ...rest } = await read(some.map(({ name }) => name));
    if (weak) answer.weak = weak;
    answer.read += rest.read;
    if (rest.denied) answer.denied ??= rest.denied;
    answer.damage = [...answer.damage ?? [], ...damage];
    const wanted = [...answer.value, ...value].filter((item) => choice.passes(entityOf(item)));
    const byAge = wanted.sort((a, b) => olderFirst(entityOf(b), entityOf(a)));
    answer.value = byAge.slice(0, choice.limit);
  }
  return answer;
}

interface Latest {
  name: string;
  time: number;
  isRough: boolean;
}

const laterFirst = (a: Latest, b: Latest): number => b.time - a.time;

/** The millisecond of a time in which there may be microseconds. */
const timeOf = (createdAt: string): number => Date.parse(createdAt);

/**
 * When something was stored, at the latest, by this machine's clock. If the store does not say what its times are
 * worth, whole seconds are taken to be cut, and others to come from a clock that is some milliseconds late.
 */
function latestTime(time: number | undefined, times: StoreTimes | undefined): number {
  if (time === undefined) return Infinity;
  // A clock that is ahead only makes for more reading, and may have been set since.
  if (times) return time + Math.max(0, -times.ahead) + times.step;
  return time + (time % 1000 === 0 ? 999 : 20);
}

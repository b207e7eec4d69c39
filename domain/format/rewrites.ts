/**
 * Which tags and comments files are to be written, so that none says what is not in force.
 *
 * @module
 */
import type { ChangeFile, Joined, Verdict, What } from "./annotations.ts";
import { type Change, encodeChange } from "./codec.ts";

/** One file that is to be written. */
export interface Rewrite {
  /** Its key. */
  key: string;
  /** Its bytes. */
  bytes: Uint8Array;
}

/** Whether a file says what is not in force. */
const contradicts = ({ added, removed }: Change, says: Verdict): boolean =>
  added.some((text) => says(text) === false) || removed.some((text) => says(text) === true);

/** Files that say what is not in force in some place, without that. */
export function takenOut(
  what: What,
  places: readonly (readonly ChangeFile[])[],
  { says, files }: Joined,
): Rewrite[] {
  const keys = places.flat().filter(({ change }) => contradicts(change, says)).map(({ key }) =>
    key
  );
  return [...new Set(keys)].map((key) => ({
    key,
    bytes: encodeChange(what, files.get(key)!.change),
  }));
}

/** What a place lacks, or has otherwise, to say what the joined files say. */
export function rewrites(
  what: What,
  { files }: Pick<Joined, "files">,
  there: readonly ChangeFile[],
): Rewrite[] {
  const present = new Map(there.map(({ key, change }) => [key, change]));
  return [...files].flatMap(([key, { change }]) => {
    const now = present.get(key);
    const isSame = now
      ? sameChange(now, change)
      : change.added.length + change.removed.length === 0;
    return isSame ? [] : [{ key, bytes: encodeChange(what, change) }];
  });
}

const sameChange = (a: Change, b: Change): boolean =>
  sameTexts(a.added, b.added) && sameTexts(a.removed, b.removed);

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text) => b.includes(text));

/**
 * What makes a place say just what another one says. A file that is in the way is turned round, since nothing
 * else may say that its texts are not in force.
 */
export function replacing(
  what: What,
  source: Joined,
  own: readonly string[],
  there: readonly ChangeFile[],
): Rewrite[] {
  const says: Verdict = (text) => source.says(text) ?? own.includes(text);
  const files = new Map(source.files);
  for (const file of there) {
    const { key, change } = file;
    if (files.has(key) || !contradicts(change, says)) continue;
    const texts = [...new Set([...change.added, ...change.removed])];
    const turned = { added: texts.filter(says), removed: texts.filter((text) => !says(text)) };
    files.set(key, { ...file, change: turned });
  }
  return rewrites(what, { files }, there);
}

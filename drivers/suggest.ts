/**
 * Names that were probably meant.
 *
 * @module
 */

/** ` (did you mean "write"?)` for a name that is close to one of those that are known; else nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const most = Math.max(1, Math.floor(name.length / 3));
  let [best, least] = ["", Infinity];
  for (const one of known) {
    const distance = distanceOf(name.toLowerCase(), one.toLowerCase());
    if (distance < least) [best, least] = [one, distance];
  }
  return least <= most ? ` (did you mean ${JSON.stringify(best)}?)` : "";
}

/** Levenshtein's: how many characters have to be put in, left out or changed. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + Number(a[i] !== b[j])));
    }
    row = next;
  }
  return row[b.length]!;
}

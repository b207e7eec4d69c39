/**
 * Keys that are known to be there, in case that something is to be written below them.
 *
 * @module
 */

/** So many keys are remembered: what is looked for once more after that costs one look. */
const MOST_KNOWN = 10_000;

/** Notes that an object is there. */
export function remember({ known }: { known: Set<string> }, key: string): void {
  if (known.size >= MOST_KNOWN) known.clear();
  known.add(key);
}

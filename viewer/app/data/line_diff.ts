/**
 * Two texts line by line: Myers' algorithm, with what begins and ends alike taken off first.
 *
 * @module
 */

/** A line of the left text, of the right one, or of both. */
export interface DiffLine {
  readonly left?: string;
  readonly right?: string;
  /** Their places in the texts, from 1. */
  readonly leftAt?: number;
  readonly rightAt?: number;
}

/** More edits than this are not looked for: the rest is given as taken out and put in. */
const MOST_EDITS = 2_000;

/** The lines of two texts beside each other. What was changed stands in one line where that can be. */
export function diffLines(left: string, right: string): DiffLine[] {
  const [a, b] = [left.split("\n"), right.split("\n")];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const lines: DiffLine[] = [];
  const both = (i: number, j: number) =>
    lines.push({ left: a[i]!, right: b[j]!, leftAt: i + 1, rightAt: j + 1 });
  for (let at = 0; at < start; at++) both(at, at);
  const same = matches(a.slice(start, endA), b.slice(start, endB));
  let [i, j] = [start, start];
  for (const [x, y] of [...same, [endA - start, endB - start] as const]) {
    const [toA, toB] = [x + start, y + start];
    while (i < toA || j < toB) {
      lines.push({
        ...i < toA && { left: a[i]!, leftAt: i + 1 },
        ...j < toB && { right: b[j]!, rightAt: j + 1 },
      });
      if (i < toA) i++;
      if (j < toB) j++;
    }
    if (i < endA && j < endB) both(i++, j++);
  }
  for (; i < a.length; i++, j++) both(i, j);
  return lines;
}

/** The pairs of lines that stay, in order. */
function matches(a: readonly string[], b: readonly string[]): [number, number][] {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const before: Map<number, number>[] = [];
  let reach = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= most; edits++) {
    before.push(new Map(reach));
    for (let k = -edits; k <= edits; k += 2) {
      const down = k === -edits ||
        k !== edits && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1);
      let x = down ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x++;
        y++;
      }
      reach.set(k, x);
      if (x >= a.length && y >= b.length) return pathOf(before, edits, a.length, b.length);
    }
    reach = new Map(reach);
  }
  return [];
}

function pathOf(
  before: readonly Map<number, number>[],
  edits: number,
  toX: number,
  toY: number,
): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = [toX, toY];
  for (let at = edits; at >= 0; at--) {
    const reach = before[at]!;
    const k = x - y;
    const down = k === -at || k !== at && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1);
    const from = down ? k + 1 : k - 1;
    const fromX = at === 0 ? 0 : reach.get(from) ?? 0;
    const fromY = at === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) pairs.push([--x, --y]);
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

/**
 * Fewer points of a curve, that look like all of them.
 *
 * @module
 */

/**
 * The places of points that keep a curve's form: its first and last one, and of each stretch between them the least and the
 * most, so that no peak is lost.
 *
 * @param most So many of them at most, 4 at least.
 * @returns Places in rising order; all of them if they are few enough.
 */
export function thinned(values: ArrayLike<number>, most: number): number[] {
  const { length } = values;
  if (length <= most) return Array.from({ length }, (_, at) => at);
  const kept = new Set([0, length - 1]);
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = 1 + Math.floor((length - 2) * stretch / stretches);
    const to = 1 + Math.floor((length - 2) * (stretch + 1) / stretches);
    let [least, greatest] = [-1, -1];
    for (let at = from; at < to; at++) {
      const value = values[at]!;
      if (Number.isNaN(value)) continue;
      if (least < 0 || value < values[least]!) least = at;
      if (greatest < 0 || value > values[greatest]!) greatest = at;
    }
    // A stretch without a number has a gap in it.
    for (const at of least < 0 ? [from] : [least, greatest]) kept.add(at);
  }
  return [...kept].sort((a, b) => a - b);
}

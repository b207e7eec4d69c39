/**
 * Smoothing as TensorBoard and W&B do it, so that the same number gives the same curve.
 *
 * @module
 */

/**
 * The exponential moving average, freed of its bias to zero at the start. What is no finite number stays as it is and
 * does not count.
 *
 * @returns The same list, if nothing is to be smoothed and it has such numbers.
 * @param weight How much of what was before counts, from 0 (nothing is smoothed) to below 1.
 */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  if (!(weight > 0) && values instanceof Float64Array) return values;
  const smoothed = Float64Array.from(values);
  if (!(weight > 0)) return smoothed;
  let last = 0;
  let rest = 1;
  for (let at = 0; at < smoothed.length; at++) {
    const value = smoothed[at]!;
    if (value - value !== 0) continue;
    last = last * weight + (1 - weight) * value;
    rest *= weight;
    smoothed[at] = last / (1 - rest);
  }
  return smoothed;
}

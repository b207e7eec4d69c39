/**
 * Many things at once, but not all.
 *
 * @module
 */

/** So many reads or writes are under way at once; S3 answers no faster beyond it. */
const WIDTH = 32;

/**
 * Runs `work` for each item, a bounded number at once. Results are in the order of the items. After
 * a failure nothing new is started, and the first one is thrown once nothing is under way any more.
 *
 * @throws Whatever `work` throws.
 */
export async function pooled<T, R>(
  items: readonly T[],
  work: (item: T, at: number) => Promise<R>,
  width = WIDTH,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    while (next < items.length && !failure) {
      const at = next++;
      try {
        results[at] = await work(items[at]!, at);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  if (failure) throw (failure as { error: unknown }).error;
  return results;
}

/**
 * Many objects at once, in an order that shows no entity before what belongs to it, and in bounded memory.
 *
 * @module
 */
import { SMALL } from "../../composite/copy.ts";
import { waveOf } from "../format/layout.ts";
import { pooled } from "../pool.ts";

/** So many requests are under way at once. */
export const WIDTH = 64;
/** So many of them are for large objects, which drivers keep parts of in memory. */
const LARGE = 4;

/**
 * Runs `work` for all items, wave after wave: parents before children, data before metadata.
 *
 * @param reverse Whether the waves come the other way round, as for deletions.
 * @throws Whatever `work` throws: then nothing new is started.
 */
export async function inWaves<T extends { key: string; size: number }>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  reverse = false,
): Promise<void> {
  const waves = Map.groupBy(items, ({ key }) => waveOf(key));
  const order = [...waves.keys()].sort((a, b) => reverse ? b - a : a - b);
  for (const wave of order) {
    const [small, large] = [false, true].map((is) =>
      waves.get(wave)!.filter(({ size }) => size > SMALL === is)
    );
    const results = await Promise.allSettled([
      pooled(small!, work, large!.length > 0 ? WIDTH - LARGE : WIDTH),
      pooled(large!, work, LARGE),
    ]);
    for (const result of results) if (result.status === "rejected") throw result.reason;
  }
}

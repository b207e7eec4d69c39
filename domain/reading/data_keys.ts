/**
 * Where the data of a dataframe is.
 *
 * @module
 */
import type { Backend } from "../../composite/plan.ts";
import { RubiconException } from "../../errors.ts";
import { DATA } from "../format/layout.ts";

/** The keys of the Parquet files of a dataframe, one at least. */
export async function dataKeys(
  { driver, label }: Pick<Backend, "driver" | "label">,
  folder: string,
): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of driver.list(folder, { depth: 2 })) {
    const name = key.slice(folder.length + 1);
    if (name === DATA || (name.startsWith(`${DATA}/`) && name.endsWith(".parquet"))) keys.push(key);
  }
  if (keys.length > 0) return keys;
  throw new RubiconException("not-found", `${label}: there is no data in ${folder}.`);
}

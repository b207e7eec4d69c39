/**
 * Copying one object from whichever backend has it to another backend.
 *
 * @module
 */
import { hasCode } from "../errors.ts";
import type { Source } from "../drivers/driver.ts";
import { differs } from "./same.ts";
import type { Backend } from "./types.ts";

/**
 * Copies an object.
 *
 * @returns `gone` where no backend has it any more, `conflict` where another content is in the way.
 * @throws {RubiconException} where a backend that may have it could not be read, or the copy failed.
 */
export async function copyObject(
  from: readonly Backend[],
  to: Backend,
  key: string,
  replace: boolean,
): Promise<"copied" | "there" | "gone" | "conflict"> {
  let trouble: unknown;
  for (const { driver } of from) {
    try {
      await driver.stat(key);
    } catch (error) {
      if (!hasCode(error, "not-found")) trouble ??= error;
      continue;
    }
    const source: Source = async () => (await driver.open(key)).stream;
    try {
      await to.driver.put(key, source, { ifAbsent: !replace });
      return "copied";
    } catch (error) {
      if (!hasCode(error, "already-exists")) throw error;
      return await differs(to.driver, key, source) ? "conflict" : "there";
    }
  }
  if (trouble) throw trouble;
  return "gone";
}

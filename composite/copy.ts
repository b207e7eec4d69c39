/**
 * Copying one object from whichever backend has it to another backend.
 *
 * @module
 */
import { hasCode } from "../errors.ts";
import type { Driver, Source } from "../drivers/driver.ts";
import { byteStream, readInto } from "../drivers/source.ts";
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
    let unreadable: unknown;
    const source = sourceOf(driver, key, (error) => unreadable = error);
    try {
      await to.driver.put(key, source, { ifAbsent: !replace });
      return "copied";
    } catch (error) {
      if (unreadable) {
        trouble ??= unreadable;
        continue;
      }
      if (!hasCode(error, "already-exists")) throw error;
      return await differs(to.driver, key, source) ? "conflict" : "there";
    }
  }
  if (trouble) throw trouble;
  return "gone";
}

/** An object as a source that tells when it is the one to blame. */
function sourceOf(driver: Driver, key: string, failed: (error: unknown) => void): Source {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      failed(error);
      throw error;
    }
  };
  return async () => {
    const { read, cancel } = readInto((await told(driver.open(key))).stream);
    return byteStream((into) => told(read(into)), cancel);
  };
}

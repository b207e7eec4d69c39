/**
 * Storing one object of a write, and what it means if something is there already.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import { backendError } from "../failure.ts";
import type { Backend, Step } from "../plan.ts";
import type { Bytes, Driver, Source } from "../../drivers/driver.ts";
import { equal, isSame } from "../../drivers/same.ts";

/** Stores one object. Returns how many bytes were stored. */
export async function put(backend: Backend, step: Step, what: string): Promise<number> {
  const { driver } = backend;
  const ifAbsent = step.present !== "replace";
  try {
    const { size, wasThere } = await driver.put(step.key, step.source, { ifAbsent });
    return wasThere ? 0 : size;
  } catch (error) {
    if (!ifAbsent || !hasCode(error, "already-exists")) throw error;
    if (step.present === "keep") return 0;
    const existing = await differs(driver, step.key, step.source);
    if (!existing) return 0;
    throw backendError(
      backend,
      "already-exists",
      step.conflict?.(existing) ?? `${step.what ?? what} already exists with different content`,
      error,
    );
  }
}

/** So much of an object in the way is handed out to explain a conflict, in bytes. */
const EXCERPT = 64 * 1024;

/**
 * Compares an object with a source. Returns `undefined` where they are the same, else the
 * beginning of the object that is there.
 */
export async function differs(
  driver: Driver,
  key: string,
  source: Source,
  signal?: AbortSignal,
): Promise<Bytes | undefined> {
  const options = { signal };
  if (source instanceof Uint8Array) {
    const { bytes } = await driver.get(key, options);
    return equal(bytes, source) ? undefined : bytes.slice(0, EXCERPT);
  }
  const { stream } = await driver.open(key, options);
  if (await isSame(stream, source, signal)) return undefined;
  return (await driver.get(key, { ...options, length: EXCERPT })).bytes;
}

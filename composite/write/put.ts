/**
 * Storing one object of a write, and what it means if something is there already.
 *
 * @module
 */
import { hasCode } from "../../errors.ts";
import { backendError } from "../failure.ts";
import type { Backend, Step } from "../plan.ts";
import { differs } from "../same.ts";

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

/**
 * The suite that every driver passes, a third party's too: what `driver.ts` promises, checked.
 *
 * @module
 */
import { atomic } from "./conformance/atomic.ts";
import { keys } from "./conformance/keys.ts";
import { listing } from "./conformance/listing.ts";
import { objects } from "./conformance/objects.ts";
import { times } from "./conformance/times.ts";
import type { Driver } from "./driver.ts";
import { guard } from "./guard.ts";

/** Settings of {@linkcode conformance}. */
export interface ConformanceOptions {
  /** What every test's name starts with. Default: `conformance`. */
  name?: string;
}

/**
 * Registers the tests of the contract, about 25 of them.
 *
 * @param test Takes a name and a function that rejects where the test fails: `Deno.test`, for example.
 * @param open Gives a driver of a store that is empty, a new one at each call. It is closed after use.
 * @param options See {@linkcode ConformanceOptions}.
 *
 * @example
 * ```ts
 * import { conformance } from "./conformance.ts";
 * import { openMemory } from "./memory.ts";
 *
 * const failures: unknown[] = [];
 * const running: Promise<void>[] = [];
 * conformance(
 *   (name, fn) => running.push(fn().catch((error) => void failures.push([name, error]))),
 *   () => openMemory({ persistence: "memory", rootDir: crypto.randomUUID() }),
 * );
 * await Promise.all(running);
 * if (failures.length > 0) throw failures[0];
 * ```
 */
export function conformance(
  test: (name: string, fn: () => Promise<void>) => void,
  open: () => Driver | Promise<Driver>,
  { name = "conformance" }: ConformanceOptions = {},
): void {
  for (const { name: promise, run } of [...objects, ...atomic, ...listing, ...keys, ...times]) {
    test(`${name}: ${promise}`, async () => {
      const driver = guard(await open());
      try {
        await run(driver);
      } finally {
        await driver.close?.();
      }
    });
  }
}

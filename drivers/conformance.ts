/**
 * The suite that every driver passes, a third party's too: what `driver.ts` promises, checked.
 *
 * @module
 */
import assert from "node:assert/strict";
import { atomic } from "./conformance/atomic.ts";
import type { Case, InTime } from "./conformance/case.ts";
import { checksums } from "./conformance/checksums.ts";
import { keys } from "./conformance/keys.ts";
import { listing } from "./conformance/listing.ts";
import { objects } from "./conformance/objects.ts";
import { times } from "./conformance/times.ts";
import type { Driver } from "./driver.ts";
import { guard } from "./guard.ts";

/** What a driver does without, each with the reason. */
export interface Lacks {
  /** Why a folder with objects in it is not made in one step. */
  readonly putTree?: string | undefined;
  /** Why listings tell no checksums. */
  readonly listsChecksums?: string | undefined;
  /** Why nothing is known of the store's times. */
  readonly times?: string | undefined;
  /** Why folders have no stamps. */
  readonly stamps?: string | undefined;
  /** Why there are no bulk reads. */
  readonly bulk?: string | undefined;
}

/** Settings of {@linkcode conformance}. */
export interface ConformanceOptions {
  /** What every test's name starts with. Default: `conformance`. */
  name?: string | undefined;
  /**
   * What the driver does without, each with the reason: `{ putTree: "a bucket has no folders" }`. Its tests say that they
   * are skipped, and why, and check that the driver lacks it. What is not named here has to be there.
   */
  lacks?: Lacks | undefined;
  /** How long a driver may take to heed a signal, in milliseconds. Default: 10,000. */
  timeoutMs?: number | undefined;
}

/**
 * Registers the tests of the contract, about 30 of them.
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
 *   { lacks: { putTree: "it writes without waiting", listsChecksums: "it has none" } },
 * );
 * await Promise.all(running);
 * if (failures.length > 0) throw failures[0];
 * ```
 */
export function conformance(
  test: (name: string, fn: () => Promise<void>) => void,
  open: () => Driver | Promise<Driver>,
  { name = "conformance", lacks = {}, timeoutMs = 10_000 }: ConformanceOptions = {},
): void {
  const inTime = deadline(timeoutMs);
  for (const one of [...objects, ...atomic, ...listing, ...keys, ...checksums, ...times]) {
    const reason = one.needs && lacks[one.needs];
    const skipped = reason === undefined ? "" : ` (skipped, it lacks ${one.needs}: ${reason})`;
    test(`${name}: ${one.name}${skipped}`, async () => {
      const driver = guard(await open());
      try {
        checkNeeds(one, driver, reason);
        if (reason === undefined && has(one, driver)) await one.run(driver, inTime);
      } finally {
        await driver.close?.();
      }
    });
  }
}

/** Whether a driver has what a case needs. */
const has = ({ needs }: Case, driver: Driver): boolean =>
  needs === undefined || Boolean(driver[needs]);

/** Fails if a driver lacks what a case needs, unless it says so or may: then if it does not lack it. */
function checkNeeds(one: Case, driver: Driver, reason: string | undefined): void {
  const { needs, mayLack = false } = one;
  if (needs === undefined) return;
  if (reason === undefined) {
    assert.ok(
      mayLack || has(one, driver),
      `the driver has no ${needs}. Say why it lacks it: { lacks: { ${needs}: "…" } }`,
    );
  } else {assert.ok(
      !has(one, driver),
      `the driver has ${needs}: take it out of \`lacks\`, so that it is tested`,
    );}
}

const deadline = (milliseconds: number): InTime => async (promise, what) => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${what} (it took longer than ${milliseconds} ms)`)),
    milliseconds,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
};

/** What single layers do with what they are given. */
import assert from "node:assert/strict";
import { bound } from "../../composite/layers/bound.ts";
import { cache } from "../../composite/layers/cache.ts";
import { stack } from "../../composite/backend.ts";
import { Health } from "../../composite/layers/health.ts";
import type { Backend } from "../../composite/plan.ts";
import type { Driver, VerbOptions } from "../../drivers/driver.ts";
import { guard } from "../../drivers/guard.ts";
import { faulty } from "../support/faulty.ts";

const KIB = 1024;

/** A backend whose `stat` hands out the signal that it got, and ends with it. */
function signalled() {
  const signals: (AbortSignal | undefined)[] = [];
  const driver: Driver = {
    ...faulty(),
    stat: (_key: string, options?: VerbOptions) =>
      new Promise((_, reject) => {
        signals.push(options?.signal);
        options?.signal?.addEventListener("abort", () => reject(options.signal!.reason));
      }),
  };
  const health = new Health("a", "memory");
  return { signals, backend: { driver: stack(guard(driver), 60_000, health) } as Backend };
}

for (const [who, at] of [["the call", 0], ["the verb", 1]] as const) {
  Deno.test(`a bound backend heeds the signal of ${who}, if both have one`, async () => {
    const { backend, signals } = signalled();
    const [call, verb] = [new AbortController(), new AbortController()];
    const [one] = bound([backend], { signal: call.signal });
    const outcome = one!.driver.stat("a", { signal: verb.signal }).catch((error) => error);
    [call, verb][at]!.abort(who);
    assert.equal(await outcome, who);
    assert.equal(signals.length, 1);
  });
}

Deno.test("a bound backend heeds a verb's signal if the call has a time limit alone", async () => {
  const { backend } = signalled();
  const verb = new AbortController();
  const [one] = bound([backend], { timeoutMs: 30_000 });
  const outcome = one!.driver.stat("a", { signal: verb.signal }).catch((error) => error);
  verb.abort("enough");
  assert.equal(await outcome, "enough");
});

Deno.test("the cache keeps small objects, the newest 64 MiB of them, and no large ones", () => {
  const { cache: kept } = cache(faulty());
  const [small, large] = [new Uint8Array(64 * KIB), new Uint8Array(64 * KIB + 1)];
  kept.set("large", "1", large);
  assert.equal(kept.get("large", "1"), undefined);
  for (let at = 0; at <= 1024; at++) kept.set(`${at}`, "1", small);
  assert.equal(kept.get("0", "1"), undefined, "the oldest was given up");
  assert.equal(kept.get("1", "1"), small);
  kept.set("1", "2", small);
  kept.set("one more", "1", small);
  assert.equal(kept.get("2", "1"), undefined);
  assert.equal(kept.get("1", "2"), small, "what was written again is among the newest");
  assert.equal(kept.get("1", "1"), undefined, "of another checksum nothing is known");
});

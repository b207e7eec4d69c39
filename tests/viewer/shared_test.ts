/**
 * What callers share, and what is kept for them.
 */
import assert from "node:assert/strict";
import { freshly, Kept } from "../../viewer/server/shared.ts";

/** Work that ends when a test says so. */
function gated() {
  const gates: PromiseWithResolvers<number>[] = [];
  const work = () => {
    const gate = Promise.withResolvers<number>();
    gates.push(gate);
    return gate.promise;
  };
  return { gates, run: freshly(work) };
}

Deno.test("freshly: who comes while work is running shares the next run, and not that one", async () => {
  const { gates, run } = gated();
  const first = run();
  const [second, third] = [run(), run()];
  assert.equal(gates.length, 1);
  gates[0]!.resolve(1);
  assert.equal(await first, 1);
  assert.equal(gates.length, 2, "one run for both");
  const fourth = run();
  gates[1]!.resolve(2);
  assert.deepEqual(await Promise.all([second, third]), [2, 2]);
  gates[2]!.resolve(3);
  assert.equal(await fourth, 3, "it came while the second was running");
  const last = run();
  gates[3]!.resolve(4);
  assert.equal(await last, 4);
});

Deno.test("freshly: a run that fails fails its own callers alone", async () => {
  const { gates, run } = gated();
  const first = run();
  const second = run();
  gates[0]!.reject(new Error("no"));
  await assert.rejects(first, /no/);
  gates[1]!.resolve(2);
  assert.equal(await second, 2);
});

Deno.test("kept: what was not used the longest is given up first, and the last one stays", () => {
  const dropped: string[] = [];
  const kept = new Kept<string>(10, (key) => dropped.push(key));
  kept.use("a", 4);
  kept.use("b", 4);
  kept.use("a", 4);
  kept.use("c", 4);
  assert.deepEqual(dropped, ["b"]);
  kept.forget("a");
  kept.use("d", 6);
  assert.deepEqual(dropped, ["b"]);
  kept.use("e", 100);
  assert.deepEqual(dropped, ["b", "c", "d"]);
  kept.use("f", 1);
  assert.deepEqual(dropped, ["b", "c", "d", "e"]);
});

/** What is kept of histories that were read. */
import assert from "node:assert/strict";
import { knownFiles } from "../../domain/history/known.ts";

const file = (points: number) => {
  const columns = () => new Float64Array(points);
  const one = { steps: columns(), times: columns(), values: columns() };
  return { series: new Map([["loss", one]]) };
};

Deno.test("known files: the oldest is given up for what does not fit, and too much is not kept", () => {
  const backend = { health: {} } as Parameters<typeof knownFiles>[0];
  const known = knownFiles(backend);
  assert.equal(knownFiles(backend), known, "one for each backend");
  const [a, b, c] = [file(600_000), file(300_000), file(500_000)];
  known.set("a", a);
  known.set("b", b);
  assert.deepEqual([known.get("a"), known.get("b")], [a, b]);
  known.set("c", c);
  assert.deepEqual([known.get("a"), known.get("b"), known.get("c")], [undefined, b, c]);
  known.set("large", file(1_000_001));
  assert.equal(known.get("large"), undefined);
  known.set("c", a);
  assert.equal(known.get("c"), c, "a file never changes");
});

/** What is told of a write that failed. */
import assert from "node:assert/strict";
import { withReceipts, writeFailure } from "../../composite/failure.ts";
import { type Receipt, RubiconException } from "../../errors.ts";

const receipt = (backend: string, error?: RubiconException): Receipt => ({
  backend,
  outcome: error ? "failed" : "ok",
  milliseconds: 0,
  bytes: 0,
  ...(error && { error }),
});
const down = new RubiconException("unavailable", "b: it is down", { backend: "b" });

Deno.test("a failed write says what to do next: complete it, or write it again", () => {
  const plan = { what: "metric m", entity: { name: "m" } };
  const some = writeFailure(plan, [receipt("a"), receipt("b", down)], 2);
  assert.match(
    some.message,
    /written to 1 of 2 backends, all are needed:\n {2}a: ok\n {2}b: failed: it is down\n/,
  );
  assert.match(some.message, /Write `entity` of this exception again/);
  assert.deepEqual([some.code, some.entity, some.cause], ["unavailable", { name: "m" }, down]);
  const none = writeFailure(plan, [receipt("a", down), receipt("b", down), receipt("c", down)], 2);
  assert.match(none.message, /0 of 3 backends, 2 are needed/);
  assert.match(none.message, /\nNothing was written\. Mend that, and write it again\.$/);
  const taken = new RubiconException("already-exists", "b: it is there");
  assert.doesNotMatch(writeFailure(plan, [receipt("b", taken)], 1).message, /again/);
});

Deno.test("an exception with other receipts keeps its backend, entity and cause", () => {
  const cause = new Error("EIO");
  const error = new RubiconException("corrupt", "x", { backend: "a", entity: { id: 1 }, cause });
  const receipts = [receipt("a")];
  const other = withReceipts(error, receipts);
  assert.deepEqual(
    [other.code, other.message, other.backend, other.entity, other.cause, other.receipts],
    ["corrupt", "x", "a", { id: 1 }, cause, receipts],
  );
  const bare = withReceipts(new RubiconException("corrupt", "x"), receipts);
  assert.deepEqual([bare.backend, bare.entity, bare.cause], [undefined, undefined, undefined]);
});

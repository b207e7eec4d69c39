/** Whether a stream gives the bytes of a source, however both are cut. */
import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { equal, isSame } from "../../drivers/same.ts";
import type { Bytes } from "../../drivers/driver.ts";

/** Bytes in chunks that end at these places. */
function chunked(bytes: Bytes, cuts: readonly number[], onCancel = () => {}) {
  const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]
    .sort((a, b) => a - b);
  let at = 0;
  return new ReadableStream<Bytes>({
    pull(controller) {
      const end = ends.shift();
      if (end === undefined) return controller.close();
      controller.enqueue(bytes.slice(at, end));
      at = end;
    },
    cancel: onCancel,
  });
}
const cuts = fc.array(fc.nat({ max: 20 }), { maxLength: 4 });
const bytes = fc.uint8Array({ maxLength: 20 }).map((one) => new Uint8Array(one));

Deno.test("isSame() compares bytes, whatever the chunks of either side are", () =>
  fc.assert(
    fc.asyncProperty(bytes, bytes, cuts, cuts, async (a, b, cutA, cutB) => {
      assert.ok(await isSame(chunked(a, cutA), () => chunked(a, cutB)));
      assert.ok(await isSame(chunked(a, cutA), a));
      const isOne = a.join() === b.join();
      assert.equal(await isSame(chunked(a, cutA), () => chunked(b, cutB)), isOne);
      assert.equal(await isSame(chunked(a, cutA), b), isOne);
      assert.equal(equal(a, b), isOne);
    }),
    { examples: [[new Uint8Array(2), new Uint8Array(3), [1], []]] },
  ));

Deno.test("isSame() ends the stream at the first difference, and passes on what it throws", async () => {
  let ended = 0;
  const stream = chunked(new Uint8Array(20), [5, 10], () => void ended++);
  assert.equal(await isSame(stream, new Uint8Array(20).fill(1)), false);
  assert.equal(ended, 1);
  const broken = new ReadableStream<Bytes>({ pull: () => Promise.reject(new Error("EIO")) });
  await assert.rejects(isSame(broken, new Uint8Array(1)), /EIO/);
});

/** Whether what is there is what was to be written. */
import assert from "node:assert/strict";
import { differs } from "../../composite/write/put.ts";
import { faulty } from "../support/faulty.ts";

const KIB = 1024;

Deno.test("differs() compares bytes and streams, and gives the start of what is in the way", async () => {
  const driver = faulty();
  const there = new Uint8Array(100 * KIB).map((_, at) => at);
  await driver.put("a", there);
  const other = there.slice();
  other[99 * KIB]!++;
  for (const bytes of [there, other, there.subarray(1), new Uint8Array([...there, 1])]) {
    const streamed = () => new Blob([new Uint8Array(bytes)]).stream();
    for (const source of [new Uint8Array(bytes), streamed]) {
      const found = await differs(driver, "a", source);
      if (bytes === there) assert.equal(found, undefined);
      else assert.deepEqual(found, there.slice(0, 64 * KIB));
    }
  }
});

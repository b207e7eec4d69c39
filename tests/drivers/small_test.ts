/** Small bytes that share buffers: each is its own all the same. */
import assert from "node:assert/strict";
import fc from "npm:fast-check@^4.9.0";
import { copyOf, encode } from "../../drivers/small.ts";

const read = (all: readonly Uint8Array[]) =>
  all.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));

Deno.test("small bytes: what is made later changes nothing of what was made before, whatever the sizes", () => {
  // Up to four bytes a character: a buffer ends in the middle of such a text.
  const text = fc.tuple(
    fc.constantFrom("a", "é", "€", "😀", "\ufeff"),
    fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 100, max: 1_100 })),
  ).map(([character, count]) => character.repeat(count));
  const texts = fc.array(text, { maxLength: 30, size: "max" });
  fc.assert(
    fc.property(texts, (texts) => {
      const made = texts.map((text) => encode(text));
      const copies = made.map((bytes) => copyOf(bytes));
      assert.deepEqual(read(made), texts);
      assert.deepEqual(read(copies), texts);
      for (const bytes of made) bytes.fill(0);
      assert.deepEqual(read(copies), texts);
    }),
    { numRuns: 30 },
  );
});

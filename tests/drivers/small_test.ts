/** Small bytes that share buffers: each is its own all the same. */
import assert from "node:assert/strict";
import fc from "npm:fast-check@^4.9.0";
import { openMemory } from "../../drivers/memory.ts";
import { SmallBytes } from "../../drivers/small.ts";
import { createProject, getExperiment, logExperiment, openComposite } from "../../mod.ts";

const read = (all: readonly Uint8Array[]) =>
  all.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));

Deno.test("small bytes: what is made later changes nothing of what was made before, whatever the sizes", () => {
  const some = new SmallBytes();
  // Up to four bytes a character: a buffer ends in the middle of such a text.
  const text = fc.tuple(
    fc.constantFrom("a", "é", "€", "😀", "\ufeff"),
    fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 100, max: 1_100 })),
  ).map(([character, count]) => character.repeat(count));
  const texts = fc.array(text, { maxLength: 30, size: "max" });
  fc.assert(
    fc.property(texts, (texts) => {
      const made = texts.map((text) => some.encode(text));
      const copies = made.map((bytes) => some.copyOf(bytes));
      assert.deepEqual(read(made), texts);
      assert.deepEqual(read(copies), texts);
      for (const bytes of made) bytes.fill(0);
      assert.deepEqual(read(copies), texts);
    }),
    { numRuns: 30 },
  );
});

Deno.test("memory: what a driver does to the buffer of what it is given is nothing to what is stored", async () => {
  const spoils = openMemory({ persistence: "memory", rootDir: "spoils" });
  const { put } = spoils;
  spoils.put = async (key, source, options) => {
    const stored = await put(key, source, options);
    if (source instanceof Uint8Array) structuredClone(source, { transfer: [source.buffer] });
    return stored;
  };
  await using rubicon = await openComposite(spoils);
  const project = await createProject(rubicon, { name: "p" });
  const { id } = await logExperiment(rubicon, project, { name: "kept" });
  assert.equal((await getExperiment(rubicon, project, { id })).name, "kept");
});

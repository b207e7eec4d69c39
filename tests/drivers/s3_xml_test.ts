import assert from "node:assert/strict";
import fc from "npm:fast-check@4.10.2";
import { text as anyText } from "../support/arbitrary.ts";
import { readText } from "../../drivers/s3/answer.ts";
import {
  decodeEntities,
  elements,
  encodeEntities,
  isDocument,
  text,
} from "../../drivers/s3/xml.ts";

Deno.test("s3 XML: elements come in order, with attributes, empty ones, and longer names apart", () => {
  const xml = '<L><A>1</A><AB>2</AB><A x="y">3</A><A/><A /><A>4</A  ></L>';
  assert.deepEqual([...elements(xml, "A")], ["1", "3", "", ""]);
  assert.equal(text(xml, "AB"), "2");
  assert.equal(text(xml, "None"), undefined);
  assert.equal(text("<A>&lt;&amp;&#65;&#x42;&gt;</A>", "A"), "<&AB>");
});

Deno.test("s3 XML: a document is one whole element after its prolog", () => {
  for (const whole of ["<A>1</A>", '<?xml version="1.0"?>\n\n  <A xmlns="x">1</A>\n', " <A></A>"]) {
    assert.ok(isDocument(whole, "A"), whole);
  }
  for (
    const other of ["", "<A>1", "<AB>1</AB>", "<html><A>1</A></html>", "<html><A>1</A>", "x<A></A>"]
  ) {
    assert.ok(!isDocument(other, "A"), other);
  }
});

Deno.test("s3 XML: any text comes back from its entities, and no entity throws", () => {
  fc.assert(fc.property(anyText, (text) => {
    assert.equal(decodeEntities(encodeEntities(text)), text);
    decodeEntities(text);
  }));
  for (const odd of ["&#x110000;", "&#99999999;", "&nobody;", "&#;", "&", "&#x;"]) {
    assert.equal(decodeEntities(odd), odd);
  }
});

/** A string that counts the characters that are looked at, for want of a clock that is fair. */
function looks(xml: string, read: (xml: string) => unknown): number {
  let count = 0;
  const original = String.prototype.indexOf;
  String.prototype.indexOf = function (search, at = 0) {
    const found = original.call(this, search, at);
    count += (found < 0 ? this.length : found) - at + 1;
    return found;
  };
  try {
    read(xml);
  } finally {
    String.prototype.indexOf = original;
  }
  return count;
}

Deno.test("s3 XML: hostile text is gone through once", () => {
  const size = 20_000;
  for (
    const unit of [
      "<Contents>",
      "<Contents ",
      "<Contents",
      "<Contents/>",
      "</Contents>",
      "<Contents><Contents ",
    ]
  ) {
    const xml = unit.repeat(size);
    const count = looks(xml, (xml) => [...elements(xml, "Contents")]);
    assert.ok(count <= 4 * xml.length, `${unit}: ${count / xml.length} looks a character`);
  }
});

Deno.test("s3 XML: an answer that does not end within bounds is cancelled", async () => {
  assert.equal(await readText(new Response("é".repeat(5)), 10), "é".repeat(5));
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1024)),
    cancel: () => void (cancelled = true),
  });
  await assert.rejects(readText(new Response(endless), 10_000), /more than 10000 bytes/);
  assert.ok(cancelled);
});

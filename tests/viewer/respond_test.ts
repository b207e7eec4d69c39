/**
 * Answers over HTTP: what is packed, and for whom.
 */
import assert from "node:assert/strict";
import { answerBytes } from "../../viewer/server/respond.ts";

const request = new Request("http://127.0.0.1/", { headers: { "accept-encoding": "gzip, br" } });
const content = { type: "text/plain" };

async function answered(length: number, isFar: boolean) {
  const bytes = new Uint8Array(length).fill(65);
  const { headers, body } = await answerBytes(request, bytes, { ...content, isFar });
  const sent = await new Response(body).bytes();
  const encoding = headers.get("content-encoding");
  assert.equal(headers.get("content-length"), String(sent.length));
  if (encoding === null) assert.deepEqual(sent, bytes);
  else {
    const stream = new Blob([sent]).stream().pipeThrough(new DecompressionStream("gzip"));
    assert.deepEqual(await new Response(stream).bytes(), bytes);
  }
  return encoding;
}

Deno.test("viewer answers: small ones go as they are, and so do large ones to this machine", async () => {
  assert.equal(await answered(1_023, true), null);
  assert.equal(await answered(1_024, false), "gzip");
  assert.equal(await answered(2 ** 20 - 1, false), "gzip");
  assert.equal(await answered(2 ** 20, false), null, "packing takes longer than sending");
  assert.equal(await answered(2 ** 20, true), "gzip");
});

Deno.test("viewer answers: the same bytes are packed once", async () => {
  const bytes = new Uint8Array(5_000);
  const [first, second] = [
    await answerBytes(request, bytes, content),
    await answerBytes(request, bytes, content),
  ];
  assert.deepEqual(await first.bytes(), await second.bytes());
  const head = new Request("http://127.0.0.1/", { method: "HEAD", headers: request.headers });
  const { headers, body } = await answerBytes(head, bytes, { ...content, checksum: "c" });
  assert.deepEqual([body, headers.get("etag"), headers.get("content-encoding")], [
    null,
    '"c"',
    "gzip",
  ]);
  const known = new Request("http://127.0.0.1/", { headers: { "if-none-match": 'W/"x", W/"c"' } });
  assert.equal((await answerBytes(known, bytes, { ...content, checksum: "c" })).status, 304);
  assert.equal((await answerBytes(known, bytes, { ...content, checksum: "d" })).status, 200);
});
